/** What PySpark 4.3.0 answered for the tables of spark_golden.py; spark-golden.json is its output. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatDate, formatTimestamp, formatTimestampNtz } from '../../src/types/civil-time.ts';
import { compilePattern } from '../../src/types/date-time-pattern.ts';
import { hashRows, hashValue } from '../../src/types/hash.ts';
import { javaDouble, javaFloat } from '../../src/types/number-text.ts';
import { batchFromRows } from '../../src/types/row-codec.ts';
import { jsonTextOfRow } from '../../src/types/json-text.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../../src/types/timestamp-text.ts';
import { valueAt } from '../../src/types/vector.ts';
import { MillraceError } from '../../src/errors/millrace-error.ts';

interface Golden {
  timestamps: {
    text: string;
    micros: string | null;
    ntz: string | null;
    days: number | null;
    shown: string | null;
    date: string | null;
  }[];
  doubles: { value: string; text: string }[];
  floats: { value: string; text: string }[];
  moreDoubles: { value: string; text: string }[];
  moreFloats: { value: string; text: string }[];
  formats: { pattern: string; instant: string; micros: string; text: string }[];
  parses: { pattern: string; text: string; micros: string | null }[];
  refused: { pattern: string; condition: string | null }[];
  hashes: Record<string, number>;
  json: Record<string, string>;
  json_utc: string;
  charsInput: string;
}
const golden = JSON.parse(readFileSync(new URL('spark-golden.json', import.meta.url), 'utf8')) as Golden;
const ZONE = 'Europe/Berlin';

function pythonNumber(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
}

function micros(value: bigint | null): string | null {
  return value === null ? null : String(value);
}

describe('the same as PySpark 4.3.0', () => {
  test.each(golden.timestamps)('$text as timestamp and date', (row) => {
    const timestamp = parseTimestamp(row.text, ZONE);
    const ntz = parseTimestampNtz(row.text);
    const days = parseDate(row.text);
    expect({
      text: row.text,
      micros: micros(timestamp),
      ntz: ntz === null ? null : formatTimestampNtz(ntz),
      days,
      shown: timestamp === null ? null : formatTimestamp(timestamp, ZONE),
      date: days === null ? null : formatDate(days),
    }).toEqual(row);
  });

  test('doubles print the same', () => {
    const rows = [...golden.doubles, ...golden.moreDoubles];
    expect(rows.map(({ value }) => javaDouble(pythonNumber(value)))).toEqual(rows.map(({ text }) => text));
  });

  test('floats print the same', () => {
    const rows = [...golden.floats, ...golden.moreFloats];
    expect(rows.map(({ value }) => javaFloat(Math.fround(pythonNumber(value))))).toEqual(rows.map(({ text }) => text));
  });

  test.each(golden.formats)('$instant as $pattern', ({ pattern, micros: instant, text }) => {
    expect(compilePattern(pattern).format(BigInt(instant), 'UTC')).toBe(text);
  });

  test.each(golden.parses)('$text read by $pattern', ({ pattern, text, micros: expected }) => {
    if (expected?.startsWith('!!') === true)
      expect(() => compilePattern(pattern).parse(text, ZONE)).toThrow(MillraceError);
    else expect(micros(compilePattern(pattern).parse(text, ZONE))).toBe(expected);
  });

  test.each(golden.refused)('the pattern $pattern gives $condition', ({ pattern, condition }) => {
    let found: string | null = null;
    try {
      compilePattern(pattern);
    } catch (error) {
      found = error instanceof MillraceError ? error.condition : String(error);
    }
    expect(found).toBe(condition);
  });
});

/** The SQL of the golden hashes: schema and one row each. */
const HASHED: Readonly<Record<string, readonly [string, readonly unknown[]]>> = {
  'hash(1)': ['a INT', [1]],
  'hash(1L)': ['a BIGINT', [1n]],
  'hash(cast(null as int))': ['a INT', [null]],
  'hash(true)': ['a BOOLEAN', [true]],
  'hash(false)': ['a BOOLEAN', [false]],
  "hash('')": ['a STRING', ['']],
  "hash('a')": ['a STRING', ['a']],
  "hash('ab')": ['a STRING', ['ab']],
  "hash('abc')": ['a STRING', ['abc']],
  "hash('abcd')": ['a STRING', ['abcd']],
  "hash('abcde')": ['a STRING', ['abcde']],
  "hash('héllo wörld €😀')": ['a STRING', ['héllo wörld €😀']],
  'hash(1.5D)': ['a DOUBLE', [1.5]],
  'hash(0D)': ['a DOUBLE', [0]],
  'hash(-0D)': ['a DOUBLE', [-0]],
  "hash(double('NaN'))": ['a DOUBLE', [NaN]],
  'hash(float(1.5))': ['a FLOAT', [1.5]],
  "hash(float('-0'))": ['a FLOAT', [-0]],
  "hash(float('NaN'))": ['a FLOAT', [NaN]],
  "hash(date'2024-01-15')": ['a DATE', ['2024-01-15']],
  "hash(timestamp'2024-01-15 10:20:30.123456Z')": ['a TIMESTAMP', ['2024-01-15 10:20:30.123456Z']],
  'hash(cast(12.34 as decimal(10,2)))': ['a DECIMAL(10,2)', ['12.34']],
  'hash(cast(-12.34 as decimal(30,2)))': ['a DECIMAL(30,2)', ['-12.34']],
  'hash(cast(0 as decimal(38,0)))': ['a DECIMAL(38,0)', [0]],
  "hash(cast('12345678901234567890123456789012345678' as decimal(38,0)))": [
    'a DECIMAL(38,0)',
    ['12345678901234567890123456789012345678'],
  ],
  "hash(cast('-128' as decimal(38,0)))": ['a DECIMAL(38,0)', [-128]],
  "hash(cast('128' as decimal(38,0)))": ['a DECIMAL(38,0)', [128]],
  "hash(cast('-129' as decimal(20,0)))": ['a DECIMAL(20,0)', [-129]],
  "hash(cast('255' as decimal(20,0)))": ['a DECIMAL(20,0)', [255]],
  "hash(cast('-1' as decimal(20,0)))": ['a DECIMAL(20,0)', [-1]],
  "hash(cast('-32768' as decimal(20,0)))": ['a DECIMAL(20,0)', [-32768]],
  "hash(named_struct('a',1,'b','x'))": ['s STRUCT<a: INT, b: STRING>', [{ a: 1, b: 'x' }]],
  'hash(array(1,2,null,3))': ['a ARRAY<INT>', [[1, 2, null, 3]]],
  "hash(array('a','bc'))": ['a ARRAY<STRING>', [['a', 'bc']]],
  "hash(1,'abc',2L)": ['a INT, b STRING, c BIGINT', [1, 'abc', 2n]],
  "hash('abc','def')": ['a STRING, b STRING', ['abc', 'def']],
  "hash('abc',cast(null as string),5)": ['a STRING, b STRING, c INT', ['abc', null, 5]],
  "hash(cast(null as int),'x')": ['a INT, b STRING', [null, 'x']],
  "hash(named_struct('a',1,'b',cast(null as string)),'tail')": [
    's STRUCT<a: INT, b: STRING>, t STRING',
    [{ a: 1 }, 'tail'],
  ],
  "hash(cast(null as struct<a:int,b:string>),'tail')": ['s STRUCT<a: INT, b: STRING>, t STRING', [null, 'tail']],
  'hash(-9223372036854775808L)': ['a BIGINT', [-(2n ** 63n)]],
  'hash(cast(-5 as tinyint))': ['a TINYINT', [-5]],
  'hash(cast(300 as smallint))': ['a SMALLINT', [300]],
  "hash(binary('abc€'))": ['a BINARY', [new TextEncoder().encode('abc€')]],
  "hash(X'ff80')": ['a BINARY', [Uint8Array.of(0xff, 0x80)]],
  "hash(timestamp_ntz'2024-01-15 10:20:30')": ['a TIMESTAMP_NTZ', ['2024-01-15 10:20:30']],
  "hash(array(named_struct('x',1.5D)))": ['a ARRAY<STRUCT<x: DOUBLE>>', [[{ x: 1.5 }]]],
  "hash(named_struct('s',named_struct('t','q')),1)": ['a STRUCT<s: STRUCT<t: STRING>>, b INT', [{ s: { t: 'q' } }, 1]],
};

describe('hashes equal to Spark', () => {
  test('every golden hash has its row here', () => {
    expect(Object.keys(HASHED).toSorted()).toEqual(Object.keys(golden.hashes).toSorted());
  });

  test.each(Object.entries(HASHED))('%s', (sql, [ddl, row]) => {
    const batch = batchFromRows(parseSchema(ddl), [row, row]);
    const expected = golden.hashes[sql] as number;
    expect([...hashRows(batch.columns, 2)]).toEqual([expected, expected]);
    const chained = batch.columns.reduce((hash, column) => hashValue(column.type, valueAt(column, 1), hash), 42);
    expect(chained).toBe(expected);
  });
});

const JSON_ROWS: Readonly<Record<string, readonly [string, readonly unknown[]]>> = {
  scalars: [
    'a TINYINT, b SMALLINT, c INT, d BIGINT, e BOOLEAN, f STRING, g BINARY, h DATE, i DECIMAL(10,2), j DECIMAL(20,10), k DECIMAL(38,0), l DECIMAL(30,10)',
    [1, 2, 3, 4n, true, 'x', new TextEncoder().encode('hi\u00e9'), '2024-01-15', '12.50', '0.0000001', 10n ** 21n, 0],
  ],
  doubles: [
    'a DOUBLE, b DOUBLE, c DOUBLE, d DOUBLE, e DOUBLE, f DOUBLE, g DOUBLE, h DOUBLE, i FLOAT, j FLOAT, k FLOAT, l DOUBLE, m FLOAT',
    [1, 100, 1e10, 1e-5, 0.1, NaN, Infinity, -Infinity, 0.1, 1e10, NaN, -0, Infinity],
  ],
  times: [
    'a TIMESTAMP, b TIMESTAMP, c TIMESTAMP, d TIMESTAMP, e TIMESTAMP_NTZ, f TIMESTAMP_NTZ, g TIMESTAMP, h DATE, i DATE, j TIMESTAMP_NTZ, k TIMESTAMP',
    [
      '2024-01-15 10:20:30 Europe/Berlin',
      '2024-01-15 10:20:30.5 Europe/Berlin',
      '2024-07-15 10:20:30.123456 Europe/Berlin',
      '1800-01-01 00:00:00 Europe/Berlin',
      '2024-01-15 10:20:30',
      '2024-01-15 10:20:30.123456',
      '12345-01-15 10:20:30 Europe/Berlin',
      '12345-01-02',
      '-0005-01-02',
      '12345-01-15 10:20:30',
      '-0005-01-01 00:00:00 Europe/Berlin',
    ],
  ],
  nulls: [
    'a INT, b INT, c STRING, d ARRAY<INT>, e MAP<STRING, INT>, f STRUCT<x: VOID, y: INT>, g STRUCT<a: INT>, h ARRAY<STRUCT<p: INT>>, i ARRAY<VOID>, j MAP<VOID, VOID>, k VOID, l ARRAY<ARRAY<INT>>',
    [
      null,
      1,
      null,
      [1, null, 2],
      new Map([
        ['a', null],
        ['b', 1],
      ]),
      { y: 2 },
      null,
      [{}],
      [],
      new Map(),
      null,
      [[1], null],
    ],
  ],
  maps: [
    'a MAP<INT, STRING>, b MAP<TIMESTAMP, STRING>, c MAP<DATE, INT>, d MAP<DOUBLE, INT>, e MAP<BOOLEAN, INT>, f MAP<DECIMAL(5,2), INT>, j MAP<FLOAT, INT>, k MAP<TIMESTAMP_NTZ, INT>, l MAP<STRING, INT>',
    [
      new Map([
        [1, 'a'],
        [2, 'b'],
      ]),
      new Map([['2024-01-15 10:20:30 Europe/Berlin', 'x']]),
      new Map([['2024-01-15', 1]]),
      new Map([[1.5, 1]]),
      new Map([[true, 1]]),
      new Map([['1.50', 1]]),
      new Map([[1.5, 2]]),
      new Map([['2024-01-15 10:20:30', 5]]),
      new Map([['q"uo', 1]]),
    ],
  ],
  chars: ['`a"\n` STRING, z STRING', [golden.charsInput, '\0']],
};

describe('JSON equal to toJSON of Spark', () => {
  test('every golden row is here', () => {
    expect(Object.keys(JSON_ROWS)).toEqual(Object.keys(golden.json));
  });

  test.each(Object.entries(JSON_ROWS))('%s', (name, [ddl, row]) => {
    expect(jsonTextOfRow(batchFromRows(parseSchema(ddl), [row]), 0, { zone: ZONE })).toBe(golden.json[name]);
  });

  test('UTC prints as Z', () => {
    const batch = batchFromRows(parseSchema('c TIMESTAMP, d TIMESTAMP'), [
      ['2024-07-15 10:20:30.123456Z', '2024-07-15 10:20:30Z'],
    ]);
    expect(jsonTextOfRow(batch, 0, { zone: 'UTC' })).toBe(golden.json_utc);
  });

  test('null fields are printed on demand', () => {
    const batch = batchFromRows(parseSchema('a INT, s STRUCT<b: INT>'), [[null, {}]]);
    expect(jsonTextOfRow(batch, 0, { zone: 'UTC', ignoreNullFields: false })).toBe('{"a":null,"s":{"b":null}}');
  });
});
