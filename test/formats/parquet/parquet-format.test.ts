/** Reading less than a file has: columns, row groups by their bounds, parts; and files that are damaged. */
import { describe, expect, test } from 'vitest';
import type { ScanFilter } from '../../../src/types/scan-filter.ts';
import type { TestRow } from './in-memory-file.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';
import { parquetFormat } from '../../../src/formats/parquet/parquet-format.ts';
import * as T from '../../../src/types/data-type.ts';
import { fileOf, inMemory, rowsOf } from './in-memory-file.ts';

const SCHEMA = T.struct([
  T.field('id', T.LONG),
  T.field('name', T.STRING),
  T.field('price', T.DOUBLE),
  T.field('day', T.DATE),
]);
const ROWS: readonly TestRow[] = Array.from({ length: 400 }, (_, i) => [
  BigInt(i),
  i % 100 === 7 ? null : `name ${String(i).padStart(3, '0')}`,
  i === 250 ? Number.NaN : i / 4,
  i < 200 ? i : null,
]);
/** Four row groups of a hundred rows. */
const FILE = fileOf(
  SCHEMA,
  [0, 100, 200, 300].map((start) => ROWS.slice(start, start + 100)),
  { 'parquet.block.size': '1' },
);

async function conditionOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof MillraceError ? error.condition : String(error)),
  );
}

describe('row groups', () => {
  test('all rows come back in order', async () => {
    expect(await rowsOf(inMemory(FILE), SCHEMA)).toEqual(ROWS);
  });

  test.each<[string, ScanFilter, number]>([
    [`id = 150n`, { kind: 'compare', column: 'id', operator: '=', value: 150n }, 100],
    [`id < 100n`, { kind: 'compare', column: 'id', operator: '<', value: 100n }, 100],
    [`id <= 100n`, { kind: 'compare', column: 'id', operator: '<=', value: 100n }, 200],
    [`id > 299n`, { kind: 'compare', column: 'id', operator: '>', value: 299n }, 100],
    [`id >= 299n`, { kind: 'compare', column: 'id', operator: '>=', value: 299n }, 200],
    [`id > 399n`, { kind: 'compare', column: 'id', operator: '>', value: 399n }, 0],
    [`id in two groups`, { kind: 'in', column: 'id', values: [5n, 305n] }, 200],
    [`name = 'name 250'`, { kind: 'compare', column: 'name', operator: '=', value: 'name 250' }, 100],
    [`name > 'nbme'`, { kind: 'compare', column: 'name', operator: '>', value: 'nbme' }, 0],
    [`price < 20`, { kind: 'compare', column: 'price', operator: '<', value: 20 }, 200],
    [`price > 1000`, { kind: 'compare', column: 'price', operator: '>', value: 1000 }, 400],
    [`day isNull`, { kind: 'isNull', column: 'day' }, 200],
    [`day isNotNull`, { kind: 'isNotNull', column: 'day' }, 200],
    [`day >= 100`, { kind: 'compare', column: 'day', operator: '>=', value: 100 }, 100],
    [`id isNull`, { kind: 'isNull', column: 'id' }, 0],
  ])('%s leaves rows to be looked at: $2', async (_, filter, numRows) => {
    expect(await rowsOf(inMemory(FILE), SCHEMA, { filters: [filter] })).toHaveLength(numRows);
  });

  test('parts of a file have every row once, whatever the cuts', async () => {
    for (const parts of [1, 2, 3, 7, 50]) {
      const at = (part: number): number => Math.floor((part * FILE.length) / parts);
      const found: TestRow[] = [];
      for (let part = 0; part < parts; part++)
        found.push(...(await rowsOf(inMemory(FILE), SCHEMA, { range: { from: at(part), to: at(part + 1) } })));
      expect(found).toEqual(ROWS);
    }
  });

  test('a column that is not asked for is not read', async () => {
    const wide = T.struct([T.field('a', T.LONG), T.field('b', T.BINARY)]);
    const big = fileOf(wide, [Array.from({ length: 40 }, (_, i) => [BigInt(i), new Uint8Array(100_000).fill(i)])], {
      compression: 'none',
    });
    const file = inMemory(big);
    const rows = await rowsOf(file, T.struct([T.field('a', T.LONG)]));
    expect(rows).toHaveLength(40);
    expect(file.bytesRead).toBeLessThan(100_000);
  });

  test('rows without columns are counted from the footer', async () => {
    expect(await rowsOf(inMemory(FILE), T.struct([]))).toHaveLength(400);
  });
});

describe('damaged files', () => {
  test.each([
    ['empty', new Uint8Array(0)],
    ['of other content', new TextEncoder().encode('{"id":1}\n{"id":2}\n')],
    ['cut at the end', FILE.subarray(0, FILE.length - 1)],
    ['cut in the middle', FILE.subarray(0, FILE.length >> 1)],
    ['whose footer length is too large', withByte(FILE, FILE.length - 5, 0x7f)],
    ['whose footer is other bytes', withBytes(FILE, FILE.length - 200, FILE.length - 8, 0xff)],
  ])('a file %s is an error of its footer', async (_, bytes) => {
    expect(await conditionOf(rowsOf(inMemory(bytes), SCHEMA))).toBe('FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER');
    expect(await conditionOf(parquetFormat.inferFile(inMemory(bytes), new Map()))).toBe(
      'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER',
    );
  });

  test('whatever byte is changed, a file is read or refused with a typed error', async () => {
    const seen = new Set<string>();
    for (let at = 4; at < FILE.length; at += 31) {
      const found = await conditionOf(rowsOf(inMemory(withByte(FILE, at, (FILE[at] ?? 0) ^ 0x55)), SCHEMA));
      seen.add(found);
    }
    const allowed = new Set([
      'none',
      'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER',
      'FAILED_READ_FILE.NO_HINT',
      'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH',
      'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION',
    ]);
    expect([...seen].filter((condition) => !allowed.has(condition))).toEqual([]);
    expect(seen.has('FAILED_READ_FILE.NO_HINT')).toBe(true);
  });

  test('a page that announces more than it holds is refused before memory is taken', async () => {
    const schema = T.struct([T.field('id', T.INTEGER, false)]);
    const file = fileOf(schema, [[[1]]], { compression: 'none' });
    // The page header begins behind the magic: type, then the sizes.
    const bomb = withByte(withByte(withByte(file, 7, 0xff), 8, 0xff), 9, 0x7f);
    expect(await conditionOf(rowsOf(inMemory(bomb), schema))).toBe('FAILED_READ_FILE.NO_HINT');
  });
});

describe('types', () => {
  test.each([
    ['id', T.INTEGER, 'INT64'],
    ['name', T.LONG, 'BINARY'],
    ['price', T.FLOAT, 'DOUBLE'],
    ['day', T.TIMESTAMP, 'INT32'],
    ['day', T.array(T.DATE), 'INT32'],
  ])('column %s cannot be read as another type', async (name, type, actualType) => {
    const schema = T.struct([T.field(name, type)]);
    const error: unknown = await rowsOf(inMemory(FILE), schema).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      condition: 'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH',
      parameters: { path: 'memory', column: `[${name}]`, expectedType: T.simpleName(type), actualType },
    });
  });

  test('a column of no type cannot be written', () => {
    for (const type of [T.VOID, T.array(T.VOID), T.struct([])])
      expect(() => fileOf(T.struct([T.field('n', type)]), [])).toThrow(
        expect.objectContaining({ condition: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE' }),
      );
  });

  test('a codec nobody has is named with those there are', () => {
    expect(() => fileOf(SCHEMA, [], { compression: 'lzo' })).toThrow(
      expect.objectContaining({ condition: 'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION' }),
    );
  });

  test('two columns that differ by letter case only are asked for by their exact name', async () => {
    const schema = T.struct([T.field('a', T.INTEGER), T.field('A', T.INTEGER)]);
    const file = fileOf(schema, [[[1, 2]]]);
    expect(await rowsOf(inMemory(file), T.struct([T.field('A', T.INTEGER)]))).toEqual([[2]]);
    const three = fileOf(T.struct([T.field('ab', T.INTEGER), T.field('AB', T.INTEGER)]), [[[1, 2]]]);
    expect(await conditionOf(rowsOf(inMemory(three), T.struct([T.field('Ab', T.INTEGER)])))).toBe(
      '_LEGACY_ERROR_TEMP_2093',
    );
  });
});

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? value : byte));
}

function withBytes(bytes: Uint8Array, from: number, to: number, value: number): Uint8Array {
  return bytes.map((byte, i) => (i >= from && i < to ? value : byte));
}
