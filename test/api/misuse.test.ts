/** What is wrong with a query or its options is refused with Spark's condition, before anything is read or written. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ErrorConditionName } from '../../src/errors/error-conditions.ts';
import type { StreamingQuery } from '../../src/engine/streaming-query.ts';
import * as F from '../../src/api/functions.ts';
import { MillraceSession } from '../../src/api/session.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-misuse-'));
const session = MillraceSession.builder().create();
const rows = session.createDataFrame([{ id: 1, name: 'a' }], 'id INT, name STRING');
const stream = session.memoryStream('id INT, time TIMESTAMP').toDF();

afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true });
});

const MISUSES: readonly (readonly [what: string, condition: ErrorConditionName, act: () => unknown])[] = [
  ['write of a stream', 'CALL_ON_STREAMING_DATASET_UNSUPPORTED', () => stream.write],
  ['writeStream of bounded rows', 'WRITE_STREAM_NOT_ALLOWED', () => rows.writeStream],
  ['a save mode nobody knows', 'INVALID_SAVE_MODE', () => rows.write.mode('upsert' as 'append')],
  ['the star of nothing', 'CANNOT_RESOLVE_STAR_EXPAND', () => rows.select(F.col('nothing.*')).schema],
  ['the star of a column that is no struct', '_LEGACY_ERROR_TEMP_1050', () => rows.select('id.*').schema],
  ['a star inside a cast', 'INVALID_USAGE_OF_STAR_OR_REGEX', () => rows.select(F.col('*').cast('STRING')).schema],
  ['a star as an argument too many', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION', () => rows.where(F.col('*').isNull()).schema],
  ['a name with one backtick', 'INVALID_ATTRIBUTE_NAME_SYNTAX', () => rows.select(F.col('`id')).schema],
  ['a negative limit', 'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE', () => rows.limit(-1).schema],
  ['a negative delay', 'NEGATIVE_WATERMARK_DELAY', () => stream.withWatermark('time', '-1 second').schema],
  ['a key beside an aggregate', 'MISSING_GROUP_BY', () => rows.select(F.col('id'), F.count('*')).schema],
  [
    'a number of digits that is a column',
    'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
    () => rows.select(F.round(F.lit(1.5), F.col('id'))).schema,
  ],
  [
    'a column of a relation without columns',
    'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
    () => rows.select().select('id' as '*').schema,
  ],
  ['a setting nobody knows', 'SQL_CONF_NOT_FOUND', () => session.conf.get('spark.sql.nothing')],
  ['a table nobody knows', 'TABLE_OR_VIEW_NOT_FOUND', () => session.table('nothing')],
  ['a stream of files without a schema', '_LEGACY_ERROR_TEMP_2048', () => session.readStream.json(folder)],
  ['the schema of files that were not read yet', 'SCHEMA_NOT_INFERRED_YET', () => session.read.json(folder).schema],
  [
    'a pattern with too many letters',
    'INVALID_DATETIME_PATTERN.LENGTH',
    () => rows.select(F.date_format(F.lit(new Date(0)), 'QQQQQ')).collect(),
  ],
  [
    'a column for corrupt records that is no text',
    'INVALID_CORRUPT_RECORD_TYPE',
    () => session.read.schema('id INT, _corrupt_record INT').json(folder).collect(),
  ],
  ['a memory sink without a name', '_LEGACY_ERROR_TEMP_1194', () => stream.writeStream.format('memory').start()],
  ['files without a checkpoint', '_LEGACY_ERROR_TEMP_1298', () => stream.writeStream.format('json').start(folder)],
  [
    'an output mode the sink has not',
    'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE',
    () => stream.writeStream.format('json').outputMode('update').option('checkpointLocation', folder).start(folder),
  ],
];

test.for(MISUSES)('%s is %s', async ([, condition, act]) => {
  const attempt = async (): Promise<unknown> => act();
  await expect(attempt()).rejects.toMatchObject({ condition });
});

test('a CSV header that does not fit the schema is CSV_HEADER_MISMATCH', async () => {
  const path = join(folder, 'header.csv');
  writeFileSync(path, 'name,id\na,1\n');
  const read = session.read.schema('id STRING, name STRING').option('header', true).option('enforceSchema', false);
  await expect(read.csv(path).collect()).rejects.toMatchObject({ condition: 'CSV_HEADER_MISMATCH' });
});

test('two active queries cannot have one name', async () => {
  const writer = stream.writeStream.format('noop').queryName('twin');
  const query = await writer.start();
  await expect(writer.start()).rejects.toMatchObject({ condition: 'DUPLICATE_QUERY_NAME' });
  await query.stop();
  await (await writer.start()).stop();
});

test('a query with other grouping columns does not go on with the state of an old one', async () => {
  const input = session.memoryStream('id INT, name STRING');
  const start = (column: 'id' | 'name'): Promise<StreamingQuery> => {
    const writer = input.toDF().groupBy(column).count().writeStream;
    return writer.format('noop').outputMode('update').option('checkpointLocation', join(folder, 'changed')).start();
  };
  const query = await start('id');
  await query.processAllAvailable();
  await query.stop();
  await expect(start('name')).rejects.toMatchObject({
    condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
    parameters: { storedKeySchema: 'STRUCT<id: INT>', newKeySchema: 'STRUCT<name: STRING>' },
  });
});
