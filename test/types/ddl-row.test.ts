/** Row types from DDL literals; checked by the compiler, run only to have names in the report. */
import { expectTypeOf, test } from 'vitest';
import type { Decimal, Timestamp } from '../../src/index.ts';
import type { RowInput, RowOf, ValueOf } from '../../src/types/ddl-row.ts';

test('columns of plain types have their types, and null unless NOT NULL', () => {
  expectTypeOf<RowOf<'time TIMESTAMP, action STRING, n BIGINT NOT NULL, x: double'>>().toEqualTypeOf<{
    time: Timestamp | null;
    action: string | null;
    n: bigint;
    x: number | null;
  }>();
});

test('commas and spaces inside brackets are part of the type', () => {
  expectTypeOf<RowOf<'price DECIMAL(10, 2), tags ARRAY<STRING>, counts MAP<STRING, BIGINT>'>>().toEqualTypeOf<{
    price: Decimal | null;
    tags: (string | null)[] | null;
    counts: Map<string, bigint | null> | null;
  }>();
});

test('structs nest', () => {
  expectTypeOf<RowOf<'window STRUCT<start: TIMESTAMP, end: TIMESTAMP>, n INT'>>().toEqualTypeOf<{
    window: { start: Timestamp | null; end: Timestamp | null } | null;
    n: number | null;
  }>();
  expectTypeOf<RowOf<'a ARRAY<STRUCT<b: MAP<STRING, ARRAY<INT>>, c: DATE>>'>>().toEqualTypeOf<{
    a: ({ b: Map<string, (number | null)[] | null> | null; c: string | null } | null)[] | null;
  }>();
});

test('names in backticks may have spaces', () => {
  expectTypeOf<RowOf<'`user name` STRING NOT NULL, n INT'>>().toEqualTypeOf<{
    'user name': string;
    n: number | null;
  }>();
});

test('a text that is no literal gives untyped rows, an unknown type unknown values', () => {
  expectTypeOf<RowOf<string>>().toEqualTypeOf<Record<string, unknown>>();
  expectTypeOf<RowOf<'shape GEOMETRY'>>().toEqualTypeOf<{ shape: unknown }>();
});

test('a single type is the type of its values', () => {
  expectTypeOf<ValueOf<'BIGINT'>>().toEqualTypeOf<bigint>();
  expectTypeOf<ValueOf<'ARRAY<STRING>'>>().toEqualTypeOf<(string | null)[]>();
  expectTypeOf<ValueOf<'n BIGINT NOT NULL'>>().toEqualTypeOf<{ n: bigint }>();
});

test('rows that are given may leave out columns that may be null, and use what converts without loss', () => {
  type Given = RowInput<RowOf<'n BIGINT NOT NULL, time TIMESTAMP'>>;
  expectTypeOf<{ n: 1 }>().toExtend<Given>();
  expectTypeOf<{ n: 1n; time: Date }>().toExtend<Given>();
  expectTypeOf<{ n: 1n; time: string }>().toExtend<Given>();
  expectTypeOf<{ time: string }>().not.toExtend<Given>();
  expectTypeOf<{ n: string }>().not.toExtend<Given>();
});
