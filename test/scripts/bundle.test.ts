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
 * What an import may read: start-up is to be 100 ms, of which reading and parsing is most. At 2.1 MB it is 130 to 170 ms of processor time on
 * a busy machine: a format or connector that few programs use is better loaded when it is opened than given room here.
 */
const MAX_FILES = 12;
const MAX_BYTES = 2_500_000;

test('an import reads a few files and no package', () => {
  const loaded = runBeside(`
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    await import('./index.js');
    console.log(JSON.stringify(loaded));
  `) as string[];
  const files = loaded.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  expect(files.length).toBeLessThanOrEqual(MAX_FILES);
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThanOrEqual(MAX_BYTES);
  const packages = files
    .map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1])
    .filter((name) => name !== undefined);
  expect(packages).toEqual([]);
  const heavy = ['node:sqlite', 'node:http', 'node:https', 'node:net', 'node:child_process'];
  expect(loaded.filter((url) => heavy.includes(url))).toEqual([]);
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
