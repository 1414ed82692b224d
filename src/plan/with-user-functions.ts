/**
 * Functions of the user in parsed SQL: every call of a registered name gets the function it stands for. Names of built-in functions are
 * theirs, as in Spark.
 */
import type { UserFunction } from '../functions/user-function.ts';
import { isBuiltIn } from '../expressions/type-coercion.ts';

/** The same plan, statement or expression, its calls of registered functions completed. Objects of classes are left as they are. */
export function withUserFunctions<T>(parsed: T, functions: ReadonlyMap<string, UserFunction>): T {
  return functions.size === 0 ? parsed : (completed(parsed, functions) as T);
}

function completed(value: unknown, functions: ReadonlyMap<string, UserFunction>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => completed(item, functions));
  const prototype: unknown = Object.getPrototypeOf(value);
  // What a relation holds is no expression and may be large.
  if (prototype !== Object.prototype || ('kind' in value && (value.kind === 'localRelation' || value.kind === 'read')))
    return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, completed(item, functions)]));
  if (copy['kind'] !== 'unresolvedFunction' || 'definition' in copy) return copy;
  const name = String(copy['functionName']).toLowerCase();
  const definition = isBuiltIn(name) ? undefined : functions.get(name);
  return definition === undefined ? copy : { ...copy, definition };
}
