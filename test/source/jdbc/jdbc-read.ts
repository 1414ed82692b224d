/** What every product's table gives when it is read: written by the jdbc sink, read back by the jdbc source, cut into partitions, joined. */
import { describe, expect, it } from 'vitest';
import { functions as F, MillraceSession } from '../../../src/index.ts';
import { createTestSession } from '../../../src/testing/index.ts';

/** A database one test file has for itself. */
export interface ReadableDatabase {
  /** `jdbc:…`, with a password `canary` where the product has one. */
  readonly url: () => string;
  readonly table: (name: string) => string;
}

/** A column of each type. */
export const SCHEMA = `bo BOOLEAN, sh SMALLINT, nt INT, lo BIGINT, fl FLOAT, do DOUBLE, de DECIMAL(20, 4), st STRING, bi BINARY,
  da DATE, ts TIMESTAMP`;
const ROWS = [
  {
    bo: true,
    sh: -32_768,
    nt: 2_147_483_647,
    lo: 9_223_372_036_854_775_807n,
    fl: 1.5,
    do: 0.1,
    de: '1234567890123456.7891',
    st: 'a "q" \' {x} 日本😀',
    bi: Uint8Array.from([0, 255, 92]),
    da: '2024-02-29',
    ts: new Date('2024-02-29T23:59:59.123Z'),
  },
  {
    bo: false,
    sh: 1,
    nt: 2,
    lo: 3n,
    fl: -0.25,
    do: -1e300,
    de: '0.0001',
    st: '',
    bi: new Uint8Array(),
    da: '1969-12-31',
    ts: new Date(-1),
  },
  { bo: null, sh: null, nt: null, lo: null, fl: null, do: null, de: null, st: null, bi: null, da: null, ts: null },
];

export function describeJdbcRead(
  product: string,
  database: ReadableDatabase,
  properties: Readonly<Record<string, string>> = {},
): void {
  describe(`${product} as a source`, () => {
    it('gives back what the sink wrote, type by type', async () => {
      const session = MillraceSession.builder().create();
      const table = database.table('kinds');
      const rows = session
        .createDataFrame(
          ROWS.map((row) => ({ ...row, de: null })),
          SCHEMA,
        )
        .withColumn(
          'de',
          F.expr('CASE nt WHEN 2147483647 THEN 1234567890123456.7891BD WHEN 2 THEN 0.0001BD END').cast(
            'DECIMAL(20, 4)',
          ),
        );
      await rows.write.mode('overwrite').jdbc(database.url(), table);
      const read = session.read.jdbc(database.url(), table, properties);
      const [first = {}, second = {}, third = {}] = await read.orderBy(F.col('lo').desc()).collect();
      expect(read.schema.fields.map(({ name, dataType }) => `${name} ${dataType.kind}`)).toEqual([
        'bo boolean',
        'sh short',
        'nt integer',
        'lo long',
        'fl float',
        'do double',
        'de decimal',
        'st string',
        'bi binary',
        'da date',
        'ts timestamp',
      ]);
      expect(first).toMatchObject({
        sh: -32_768,
        st: 'a "q" \' {x} 日本😀',
        lo: 9_223_372_036_854_775_807n,
        do: 0.1,
        fl: 1.5,
      });
      expect(String(first['de'])).toBe('1234567890123456.7891');
      expect([...(first['bi'] as Uint8Array)]).toEqual([0, 255, 92]);
      expect(first['da']).toBe('2024-02-29');
      expect((first['ts'] as Date).toISOString()).toBe('2024-02-29T23:59:59.123Z');
      expect((second['ts'] as Date).getTime()).toBe(-1);
      expect(Object.values(third).every((value) => value === null)).toBe(true);
      await session.stop();
    }, 60_000);

    it('reads queries, columns and partitions; every row once, nulls too', async () => {
      const session = MillraceSession.builder().create();
      const table = database.table('numbers');
      await session
        .range(0, 1000)
        .selectExpr('id', 'CASE WHEN id % 10 = 0 THEN NULL ELSE id END AS part', "concat('n', id) AS name")
        .write.mode('overwrite')
        .jdbc(database.url(), table);
      const bounds = {
        partitionColumn: 'part',
        lowerBound: '100',
        upperBound: '900',
        numPartitions: '7',
        fetchsize: '50',
      };
      const parts = session.read.jdbc(database.url(), table, bounds);
      expect(await parts.count()).toBe(1000n);
      expect((await parts.select('name').distinct().collect()).length).toBe(1000);
      const predicates = session.read.jdbc(database.url(), table, {}, ['id < 10', 'id >= 995']);
      expect((await predicates.orderBy('id').collect()).length).toBe(15);
      const query = session.read
        .format('jdbc')
        .options({ url: database.url(), query: `SELECT id, name FROM ${table} WHERE id > 997` });
      expect((await query.load().orderBy('id').select('name').collect()).map(({ name }) => name)).toEqual([
        'n998',
        'n999',
      ]);
      const custom = session.read.jdbc(database.url(), `(SELECT id FROM ${table} WHERE id = 7) t`, {
        customSchema: 'id STRING',
      });
      expect(await custom.collect()).toEqual([{ id: '7' }]);
      await session.stop();
    }, 60_000);

    it('is the static side of a join with a stream, read anew in each batch', async () => {
      const session = createTestSession();
      const table = database.table('names');
      const write = (name: string) =>
        session
          .createDataFrame([{ id: 1, name }], 'id INT, name STRING')
          .write.mode('overwrite')
          .jdbc(database.url(), table);
      await write('before');
      const input = session.memoryStream('id INT');
      const names = session.read.jdbc(database.url(), table);
      await names.count();
      const seen: unknown[] = [];
      const query = await input
        .toDF()
        .join(names, 'id')
        .select('name')
        .writeStream.foreachBatch(async (batch) => void seen.push(...(await batch.collect())))
        .start();
      input.addData({ id: 1 });
      await query.processAllAvailable();
      await write('after');
      input.addData({ id: 1 });
      await query.processAllAvailable();
      await query.stop();
      expect(seen).toEqual([{ name: 'before' }, { name: 'after' }]);
      await session.stop();
    }, 60_000);

    it('names what is wrong without the password', async () => {
      const session = createTestSession();
      const missing = session.read.jdbc(database.url(), 'no_such_table').collect();
      await expect(missing).rejects.toMatchObject({ condition: 'EXTERNAL_SYSTEM_REFUSED' });
      await expect(missing).rejects.not.toThrow(/canary/);
      const table = database.table('numbers');
      const partitioned = (more: Readonly<Record<string, string>>) =>
        session.read.jdbc(database.url(), table, more).collect();
      await expect(
        partitioned({ partitionColumn: 'nope', lowerBound: '1', upperBound: '2', numPartitions: '2' }),
      ).rejects.toMatchObject({ condition: 'INVALID_OPTION' });
      expect(() => session.readStream.format('jdbc').options({ url: database.url(), dbtable: table }).load()).toThrow();
      await session.stop();
    }, 60_000);
  });
}
