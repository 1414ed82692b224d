import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { compareText, compareValues, equalValues } from '../../src/types/compare.ts';
import { crc32c } from '../../src/types/crc32c.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { Decimal, divideHalfUp, fitsPrecision, rescale } from '../../src/types/decimal.ts';
import { batchFromRows, rowsOf } from '../../src/types/row-codec.ts';
import { parseSchema, parseType } from '../../src/types/schema.ts';
import { decodeBatch, encodeBatch } from '../../src/types/vector-codec.ts';
import {
  concatBatches,
  constantVector,
  emptyBatch,
  gatherBatch,
  nullVector,
  sliceBatch,
} from '../../src/types/vector-ops.ts';
import { valueAt } from '../../src/types/vector.ts';

const SCHEMA = parseSchema(
  'a BOOLEAN, b INT, c DOUBLE, d BIGINT, e STRING, f STRUCT<x: INT, y: STRING>, g ARRAY<STRUCT<z: STRING>>, h DECIMAL(38,2), i MAP<STRING, INT>, j BINARY, k VOID, l STRUCT<>',
);

function rowsFrom(start: number, end: number): Record<string, unknown>[] {
  return Array.from({ length: end - start }, (_, at) => {
    const i = start + at;
    if (i % 7 === 0) return Object.fromEntries(SCHEMA.fields.map(({ name }) => [name, null]));
    return {
      a: i % 2 === 0,
      b: i,
      c: i / 3,
      d: BigInt(i) * -123_456_789_012n,
      e: `ké${i % 5}`,
      f: i % 3 === 0 ? null : { x: i, y: i % 2 === 0 ? null : `y${i}` },
      g: [{ z: `z${i}` }, null],
      h: new Decimal(-(10n ** 36n) * BigInt(i % 90), 2),
      i: new Map([['k', i % 2 === 0 ? i : null]]),
      j: Uint8Array.of(i & 255, 2),
      k: null,
      l: {},
    };
  });
}

function batchOf(start: number, end: number): ColumnBatch {
  return batchFromRows(SCHEMA, rowsFrom(start, end));
}

describe('selecting and joining', () => {
  const batch = batchOf(0, 50);
  const rows = rowsFrom(0, 50);

  test('gather takes rows in the order given', () => {
    expect(rowsOf(gatherBatch(batch, Int32Array.of(9, 7, 9, 1), 3))).toEqual([rows[9], rows[7], rows[9]]);
  });

  test('gather of row -1 is null', () => {
    const nulls = rows[0];
    expect(rowsOf(gatherBatch(batch, Int32Array.of(3, -1, 4), 3))).toEqual([rows[3], nulls, rows[4]]);
    expect(rowsOf(gatherBatch(emptyBatch(SCHEMA), Int32Array.of(-1), 1))).toEqual([nulls]);
  });

  test('slice and concat are inverse', () => {
    const parts = [sliceBatch(batch, 0, 10), sliceBatch(batch, 10, 10), sliceBatch(batch, 10, 50)];
    expect(rowsOf(concatBatches(SCHEMA, parts))).toEqual(rows);
  });

  test('concat joins strings of different dictionaries', () => {
    expect(rowsOf(concatBatches(SCHEMA, [batchOf(0, 20), batchOf(20, 50)]))).toEqual(rows);
    expect(rowsOf(concatBatches(SCHEMA, []))).toEqual([]);
  });

  test('constant and null vectors hold one value', () => {
    for (const [i, field] of SCHEMA.fields.entries()) {
      const column = batch.columns[i];
      const value = column === undefined ? null : valueAt(column, 5);
      const constant = constantVector(field.dataType, value, 3);
      expect([0, 1, 2].map((row) => valueAt(constant, row))).toEqual([value, value, value]);
      expect(valueAt(nullVector(field.dataType, 2), 1)).toBeNull();
    }
  });
});

describe('batches as bytes', () => {
  test('every type comes back, slices and gathers too', () => {
    const batch = batchOf(0, 300);
    const picked = gatherBatch(batch, Int32Array.of(299, 3, -1, 5), 4);
    for (const one of [batch, sliceBatch(batch, 10, 20), picked, emptyBatch(SCHEMA)])
      expect(rowsOf(decodeBatch(encodeBatch(one), SCHEMA))).toEqual(rowsOf(one));
  });

  test('only the strings a batch uses are written', () => {
    const schema = parseSchema('s STRING');
    const batch = batchFromRows(
      schema,
      Array.from({ length: 10_000 }, (_, i) => [`text ${i}`]),
    );
    expect(encodeBatch(sliceBatch(batch, 5, 10)).length).toBeLessThan(100);
    expect(rowsOf(decodeBatch(encodeBatch(batch), schema))).toEqual(rowsOf(batch));
  });

  test('damaged bytes give DATA_CORRUPT or other values, never another error', () => {
    const bytes = encodeBatch(batchOf(0, 40));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(bytes.length)),
        (changes, cut) => {
          const damaged = bytes.slice(0, cut ?? bytes.length);
          for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
          try {
            decodeBatch(damaged, SCHEMA);
          } catch (error) {
            expect(error).toBeInstanceOf(MillraceError);
            expect((error as MillraceError).condition).toBe('DATA_CORRUPT');
          }
        },
      ),
      { numRuns: 2000 },
    );
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeBatch(bytes.subarray(0, length), SCHEMA)).toThrow('[DATA_CORRUPT]');
  });

  test('another schema is refused', () => {
    expect(() => decodeBatch(encodeBatch(batchOf(0, 5)), parseSchema('a INT'))).toThrow('1 columns expected, found 12');
    const ints = encodeBatch(batchFromRows(parseSchema('a INT'), [[1]]));
    expect(() => decodeBatch(ints, parseSchema('a BIGINT'))).toThrow('layout long expected, found int');
  });

  test('CRC-32C has its published values', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    const bytes = new TextEncoder().encode('a longer text in two parts');
    expect(crc32c(bytes.subarray(11), crc32c(bytes.subarray(0, 11)))).toBe(crc32c(bytes));
  });

  test('CRC-32C of a large input is that of its parts, wherever it begins', () => {
    const bytes = new Uint8Array(40_000).map((_, i) => (i * 2_654_435_761) >>> 13);
    for (const [start, end] of [
      [0, 40_000],
      [1, 30_000],
      [3, 12_300],
      [5, 24_590],
    ] as const) {
      let byParts = 0;
      for (let at = start; at < end; at += 1001)
        byParts = crc32c(bytes.subarray(at, Math.min(end, at + 1001)), byParts);
      expect(crc32c(bytes.subarray(start, end))).toBe(byParts);
    }
  });
});

describe('order', () => {
  const sorted: readonly (readonly [string, readonly (Value | null)[]])[] = [
    ['DOUBLE', [null, -Infinity, -1, 0, 0.5, Infinity, Number.NaN]],
    ['STRING', [null, '', 'a', 'ab', 'b', 'é', '\uffff', '😀']],
    ['BINARY', [null, new Uint8Array(0), Uint8Array.of(1), Uint8Array.of(1, 0), Uint8Array.of(200)]],
    ['ARRAY<INT>', [null, [], [null], [1], [1, null], [1, 2], [2]]],
    ['STRUCT<a: INT, b: STRING>', [null, [null, 'z'], [1, 'a'], [1, 'b'], [2, 'a']]],
    ['DECIMAL(38,2)', [null, -(10n ** 30n), -1n, 0n, 10n ** 30n]],
    ['BOOLEAN', [null, false, true]],
  ];
  test.each(sorted)('values of %s sort as in Spark', (text, values) => {
    const type: DataType = parseType(text);
    values.forEach((a, i) => {
      values.forEach((b, j) => {
        expect(Math.sign(compareValues(type, a, b))).toBe(Math.sign(i - j));
        expect(equalValues(type, a, b)).toBe(i === j);
      });
    });
  });

  test('-0.0 equals 0.0 and maps ignore their order', () => {
    expect(equalValues(parseType('DOUBLE'), -0, 0)).toBe(true);
    const map = parseType('MAP<STRING, INT>');
    const entries: Value = [
      ['a', 1],
      ['b', null],
    ];
    expect(equalValues(map, entries, entries.toReversed())).toBe(true);
    expect(equalValues(map, entries, [['a', 1]])).toBe(false);
  });

  test('texts sort by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('decimals', () => {
  test('halves round away from zero', () => {
    expect([25n, -25n, 24n, -26n].map((value) => divideHalfUp(value, 10n))).toEqual([3n, -3n, 2n, -3n]);
    expect(divideHalfUp(25n, -10n)).toBe(-3n);
    expect(rescale(12_345n, 3, 1)).toBe(123n);
    expect(rescale(12n, 1, 4)).toBe(12_000n);
    expect(fitsPrecision(999n, 3) && !fitsPrecision(1000n, 3)).toBe(true);
  });

  test('texts are read exactly', () => {
    expect(['1e3', '-.5', '5.', ' 12.50 ', '1.5e-3'].map((text) => Decimal.parse(text).toString())).toEqual([
      '1000',
      '-0.5',
      '5',
      '12.50',
      '0.0015',
    ]);
    expect(Decimal.fromNumber(0.1).equals(new Decimal(100n, 3))).toBe(true);
    expect(() => Decimal.parse('1.2.3')).toThrow('[CAST_INVALID_INPUT]');
  });
});
