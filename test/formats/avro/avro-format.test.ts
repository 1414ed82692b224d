/** Avro files: what we write another library reads, what it writes we read; codecs, pruning, unions and damage. */
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StructType } from '../../../src/types/data-type.ts';
import type { Value } from '../../../src/types/vector.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';
import { avroFormat } from '../../../src/formats/avro/avro-format.ts';
import { columnBatch } from '../../../src/types/column-batch.ts';
import * as T from '../../../src/types/data-type.ts';
import { vectorOf } from '../../../src/types/vector-builder.ts';
import { valueAt } from '../../../src/types/vector.ts';

type TestRow = readonly (Value | null)[];

const SCHEMA = T.struct([
  T.field('i', T.INTEGER, false),
  T.field('l', T.LONG),
  T.field('s', T.STRING),
  T.field('d', T.DOUBLE),
  T.field('f', T.FLOAT),
  T.field('b', T.BOOLEAN),
  T.field('bi', T.BINARY),
  T.field('da', T.DATE),
  T.field('ts', T.TIMESTAMP),
  T.field('tn', T.TIMESTAMP_NTZ),
  T.field('de', T.decimal(20, 3)),
  T.field('a', T.array(T.STRING)),
  T.field('m', T.map(T.STRING, T.LONG, false)),
  T.field('st', T.struct([T.field('x', T.INTEGER), T.field('y', T.array(T.struct([T.field('z', T.SHORT)])))])),
]);
const ROWS: readonly TestRow[] = [
  [
    1,
    2n ** 62n,
    'ä',
    1.5,
    0.25,
    true,
    Uint8Array.of(1, 2),
    19_000,
    1_700_000_000_123_456n,
    -1n,
    -12_345n,
    ['x', null],
    [['k', 5n]],
    [1, [[2], null]],
  ],
  [-2, null, null, null, null, null, null, null, null, null, null, null, null, null],
  [0, -(2n ** 63n), '', Number.NaN, -0, false, new Uint8Array(0), -1, 0n, 0n, 10n ** 20n - 1n, [], [], [null, null]],
];

function fileOf(schema: StructType, rows: readonly TestRow[], options: Record<string, string> = {}): Buffer {
  const encoder = avroFormat.createEncoder(schema, new Map(Object.entries(options)), 'UTC');
  const columns = schema.fields.map(({ dataType }, i) =>
    vectorOf(
      dataType,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return Buffer.concat([encoder.header(), encoder.encode(columnBatch(schema, columns, rows.length)), encoder.footer()]);
}

function rowsOf(
  bytes: Uint8Array,
  schema: StructType,
  columns = schema.fields.map(({ name }) => name),
  blockBytes = 777,
): TestRow[] {
  const decoder = avroFormat.createDecoder({ schema, columns, options: new Map(), timeZone: 'UTC' });
  const batches = [];
  for (let at = 0; at < bytes.length; at += blockBytes)
    batches.push(...decoder.push(bytes.subarray(at, at + blockBytes)));
  batches.push(...decoder.finish());
  return batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => valueAt(column, row))),
  );
}

function schemaOf(bytes: Uint8Array): string {
  const inferrer = avroFormat.inferSchema?.(new Map(), 'UTC');
  for (let at = 0; at < bytes.length; at += 100) inferrer?.push(bytes.subarray(at, at + 100));
  inferrer?.endOfFile();
  return T.simpleName(inferrer?.finish() ?? T.VOID);
}

/** A file the other library has written. */
function foreignFile(
  schema: avsc.Schema,
  records: readonly unknown[],
  codec: 'null' | 'deflate' = 'null',
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const stream = new avsc.streams.BlockEncoder(schema, { codec });
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => resolve(Buffer.concat(parts)));
    stream.on('error', reject);
    for (const record of records) stream.write(record);
    stream.end();
  });
}

/** What the other library reads, with longs it cannot hold as texts. */
function foreignRecords(bytes: Buffer): Promise<Readonly<Record<string, unknown>>[]> {
  return new Promise((resolve, reject) => {
    const records: Readonly<Record<string, unknown>>[] = [];
    const parseHook = (schema: avsc.Schema): avsc.Type =>
      avsc.Type.forSchema(schema, {
        wrapUnions: false,
        registry: {
          long: avsc.types.LongType.__with({
            fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
            toBuffer: () => Buffer.alloc(8),
            fromJSON: Number,
            toJSON: String,
            isValid: () => true,
            compare: () => 0,
          }),
        },
      });
    const stream = new avsc.streams.BlockDecoder({ parseHook });
    stream.on('data', (record: Readonly<Record<string, unknown>>) => records.push(record));
    stream.on('end', () => resolve(records));
    stream.on('error', reject);
    stream.end(bytes);
  });
}

function conditionOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof MillraceError ? error.condition : String(error);
  }
}

test.each(['uncompressed', 'deflate', 'snappy', 'zstandard'])('rows written in %s come back', (compression) => {
  const bytes = fileOf(SCHEMA, ROWS, { compression });
  expect(rowsOf(bytes, SCHEMA)).toEqual(ROWS);
  expect(rowsOf(bytes, SCHEMA, undefined, 1)).toEqual(ROWS);
  expect(schemaOf(bytes)).toBe(T.simpleName(SCHEMA).replace('smallint', 'int'));
});

test('another library reads what we write', async () => {
  const records = await foreignRecords(fileOf(SCHEMA, ROWS, { compression: 'deflate' }));
  expect(records).toHaveLength(3);
  expect(records[0]).toMatchObject({
    i: 1,
    l: 2n ** 62n,
    s: 'ä',
    d: 1.5,
    b: true,
    da: 19_000,
    a: ['x', null],
    m: { k: 5n },
  });
  expect(records[1]).toMatchObject({ i: -2, l: null, s: null, st: null });
});

test('we read what another library writes, of the types Spark gives it', async () => {
  const bytes = await foreignFile(
    {
      type: 'record',
      name: 'r',
      namespace: 'n',
      fields: [
        { name: 'e', type: { type: 'enum', name: 'color', symbols: ['RED', 'BLUE'] } },
        { name: 'again', type: 'color' },
        { name: 'n', type: ['null', 'int'] },
        { name: 'wide', type: ['int', 'long'] },
        { name: 'mixed', type: ['null', 'int', 'string'] },
        { name: 'ms', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'fx', type: { type: 'fixed', name: 'two', size: 2 } },
      ],
    } as avsc.Schema,
    [
      { e: 'BLUE', again: 'RED', n: 7, wide: { int: 1 }, mixed: 'x', ms: 1000, fx: Buffer.from([1, 2]) },
      { e: 'RED', again: 'BLUE', n: null, wide: { long: 5 }, mixed: null, ms: 0, fx: Buffer.from([3, 4]) },
    ],
    'deflate',
  );
  expect(schemaOf(bytes)).toBe(
    'struct<e:string,again:string,n:int,wide:bigint,mixed:struct<member0:int,member1:string>,ms:timestamp,fx:binary>',
  );
  const schema = T.struct([
    T.field('e', T.STRING),
    T.field('n', T.LONG),
    T.field('wide', T.LONG),
    T.field('mixed', T.struct([T.field('member0', T.INTEGER), T.field('member1', T.STRING)])),
    T.field('MS', T.TIMESTAMP),
    T.field('absent', T.STRING),
  ]);
  expect(rowsOf(bytes, schema)).toEqual([
    ['BLUE', 7n, 1n, [null, 'x'], 1_000_000n, null],
    ['RED', null, 5n, null, 0n, null],
  ]);
});

test('only the wanted columns are kept, in their order', () => {
  expect(rowsOf(fileOf(SCHEMA, ROWS), SCHEMA, ['s', 'i'])).toEqual(ROWS.map((row) => [row[2], row[0]]));
  expect(rowsOf(fileOf(SCHEMA, ROWS), SCHEMA, [])).toEqual([[], [], []]);
});

test('numbers and texts of any size come back', () => {
  const schema = T.struct([T.field('l', T.LONG), T.field('s', T.STRING)]);
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.option(long), fc.option(fc.string({ unit: 'grapheme' }))), { maxLength: 50 }),
      (rows) => {
        expect(rowsOf(fileOf(schema, rows), schema)).toEqual(rows);
      },
    ),
    { numRuns: 50 },
  );
});

describe('what is wrong', () => {
  const bytes = fileOf(SCHEMA, ROWS);
  test.each([
    ['empty', new Uint8Array(0)],
    ['of another format', Buffer.from('{"a":1}\n')],
    ['cut', bytes.subarray(0, bytes.length - 5)],
    ['with another mark', bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))],
    ['with another checksum', bytes.map((byte, i) => (i === bytes.length - 17 ? byte ^ 1 : byte))],
  ])('a file that is %s is damaged', (_, wrong) => {
    expect(conditionOf(() => rowsOf(wrong, SCHEMA))).toBe('DATA_CORRUPT');
  });

  test('a type that does not fit is named', () => {
    const wanted = T.struct([T.field('s', T.INTEGER)]);
    expect(conditionOf(() => rowsOf(bytes, wanted))).toBe('AVRO_INCOMPATIBLE_READ_TYPE');
  });

  test('keys of maps are texts, codecs are those there are', () => {
    const keyed = T.struct([T.field('m', T.map(T.INTEGER, T.STRING))]);
    expect(conditionOf(() => fileOf(keyed, []))).toBe('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE');
    expect(conditionOf(() => fileOf(SCHEMA, [], { compression: 'xz' }))).toBe(
      'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION',
    );
  });

  test('a schema that contains itself has no type in Spark', async () => {
    const tree = await foreignFile(
      { type: 'record', name: 'tree', fields: [{ name: 'next', type: ['null', 'tree'] }] } as avsc.Schema,
      [{ next: null }],
    );
    expect(conditionOf(() => schemaOf(tree))).toBe('UNSUPPORTED_FEATURE');
  });
});
