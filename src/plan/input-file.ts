/**
 * `input_file_name()` and its like: fields of the hidden column `_metadata` of the file that a row comes from. Where no such column is in
 * reach, as over a range or above an aggregation, the calls stay what functions/session-values.ts says.
 */
import type { Attribute, Expression } from '../expressions/expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { isHiddenMetadata } from './metadata-column.ts';
import { extractField } from './resolve-names.ts';

const FIELDS: ReadonlyMap<string, string> = new Map([
  ['input_file_name', 'file_path'],
  ['input_file_block_start', 'file_block_start'],
  ['input_file_block_length', 'file_block_length'],
]);

/** The field that a call of this name without arguments reads; throws when files of two tables come into question. */
export function inputFileCall(name: string, columns: readonly Attribute[]): Expression | undefined {
  const fieldName = FIELDS.get(name);
  if (fieldName === undefined) return undefined;
  const [metadata, ...others] = columns.filter(isHiddenMetadata);
  if (metadata === undefined) return undefined;
  const writtenAs = `${name}()`;
  if (others.length > 0)
    throw new MillraceError('MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION', { expr: `"${writtenAs}"` });
  const field = extractField(metadata, fieldName);
  const value = fieldName === 'file_path' ? withEmptyHost(field) : field;
  return { kind: 'coalesce', arguments: [value], dataType: value.dataType, nullable: false, writtenAs };
}

/** Spark writes local files as `file:///data/a.json` here, and as `file:/data/a.json` in `_metadata`. */
function withEmptyHost(path: Expression): Expression {
  return {
    kind: 'call',
    functionName: 'input_file_name',
    arguments: [path],
    dataType: path.dataType,
    nullable: false,
    deterministic: true,
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([value]) => (value as string).replace(/^file:\/(?!\/)/, 'file:///'),
    },
  };
}
