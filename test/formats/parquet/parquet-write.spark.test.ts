/** Folders written by us are read by Spark and pyarrow as what was written (make-goldens.py check), and by ourselves. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MillraceSession } from '../../../src/index.ts';
import { WRITTEN_FOLDERS, goldenPlace, writeFolders } from './written-files.ts';

interface Answer {
  readonly schema: string;
  readonly count: number;
  readonly rows?: readonly string[];
  readonly md5?: string;
}
interface ReadBack extends Answer {
  readonly arrowRows: number;
}

const load = <T>(name: string): T => JSON.parse(readFileSync(goldenPlace(name), 'utf8')) as T;
const sources = load<Readonly<Record<string, Answer>>>('answers.json');
const readBack = load<Readonly<Record<string, ReadBack>>>('read-back.json');
const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').getOrCreate();
const root = mkdtempSync(join(tmpdir(), 'millrace-parquet-'));
beforeAll(() => writeFolders(session, root), 60_000);
afterAll(async () => {
  await session.stop();
  for (const folder of [root, `${root}-checkpoint`]) rmSync(folder, { recursive: true, force: true });
});

test.each(WRITTEN_FOLDERS)('Spark reads $name as $source, and pyarrow as many rows', ({ name, source }) => {
  const { schema, count, rows, md5, arrowRows } = readBack[name] ?? { schema: '', count: -1, arrowRows: -1 };
  const { [source]: written } = sources;
  expect({ schema, count, ...(rows === undefined ? { md5 } : { rows }) }).toEqual(written);
  expect(arrowRows).toBe(count);
});

test.each(WRITTEN_FOLDERS)('we read $name as $source', async ({ name, source }) => {
  const rows = (await session.read.parquet(join(root, name)).toJSON().collect()).toSorted((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  const { [source]: written } = sources;
  expect(rows).toHaveLength(written?.count ?? -1);
  if (written?.rows !== undefined) expect(rows).toEqual(written.rows);
  else expect(createHash('md5').update(rows.join('\n')).digest('hex')).toBe(written?.md5);
});

test('names of files say their compression as those of Spark', () => {
  const extensionOf = (name: string): string | undefined =>
    readdirSync(join(root, name))
      .map((file) => /c000\.(.*)$/.exec(file)?.[1])
      .find((found) => found !== undefined);
  expect(['flat', 'flat-none', 'flat-gzip', 'flat-zstd'].map(extensionOf)).toEqual([
    'snappy.parquet',
    'parquet',
    'gz.parquet',
    'zstd.parquet',
  ]);
});
