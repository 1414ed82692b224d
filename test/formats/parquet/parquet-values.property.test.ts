/** Whatever rows of whatever types are written, our reader and another one give them back. */
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expect, test } from 'vitest';
import type { DataType } from '../../../src/types/data-type.ts';
import type { Value } from '../../../src/types/vector.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';
import { snappyCompress, snappyUncompress } from '../../../src/kernels/snappy-block.ts';
import * as T from '../../../src/types/data-type.ts';
import { fileOf, inMemory, rowsOf } from './in-memory-file.ts';

const INT = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

interface TypedValues {
  readonly type: DataType;
  readonly values: fc.Arbitrary<Value | null>;
}

const leaf: fc.Arbitrary<TypedValues> = fc.constantFrom<TypedValues>(
  { type: T.BOOLEAN, values: fc.boolean() },
  { type: T.BYTE, values: fc.integer({ min: -128, max: 127 }) },
  { type: T.SHORT, values: fc.integer({ min: -32_768, max: 32_767 }) },
  { type: T.INTEGER, values: fc.oneof(fc.integer(INT), fc.integer({ min: 0, max: 3 })) },
  { type: T.LONG, values: fc.oneof(long, fc.bigInt({ min: 0n, max: 3n })) },
  { type: T.FLOAT, values: fc.float() },
  { type: T.DOUBLE, values: fc.double() },
  { type: T.STRING, values: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { type: T.BINARY, values: fc.uint8Array({ maxLength: 9 }) },
  { type: T.DATE, values: fc.integer({ min: -800_000, max: 3_000_000 }) },
  { type: T.TIMESTAMP, values: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }) },
  { type: T.TIMESTAMP_NTZ, values: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }) },
  { type: T.decimal(7, 2), values: fc.bigInt({ min: -9_999_999n, max: 9_999_999n }) },
  { type: T.decimal(18, 0), values: fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }) },
  { type: T.decimal(38, 7), values: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }) },
);

const { tree: typed } = fc.letrec<{ tree: TypedValues }>((tie) => ({
  tree: fc
    .oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      tie('tree').map(({ type, values }) => ({ type: T.array(type), values: fc.array(values, { maxLength: 4 }) })),
      tie('tree').map(({ type, values }) => ({
        type: T.map(T.STRING, type),
        values: fc.array(fc.tuple(fc.string({ maxLength: 3 }), values), { maxLength: 3 }),
      })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((children) => ({
        type: T.struct(children.map(({ type }, i) => T.field(`f${i}`, type))),
        values: fc.tuple(...children.map(({ values }) => values)),
      })),
    )
    .map(({ type, values }) => ({ type, values: fc.option(values, { freq: 4 }) })),
}));

const table = fc.array(typed, { minLength: 1, maxLength: 4 }).chain((columns) =>
  fc.record({
    schema: fc.constant(T.struct(columns.map(({ type }, i) => T.field(`c${i}`, type)))),
    batches: fc.array(fc.array(fc.tuple(...columns.map(({ values }) => values)), { maxLength: 30 }), { maxLength: 3 }),
    options: fc.record({
      compression: fc.constantFrom('none', 'snappy', 'gzip', 'brotli'),
      'parquet.block.size': fc.constantFrom('1', '100000'),
      outputTimestampType: fc.constantFrom('TIMESTAMP_MICROS', 'INT96'),
    }),
  }),
);

test('rows that are written come back', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ schema, batches, options }) => {
      const file = fileOf(schema, batches, options);
      expect(await rowsOf(inMemory(file), schema)).toEqual(batches.flat());
    }),
    { numRuns: 150 },
  );
});

test('another reader finds the same numbers of rows and the same texts and longs', async () => {
  const schema = T.struct([T.field('s', T.STRING), T.field('l', T.LONG), T.field('a', T.array(T.STRING))]);
  const row = fc.tuple(
    fc.option(fc.string({ maxLength: 20 })),
    fc.option(long),
    fc.option(fc.array(fc.option(fc.string({ maxLength: 4 })), { maxLength: 3 })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      fc.constantFrom('none', 'snappy', 'gzip'),
      async (rows, compression) => {
        const bytes = fileOf(schema, [rows], { compression });
        const file = { byteLength: bytes.length, slice: (from: number, to?: number) => bytes.slice(from, to).buffer };
        const found = await parquetReadObjects({ file, compressors });
        expect(found.map(({ s, l, a }) => [s ?? null, l ?? null, a ?? null])).toEqual(rows);
      },
    ),
    { numRuns: 60 },
  );
});

test('snappy gives back what it took, kernel and twin alike, and never more than it may', () => {
  const words = fc.constantFrom('abcd', 'abcdabcdabcd', 'xyz', '0123456789012345678901234567890123456789', 'aaaaaaaaa');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.array(words, { maxLength: 4000 }).map((parts) => new TextEncoder().encode(parts.join(''))),
  );
  fc.assert(
    fc.property(bytes, (plain) => {
      const packed = snappyCompress(plain);
      expect(Buffer.compare(snappyCompress(plain, 'typescript'), packed)).toBe(0);
      for (const choice of ['wasm', 'typescript'] as const) {
        expect(Buffer.compare(snappyUncompress(packed, plain.length, choice), plain)).toBe(0);
        if (plain.length > 0) expect(() => snappyUncompress(packed, plain.length - 1, choice)).toThrow(/announced/);
      }
    }),
    { numRuns: 200 },
  );
});

test('bytes that are no snappy block are refused, kernel and twin alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
      const found = (['wasm', 'typescript'] as const).map((choice) => {
        try {
          return Buffer.from(snappyUncompress(bytes, 1000, choice)).toString('hex');
        } catch (error) {
          return error instanceof MillraceError ? error.message : error;
        }
      });
      expect(found[0]).toEqual(found[1]);
    }),
    { numRuns: 500 },
  );
});
