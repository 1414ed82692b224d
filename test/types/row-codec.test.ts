import { describe, expect, test } from 'vitest';
import { Decimal } from '../../src/types/decimal.ts';
import { batchFromRows, rowAt, rowsOf } from '../../src/types/row-codec.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { Timestamp } from '../../src/types/timestamp.ts';

const ALL =
  'a BOOLEAN, b TINYINT, c SMALLINT, d INT, e BIGINT, f FLOAT, g DOUBLE, h STRING, i BINARY, j DATE, k TIMESTAMP, l TIMESTAMP_NTZ, m DECIMAL(10,2), n DECIMAL(38,10), o ARRAY<INT>, p MAP<STRING, BIGINT>, q STRUCT<x: INT, y: STRUCT<z: STRING>>';
const ROW = {
  a: true,
  b: -128,
  c: 32767,
  d: -2147483648,
  e: 9223372036854775807n,
  f: 1.5,
  g: 0.1,
  h: 'héllo 😀',
  i: Uint8Array.of(1, 2),
  j: '2024-01-15',
  k: Timestamp.parse('2024-01-15 10:20:30.123456'),
  l: Timestamp.parse('2024-01-15 10:20:30.123456'),
  m: Decimal.parse('-12.50'),
  n: Decimal.parse('1234567890123456789.0123456789'),
  o: [1, null, 2],
  p: new Map([['k', 1n]]),
  q: { x: 1, y: { z: 'deep' } },
};

function throwsFor(ddl: string, value: unknown): unknown {
  return () => batchFromRows(parseSchema(ddl), [{ v: value }]);
}

describe('rows', () => {
  test('every type comes back as it went in', () => {
    const nulls = Object.fromEntries(Object.keys(ROW).map((name) => [name, null]));
    const batch = batchFromRows(parseSchema(ALL), [ROW, {}, Object.values(ROW)]);
    expect(rowsOf(batch)).toEqual([ROW, nulls, ROW]);
    expect(rowAt(batch, 1)).toEqual(nulls);
    expect((rowAt(batch, 0)['k'] as Timestamp).micros).toBe(ROW.k.micros);
  });

  test('names every object inherits are ordinary columns', () => {
    const schema = parseSchema('`__proto__` STRUCT<`__proto__`: INT>, constructor INT, toString STRING');
    const row: unknown = JSON.parse('{"__proto__": {"__proto__": 7}, "constructor": 1}');
    const [first, second] = rowsOf(batchFromRows(schema, [row as Record<string, unknown>, {}]));
    expect(JSON.stringify(first)).toBe('{"__proto__":{"__proto__":7},"constructor":1,"toString":null}');
    expect(JSON.stringify(second)).toBe('{"__proto__":null,"constructor":null,"toString":null}');
    expect(Object.getPrototypeOf(first)).toBe(Object.prototype);
  });

  test('harmless forms are taken', () => {
    const schema = parseSchema('a BIGINT, b TIMESTAMP, c DECIMAL(5,2), d INT, e DATE, f MAP<STRING, INT>, g TIMESTAMP');
    const [row] = rowsOf(
      batchFromRows(schema, [
        { a: 5, b: '2024-01-15T10:20:30Z', c: 1.005, d: 7n, e: new Date(0), f: { x: 1 }, g: new Date(1500) },
      ]),
    );
    expect(row).toEqual({
      a: 5n,
      b: Timestamp.parse('2024-01-15 10:20:30'),
      c: Decimal.parse('1.01'),
      d: 7,
      e: '1970-01-01',
      f: new Map([['x', 1]]),
      g: Timestamp.fromMicros(1_500_000n),
    });
  });

  test.each([
    ['v BIGINT', 1.5],
    ['v BIGINT', 2 ** 53],
    ['v BIGINT', 2n ** 63n],
    ['v INT', 2 ** 31],
    ['v INT', '1'],
    ['v TINYINT', 128],
    ['v STRING', 5],
    ['v BOOLEAN', 1],
    ['v DOUBLE', '1.5'],
    ['v DATE', '2024-02-30'],
    ['v TIMESTAMP', 'yesterday'],
    ['v TIMESTAMP', new Date(Number.NaN)],
    ['v DECIMAL(5,2)', '1234.5'],
    ['v DECIMAL(5,2)', 'abc'],
    ['v DECIMAL(5,2)', '1e999999999'],
    ['v BINARY', 'abc'],
    ['v ARRAY<INT>', 'abc'],
    ['v MAP<STRING, INT>', 5],
    ['v VOID', 5],
  ])('%s does not take %s', (ddl, value) => {
    expect(throwsFor(ddl, value)).toThrow('[INVALID_ROW_VALUE]');
    expect(throwsFor(ddl, value)).toThrow('of column `v`');
  });

  test('an error inside a nested value names the path', () => {
    expect(throwsFor('v STRUCT<a: ARRAY<INT>>', { a: ['x'] })).toThrow(
      'The value "x" of column `v.a[]` cannot be stored as "INT".',
    );
  });

  test('a missing value of a NOT NULL column is refused', () => {
    expect(throwsFor('v INT NOT NULL', null)).toThrow('[NULL_IN_NON_NULLABLE_COLUMN]');
    expect(throwsFor('v STRUCT<a: INT NOT NULL>', {})).toThrow('`v.a`');
    expect(throwsFor('v MAP<INT, INT>', new Map([[null, 1]]))).toThrow('`v.key`');
  });
});

describe('Timestamp', () => {
  test('keeps microseconds and is a Date', () => {
    const timestamp = Timestamp.parse('1969-12-31 23:59:59.999999');
    expect(timestamp.micros).toBe(-1n);
    expect(timestamp.getTime()).toBe(-1);
    expect(timestamp).toBeInstanceOf(Date);
    expect(String(timestamp)).toBe('1969-12-31 23:59:59.999999');
    expect(JSON.stringify(timestamp)).toBe('"1969-12-31T23:59:59.999999Z"');
    expect(timestamp.toString('Europe/Berlin')).toBe('1970-01-01 00:59:59.999999');
    expect(Timestamp.fromDate(new Date(5)).toISOString()).toBe('1970-01-01T00:00:00.005Z');
    expect(Timestamp.parse('2024-01-15 10:20:30', 'Europe/Berlin').toISOString()).toBe('2024-01-15T09:20:30.000Z');
    expect(() => Timestamp.parse('x')).toThrow('[CAST_INVALID_INPUT]');
  });

  test('holds what a Date cannot', () => {
    const last = Timestamp.fromMicros(2n ** 63n - 1n);
    expect(last.micros).toBe(2n ** 63n - 1n);
    expect(last.toISOString()).toBe('+294247-01-10T04:00:54.775807Z');
  });
});
