/**
 * Rows per second of processor time (so that a busy machine does not count) of the JSON decoder: `node bench/micro/json-decode.ts [rows]`.
 * Lines of about 97 bytes with five fields; decodes two and all five of them, with and without generated code, and compares with
 * JSON.parse per line.
 */
import { JsonLinesDecoder } from '../../src/formats/json/json-decoder.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { jsonReadOptions } from '../../src/formats/json/json-options.ts';
import { BOOLEAN, LONG, STRING, TIMESTAMP, field, struct } from '../../src/types/data-type.ts';

type Way = 'kernel' | 'generated' | 'reader';
const BLOCK_BYTES = 256 << 10;
const ACTIONS = ['buy', 'view', 'click', 'open', 'close', 'add', 'remove', 'login', 'logout', 'search'];
const schema = struct([
  field('time', TIMESTAMP),
  field('action', STRING),
  field('user', STRING),
  field('bytes', LONG),
  field('ok', BOOLEAN),
]);

function lines(numRows: number): Uint8Array {
  const parts: string[] = [];
  for (let i = 0; i < numRows; i++) {
    const time = new Date(Date.UTC(2026, 0, 1) + i * 37).toISOString();
    const user = `user${(Math.imul(i, 2_654_435_761) >>> 0) % 100_000}`;
    parts.push(
      `{"time":"${time}","action":"${ACTIONS[i % ACTIONS.length]}","user":"${user}","bytes":${(i * 7919) % 100_000},"ok":${i % 3 === 0}}\n`,
    );
  }
  return new TextEncoder().encode(parts.join(''));
}

function decode(bytes: Uint8Array, columns: readonly string[], way: Way): number {
  const options = new Map<string, string>();
  const request = { schema, columns, options, timeZone: 'UTC' };
  const decoder = new JsonLinesDecoder(request, jsonReadOptions(options, 'UTC'), {
    kernels: way === 'kernel' ? threadKernels('wasm') : undefined,
    mayGenerate: way !== 'reader',
  });
  let numRows = 0;
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES)
    for (const batch of decoder.push(bytes.subarray(start, start + BLOCK_BYTES))) numRows += batch.numRows;
  for (const batch of decoder.finish()) numRows += batch.numRows;
  return numRows;
}

function parseAll(bytes: Uint8Array): number {
  let numRows = 0;
  for (const line of new TextDecoder().decode(bytes).split('\n'))
    if (line !== '') numRows += typeof JSON.parse(line) === 'object' ? 1 : 0;
  return numRows;
}

function measure(name: string, work: () => number): void {
  const rates: number[] = [];
  for (let i = 0; i < 7; i++) {
    const start = process.cpuUsage();
    const numRows = work();
    const { user, system } = process.cpuUsage(start);
    rates.push(numRows / ((user + system) / 1e6));
  }
  const sorted = rates.toSorted((a, b) => a - b);
  process.stdout.write(
    `${name.padEnd(42)} ${((sorted[3] ?? 0) / 1e6).toFixed(2)} M rows/s (best ${((sorted[6] ?? 0) / 1e6).toFixed(2)})\n`,
  );
}

const bytes = lines(Number(process.argv[2] ?? 500_000));
process.stdout.write(`${(bytes.length / Number(process.argv[2] ?? 500_000)).toFixed(0)} bytes a row\n`);
measure('2 of 5 columns, kernel', () => decode(bytes, ['time', 'action'], 'kernel'));
measure('2 of 5 columns, generated', () => decode(bytes, ['time', 'action'], 'generated'));
measure('5 of 5 columns, kernel', () => decode(bytes, ['time', 'action', 'user', 'bytes', 'ok'], 'kernel'));
measure('2 of 5 columns, without code generation', () => decode(bytes, ['time', 'action'], 'reader'));
measure('5 of 5 columns, without code generation', () =>
  decode(bytes, ['time', 'action', 'user', 'bytes', 'ok'], 'reader'),
);
measure('JSON.parse per line', () => parseAll(bytes));
