/**
 * `npm run bench [-- --rows 5000000 --rounds 3 --vs spark]`: runs the same work on the same files, ours and the peers' in turns, checks that
 * the answers are equal, and prints medians and ratios as a table and JSON. Peers install themselves into .cache/.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeLogFiles } from './make-logs.ts';
import { sparkPython } from './peers/spark.ts';

interface RunResult {
  /** Seconds from the start of the query to its end. */
  readonly seconds: number;
  /** The result rows as sorted JSON texts. */
  readonly rows: readonly string[];
  readonly version: string;
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '3' },
    vs: { type: 'string', default: 'spark' },
  },
});
const numRows = Number(values.rows);
const folder = path.resolve('.cache', 'bench', `logs-${numRows}`);
makeLogFiles(folder, numRows);

const runners = new Map<string, () => RunResult>([
  ['millrace', () => run(process.execPath, ['bench/end-to-end/seed.ts', folder])],
]);
if (values.vs.split(',').includes('spark')) {
  const python = sparkPython();
  runners.set('spark', () => run(python, ['bench/peers/spark_seed.py', folder]));
}

const results = new Map<string, RunResult[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, runner] of runners) {
    const result = runner();
    results.set(name, [...(results.get(name) ?? []), result]);
    process.stderr.write(`round ${round + 1} ${name}: ${result.seconds.toFixed(2)} s\n`);
  }
}
report();

/** Runs a peer in a process of its own; its last line of output is its result as JSON. */
function run(command: string, args: readonly string[]): RunResult {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as RunResult;
}

function report(): void {
  const [reference] = results.get('millrace') ?? [];
  const ours = median('millrace');
  const table = [...results].map(([name, runs]) => {
    const seconds = median(name);
    const isEqual = JSON.stringify(runs[0]?.rows) === JSON.stringify(reference?.rows);
    return {
      name,
      version: runs[0]?.version,
      seconds,
      rowsPerSecond: Math.round(numRows / seconds),
      timesMillrace: seconds / ours,
      isEqual,
    };
  });
  console.table(table);
  const machine = {
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    node: process.version,
    numRows,
    rounds: Number(values.rounds),
  };
  mkdirSync('.cache/bench', { recursive: true });
  writeFileSync('.cache/bench/result.json', JSON.stringify({ machine, table }, null, 2));
  console.log(JSON.stringify({ machine, table }));
  if (table.some(({ isEqual }) => !isEqual)) {
    process.stderr.write('the answers differ\n');
    process.exitCode = 1;
  }
}

function median(name: string): number {
  const seconds = (results.get(name) ?? []).map((result) => result.seconds).toSorted((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? Number.NaN;
}
