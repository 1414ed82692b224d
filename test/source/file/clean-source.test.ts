/** Files of committed batches are deleted or moved, when the user says so; never before, and never into the folder that is read. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MillraceSession, Trigger } from '../../../src/index.ts';

const root = mkdtempSync(join(tmpdir(), 'millrace-clean-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let number = 0;

/** Runs a query over two files to its end; answers the folder it has read. */
async function run(options: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(root, `in-${number++}`);
  mkdirSync(folder);
  for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.json`), `{"id":"${name}"}\n`);
  const session = MillraceSession.builder().getOrCreate();
  const rows = session.readStream.schema('id STRING').option('maxFilesPerTrigger', 1).options(options).json(folder);
  const query = await rows.writeStream
    .format('json')
    .trigger(Trigger.AvailableNow())
    .option('checkpointLocation', `${folder}-checkpoint`)
    .start(`${folder}-out`);
  await query.awaitTermination();
  await session.stop();
  const written = readdirSync(`${folder}-out`).filter((name) => name.endsWith('.json'));
  expect(written).toHaveLength(2);
  return folder;
}

test('files stay by default', async () => {
  expect(readdirSync(await run({}))).toEqual(['a.json', 'b.json']);
});

test('files of committed batches are deleted', async () => {
  expect(readdirSync(await run({ cleanSource: 'delete' }))).toEqual([]);
});

test('files of committed batches are moved under their whole path', async () => {
  const archive = join(root, 'archive');
  const folder = await run({ cleanSource: 'archive', sourceArchiveDir: archive });
  expect(readdirSync(folder)).toEqual([]);
  expect(readFileSync(join(archive, folder, 'b.json'), 'utf8')).toBe('{"id":"b"}\n');
  expect(existsSync(join(archive, folder, 'a.json'))).toBe(true);
});

test.each([
  [{ cleanSource: 'shred' }, 'INVALID_OPTION'],
  [{ cleanSource: 'archive' }, 'MISSING_OPTION'],
  [{ cleanSource: 'archive', sourceArchiveDir: join(root, 'x/archive') }, 'INVALID_OPTION'],
])('%o is refused', async (options, condition) => {
  const session = MillraceSession.builder().getOrCreate();
  const frame = session.readStream.schema('id STRING').options(options).json(join(root, 'x'));
  const started = frame.writeStream.format('noop').start();
  await expect(started).rejects.toMatchObject({ condition });
  await session.stop();
});
