/**
 * Rows per second of processor time of writing and reading Parquet in memory: `node bench/micro/parquet.ts [rows] [ours]`. Five columns: a time, a text of ten
 * values, a text of a hundred thousand, a count, a price. Beside ours hyparquet and hyparquet-writer, in turns on the same rows, unless `ours` is
 * given: their values per row fill the heap that ours is measured in.
 */
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { parquetFormat } from '../../src/formats/parquet/parquet-format.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

const NUM_ROUNDS = 5;
const BATCH_ROWS = 65_536;
const numRows = Number(process.argv[2] ?? 1_000_000);
const isOursOnly = process.argv[3] === 'ours';
const schema = parseSchema('time TIMESTAMP, action STRING, user STRING, bytes BIGINT, price DOUBLE');
const names = schema.fields.map(({ name }) => name);

function batchFrom(first: number, count: number): ColumnBatch {
  const rows = Array.from({ length: count }, (_, i) => first + i);
  const values = [
    rows.map((row) => 1_767_225_600_000_000n + BigInt(row) * 1013n),
    rows.map((row) => `action${row % 10}`),
    rows.map((row) => `user-${(row * 7919) % 100_000}`),
    rows.map((row) => BigInt((row * 31_337) % 100_000)),
    rows.map((row) => ((row * 7) % 1_000_000) / 100),
  ];
  const columns = schema.fields.map(({ dataType }, i) => vectorOf(dataType, values[i] ?? []));
  return columnBatch(schema, columns, count);
}

const batches: ColumnBatch[] = [];
for (let first = 0; first < numRows; first += BATCH_ROWS)
  batches.push(batchFrom(first, Math.min(BATCH_ROWS, numRows - first)));
const columnData = (isOursOnly ? [] : schema.fields).map(({ name }, i) => ({
  name,
  data: batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) =>
      batch.columns[i] === undefined ? null : valueAt(batch.columns[i], row),
    ),
  ),
}));

function write(): Uint8Array {
  const encoder = parquetFormat.createEncoder(schema, new Map(), 'UTC');
  return Uint8Array.from(
    Buffer.concat([encoder.header(), ...batches.map((batch) => encoder.encode(batch)), encoder.footer()]),
  );
}

const file = write();

async function read(): Promise<void> {
  const access = {
    description: 'memory',
    sizeBytes: file.length,
    modifiedMs: 0,
    read: async (from: number, to: number) => file.subarray(from, to),
  };
  for await (const batch of parquetFormat.readFile(access, {
    schema,
    columns: names,
    options: new Map(),
    timeZone: 'UTC',
  }))
    if (batch.numRows === 0) throw new Error('an empty batch');
}

const all: readonly (readonly [string, () => unknown])[] = [
  ['write, ours', write],
  ['write, hyparquet-writer', () => parquetWriteBuffer({ columnData })],
  ['read, ours', read],
  [
    'read, hyparquet',
    () =>
      parquetReadObjects({
        file: { byteLength: file.length, slice: (from, to) => file.slice(from, to).buffer },
        compressors,
      }),
  ],
];
const ways = isOursOnly ? all.filter(([name]) => name.endsWith('ours')) : all;
const rates = new Map<string, number[]>(ways.map(([name]) => [name, []]));
for (let round = 0; round < NUM_ROUNDS; round++)
  for (const [name, work] of ways) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    rates.get(name)?.push(numRows / (user + system));
  }
for (const [name, found] of rates) {
  const sorted = found.toSorted((a, b) => a - b);
  process.stdout.write(
    `${name.padEnd(24)} ${(sorted[NUM_ROUNDS >> 1] ?? 0).toFixed(2)} M rows/s (best ${(sorted.at(-1) ?? 0).toFixed(2)})\n`,
  );
}
process.stdout.write(`${(file.length / 2 ** 20).toFixed(1)} MiB in snappy\n`);
