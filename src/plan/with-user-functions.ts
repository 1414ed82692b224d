/**
 * Functions of the user in parsed SQL: every call of a name that is known gets the function it stands for. Names of built-in functions are
 * theirs, as in Spark.
 */
import type { SqlFunction } from '../expressions/sql-function.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UserFunction } from '../functions/user-function.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { isBuiltIn } from '../expressions/type-coercion.ts';

/** The function of a name, which may have a database before it. */
export type FunctionFinder = (name: string) => UserFunction | SqlFunction | undefined;

/** The same plan, statement or expression, its calls of the user's functions completed. Objects of classes are left as they are. */
export function withUserFunctions<T>(parsed: T, find: FunctionFinder | undefined): T {
  return find === undefined ? parsed : (completed(parsed, find) as T);
}

function completed(value: unknown, find: FunctionFinder): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => completed(item, find));
  const prototype: unknown = Object.getPrototypeOf(value);
  // What a relation holds is no expression and may be large.
  if (prototype !== Object.prototype || ('kind' in value && (value.kind === 'localRelation' || value.kind === 'read')))
    return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, completed(item, find)]));
  if (copy['kind'] === 'project') return tableCall((copy['expressions'] as readonly unknown[])[0]) ?? copy;
  if (copy['kind'] === 'lateralView') return lateralJoin(copy);
  if (copy['kind'] !== 'unresolvedFunction' || 'definition' in copy) return copy;
  const name = String(copy['functionName']).toLowerCase();
  const definition = isBuiltIn(name) ? undefined : find(name);
  return definition === undefined ? copy : { ...copy, definition };
}

/** A table function in FROM is parsed as a select list of its call; one that is written in SQL is a query of its own. */
function tableCall(expression: unknown): UnresolvedPlan | undefined {
  const call = expression as UnresolvedExpression | undefined;
  if (call?.kind !== 'unresolvedFunction' || call.isTableFunction !== true) return undefined;
  if (call.definition?.kind !== 'sqlTable') return undefined;
  return { kind: 'sqlTableCall', definition: call.definition, arguments: call.arguments };
}

/** The same beside another table, where it is parsed as a generator. */
function lateralJoin(view: Readonly<Record<string, unknown>>): unknown {
  const call = tableCall(view['generator']);
  if (call === undefined) return view;
  const { alias, columnNames } = view as { readonly alias: string; readonly columnNames: readonly string[] };
  const names = columnNames.length === 0 ? undefined : columnNames;
  const right = alias === '' ? call : { kind: 'subqueryAlias', input: call, alias, columnNames: names };
  const join = { kind: 'join', left: view['input'], right, joinType: 'inner', isLateral: true };
  return { ...join, joinCondition: undefined, usingColumns: [] };
}
