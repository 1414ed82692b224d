/**
 * The order of the folders of src. The table is the documentation: a folder may import itself and every folder above it in the table,
 * type-only imports included. Also: no two files import each other, directly or in a circle.
 */
import { expect, test } from 'vitest';

import { filesBelow, folderOf } from './project-files.ts';

const LAYERS = {
  errors: 'the table of error conditions, MillraceError, assertions',
  types: 'data types, columns, batches, text forms of values',
  kernels: 'WebAssembly kernels and their TypeScript twins',
  functions: 'scalar and aggregate functions, one definition each',
  windows: 'event-time windows and the watermark',
  expressions: 'unresolved and resolved expressions, casts, compilation to column functions',
  plan: 'unresolved and logical plan, analyzer, optimizer, explain',
  storage: 'object stores (local, S3) and the Redis client',
  formats: 'bytes to column batches and back; no I/O',
  state: 'keyed state of stateful operators',
  checkpoint: 'offset log, commit log, metadata and where they are kept',
  source: 'unbounded tables: files, Kinesis, rate, memory',
  sinks: 'where the rows of a batch become visible',
  workers: 'what runs on worker threads',
  engine: 'the micro-batch protocol, operators, planner, streaming query',
  sql: 'the SQL parser',
  api: 'session, DataFrame, Column, readers and writers',
  connect: 'Spark Connect, both directions',
  emulator: 'the embedded Kinesis',
  testing: 'the test kit users import',
  ui: 'the browser page of a session',
  cli: 'the command line',
} as const;

const ORDER = Object.keys(LAYERS);
const SOURCES = filesBelow('src');

/** What connectors may import besides their own folder: they know nothing of queries, plans, checkpoints and state. */
const CONNECTOR_IMPORTS = new Set(['errors', 'types', 'storage', 'formats']);

test('every folder of src has its place in the order', () => {
  const unknown = SOURCES.filter(({ path }) => path !== 'src/index.ts' && !ORDER.includes(folderOf(path)));
  expect(unknown.map(({ path }) => path)).toEqual([]);
});

test('files import only their own folder and folders before it', () => {
  const breaches = SOURCES.filter(({ path }) => path !== 'src/index.ts').flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target.startsWith('src/'))
      .filter(
        ({ target }) => ORDER.indexOf(folderOf(target)) > ORDER.indexOf(folderOf(path)) || folderOf(target) === '',
      )
      .map(({ target }) => `${path} imports ${target}`),
  );
  expect(breaches).toEqual([]);
});

test('connectors know nothing of queries', () => {
  const breaches = SOURCES.filter(({ path }) => ['source', 'sinks'].includes(folderOf(path))).flatMap(
    ({ path, imports }) =>
      imports
        .filter(({ target }) => target.startsWith('src/') && folderOf(target) !== folderOf(path))
        .filter(({ target }) => !CONNECTOR_IMPORTS.has(folderOf(target)))
        .map(({ target }) => `${path} imports ${target}`),
  );
  expect(breaches).toEqual([]);
});

test('no file is reached from itself by value imports', () => {
  const targets = new Map(
    SOURCES.map(({ path, imports }) => [
      path,
      imports.filter(({ form }) => form === 'static').map((one) => one.target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

test('every imported file exists', () => {
  const known = new Set(SOURCES.map(({ path }) => path));
  const missing = SOURCES.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target.startsWith('src/') && !known.has(target))
      .map(({ target }) => `${path}: ${target}`),
  );
  expect(missing).toEqual([]);
});
