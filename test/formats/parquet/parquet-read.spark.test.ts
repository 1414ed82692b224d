/** Files that Spark and pyarrow have written, in every encoding they have, are read as Spark reads them (make-goldens.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { DataFrame } from '../../../src/index.ts';
import { MillraceSession } from '../../../src/index.ts';
import { simpleName } from '../../../src/types/data-type.ts';

interface Answer {
  readonly schema: string;
  readonly count: number;
  readonly rows?: readonly string[];
  readonly md5?: string;
}

const place = (name: string): string => fileURLToPath(new URL(`./goldens/${name}`, import.meta.url));
const answers = JSON.parse(readFileSync(place('answers.json'), 'utf8')) as Readonly<Record<string, Answer>>;
const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').getOrCreate();
afterAll(() => session.stop());

async function answerOf(frame: DataFrame): Promise<Answer> {
  const rows = (await frame.toJSON().collect()).toSorted(byBytes);
  const schema = simpleName(frame.schema);
  const content = rows.length <= 40 ? { rows } : { md5: createHash('md5').update(rows.join('\n')).digest('hex') };
  return { schema, count: rows.length, ...content };
}

/** The order of Python's strings. */
function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const files = Object.keys(answers).filter((name) => name.includes('.') || name === 'partitioned');
test.each(files)('%s has the columns and rows Spark reads', async (name) => {
  expect(await answerOf(session.read.parquet(place(name)))).toEqual(answers[name]);
});

test('of nested columns only the wanted parts are read, what is missing is null', async () => {
  const schema = 'st struct<y string, w int>, a array<bigint>, zz int, deep array<struct<q array<array<int>>>>';
  expect(await answerOf(session.read.schema(schema).parquet(place('nested.parquet')))).toEqual(answers['pruned']);
});

test('columns are widened to the types asked for as in Spark', async () => {
  const schema = 'i bigint, by int, f double, d9 decimal(20,4), da timestamp_ntz, tn timestamp';
  expect(await answerOf(session.read.schema(schema).parquet(place('flat-snappy.parquet')))).toEqual(answers['widened']);
});

test.each([
  ['year = 1', 6],
  ['year = 1 and txt is not null', 6],
  ['txt is null', 3],
  ["day = date'2024-01-31' and id > 3", 3],
  ["txt = 'a/b 2' and v = 'v6'", 1],
  ['year > 1', 0],
])('of partitioned files where %s gives %i rows', async (condition, numRows) => {
  expect(await session.read.parquet(place('partitioned')).where(condition).count()).toBe(BigInt(numRows));
});
