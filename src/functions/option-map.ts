/** Options of functions: a literal map of texts. */
import type { Argument } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quotedType } from './argument-check.ts';

/** The options by lower-case name; throws when the argument is no literal map of texts. */
export function optionsOf(arg: Argument | undefined): ReadonlyMap<string, string> {
  if (arg === undefined) return new Map();
  const { dataType, literal } = arg;
  if (dataType.kind !== 'map' || !Array.isArray(literal))
    throw new MillraceError('INVALID_OPTIONS.NON_MAP_FUNCTION', {});
  if (dataType.keyType.kind !== 'string' || dataType.valueType.kind !== 'string')
    throw new MillraceError('INVALID_OPTIONS.NON_STRING_TYPE', { mapType: quotedType(dataType) });
  return new Map(
    (literal as readonly (readonly unknown[])[]).map(([name, value]) => [String(name).toLowerCase(), String(value)]),
  );
}
