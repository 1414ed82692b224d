/** Schemas as arguments of functions. */
import type { DataType } from '../types/data-type.ts';
import type { Argument } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { parseSchema, parseType } from '../types/schema.ts';
import { notConstant } from './argument-check.ts';

/** A type or a list of columns, from a literal. */
export function schemaArgument(name: string, args: readonly Argument[], index: number): DataType {
  const { literal } = present(args[index], 'a schema argument');
  if (typeof literal !== 'string') {
    throw notConstant(name, args, index, { parameter: 'schema', type: '"STRING"' });
  }
  if (/^\s*(array|map|struct)\s*</i.test(literal)) return parseType(literal);
  try {
    return parseSchema(literal);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.condition !== 'UNSUPPORTED_DATATYPE') throw error;
    const word = `'${String(error.parameters['typeName']).replaceAll('"', '')}'`;
    throw new MillraceError('PARSE_SYNTAX_ERROR', { error: word, hint: `: extra input ${word}` }, { cause: error });
  }
}
