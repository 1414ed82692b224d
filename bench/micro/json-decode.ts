/**
 * Rows per second of processor time (so that a busy machine counts less) of the JSON decoder: `node bench/micro/json-decode.ts [rows]`.
 * Lines of about 97 bytes with five fields; two and all five of them by the kernel, by its twin (generated code), by the byte reader, and
 * JSON.parse per line, in turns. Decoders share dictionaries, as the files of a stream do.
 */
import { DictionaryPool } from '../../src/formats/dictionary-pool.ts';
import { JsonLinesDecoder } from '../../src/formats/json/json-decoder.ts';
import { jsonReadOptions } from '../../src/formats/json/json-options.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { BOOLEAN, LONG, STRING, TIMESTAMP, field, struct } from '../../src/types/data-type.ts';

const NUM_ROUNDS = 9;
const BLOCK_BYTES = 256 << 10;
const ACTIONS = ['buy', 'view', 'click', 'open', 'close', 'add', 'remove', 'login', 'logout', 'search'];
const TWO = ['time', 'action'];
const FIVE = ['time', 'action', 'user', 'bytes', 'ok'];
const KERNEL = { kernels: threadKernels('wasm'), mayGenerate: true };
const GENERATED = { kernels: undefined, mayGenerate: true };
const READER = { kernels: undefined, mayGenerate: false };
const schema = struct([
  field('time', TIMESTAMP),
  field('action', STRING),
  field('user', STRING),
  field('bytes', LONG),
  field('ok', BOOLEAN),
]);

function lines(numRows: number): Uint8Array {
  const bytes = new Uint8Array(numRows * 110);
  const encoder = new TextEncoder();
  let end = 0;
  for (let i = 0; i < numRows; i++) {
    const time = new Date(Date.UTC(2026, 0, 1) + i * 37).toISOString();
    const user = `user${(Math.imul(i, 2_654_435_761) >>> 0) % 100_000}`;
    const line = `{"time":"${time}","action":"${ACTIONS[i % ACTIONS.length]}","user":"${user}","bytes":${(i * 7919) % 100_000},"ok":${i % 3 === 0}}\n`;
    end += encoder.encodeInto(line, bytes.subarray(end)).written;
  }
  return bytes.subarray(0, end);
}

function decoderOf(
  columns: readonly string[],
  tools: typeof KERNEL | typeof GENERATED | typeof READER,
): (bytes: Uint8Array) => number {
  const options = new Map<string, string>();
  const request = { schema, columns, options, timeZone: 'UTC', dictionaries: new DictionaryPool() };
  return (bytes) => {
    const decoder = new JsonLinesDecoder(request, jsonReadOptions(options, 'UTC'), tools);
    let numRows = 0;
    for (let start = 0; start < bytes.length; start += BLOCK_BYTES)
      for (const batch of decoder.push(bytes.subarray(start, start + BLOCK_BYTES))) numRows += batch.numRows;
    for (const batch of decoder.finish()) numRows += batch.numRows;
    return numRows;
  };
}

function parseAll(bytes: Uint8Array): number {
  const decoder = new TextDecoder();
  let numRows = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    numRows += typeof JSON.parse(decoder.decode(bytes.subarray(start, end))) === 'object' ? 1 : 0;
    start = end + 1;
  }
  return numRows;
}

const WAYS: readonly (readonly [string, (bytes: Uint8Array) => number])[] = [
  ['2 of 5 columns, kernel', decoderOf(TWO, KERNEL)],
  ['2 of 5 columns, twin', decoderOf(TWO, GENERATED)],
  ['2 of 5 columns, byte reader', decoderOf(TWO, READER)],
  ['5 of 5 columns, kernel', decoderOf(FIVE, KERNEL)],
  ['5 of 5 columns, twin', decoderOf(FIVE, GENERATED)],
  ['5 of 5 columns, byte reader', decoderOf(FIVE, READER)],
  ['JSON.parse per line', parseAll],
];
const bytes = lines(Number(process.argv[2] ?? 300_000));
const rates = WAYS.map((): number[] => []);
for (let round = 0; round < NUM_ROUNDS; round++)
  WAYS.forEach(([, work], i) => {
    const start = process.cpuUsage();
    const numRows = work(bytes);
    const { user, system } = process.cpuUsage(start);
    rates[i]?.push(numRows / (user + system));
  });
WAYS.forEach(([name], i) => {
  const sorted = (rates[i] ?? []).toSorted((a, b) => a - b);
  const median = sorted[NUM_ROUNDS >> 1] ?? 0;
  process.stdout.write(`${name.padEnd(28)} ${median.toFixed(2)} M rows/s (best ${(sorted.at(-1) ?? 0).toFixed(2)})\n`);
});
