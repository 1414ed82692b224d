/**
 * Spark's own SQL tests against Millrace: `npm run test:spark-sql -- [--only <part of a file's name>,…] [--show <n>] [--limit-ms <n>]`.
 * Prints a table by file and totals; every failure with both answers goes to `.cache/spark-sql-tests/failures.json`. Not a test of the
 * project: it says how far the dialect goes (scripts/spark-sql-tests/README.md).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Outcome, Verdict } from './spark-sql-tests/compare.ts';
import type { SparkQuery } from './spark-sql-tests/corpus.ts';
import type { FileRequest, WorkerInput, WorkerMessage } from './spark-sql-tests/worker.ts';
import { CACHE_FOLDER } from '../test/servers/obtain.ts';
import { obtainCorpus, readTestFile, testFileNames } from './spark-sql-tests/corpus.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    show: { type: 'string', default: '0' },
    'limit-ms': { type: 'string', default: '5000' },
  },
});
const limitMs = Number(options['limit-ms']);
const OUTPUT = path.join(CACHE_FOLDER, 'spark-sql-tests');

/** Features outside of what Millrace is for; counted apart. The pattern is matched with the file's name. */
const SPECIAL: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/collation/, 'collations'],
  [/^(?:st-functions|thetasketch|tuplesketch|kllquantiles)$/, 'geometry and sketches of other libraries'],
  [/^(?:variant|udf|udaf|udtf|scripting)\/|^variant/, 'VARIANT, functions in Scala or Python, scripting'],
  [/^time$/, 'the type TIME'],
  [/legacy|old-behavior/, 'settings that bring back older versions'],
  [/^(?:xml-functions|to_from_avro|transform|try_reflect)$/, 'XML, Avro, external scripts, reflection'],
  [/^(?:explain|describe|show|change-column|sql-on-files|charvarchar)/, 'EXPLAIN, DESCRIBE, SHOW, ALTER'],
];

interface Result {
  readonly file: string;
  readonly query: SparkQuery;
  readonly outcome: Outcome;
}

const corpus = await obtainCorpus();
const parts = options.only.split(',').filter((part) => part !== '');
const names = testFileNames(corpus).filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
let worker = startWorker();

function startWorker(): Worker {
  const workerData: WorkerInput = { corpus, tables: path.join(OUTPUT, 'tables') };
  return new Worker(new URL('./spark-sql-tests/worker.ts', import.meta.url), { workerData });
}

/** Runs a file once; the index of a query that hangs, or undefined when the file came to its end. */
async function runOnce(request: FileRequest, outcomes: Map<number, Outcome>): Promise<number | undefined> {
  let current = -1;
  let timer: NodeJS.Timeout | undefined;
  const hung = await new Promise<number | undefined>((resolve) => {
    worker.on('message', (message: WorkerMessage) => {
      clearTimeout(timer);
      if (message.kind === 'end') return resolve(undefined);
      if (message.kind === 'done') return void outcomes.set(message.index, message.outcome);
      current = message.index;
      timer = setTimeout(() => resolve(current), limitMs);
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      outcomes.set(current, { verdict: 'crash', ours: error.stack ?? error.message });
      resolve(current);
    });
    worker.postMessage(request);
  });
  worker.removeAllListeners('message');
  worker.removeAllListeners('error');
  if (hung === undefined) return undefined;
  await worker.terminate();
  worker = startWorker();
  if (!outcomes.has(hung)) outcomes.set(hung, { verdict: 'slow' });
  return hung;
}

async function runFile(file: string): Promise<Result[]> {
  const { queries } = readTestFile(corpus, file);
  const outcomes = new Map<number, Outcome>();
  const skipped: number[] = [];
  for (;;) {
    const hung = await runOnce({ name: file, skipped }, outcomes);
    if (hung === undefined) break;
    skipped.push(hung);
    if (hung < 0) break;
  }
  return queries.map((query, i) => ({
    file,
    query,
    outcome: outcomes.get(i) ?? { verdict: 'crash', ours: 'not run' },
  }));
}

/** A query, and not a statement that changes something. */
function isSelect({ sql }: SparkQuery): boolean {
  const bare = sql.replace(/^(?:\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
  return /^(?:SELECT|WITH|VALUES|FROM|TABLE)\b/i.test(bare);
}

const passes = (results: readonly Result[]): number =>
  results.filter(({ outcome }) => outcome.verdict === 'pass').length;

function line(name: string, results: readonly Result[]): string {
  const selects = results.filter(({ query }) => isSelect(query));
  const share = (part: readonly Result[]): string =>
    `${String(passes(part)).padStart(6)} /${String(part.length).padStart(6)} ${((100 * passes(part)) / Math.max(1, part.length)).toFixed(1).padStart(6)} %`;
  const counts = new Map<Verdict, number>();
  for (const { outcome } of results) counts.set(outcome.verdict, (counts.get(outcome.verdict) ?? 0) + 1);
  counts.delete('pass');
  const failures = [...counts].toSorted(([, a], [, b]) => b - a).map(([verdict, count]) => `${verdict} ${count}`);
  return `${name.padEnd(58)}${share(selects)}   ${share(results)}   ${failures.join(', ')}`;
}

function summary(all: readonly Result[]): string[] {
  const isSpecial = (file: string): boolean => SPECIAL.some(([pattern]) => pattern.test(file));
  const lines = SPECIAL.map(([pattern, what]) =>
    line(
      what,
      all.filter(({ file }) => pattern.test(file)),
    ),
  );
  const anyError = all.filter(({ outcome }) => outcome.isAnyError === true).length;
  return [
    ...lines,
    line(
      'all other files',
      all.filter(({ file }) => !isSpecial(file)),
    ),
    line('ALL', all),
    `${all.filter(({ outcome }) => outcome.isRounded === true).length} of those that pass differ in the last two digits of floating-point aggregates.`,
    `${anyError} of those that pass are errors without a condition in Spark, which any typed error equals.`,
  ];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const all: Result[] = [];
print(`${'file'.padEnd(58)}${'queries'.padStart(23)}   ${'all statements'.padStart(23)}`);
for (const file of names) {
  const results = await runFile(file);
  all.push(...results);
  print(line(file, results));
}
await worker.terminate();
for (const text of summary(all)) print(text);
const failures = all
  .filter(({ outcome }) => outcome.verdict !== 'pass')
  .map(({ file, query, outcome }) => ({
    file,
    kind: isSelect(query) ? 'query' : 'statement',
    verdict: outcome.verdict,
    sql: query.sql,
    spark: query.condition ?? `${query.schema}\n${query.output}`,
    ours: outcome.ours ?? '',
  }));
mkdirSync(OUTPUT, { recursive: true });
writeFileSync(path.join(OUTPUT, 'failures.json'), JSON.stringify(failures, undefined, 1));
for (const { file, verdict, sql, spark, ours } of failures.slice(0, Number(options.show)))
  print(`\n=== ${file}: ${verdict}\n${sql}\n--- Spark\n${spark}\n--- Millrace\n${ours}`);
