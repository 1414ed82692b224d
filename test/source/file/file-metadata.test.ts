/** The hidden column `_metadata`: where it can be named, what it says, and that queries which do not name it are as before. */
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { col } from '../../../src/api/functions.ts';
import { type DataFrame, MillraceSession, Trigger } from '../../../src/index.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';

let root = '';
let session: MillraceSession;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-metadata-'));
  session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').getOrCreate();
  await writeFile(join(root, 'a b.json'), '{"id":1}\n{"id":2}\n');
  await utimes(join(root, 'a b.json'), 1_767_225_600.5, 1_767_225_600.5);
});
afterAll(async () => {
  await session.stop();
  await rm(root, { recursive: true });
});

function files(): DataFrame {
  return session.read.schema('id INT').json(root) as unknown as DataFrame;
}

async function conditionOf(frame: () => DataFrame): Promise<string> {
  try {
    await frame().collect();
    return 'none';
  } catch (error) {
    return error instanceof MillraceError ? error.condition : String(error);
  }
}

test('a row says which file, how large and how old it is', async () => {
  const [row] = await files().select('_metadata').collect();
  expect(row).toEqual({
    _metadata: {
      file_path: `file:${root}/a%20b.json`,
      file_name: 'a%20b.json',
      file_size: 18n,
      file_block_start: 0n,
      file_block_length: 18n,
      file_modification_time: new Date(1_767_225_600_500),
    },
  });
});

test('no star, no schema and no scan has it until it is named', async () => {
  expect(files().columns).toEqual(['id']);
  expect(files().filter('_metadata.file_size > 1').columns).toEqual(['id']);
  expect(await files().filter('_metadata.file_size > 1').collect()).toEqual([{ id: 1 }, { id: 2 }]);
  expect(await files().filter('_metadata.file_size > 100').count()).toBe(0n);
  expect(files().alias('t').select('t.*').columns).toEqual(['id']);
});

test.each<[string, (frame: DataFrame) => DataFrame]>([
  ['a filter', (frame) => frame.filter('id > 0')],
  ['a projection without it', (frame) => frame.select('id')],
  ['a new column', (frame) => frame.withColumn('more', col('id'))],
  ['a renamed column', (frame) => frame.withColumnRenamed('id', 'key')],
  ['a dropped column', (frame) => frame.drop('id')],
  ['a limit', (frame) => frame.limit(2)],
  ['an order', (frame) => frame.orderBy('id')],
  ['an alias', (frame) => frame.alias('t')],
])('it is found above %s', async (_, over) => {
  expect(await over(files()).select('_metadata.file_size').collect()).toEqual([{ file_size: 18n }, { file_size: 18n }]);
});

test('it groups, and is found by the alias of one side of a join', async () => {
  expect(await files().groupBy('_metadata.file_name').count().collect()).toEqual([
    { file_name: 'a%20b.json', count: 2n },
  ]);
  const joined = files().alias('t').crossJoin(session.range(1).alias('u'));
  expect(await joined.selectExpr('t._metadata.file_size AS size').distinct().collect()).toEqual([{ size: 18n }]);
});

test('it is not there above a union, nor of other sources, nor for names like it', async () => {
  expect(await conditionOf(() => files().union(files()).select('_metadata'))).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION');
  expect(await conditionOf(() => (session.range(1) as unknown as DataFrame).select('_metadata'))).toBe(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
  );
  expect(await conditionOf(() => files().select('_metadat'))).toBe('UNRESOLVED_COLUMN.WITH_SUGGESTION');
  expect(await conditionOf(() => files().select('_metadata.nope'))).toBe('FIELD_NOT_FOUND');
});

test('a column of that name in the schema is the one that is meant', async () => {
  const own = session.read.schema('id INT, _metadata STRING').json(root);
  expect(await own.select('_metadata').collect()).toEqual([{ _metadata: null }, { _metadata: null }]);
});

test('a stream has it', async () => {
  const rows = session.readStream.schema('id INT').json(root).selectExpr('id', '_metadata.file_name');
  const query = await rows.writeStream.format('memory').queryName('names').trigger(Trigger.AvailableNow()).start();
  await query.awaitTermination();
  expect(await session.table('names').collect()).toEqual([
    { id: 1, file_name: 'a%20b.json' },
    { id: 2, file_name: 'a%20b.json' },
  ]);
});

test('rows of Parquet know their place in the file, whichever row groups are read', async () => {
  const path = join(root, 'rows.parquet');
  await session
    .range(200_000)
    .write.option('parquet.block.size', 1024 * 256)
    .parquet(path);
  const rows = session.read.parquet(path);
  expect(await rows.filter('_metadata.row_index <> id').count()).toBe(0n);
  const some = rows.filter('id >= 150000 AND id < 150003').select('id', '_metadata.row_index');
  expect(await some.orderBy('id').collect()).toEqual(
    [150_000n, 150_001n, 150_002n].map((id) => ({ id, row_index: id })),
  );
  expect(await rows.selectExpr('max(_metadata.row_index) AS last').collect()).toEqual([{ last: 199_999n }]);
});

test('input_file_name() and its like say the same of rows that were not made later', async () => {
  const name = `file://${root}/a%20b.json`;
  const calls = ['input_file_name()', 'input_file_block_start()', 'input_file_block_length()'];
  const [row] = await files()
    .selectExpr(...calls)
    .collect();
  expect(row).toEqual({ 'input_file_name()': name, 'input_file_block_start()': 0n, 'input_file_block_length()': 18n });
  files().createOrReplaceTempView('logs');
  const counted = session.sql('SELECT input_file_name() f, count(*) n FROM logs GROUP BY input_file_name()');
  expect(await counted.collect()).toEqual([{ f: name, n: 2n }]);
  const later = session.sql('SELECT input_file_name() f FROM (SELECT max(id) FROM logs)');
  expect(await later.collect()).toEqual([{ f: '' }]);
  const two = 'SELECT input_file_name() FROM logs a JOIN logs b USING (id)';
  expect(await conditionOf(() => session.sql(two))).toBe('MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION');
});
