/**
 * `npm run golden`: runs the golden queries on a real PySpark and compares with the stored answers; `-- --update` stores the new ones,
 * `-- --only <part of a name>` takes a few. PySpark comes into `.cache/`, or from the Python named by MILLRACE_TEST_PYSPARK.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const PYSPARK_VERSION = '4.3.0';
const ROOT = join(import.meta.dirname, '..');
const ANSWERS = join(ROOT, 'test/spark/answers');
const MAX_DIFFERENCES_PER_FILE = 5;

/** The Python to run with: the one given, or a virtual environment made once. */
function findPython(): string {
  const given = process.env['MILLRACE_TEST_PYSPARK'];
  if (given !== undefined && given !== '') return given;
  const venv = join(ROOT, '.cache', `pyspark-${PYSPARK_VERSION}`);
  const python = join(venv, 'bin/python');
  if (!existsSync(join(venv, 'bin/spark-submit'))) {
    console.error(`installing pyspark ${PYSPARK_VERSION} into ${venv}`);
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', `pyspark==${PYSPARK_VERSION}`], { stdio: 'inherit' });
  }
  return python;
}

function requireJava(): void {
  const found = spawnSync(
    process.env['JAVA_HOME'] === undefined ? 'java' : join(process.env['JAVA_HOME'], 'bin/java'),
    ['-version'],
  );
  if (found.status === 0) return;
  console.error('Spark needs Java 17 or newer: install openjdk-17-jre-headless or set JAVA_HOME');
  process.exit(1);
}

function answersIn(folder: string, only: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file.includes(only))
    .toSorted();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The places where two JSON values differ, as `path: stored → now`. */
function differences(stored: unknown, now: unknown, path = ''): string[] {
  if (isDeepStrictEqual(stored, now)) return [];
  if (!isRecord(stored) || !isRecord(now)) return [`${path}: ${JSON.stringify(stored)} → ${JSON.stringify(now)}`];
  const keys = new Set([...Object.keys(stored), ...Object.keys(now)]);
  return [...keys].flatMap((key) => differences(stored[key], now[key], path === '' ? key : `${path}.${key}`));
}

function readAnswer(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** Prints what differs, and returns the number of files that do. */
function compare(fresh: string, only: string): number {
  const now = answersIn(fresh, only);
  const stored = answersIn(ANSWERS, only);
  let numDifferent = 0;
  for (const file of new Set([...stored, ...now])) {
    const found = !stored.includes(file)
      ? ['no stored answer']
      : !now.includes(file)
        ? ['stored, but no longer a case']
        : differences(readAnswer(ANSWERS, file), readAnswer(fresh, file));
    if (found.length === 0) continue;
    numDifferent++;
    console.log(file);
    for (const line of found.slice(0, MAX_DIFFERENCES_PER_FILE)) console.log(`  ${line}`);
    if (found.length > MAX_DIFFERENCES_PER_FILE) console.log(`  and ${found.length - MAX_DIFFERENCES_PER_FILE} more`);
  }
  console.log(`${now.length} queries run, ${numDifferent} answers differ`);
  return numDifferent;
}

function update(fresh: string, only: string): void {
  const now = answersIn(fresh, only);
  for (const file of answersIn(ANSWERS, only)) if (!now.includes(file)) rmSync(join(ANSWERS, file));
  for (const file of now) copyFileSync(join(fresh, file), join(ANSWERS, file));
}

const { values } = parseArgs({
  options: { update: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
requireJava();
const fresh = mkdtempSync(join(tmpdir(), 'golden-answers-'));
try {
  const script = join(ROOT, 'test/spark/make-goldens.py');
  execFileSync(findPython(), [script, '--out', fresh, '--only', values.only], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const numDifferent = compare(fresh, values.only);
  if (values.update) update(fresh, values.only);
  else if (numDifferent > 0) process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
