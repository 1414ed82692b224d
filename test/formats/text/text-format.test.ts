/** The text format: lines, other separators, whole files. */
import { expect, test } from 'vitest';
import { textFormat } from '../../../src/formats/text/text-format.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import { goldenRows, optionMap } from '../golden-values.ts';

function decode(
  input: string,
  options: Readonly<Record<string, string>> = {},
  blockBytes = 3,
  columns = ['value'],
): unknown[] {
  const schema = parseSchema('value STRING');
  const decoder = textFormat.createDecoder({ schema, columns, options: optionMap(options), timeZone: 'UTC' });
  const bytes = new TextEncoder().encode(input);
  const batches = [];
  for (let start = 0; start < bytes.length; start += blockBytes)
    batches.push(...decoder.push(bytes.slice(start, start + blockBytes)));
  return goldenRows([...batches, ...decoder.finish()]).map((row) => (columns.length === 0 ? 'row' : row[0]));
}

test('each line is a row, whatever ends it; empty lines count', () => {
  expect(decode('a\r\nbé\rc\n\nd')).toEqual(['a', 'bé', 'c', '', 'd']);
  expect(decode('a\r\n\r\nb\n', {}, 1)).toEqual(['a', '', 'b']);
  expect(decode('')).toEqual([]);
});

test('another separator and whole files', () => {
  expect(decode('a||b\n||c', { lineSep: '||' })).toEqual(['a', 'b\n', 'c']);
  expect(decode('a\nb\n', { wholetext: 'true' })).toEqual(['a\nb\n']);
});

test('rows are counted when no column is wanted', () => {
  expect(decode('a\nb\n', {}, 3, [])).toEqual(['row', 'row']);
});

test('wrong options and schemas fail at once', () => {
  const make = (ddl: string, options: Readonly<Record<string, string>>): unknown =>
    textFormat.createDecoder({ schema: parseSchema(ddl), columns: [], options: optionMap(options), timeZone: 'UTC' });
  expect(() => make('value STRING', { wholeText2: 'x' })).toThrow(/UNKNOWN_OPTION.*wholetext/);
  expect(() => make('value INT', {})).toThrow(/UNSUPPORTED_FEATURE/);
});
