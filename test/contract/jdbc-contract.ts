/**
 * What the jdbc sink promises on every database product beyond the sink contract: output modes, nulls in keys, types, tables that exist,
 * save modes, hostile names. Values are read back as texts by the driver of the test, without the sink.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OutputMode, SaveMode, Sink } from '../../src/sinks/sink.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { StructType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { jdbcSinkProvider } from '../../src/sinks/jdbc/jdbc-sink.ts';
import * as T from '../../src/types/data-type.ts';
import { batchOf, conditionOf, ID_NAME, identity, openSink, streamOf } from './sink-contract.ts';

/** A database that one test file has for itself. */
export interface JdbcDatabase {
  /** With a password or other secret `canary` where the product has one. */
  readonly url: string;
  /** Rows of a statement as texts, null for NULL; bytes as hex. */
  query(sql: string): Promise<(string | null)[][]>;
  execute(sql: string): Promise<void>;
  quote(name: string): string;
  /** Texts the product shows for the values of `ALL_TYPES`, where they differ from the common ones. */
  readonly typeTexts: Readonly<Record<string, readonly (string | null)[]>>;
  readonly typeRows: readonly (readonly (Value | null)[])[];
}

const micros = (text: string) => BigInt(Date.parse(`${text}Z`)) * 1000n;

/** One column per type. */
export const ALL_TYPES = T.struct([
  T.field('bo', T.BOOLEAN),
  T.field('by', T.BYTE),
  T.field('sh', T.SHORT),
  T.field('nt', T.INTEGER),
  T.field('lo', T.LONG),
  T.field('fl', T.FLOAT),
  T.field('do', T.DOUBLE),
  T.field('de', T.decimal(38, 18)),
  T.field('st', T.STRING),
  T.field('bi', T.BINARY),
  T.field('da', T.DATE),
  T.field('ts', T.TIMESTAMP),
  T.field('tn', T.TIMESTAMP_NTZ),
  T.field('ar', T.array(T.LONG)),
  T.field('ma', T.map(T.STRING, T.INTEGER)),
  T.field('sr', T.struct([T.field('a', T.INTEGER), T.field('b', T.STRING)])),
]);

/** Values every product can hold. */
export const COMMON_ROWS: readonly (readonly (Value | null)[])[] = [
  [
    true,
    -128,
    32767,
    -2147483648,
    9223372036854775807n,
    Math.fround(1.5),
    0.1,
    -12345678901234567890123456789012345678n,
    'a "q" \\ \' {x,NULL} \n日本😀',
    Uint8Array.from([0, 255, 92, 34]),
    -719162,
    micros('2024-02-29T23:59:59.999') + 1n,
    micros('1969-12-31T23:59:59.999') - 1n,
    [1n, null, 9007199254740993n],
    [['k', 1]],
    [1, 'x"y'],
  ],
  ALL_TYPES.fields.map(() => null),
  [
    false,
    127,
    -32768,
    2147483647,
    -9223372036854775808n,
    -0.25,
    1.7976931348623157e308,
    5n,
    '',
    new Uint8Array(),
    19782,
    0n,
    0n,
    [],
    [],
    [null, null],
  ],
];

const COUNTS = T.struct([
  T.field('action', T.STRING),
  T.field('window', T.struct([T.field('start', T.TIMESTAMP), T.field('end', T.TIMESTAMP)])),
  T.field('count', T.LONG),
]);
const HOUR = 3_600_000_000n;
const hour = (n: bigint) => [n * HOUR, (n + 1n) * HOUR];

export function describeJdbcContract(name: string, database: () => JdbcDatabase): void {
  describe(`${name} as a jdbc sink`, () => {
    const sinks: Sink[] = [];
    let tableNumber = 0;
    let table = '';
    beforeEach(() => {
      table = `t${Date.now()}_${tableNumber++}`;
    });
    afterEach(async () => {
      for (const sink of sinks.splice(0)) await sink.close();
    });

    interface Request {
      readonly mode?: OutputMode | 'batch';
      readonly saveMode?: SaveMode;
      readonly keys?: readonly string[];
      readonly options?: Readonly<Record<string, string>>;
      readonly queryId?: string;
    }
    const open = async (schema: StructType, request: Request = {}) => {
      const sink = await openSink(jdbcSinkProvider, {
        schema,
        options: { path: database().url, dbtable: table, commitTable: `${table}_commits`, ...request.options },
        mode: request.mode ?? 'append',
        saveMode: request.saveMode ?? 'append',
        keyColumns: request.keys ?? [],
        ...(request.queryId === undefined ? {} : { queryId: request.queryId }),
      });
      sinks.push(sink);
      return sink;
    };
    const save = async (schema: StructType, saveMode: SaveMode, batch: ColumnBatch, options = {}) =>
      (await open(schema, { mode: 'batch', saveMode, options })).addBatch(identity(0), streamOf(batch));
    const rows = async (columns: readonly string[], from = table) => {
      const names = columns.map((column) => database().quote(column)).join(', ');
      return (await database().query(`SELECT ${names} FROM ${database().quote(from)}`))
        .map((row) => row.join('|'))
        .toSorted();
    };
    const counts = (...values: readonly (readonly [string | null, bigint | null, bigint])[]) =>
      batchOf(
        COUNTS,
        values.map(([action, start, count]) => [action, start === null ? null : hour(start), count]),
      );
    const countRows = () =>
      database()
        .query(
          `SELECT ${['action', 'count'].map((c) => database().quote(c)).join(', ')} FROM ${database().quote(table)}`,
        )
        .then((found) => found.map((row) => row.map((cell) => cell ?? 'NULL').join('|')).toSorted());

    test('update replaces rows with equal keys, nulls being equal', async () => {
      const sink = await open(COUNTS, { mode: 'update', keys: ['action', 'window'] });
      await sink.addBatch(
        identity(0),
        streamOf(counts(['a', 0n, 1n], [null, 0n, 2n], ['a', null, 3n], [null, null, 4n])),
      );
      await sink.addBatch(
        identity(1),
        streamOf(counts(['a', 0n, 10n], ['A', 0n, 11n], ['a ', 0n, 12n], ['a', 1n, 13n]), counts([null, 0n, 20n])),
      );
      await sink.addBatch(identity(2), streamOf(counts(['a', null, 30n], [null, null, 40n])));
      expect(await countRows()).toEqual(['A|11', 'NULL|20', 'NULL|40', 'a |12', 'a|10', 'a|13', 'a|30']);
      expect(await rows(['window_start', 'window_end'])).toHaveLength(7);
    });

    test('the last row of a key wins inside a batch', async () => {
      const sink = await open(COUNTS, { mode: 'update', keys: ['action', 'window'] });
      await sink.addBatch(
        identity(0),
        streamOf(counts(['a', 0n, 1n], ['b', 0n, 2n], ['a', 0n, 3n]), counts(['b', 0n, 4n])),
      );
      expect(await countRows()).toEqual(['a|3', 'b|4']);
    });

    test('update keeps working on a table made by the user with a primary key', async () => {
      const q = (column: string) => database().quote(column);
      await database().execute(
        `CREATE TABLE ${q(table)} (${q('count')} BIGINT, ${q('extra')} INT, ${q('action')} VARCHAR(20) NOT NULL, PRIMARY KEY (${q('action')}))`,
      );
      const schema = T.struct([T.field('action', T.STRING), T.field('count', T.LONG)]);
      const sink = await open(schema, { mode: 'update', keys: ['action'] });
      const batch = (...values: [string, bigint][]) => streamOf(batchOf(schema, values));
      await sink.addBatch(identity(0), batch(['a', 1n], ['b', 1n]));
      await sink.addBatch(identity(1), batch(['a', 2n], ['c', 1n]));
      expect(await countRows()).toEqual(['a|2', 'b|1', 'c|1']);
    });

    test('update without key columns inserts', async () => {
      const sink = await open(ID_NAME, { mode: 'update' });
      await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      await sink.addBatch(identity(1), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      expect(await rows(['id', 'name'])).toEqual(['1|a', '1|a']);
    });

    test('complete replaces the table in every batch, also by an empty one', async () => {
      const sink = await open(ID_NAME, { mode: 'complete' });
      await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      await sink.addBatch(identity(1), streamOf(batchOf(ID_NAME, [[2n, 'b']]), batchOf(ID_NAME, [[3n, 'c']])));
      expect(await rows(['id', 'name'])).toEqual(['2|b', '3|c']);
      await sink.addBatch(identity(2), streamOf());
      expect(await rows(['id', 'name'])).toEqual([]);
    });

    test('every type comes back exactly', async () => {
      const { typeRows, typeTexts } = database();
      const sink = await open(ALL_TYPES);
      await sink.addBatch(identity(0), streamOf(batchOf(ALL_TYPES, typeRows)));
      for (const field of ALL_TYPES.fields) {
        const q = (column: string) => database().quote(column);
        const found = await database().query(
          `SELECT ${q(field.name)} FROM ${q(table)} ORDER BY ${q('lo')} IS NULL, ${q('lo')} DESC`,
        );
        expect([field.name, found.flat()]).toEqual([field.name, typeTexts[field.name]]);
      }
    });

    test('keys of every type are found again', async () => {
      const { typeRows } = database();
      const keys = ALL_TYPES.fields.map((column) => column.name);
      const simple = keys.filter((key) => !['bi', 'st', 'ar', 'ma', 'sr'].includes(key));
      const schema = T.struct([...ALL_TYPES.fields, T.field('n', T.INTEGER)]);
      const sink = await open(schema, { mode: 'update', keys: [...simple, 'st'] });
      const batch = (n: number) =>
        batchOf(
          schema,
          typeRows.map((row) => [...row, n]),
        );
      await sink.addBatch(identity(0), streamOf(batch(1)));
      await sink.addBatch(identity(1), streamOf(batch(2)));
      expect(await rows(['n'])).toEqual(typeRows.map(() => '2'));
    });

    test('hostile names are only names', async () => {
      const evil = 'a"; drop table `x`;--';
      table = `${evil}${table}`;
      const schema = T.struct([T.field(evil, T.LONG), T.field("'; select", T.STRING), T.field('a b`c', T.STRING)]);
      const sink = await open(schema, { mode: 'update', keys: [evil] });
      for (const batchId of [0, 1])
        await sink.addBatch(identity(batchId), streamOf(batchOf(schema, [[1n, "v'; drop", `x${batchId}`]])));
      expect(await rows([evil, "'; select", 'a b`c'])).toEqual(["1|v'; drop|x1"]);
      table = 'nul\0name';
      await expect(open(ID_NAME)).rejects.toMatchObject({ condition: 'VALUE_NOT_STORABLE' });
    });

    test('an existing table may have more columns, another order and letter case', async () => {
      const q = (column: string) => database().quote(column);
      await database().execute(
        `CREATE TABLE ${q(table)} (${q('more')} INT, ${q('Name')} VARCHAR(20), ${q('id')} BIGINT)`,
      );
      await (await open(ID_NAME)).addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      expect(await rows(['id', 'Name'])).toEqual(['1|a']);
    });

    test('an existing table without a column of the rows is refused, both sides named', async () => {
      const q = (column: string) => database().quote(column);
      await database().execute(`CREATE TABLE ${q(table)} (${q('id')} BIGINT, ${q('title')} VARCHAR(20))`);
      await expect(open(ID_NAME)).rejects.toMatchObject({
        condition: 'INCOMPATIBLE_SINK_TABLE',
        parameters: { tableColumns: 'id, title', rowColumns: 'id, name' },
      });
    });

    test('createTableColumnTypes decides the types of a new table', async () => {
      const sink = await open(ID_NAME, { options: { createTableColumnTypes: 'name VARCHAR(5), id NUMERIC(10,2)' } });
      await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[7n, 'abc']])));
      expect((await rows(['name']))[0]).toBe('abc');
      await expect(open(ID_NAME, { options: { createTableColumnTypes: 'name TEXT); drop' } })).rejects.toMatchObject({
        condition: 'INVALID_OPTION',
      });
    });

    test('save modes: append, overwrite, truncate, errorifexists, ignore', async () => {
      const one = batchOf(ID_NAME, [[1n, 'a']]);
      await save(ID_NAME, 'errorifexists', one);
      expect(await conditionOf(save(ID_NAME, 'errorifexists', one))).toBe('TABLE_OR_VIEW_ALREADY_EXISTS');
      await save(ID_NAME, 'append', batchOf(ID_NAME, [[2n, 'b']]));
      expect(await save(ID_NAME, 'ignore', one)).toEqual({ numOutputRows: 0 });
      expect(await rows(['id', 'name'])).toEqual(['1|a', '2|b']);
      await save(ID_NAME, 'overwrite', batchOf(ID_NAME, [[3n, 'c']]), { truncate: 'true' });
      expect(await rows(['id', 'name'])).toEqual(['3|c']);
      const other = T.struct([T.field('x', T.STRING)]);
      await save(other, 'overwrite', batchOf(other, [['new']]));
      expect(await rows(['x'])).toEqual(['new']);
    });

    test('a failing batch write leaves the table as it was', async () => {
      await save(ID_NAME, 'append', batchOf(ID_NAME, [[1n, 'a']]));
      async function* failing() {
        yield batchOf(ID_NAME, [[2n, 'b']]);
        throw new RangeError('x');
      }
      const sink = await open(ID_NAME, { mode: 'batch', saveMode: 'overwrite', options: { truncate: 'true' } });
      await expect(sink.addBatch(identity(0), failing())).rejects.toThrow(RangeError);
      expect(await rows(['id', 'name'])).toEqual(['1|a']);
    });

    test('large batches are cut into statements that fit', async () => {
      const count = 20_000;
      const sink = await open(ID_NAME, { mode: 'update', keys: ['id'] });
      const batch = (name: string) =>
        batchOf(
          ID_NAME,
          Array.from({ length: count }, (_, i) => [BigInt(i), `${name} ${'x'.repeat(i % 50)}`]),
        );
      await sink.addBatch(identity(0), streamOf(batch('a')));
      await sink.addBatch(identity(1), streamOf(batch('b')));
      const q = database().quote(table);
      const found = await database().query(`SELECT count(*), min(${database().quote('name')}) FROM ${q}`);
      expect(found).toEqual([[String(count), 'b ']]);
    });

    test('two queries in one database have markers of their own', async () => {
      const commitTable = `${table}_shared`;
      const first = await open(ID_NAME, { queryId: 'q1', options: { commitTable } });
      const second = await open(ID_NAME, { queryId: 'q2', options: { commitTable } });
      await first.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      await second.addBatch(identity(0, { offsetDigest: 'other' }), streamOf(batchOf(ID_NAME, [[2n, 'b']])));
      await first.addBatch(identity(1), streamOf());
      expect(await rows(['query_id', 'batch_id', 'offset_digest', 'epoch'], commitTable)).toEqual([
        'q1|1|digest-1|1',
        'q2|0|other|1',
      ]);
    });

    test('a checkpoint that was lost and made anew, so with another query id, is CHECKPOINT_MISSING', async () => {
      const options = { checkpointlocation: 'redis://user:canary@host:6379/0' };
      const batch = () => streamOf(batchOf(ID_NAME, [[1n, 'a']]));
      const first = await open(ID_NAME, { queryId: 'q1', options });
      await first.addBatch(identity(0), batch());
      const again = open(ID_NAME, { queryId: 'q2', options });
      await expect(again).rejects.toMatchObject({
        condition: 'CHECKPOINT_MISSING',
        parameters: { queryId: 'q1', batchId: '0', checkpointBatchId: '-1', location: 'redis://host:6379/0' },
      });
      expect(await rows(['id', 'name'])).toEqual(['1|a']);
      const elsewhere = await open(ID_NAME, { queryId: 'q2', options: { checkpointlocation: '/other' } });
      await elsewhere.addBatch(identity(0), batch());
      expect(await rows(['id', 'name'])).toEqual(['1|a', '1|a']);
    });

    test('a lost checkpoint whose table was dropped as well begins again, also after another restart', async () => {
      const options = { checkpointlocation: '/checkpoint' };
      const first = await open(ID_NAME, { queryId: 'q1', options });
      await first.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      await first.close();
      await database().execute(`DROP TABLE ${database().quote(table)}`);
      await open(ID_NAME, { queryId: 'q2', options });
      const second = await open(ID_NAME, { queryId: 'q2', options });
      await second.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[2n, 'b']])));
      expect(await rows(['id', 'name'])).toEqual(['2|b']);
    });

    test('a value the table cannot take ends the batch with a typed error and no row', async () => {
      const sink = await open(ID_NAME, { options: { createTableColumnTypes: 'id BIGINT' } });
      const q = (column: string) => database().quote(column);
      await database().execute(`DROP TABLE ${q(table)}`);
      await database().execute(
        `CREATE TABLE ${q(table)} (${q('id')} BIGINT CHECK (${q('id')} < 100), ${q('name')} VARCHAR(20))`,
      );
      const bad = batchOf(ID_NAME, [
        [1n, 'a'],
        [100n, 'b'],
      ]);
      await expect(sink.addBatch(identity(0), streamOf(bad))).rejects.toMatchObject({
        condition: 'EXTERNAL_SYSTEM_REFUSED',
        retry: 'never',
      });
      expect(await rows(['id'])).toEqual([]);
      await sink.addBatch(identity(0), streamOf(batchOf(ID_NAME, [[1n, 'a']])));
      expect(await rows(['id'])).toEqual(['1']);
    });
  });
}
