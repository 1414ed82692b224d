/** The CSV decoder and inferrer against the answers of a real Spark. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import { csvFormat } from '../../../src/formats/csv/csv-format.ts';
import { simpleName } from '../../../src/types/data-type.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import { type ReadCase, goldenRows, inputBytes, optionMap } from '../golden-values.ts';

const cases = JSON.parse(readFileSync(new URL('../goldens/csv-read.json', import.meta.url), 'utf8')) as ReadCase[];

function decode(item: ReadCase, ddl: string, blockBytes: number): ColumnBatch[] {
  const schema = parseSchema(ddl);
  const columns = item.columns ?? schema.fields.map((field) => field.name);
  const decoder = csvFormat.createDecoder({ schema, columns, options: optionMap(item.options), timeZone: 'UTC' });
  const bytes = inputBytes(item.input);
  const batches: ColumnBatch[] = [];
  for (let start = 0; start < bytes.length; start += blockBytes)
    batches.push(...decoder.push(bytes.slice(start, start + blockBytes)));
  return [...batches, ...decoder.finish()];
}

describe.each([1 << 20, 5])('in blocks of %i bytes', (blockBytes) => {
  test.each(cases.filter((item) => item.schema !== undefined && item.rows !== undefined))(
    "'$name' reads as in Spark",
    (item) => {
      expect(goldenRows(decode(item, item.schema ?? '', blockBytes))).toEqual(item.rows);
    },
  );
});

test.each(cases.filter((item) => item.inferred !== undefined))("'$name' is inferred as in Spark", (item) => {
  const inferrer = csvFormat.inferSchema?.(optionMap(item.options), 'UTC');
  inferrer?.push(inputBytes(item.input));
  inferrer?.endOfFile();
  const schema = inferrer?.finish();
  expect(schema === undefined ? '' : simpleName(schema)).toBe(item.inferred);
});

test('failing fast names the record', () => {
  const item = { name: '', input: '1\nx\n', options: { mode: 'FAILFAST' } };
  expect(() => decode(item, 'a INT', 100)).toThrow(/MALFORMED_RECORD_IN_PARSING.*: x\./);
});

test('a header that does not fit the schema is an error when the schema is not enforced', () => {
  const item = { name: '', input: 'b,a\nx,1\n', options: { header: 'true', enforceSchema: 'false' } };
  expect(() => decode(item, 'a INT, b STRING', 100)).toThrow(/CSV_HEADER_MISMATCH.*expected a, b but found b, a/);
});

test('wrong options and types fail at once', () => {
  const make = (options: Record<string, string>, ddl = 'a STRING'): unknown =>
    csvFormat.createDecoder({ schema: parseSchema(ddl), columns: ['a'], options: optionMap(options), timeZone: 'UTC' });
  expect(() => make({ seperator: ';' })).toThrow(/UNKNOWN_OPTION/);
  expect(() => make({ quote: 'ab' })).toThrow(/INVALID_OPTION/);
  expect(() => make({ sep: '' })).toThrow(/INVALID_OPTION/);
  expect(() => make({ compression: 'gzip' })).not.toThrow();
  expect(() => make({}, 'a ARRAY<INT>')).toThrow(/UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE/);
});
