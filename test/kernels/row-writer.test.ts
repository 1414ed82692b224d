import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { FormatOptions } from '../../src/formats/format.ts';
import { jsonFormat } from '../../src/formats/json/json-format.ts';
import { CsvEncoder } from '../../src/formats/csv/csv-encoder.ts';
import { JsonEncoder } from '../../src/formats/json/json-encoder.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { LONG, STRING, TIMESTAMP, type StructType, field, struct } from '../../src/types/data-type.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { createBuilder } from '../../src/types/vector-builder.ts';
import type { Value } from '../../src/types/vector.ts';
import { DOCUMENT_SCHEMA, randomLines } from './json-documents.ts';

const TIMEOUT_MS = 120_000;
const TABLE = parseSchema(`${DOCUMENT_SCHEMA}, extra STRUCT<a: INT, b: ARRAY<STRING>>, tt MAP<STRING, DOUBLE>`);

function decoded(schema: StructType, bytes: Uint8Array): readonly ColumnBatch[] {
  const columns = schema.fields.map(({ name }) => name);
  const decoder = jsonFormat.createDecoder({ schema, columns, options: new Map(), timeZone: 'UTC' });
  return [...decoder.push(bytes), ...decoder.finish()];
}

/** The same batches by kernel and twin, one encoder each. */
function encodings(
  batches: readonly ColumnBatch[],
  options: FormatOptions,
  timeZone: string,
  Encoder: typeof JsonEncoder | typeof CsvEncoder = JsonEncoder,
): readonly string[] {
  const schema = batches[0]?.schema ?? struct([]);
  return [threadKernels('wasm'), undefined].map((kernels) => {
    const encoder = new Encoder(schema, options, timeZone, kernels);
    return Buffer.concat(batches.map((batch) => encoder.encode(batch))).toString();
  });
}

function batchOf(schema: StructType, rows: readonly (readonly (Value | null)[])[]): ColumnBatch {
  const columns = schema.fields.map(({ dataType }, i) => {
    const builder = createBuilder(dataType);
    for (const row of rows) builder.append(row[i] ?? null);
    return builder.build();
  });
  return columnBatch(schema, columns, rows.length);
}

describe('JSON rows by the kernel are those of its twin', () => {
  test.each([
    [{}, 'UTC'],
    [{ ignorenullfields: 'false' }, 'UTC'],
    [{ timestampformat: 'yyyy-MM-dd HH:mm' }, 'UTC'],
    [{ linesep: '\r\n' }, 'Europe/Berlin'],
  ])(
    'with options %j in %s',
    (options, timeZone) => {
      for (let seed = 1; seed <= 12; seed++) {
        const batches = decoded(TABLE, randomLines(seed, 300));
        const [kernel, twin] = encodings(batches, new Map(Object.entries(options)), timeZone);
        expect(kernel).toBe(twin);
      }
    },
    TIMEOUT_MS,
  );

  test('at the limits of numbers and times', () => {
    const schema = struct([field('l', LONG), field('t', TIMESTAMP)]);
    const longs = [0n, -1n, 10n ** 18n, 2n ** 63n - 1n, -(2n ** 63n), 4_294_967_295n, 4_294_967_296n, 99n, null];
    const times = [
      0n,
      1n,
      86_399_999_999n,
      951_782_400_000_000n,
      4_107_542_399_999_999n,
      253_370_764_799_999_999n,
      null,
    ];
    const rows = longs.flatMap((long) => times.map((time) => [long, time]));
    const [kernel, twin] = encodings([batchOf(schema, rows)], new Map(), 'UTC');
    expect(kernel).toBe(twin);
    const odd = [-1n, 253_370_764_799_999_999n, 253_402_300_800_000_000n, 2n ** 62n].map((time) => [1n, time]);
    const [oddKernel, oddTwin] = encodings([batchOf(schema, odd)], new Map(), 'UTC');
    expect(oddKernel).toBe(oddTwin);
  });

  test('when texts are many, and when one is longer than the kernel has room for', () => {
    const schema = struct([field('s', STRING), field('again', STRING)]);
    const many = Array.from({ length: 70_000 }, (_, i) => [`text number ${i}`, i % 3 === 0 ? null : `${i % 100}`]);
    const long = [
      ['a', 'b'],
      ['x'.repeat(300_000), 'c'],
      ['y'.repeat(3_000_000), null],
      ['d', 'e'],
    ];
    const batches = [batchOf(schema, many), batchOf(schema, long), batchOf(schema, many.slice(0, 10))];
    const [kernel, twin] = encodings(batches, new Map(), 'UTC');
    expect(kernel === twin).toBe(true);
    expect(twin?.split('\n')).toHaveLength(70_015);
  });
});

describe('CSV rows by the kernel are those of its twin', () => {
  test.each([
    [{}, 'UTC'],
    [{ quoteall: 'true', nullvalue: '-' }, 'UTC'],
    [{ sep: '-', emptyvalue: '' }, 'UTC'],
    [{ sep: 'e', comment: '2' }, 'UTC'],
    [{ sep: '\t', quote: '', linesep: '\r' }, 'Europe/Berlin'],
  ])(
    'with options %j in %s',
    (options, timeZone) => {
      const schema = parseSchema(DOCUMENT_SCHEMA);
      for (let seed = 21; seed <= 30; seed++) {
        const batches = decoded(schema, randomLines(seed, 300));
        const [kernel, twin] = encodings(batches, new Map(Object.entries(options)), timeZone, CsvEncoder);
        expect(kernel).toBe(twin);
      }
    },
    TIMEOUT_MS,
  );

  test('with rows of one empty field, which are not written', () => {
    const schema = struct([field('s', STRING)]);
    const rows = [['a'], [null], [''], ['b'], [null]];
    const options = new Map([['emptyvalue', '']]);
    const [kernel, twin] = encodings([batchOf(schema, rows)], options, 'UTC', CsvEncoder);
    expect([kernel, twin]).toEqual(['a\nb\n', 'a\nb\n']);
  });
});
