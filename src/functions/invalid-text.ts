/** The error of a text that is no value of a type, for casts and functions that read text. */
import type { DataType } from '../types/data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { STRING, sqlName } from '../types/data-type.ts';
import { sqlValue } from './sql-value.ts';

export function invalidText(text: string, target: DataType): MillraceError<'CAST_INVALID_INPUT'> {
  return new MillraceError('CAST_INVALID_INPUT', {
    expression: sqlValue(STRING, text),
    sourceType: '"STRING"',
    targetType: `"${sqlName(target)}"`,
  });
}
