/** The walls between folders that the order alone does not draw; layers.test.ts has the order and the wall of the connectors. */
import { expect, test } from 'vitest';

import { filesBelow, folderOf, placesOf } from './project-files.ts';

const SOURCES = filesBelow('src');

/**
 * What the engine may import of the folders it drives: contracts, the protocol's logs and the data structures operators work on.
 * Concrete sources, sinks and stores arrive in EngineEnvironment.
 */
const ENGINE_MAY_IMPORT = new Set([
  'src/source/source.ts',
  'src/sinks/sink.ts',
  'src/storage/object-store.ts',
  'src/state/bucket-range.ts',
  'src/state/memory-budget.ts',
  'src/state/merge-commits.ts',
  'src/state/scatter.ts',
  'src/state/schema-texts.ts',
  'src/state/spill-space.ts',
  'src/state/state-pages.ts',
  'src/state/state-store.ts',
  'src/state/state-table.ts',
  'src/state/table-bytes.ts',
  'src/state/time-index.ts',
  'src/checkpoint/checkpoint-store.ts',
  'src/checkpoint/offset-log.ts',
  'src/checkpoint/commit-log.ts',
  'src/checkpoint/plan-description.ts',
  'src/checkpoint/query-metadata.ts',
  'src/checkpoint/source-log.ts',
]);
const BEHIND_CONTRACTS = new Set(['source', 'sinks', 'storage', 'state', 'checkpoint']);

test('the engine imports contracts, not connectors', () => {
  const breaches = SOURCES.filter(({ path }) => folderOf(path) === 'engine').flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => BEHIND_CONTRACTS.has(folderOf(target)) && !ENGINE_MAY_IMPORT.has(target))
      .map(({ target }) => `${path} imports ${target}`),
  );
  expect(breaches).toEqual([]);
});

/** Folders whose code is a function of its arguments. */
const PURE = new Set(['errors', 'types', 'kernels', 'functions', 'windows', 'expressions', 'plan', 'formats']);
/** Node modules that do no I/O: text, digests, checksums. Random ids of node:crypto are refused below. */
const HARMLESS_MODULES = new Set(['node:buffer', 'node:crypto', 'node:zlib']);
/** The one file that loads code when it is called, a package that most programs never need. */
const LOADS_LATER = 'src/functions/regex.ts imports node:module';

test('the pure core does no input or output', () => {
  const breaches = SOURCES.filter(({ path }) => PURE.has(folderOf(path))).flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target.startsWith('node:') && !HARMLESS_MODULES.has(target))
      .map(({ target }) => `${path} imports ${target}`),
  );
  expect(breaches).toEqual([LOADS_LATER]);
});

/** Who may look at the clock, draw a random number or start a timer, and why; everything else is handed an environment. */
const OWN_TIME = new Map([
  ['src/api/default-environment.ts', 'it is the environment of a real process'],
  ['src/storage/retry-context.ts', 'back-off between two calls of a service; no result depends on it'],
  ['src/storage/kafka/negative-timeout.ts', 'a timer that never fires, for the warning Node gives of it'],
  [
    'src/storage/local-object-store.ts',
    'names of temporary files, and turns of the event loop; no result depends on them',
  ],
  [
    'src/sinks/file/file-sink.ts',
    'names of the files of a batch write, as in Spark; streaming writes have deterministic names',
  ],
]);
const PROGRAMS = new Set(['cli', 'emulator']);

test('clock, randomness and timers come from the environment', () => {
  const handed = SOURCES.filter(({ path }) => !PROGRAMS.has(folderOf(path)) && !OWN_TIME.has(path));
  expect(
    placesOf(
      handed,
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bperformance\.now\b|\brandomUUID\b|\bprocess\.hrtime\b/g,
    ),
  ).toEqual([]);
  const timers = handed.filter(({ imports }) => imports.some(({ target }) => /^node:(timers|perf_hooks)/.test(target)));
  expect(timers.map(({ path }) => path)).toEqual([]);
});

/** The packages that are optional, and the files that load them, always with `import()`. */
const DRIVERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ioredis', ['src/storage/redis.ts']],
  ['pg', ['src/storage/jdbc/postgres.ts']],
  ['mysql2/promise', ['src/storage/jdbc/mysql.ts']],
  ['node:sqlite', ['src/storage/jdbc/sqlite.ts']],
  ['@aws-sdk/client-s3', ['src/storage/s3-object-store.ts']],
  ['@aws-sdk/client-kinesis', ['src/storage/kinesis/kinesis-client.ts']],
  ['@smithy/node-http-handler', ['src/storage/kinesis/kinesis-client.ts']],
  ['kafkajs', ['src/storage/kafka/kafka-driver.ts']],
  ['kinesis-local', ['src/emulator/kinesis-local-preload.ts']],
]);

test('a driver is loaded lazily and by one file', () => {
  const breaches = SOURCES.flatMap(({ path, imports }) =>
    imports
      .filter(({ target, form }) => DRIVERS.has(target) && form !== 'type')
      .filter(({ target, form }) => form === 'static' || DRIVERS.get(target)?.includes(path) !== true)
      .map(({ target, form }) => `${path} loads ${target} (${form})`),
  );
  expect(breaches).toEqual([]);
});

const PACKAGES_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['rxjs', ['engine', 'api', 'testing', 'ui']],
  ['commander', ['cli']],
  ['re2js', ['functions', 'types']],
]);

test('every other package stays in the folders it is for', () => {
  const breaches = SOURCES.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => !target.startsWith('src/') && !target.startsWith('node:') && !DRIVERS.has(target))
      .filter(({ target }) => PACKAGES_OF.get(target)?.includes(folderOf(path)) !== true)
      .map(({ target }) => `${path} imports ${target}`),
  );
  expect(breaches).toEqual([]);
});

/** The entry files, and the file that is users' `functions`. */
const BARRELS = new Set(['src/index.ts', 'src/testing/index.ts', 'src/api/functions.ts']);

test('only the entry files and `functions` re-export', () => {
  const inner = SOURCES.filter(({ path }) => !BARRELS.has(path));
  expect(inner.filter(({ path }) => path.endsWith('/index.ts')).map(({ path }) => path)).toEqual([]);
  expect(placesOf(inner, /^export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^;]*\sfrom\s/gm)).toEqual([]);
});

test('only the command line writes to the console', () => {
  const quiet = SOURCES.filter(
    ({ path }) => !PROGRAMS.has(folderOf(path)) && path !== 'src/api/default-environment.ts',
  );
  expect(placesOf(quiet, /\bconsole\.\w+\(|\bprocess\.std(?:out|err)\b/g)).toEqual([]);
});
