/** What Spark's file sources make of folders, options, paths and encodings (make-goldens.py), and the same here. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MillraceSession } from '../../../src/index.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';
import { simpleName } from '../../../src/types/data-type.ts';
import { READ_DIFFERENCES } from './read-differences.ts';

interface ReadCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly format: string;
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
  readonly schema: string | null;
  readonly select: readonly string[] | null;
  readonly conf: Readonly<Record<string, string>>;
  readonly answer: ReadAnswer;
}
type ReadAnswer = { readonly schema: string; readonly rows: readonly string[] } | { readonly error: string };

const cases = JSON.parse(
  readFileSync(new URL('./goldens/file-reads.json', import.meta.url), 'utf8'),
) as readonly ReadCase[];
const root = mkdtempSync(join(tmpdir(), 'millrace-reads-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function answerOf(one: ReadCase, folder: string): Promise<ReadAnswer> {
  const builder = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC');
  for (const [key, value] of Object.entries(one.conf)) builder.config(key, value);
  const session = builder.getOrCreate();
  try {
    const reader = session.read.format(one.format);
    for (const [key, value] of Object.entries(one.options)) reader.option(key, value.replace('{root}', folder));
    if (one.schema !== null) reader.schema(one.schema);
    const frame = reader.load(one.path === '' ? folder : join(folder, one.path));
    const chosen = one.select === null ? frame : frame.selectExpr(...one.select);
    const rows = (await chosen.toJSON().collect()).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return { schema: simpleName(chosen.schema), rows };
  } catch (error) {
    if (error instanceof MillraceError) return { error: error.condition };
    throw error;
  } finally {
    await session.stop();
  }
}

test.each(cases)('$name', async (one) => {
  const folder = mkdtempSync(join(root, 'case-'));
  for (const [name, content] of Object.entries(one.files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content.startsWith('b64:') ? Buffer.from(content.slice(4), 'base64') : content);
  }
  const found = await answerOf(one, folder);
  const difference = READ_DIFFERENCES.get(one.name);
  if (difference !== undefined) {
    expect(found).toEqual(difference.answer);
    return;
  }
  if ('error' in one.answer) expect(found).toHaveProperty('error');
  else expect(found).toEqual(one.answer);
});
