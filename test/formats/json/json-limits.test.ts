/** The JSON decoder with large and hostile input: size of batches and dictionaries, long lines, deep nesting, options that do not exist. */
import { expect, test } from 'vitest';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import { jsonFormat } from '../../../src/formats/json/json-format.ts';
import { TARGET_BATCH_ROWS } from '../../../src/types/column-batch.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import { valueAt } from '../../../src/types/vector.ts';
import { goldenRows, optionMap } from '../golden-values.ts';

const BLOCK_BYTES = 256 << 10;

function decode(
  ddl: string,
  bytes: Uint8Array,
  options: Readonly<Record<string, string>> = {},
  columns?: readonly string[],
): ColumnBatch[] {
  const schema = parseSchema(ddl);
  const wanted = columns ?? schema.fields.map((field) => field.name);
  const decoder = jsonFormat.createDecoder({ schema, columns: wanted, options: optionMap(options), timeZone: 'UTC' });
  const batches: ColumnBatch[] = [];
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES)
    batches.push(...decoder.push(bytes.subarray(start, start + BLOCK_BYTES)));
  return [...batches, ...decoder.finish()];
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('batches have the target size, in order, and share a dictionary', () => {
  const numRows = TARGET_BATCH_ROWS * 2 + 10;
  const input = Array.from({ length: numRows }, (_, i) => `{"n":${i},"s":"k${i % 7}"}`).join('\n');
  const batches = decode('n BIGINT, s STRING', encode(input));
  expect(batches.map((batch) => batch.numRows)).toEqual([TARGET_BATCH_ROWS, TARGET_BATCH_ROWS, 10]);
  let next = 0n;
  for (const batch of batches) {
    const [numbers, strings] = batch.columns;
    if (numbers?.layout !== 'long' || strings?.layout !== 'string') throw new Error('a LONG and a STRING column');
    for (let row = 0; row < batch.numRows; row++)
      if (numbers.values[row] !== next++) throw new Error(`row ${row} is out of order`);
    expect(valueAt(strings, 3)).toBe(`k${(Number(next) - batch.numRows + 3) % 7}`);
    expect(strings.dictionary.size).toBe(7);
  }
});

test('a dictionary of unique strings is replaced before it fills the memory', () => {
  const long = 'x'.repeat(2000);
  const input = Array.from({ length: 50_000 }, (_, i) => `{"s":"${long}${i}"}`).join('\n');
  const batches = decode('s STRING', encode(input));
  const sizes = batches.map((batch) =>
    batch.columns[0]?.layout === 'string' ? batch.columns[0].dictionary.sizeBytes : 0,
  );
  expect(batches.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(80 << 20);
  expect(batches.reduce((sum, batch) => sum + batch.numRows, 0)).toBe(50_000);
});

test('a line of 64 MB is one row', () => {
  const input = encode(`{"a":1,"s":"${'y'.repeat(64 << 20)}"}\n{"a":2}\n`);
  const [batch] = decode('a INT, s STRING', input);
  const [numbers, strings] = batch?.columns ?? [];
  if (numbers === undefined || strings === undefined) throw new Error('two columns');
  expect([valueAt(numbers, 0), valueAt(numbers, 1)]).toEqual([1, 2]);
  expect(valueAt(strings, 0)).toHaveLength(64 << 20);
});

test('nesting 10 000 deep is a malformed record, not a crash', () => {
  const deep = `{"a":1,"z":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const objects = `{"a":1,"z":${'{"k":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
  const rows = goldenRows(
    decode('a INT, _corrupt_record STRING', encode(`${deep}\n${objects}\n${'['.repeat(10_000)}\n{"a":2}\n`)),
  );
  expect(rows.map((row) => row[0])).toEqual([null, null, null, 2]);
  expect(rows[0]?.[1]).toBe(deep);
  const allowed = goldenRows(decode('a INT', encode(`${deep}\n`), { maxNestingDepth: '20000' }));
  expect(allowed).toEqual([[1]]);
});

test('no columns wanted still counts the rows', () => {
  const batches = decode('a INT', encode('{"a":1}\n\nbroken\n{"a":2}\n'), {}, []);
  expect(batches.map((batch) => batch.numRows)).toEqual([3]);
});

test('a thousand shapes of records are read without a thousand decoders', () => {
  const input = Array.from({ length: 20_000 }, (_, i) => `{"f${i % 1000}":1,"a":${i}}`).join('\n');
  const rows = goldenRows(decode('a INT', encode(input)));
  expect(rows.map((row) => row[0])).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
});

test('__proto__ is a column like any other', () => {
  expect(
    goldenRows(
      decode('`__proto__` STRING, st STRUCT<`__proto__`: INT>', encode('{"__proto__":"p","st":{"__proto__":5}}\n')),
    ),
  ).toEqual([['p', [5]]]);
  expect(({} as Record<string, unknown>)['p']).toBeUndefined();
});

test.each([
  [{ allowComment: 'true' }, /UNKNOWN_OPTION.*allowComments/],
  [{ multiLine: 'maybe' }, /INVALID_OPTION/],
  [{ lineSep: '' }, /INVALID_OPTION/],
  [{ encoding: 'no-such-encoding' }, /UNSUPPORTED_FEATURE/],
  [{ locale: 'de-DE' }, /UNSUPPORTED_FEATURE/],
])('the options %j are refused', (options, message) => {
  expect(() => decode('a INT', encode(''), options)).toThrow(message);
});

test('the column for corrupt records must be a nullable string', () => {
  expect(() => decode('a INT, _corrupt_record INT', encode(''))).toThrow(/INVALID_CORRUPT_RECORD_TYPE/);
});

// The answers of Spark 4.3.0.
test.each([
  [
    { maxStringLen: '5' },
    [
      [null, 1, '{"s":"abcdefgh","n":1}'],
      ['abc', 12_345, null],
      ['a', 2, null],
    ],
  ],
  [
    { maxNumLen: '3' },
    [
      ['abcdefgh', 1, null],
      [null, null, '{"s":"abc","n":12345}'],
      ['a', 2, null],
    ],
  ],
  [
    { maxNestingDepth: '1' },
    [
      ['abcdefgh', 1, null],
      ['abc', 12_345, null],
      ['a', 2, null],
    ],
  ],
] as const)('limits narrower than usual hold for usual records too: %j', (options, expected) => {
  const input = encode('{"s":"abcdefgh","n":1}\n{"s":"abc","n":12345}\n{"s":"a","n":2}\n');
  expect(goldenRows(decode('s STRING, n INT, _corrupt_record STRING', input, options))).toEqual(expected);
  const pruned = goldenRows(decode('s STRING, n INT', input, options, ['n']));
  expect(pruned).toEqual([[1], ['maxNumLen' in options ? null : 12_345], [2]]);
});
