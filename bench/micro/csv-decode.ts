/**
 * Rows per second of processor time of the CSV decoder: `node bench/micro/csv-decode.ts [rows]`. Lines of about 60 bytes with five values; two
 * and all five of them, with the kernel and without, in turns.
 */
import { CsvDecoder } from '../../src/formats/csv/csv-decoder.ts';
import { csvReadOptions } from '../../src/formats/csv/csv-options.ts';
import { DictionaryPool } from '../../src/formats/dictionary-pool.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { parseSchema } from '../../src/types/schema.ts';

const NUM_ROUNDS = 7;
const BLOCK_BYTES = 256 << 10;
const schema = parseSchema('time TIMESTAMP, action STRING, user STRING, bytes BIGINT, ok BOOLEAN');
const numRows = Number(process.argv[2] ?? 300_000);
const ACTIONS = ['buy', 'view', 'click', 'open', 'close', 'add', 'remove', 'login', 'logout', 'search'];
const bytes = new TextEncoder().encode(
  Array.from({ length: numRows }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 1) + i * 37).toISOString();
    const user = `user${(Math.imul(i, 2_654_435_761) >>> 0) % 100_000}`;
    return `${time},${ACTIONS[i % ACTIONS.length]},${user},${(i * 7919) % 100_000},${i % 3 === 0}\n`;
  }).join(''),
);

function decodeAll(
  columns: readonly string[],
  kernels: ReturnType<typeof threadKernels>,
  dictionaries: DictionaryPool,
): number {
  const options = new Map<string, string>();
  const request = { schema, columns, options, timeZone: 'UTC', dictionaries };
  const decoder = new CsvDecoder(request, csvReadOptions(options, 'UTC'), kernels);
  let found = 0;
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES)
    for (const batch of decoder.push(bytes.subarray(start, start + BLOCK_BYTES))) found += batch.numRows;
  for (const batch of decoder.finish()) found += batch.numRows;
  return found;
}

const ways = [
  ['2 of 5 columns, kernel', ['time', 'action'], threadKernels('wasm')],
  ['2 of 5 columns, without', ['time', 'action'], undefined],
  ['5 of 5 columns, kernel', schema.fields.map(({ name }) => name), threadKernels('wasm')],
  ['5 of 5 columns, without', schema.fields.map(({ name }) => name), undefined],
] as const;
const pools = ways.map(() => new DictionaryPool());
const rates = ways.map((): number[] => []);
for (let round = 0; round < NUM_ROUNDS; round++)
  ways.forEach(([, columns, kernels], i) => {
    const start = process.cpuUsage();
    const found = decodeAll(columns, kernels, pools[i] as DictionaryPool);
    const { user, system } = process.cpuUsage(start);
    rates[i]?.push(found / (user + system));
  });
ways.forEach(([name], i) => {
  const sorted = (rates[i] ?? []).toSorted((a, b) => a - b);
  const median = sorted[NUM_ROUNDS >> 1] ?? 0;
  process.stdout.write(`${name.padEnd(28)} ${median.toFixed(2)} M rows/s (best ${(sorted.at(-1) ?? 0).toFixed(2)})\n`);
});
