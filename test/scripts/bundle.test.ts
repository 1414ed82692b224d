/** The bundle of the package, made into a folder of its own and used by plain Node in a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  const cache = path.join(repository, '.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(path.join(cache, 'bundle-test-'));
  await bundle(folder);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program beside the bundle and returns what it printed, as JSON. */
function runBeside(program: string): unknown {
  const file = path.join(folder, 'program.mjs');
  writeFileSync(file, program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as unknown;
}

/**
 * What an import and the first query may read: reading and parsing is most of the time of a start, some 70 ms of the processor per megabyte on a
 * busy machine. Code that few programs use gets a line in scripts/lazy-chunks.ts instead of more room here.
 */
const MAX_IMPORT = { files: 4, bytes: 320_000 };
const MAX_FIRST_QUERY = { files: 10, bytes: 1_800_000 };

/** The files and built-in modules that a program loads. */
function loadedBy(program: string): {
  readonly files: readonly string[];
  readonly builtIn: readonly string[];
  readonly bytes: number;
} {
  const loaded = runBeside(`
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    ${program}
    console.log(JSON.stringify(loaded));
  `) as string[];
  const files = loaded.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return { files, bytes, builtIn: loaded.filter((url) => url.startsWith('node:')) };
}

test('the first query loads what it needs, not every format, connector and function', () => {
  writeFileSync(path.join(folder, 'first.json'), '{"k":"a"}\n{"k":"b"}\n{"k":"a"}\n');
  const { files, bytes } = loadedBy(`
    const { MillraceSession } = await import('./index.js');
    const session = MillraceSession.builder().getOrCreate();
    const file = new URL('first.json', import.meta.url).pathname;
    const rows = await session.read.schema('k STRING').json(file).groupBy('k').count().collect();
    if (rows.length !== 2) throw new Error('wrong rows');
  `);
  expect(files.length).toBeLessThanOrEqual(MAX_FIRST_QUERY.files);
  expect(bytes).toBeLessThanOrEqual(MAX_FIRST_QUERY.bytes);
});

test('code that waits for its use is there when it is used', () => {
  const answer = runBeside(`
    import { MillraceSession, functions as F } from './index.js';
    const session = MillraceSession.builder().getOrCreate();
    const file = new URL('waiting', import.meta.url).pathname;
    const rows = session.sql("SELECT md5('a') AS digest, 1 AS k");
    const found = {};
    for (const format of ['avro', 'csv', 'json', 'parquet']) {
      await rows.write.format(format).mode('overwrite').save(file + '.' + format);
      const back = session.read.format(format).schema('digest STRING, k INT').load(file + '.' + format);
      found[format] = await back.join(rows.select('k'), 'k').toJSON().collect();
    }
    const errors = {};
    for (const format of ['jdbc', 'kafka', 'kinesis', 'recording', 'socket', 'statestore']) {
      try { await session.read.format(format).load().collect(); errors[format] = 'none'; }
      catch (error) { errors[format] = error.name; }
    }
    console.log(JSON.stringify({ found, errors }));
  `);
  const row = ['{"k":1,"digest":"0cc175b9c0f1b6a831c399e269772661"}'];
  expect(answer).toEqual({
    found: { avro: row, csv: row, json: row, parquet: row },
    errors: Object.fromEntries(
      ['jdbc', 'kafka', 'kinesis', 'recording', 'socket', 'statestore'].map((format) => [format, 'MillraceError']),
    ),
  });
});

test('an import reads a few files and no package', () => {
  const { files, bytes, builtIn } = loadedBy("await import('./index.js');");
  expect(files.length).toBeLessThanOrEqual(MAX_IMPORT.files);
  expect(bytes).toBeLessThanOrEqual(MAX_IMPORT.bytes);
  const packages = files
    .map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1])
    .filter((name) => name !== undefined);
  expect(packages).toEqual([]);
  const heavy = ['node:sqlite', 'node:http', 'node:https', 'node:net', 'node:child_process'];
  expect(builtIn.filter((url) => heavy.includes(url))).toEqual([]);
});

test('library, test kit and the rxjs of the user fit together', () => {
  const answer = runBeside(`
    import { MillraceError, MillraceSession, Trigger, functions as F } from './index.js';
    import { createTestSession } from './testing/index.js';
    import { firstValueFrom, isObservable, map, of } from 'rxjs';
    const session = createTestSession();
    const input = session.fromObservable(of({ action: 'a' }, { action: 'a' }), { schema: 'action STRING' });
    const counts = input.groupBy('action').count();
    const rows$ = counts.toObservable({ outputMode: 'complete' });
    const row = await firstValueFrom(rows$.pipe(map((batch) => batch)));
    let condition;
    try { session.readStream.format('jsn').load('x'); } catch (error) { condition = error instanceof MillraceError && error.condition; }
    console.log(JSON.stringify({
      row: JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      isObservable: isObservable(rows$),
      isSession: session instanceof MillraceSession,
      condition,
    }));
    process.exit(0);
  `);
  expect(answer).toMatchObject({ isObservable: true, isSession: true, condition: 'DATA_SOURCE_NOT_FOUND' });
  expect((answer as { row: string }).row).toContain('"action":"a"');
});

test('worker threads find their program, and idle ones do not keep the process alive', () => {
  const answer = runBeside(`
    import { writeFileSync } from 'node:fs';
    import { MillraceSession } from './index.js';
    writeFileSync(new URL('in.json', import.meta.url), '{"k":"a"}\\n{"k":"b"}\\n{"k":"a"}\\n');
    const session = MillraceSession.builder().master('local[2]').config('millrace.workers', 'always').getOrCreate();
    const path = new URL('in.json', import.meta.url).pathname;
    const counts = session.read.schema('k STRING').json(path).groupBy('k').count();
    const rows = await counts.orderBy('k').toJSON().collect();
    console.log(JSON.stringify({ rows, usesWorkers: counts.explainString().includes('WorkerStage 2 threads') }));
  `);
  expect(answer).toEqual({ rows: ['{"k":"a","count":2}', '{"k":"b","count":1}'], usesWorkers: true });
});

test('the command line starts, and every entry and every file beside the sources is there', () => {
  const { stdout } = spawnSync(process.execPath, [path.join(folder, 'cli/main.js'), '--help'], { encoding: 'utf8' });
  expect(stdout).toContain('Usage: millrace');
  expect(existsSync(path.join(folder, 'emulator/kinesis-local-preload.js'))).toBe(true);
  const others = readdirSync(path.join(repository, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.wasm'),
  );
  expect(others.filter((file) => !existsSync(path.join(folder, file)))).toEqual([]);
});
