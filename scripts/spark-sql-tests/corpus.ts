/**
 * Spark's own SQL tests: gets the tests jar of spark-sql from Maven Central into `.cache/` and reads its files of queries and answers.
 * Nothing of it belongs into this repository.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { CACHE_FOLDER, findBinary } from '../../test/servers/obtain.ts';

const run = promisify(execFile);

const VERSION = '4.2.0';
const PREFIXES = ['sql-tests/', 'test-data/postgresql/'];

/** One query with what Spark answers. */
export interface SparkQuery {
  readonly sql: string;
  /** `struct<a:int>`; `struct<>` for statements without rows and for errors. */
  readonly schema: string;
  /** Rows in Hive's text form, one a line unless a value has several; or the exception. */
  readonly output: string;
  /** The exception is one: its condition, '' when it has none. */
  readonly condition?: string;
}

/** A file of queries with the settings they are run with. */
export interface SparkTestFile {
  readonly name: string;
  readonly settings: readonly (readonly [key: string, value: string])[];
  readonly queries: readonly SparkQuery[];
}

/** The folder of the unpacked jar, fetched on first use; it appears under its name only when complete. */
export async function obtainCorpus(): Promise<string> {
  const folder = path.join(CACHE_FOLDER, `spark-sql-tests-${VERSION}`);
  if (existsSync(folder)) return folder;
  const maven = findBinary('mvn');
  if (maven === undefined)
    throw new Error('Maven is needed to fetch the tests jar of spark-sql (Debian: apt-get install maven)');
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const artifact = `org.apache.spark:spark-sql_2.13:${VERSION}:jar:tests`;
  await run(maven, ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}`], {
    maxBuffer: 64 << 20,
  });
  const jar = path.join(partial, `spark-sql_2.13-${VERSION}-tests.jar`);
  const files = unzipSync(readFileSync(jar), {
    filter: ({ name }) => !name.endsWith('/') && PREFIXES.some((prefix) => name.startsWith(prefix)),
  });
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.join(partial, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(partial, name), bytes);
  }
  rmSync(jar);
  renameSync(partial, folder);
  return folder;
}

/** The names of all files of answers, as `postgreSQL/int4`. */
export function testFileNames(corpus: string): string[] {
  return readdirSync(path.join(corpus, 'sql-tests/results'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sql.out'))
    .map((name) => name.slice(0, -'.sql.out'.length))
    .toSorted();
}

/** A file by its name: the queries of its answers, the settings of its input. */
export function readTestFile(corpus: string, name: string): SparkTestFile {
  const input = readFileSync(path.join(corpus, 'sql-tests/inputs', `${name}.sql`), 'utf8');
  const answers = readFileSync(path.join(corpus, 'sql-tests/results', `${name}.sql.out`), 'utf8');
  const [, ...segments] = answers.split(/^-- !query.*\n/m);
  const queries: SparkQuery[] = [];
  for (let i = 0; i + 2 < segments.length; i += 3) {
    const [sql = '', schema = '', output = ''] = segments.slice(i, i + 3);
    queries.push({ sql: sql.trim(), schema: schema.trim(), ...answerOf(schema.trim(), output.replace(/\s+$/, '')) });
  }
  return { name, settings: settingsOf(name, input), queries };
}

const EXCEPTION = /^(?:org|java|scala)\.[\w.$]*(?:Exception|Error)\b/;

function answerOf(schema: string, output: string): Pick<SparkQuery, 'output' | 'condition'> {
  if (schema !== 'struct<>' || !EXCEPTION.test(output)) return { output };
  return { output, condition: /"(?:errorClass|condition)" : "([^"]*)"/.exec(output)?.[1] ?? '' };
}

/** Those of SQLQueryTestSuite for the folder, of `--SET` and of the first of `--CONFIG_DIM1`, `--CONFIG_DIM2`…. */
function settingsOf(name: string, input: string): (readonly [string, string])[] {
  const lines = [...input.matchAll(/^--SET (.*)$/gm)].map((match) => match[1] ?? '');
  const dimensions = new Set<string>();
  for (const [, dimension = '', text = ''] of input.matchAll(/^--CONFIG_DIM(\d+) (.*)$/gm)) {
    if (!dimensions.has(dimension)) lines.push(text);
    dimensions.add(dimension);
  }
  const written = lines.flatMap((line) => line.split(',')).map((pair) => pair.split('='));
  return [
    ['spark.sql.session.timeZone', 'America/Los_Angeles'],
    ['spark.sql.timeType.enabled', 'true'],
    ['spark.sql.ansi.enabled', String(!/(?:^|\/)nonansi\//.test(name))],
    ...(/(?:^|\/)postgreSQL\//.test(name) ? [['spark.sql.legacy.interval.enabled', 'true'] as const] : []),
    ...(name.startsWith('timestampNTZ/') ? [['spark.sql.timestampType', 'TIMESTAMP_NTZ'] as const] : []),
    ...written.map(([key = '', ...value]) => [key.trim(), value.join('=').trim()] as const),
  ];
}
