/**
 * Rows per second of processor time of the JSON and CSV encoders: `node bench/micro/encode.ts [rows]`. Kernel and twin in turns on the
 * same batches of action, time, count and ok.
 */
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import { CsvEncoder } from '../../src/formats/csv/csv-encoder.ts';
import { jsonFormat } from '../../src/formats/json/json-format.ts';
import { JsonEncoder } from '../../src/formats/json/json-encoder.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { parseSchema } from '../../src/types/schema.ts';

const NUM_ROUNDS = 9;
const numRows = Number(process.argv[2] ?? 200_000);
const schema = parseSchema('action STRING, time TIMESTAMP, count BIGINT, ok BOOLEAN');
const WAYS = [
  ['JSON by the kernel', JsonEncoder, threadKernels('wasm')],
  ['JSON by its twin', JsonEncoder, undefined],
  ['CSV by the kernel', CsvEncoder, threadKernels('wasm')],
  ['CSV by its twin', CsvEncoder, undefined],
] as const;

function batches(): readonly ColumnBatch[] {
  const lines: string[] = [];
  for (let i = 0; i < numRows; i++)
    lines.push(
      `{"action":"action${i % 10}","time":"${new Date(Date.UTC(2026, 0, 1) + i * 37).toISOString()}","count":${(i * 7919) % 100_000},"ok":${i % 3 === 0}}`,
    );
  const columns = schema.fields.map(({ name }) => name);
  const decoder = jsonFormat.createDecoder({ schema, columns, options: new Map(), timeZone: 'UTC' });
  return [...decoder.push(new TextEncoder().encode(lines.join('\n'))), ...decoder.finish()];
}

const input = batches();
const rates = new Map<string, number[]>(WAYS.map(([name]) => [name, []]));
for (let round = 0; round < NUM_ROUNDS; round++)
  for (const [name, Encoder, kernels] of WAYS) {
    const encoder = new Encoder(schema, new Map(), 'UTC', kernels);
    const start = process.cpuUsage();
    for (const batch of input) encoder.encode(batch);
    const { user, system } = process.cpuUsage(start);
    rates.get(name)?.push(numRows / (user + system));
  }
for (const [name, all] of rates) {
  const sorted = all.toSorted((a, b) => a - b);
  process.stdout.write(
    `${name.padEnd(20)} ${(sorted[NUM_ROUNDS >> 1] ?? 0).toFixed(2)} M rows/s (best ${(sorted.at(-1) ?? 0).toFixed(2)})\n`,
  );
}
