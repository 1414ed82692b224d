/** What the jdbc sink promises on database servers: lost connections, conflicts, absent servers, races of two runs. */
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MillraceError } from '../../src/errors/millrace-error.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { jdbcSinkProvider } from '../../src/sinks/jdbc/jdbc-sink.ts';
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts';
import { batchOf, ID_NAME, identity, openSink, streamOf } from './sink-contract.ts';

export interface JdbcServer {
  /** A JDBC URL of the server, at another port if one is given. */
  url(port?: number): string;
  readonly address: { readonly host: string; readonly port: number };
  query(sql: string): Promise<(string | null)[][]>;
  /** Two sessions that will deadlock on the rows 1 and 2 of the table, see the test. */
  session(): Promise<{ execute(sql: string): Promise<void>; close(): Promise<void> }>;
  /** Ends all other connections to the database. */
  readonly killOthersSql: string;
}

/** Not the words READ COMMITTED. */
const COMMIT = /COMMIT(?!TED)/;

const rowsOf = (...rows: readonly (readonly [bigint, string])[]) => streamOf(batchOf(ID_NAME, rows));

export function describeJdbcServerContract(name: string, server: () => JdbcServer): void {
  describe(`${name} as a server of a jdbc sink`, () => {
    let proxy: TcpProxy;
    beforeAll(async () => {
      proxy = await startTcpProxy(server().address);
    });
    afterAll(() => proxy.close());

    let tableNumber = 0;
    const request = (port?: number) => {
      const dbtable = `s${Date.now()}_${tableNumber++}`;
      const options = { path: server().url(port), dbtable, commitTable: `${dbtable}_commits` };
      return { schema: ID_NAME, options, table: dbtable };
    };
    const found = async (table: string) =>
      (await server().query(`SELECT id, name FROM ${table}`)).map((row) => row.join(':')).toSorted();
    const using = async <Result>(sink: Sink, work: (sink: Sink) => Promise<Result>): Promise<Result> => {
      try {
        return await work(sink);
      } finally {
        await sink.close();
      }
    };

    test.each(['lost', 'answered-lost'] as const)(
      'a connection broken at COMMIT (%s) writes the rows once',
      async (how) => {
        const { table, ...rest } = request(proxy.port);
        await using(await openSink(jdbcSinkProvider, rest), async (sink) => {
          await sink.addBatch(identity(0), rowsOf([1n, 'a']));
          for (let batchId = 1; batchId <= 5; batchId++) {
            const before = proxy.numBroken;
            proxy.breakAt(COMMIT, how);
            const result = await sink.addBatch(identity(batchId), rowsOf([BigInt(batchId + 1), 'b']));
            expect(result).toEqual({ numOutputRows: 1 });
            expect(proxy.numBroken).toBe(before + 1);
          }
        });
        expect(await found(table)).toEqual(['1:a', '2:b', '3:b', '4:b', '5:b', '6:b']);
      },
    );

    test('a connection broken while rows are written starts the batch again', async () => {
      const { table, ...rest } = request(proxy.port);
      await using(await openSink(jdbcSinkProvider, rest), async (sink) => {
        proxy.breakAt(/second row/, 'lost');
        async function* twoBatches() {
          yield batchOf(ID_NAME, [[1n, 'first row']]);
          yield batchOf(ID_NAME, [[2n, 'second row']]);
        }
        await sink.addBatch(identity(0), twoBatches());
      });
      expect(await found(table)).toEqual(['1:first row', '2:second row']);
    });

    test('a connection that died between batches is replaced', async () => {
      const { table, ...rest } = request();
      await using(await openSink(jdbcSinkProvider, rest), async (sink) => {
        await sink.addBatch(identity(0), rowsOf([1n, 'a']));
        await server().query(server().killOthersSql);
        await sink.addBatch(identity(1), rowsOf([2n, 'b']));
      });
      expect(await found(table)).toEqual(['1:a', '2:b']);
    });

    test('a batch write whose COMMIT had no answer says that its outcome is unknown', async () => {
      const { table: _, ...rest } = request(proxy.port);
      const sink = await openSink(jdbcSinkProvider, { ...rest, mode: 'batch', saveMode: 'append' });
      proxy.breakAt(COMMIT, 'answered-lost');
      await using(sink, async () =>
        expect(sink.addBatch(identity(0), rowsOf([1n, 'a']))).rejects.toMatchObject({
          condition: 'COMMIT_OUTCOME_UNKNOWN',
        }),
      );
    });

    test('a server that is not there is tried with growing pauses, then EXTERNAL_SYSTEM_UNAVAILABLE without secrets', async () => {
      const free = createServer();
      const port = await new Promise<number>((resolve) => {
        free.listen(0, '127.0.0.1', () => resolve((free.address() as AddressInfo).port));
      });
      await new Promise((resolve) => {
        free.close(resolve);
      });
      const pauses: number[] = [];
      const { options } = request(port);
      const opening = openSink(jdbcSinkProvider, {
        schema: ID_NAME,
        options: { ...options, password: 'canary', user: 'someone' },
        sleep: async (ms) => void pauses.push(ms),
      });
      const error = await opening.then(
        () => undefined,
        (caught: MillraceError) => caught,
      );
      expect(error).toMatchObject({ condition: 'EXTERNAL_SYSTEM_UNAVAILABLE', retry: 'backoff' });
      expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 3000]);
      expect(`${error?.message} ${JSON.stringify(error)}`).not.toMatch(/canary/);
    });

    test('of two runs that write the same batch at once one is fenced or skips', async () => {
      const { table, ...rest } = request();
      const sinks = await Promise.all([openSink(jdbcSinkProvider, rest), openSink(jdbcSinkProvider, rest)]);
      for (let batchId = 0; batchId < 10; batchId++) {
        const row = () => rowsOf([BigInt(batchId), 'x']);
        await Promise.all(sinks.map((sink) => sink.addBatch(identity(batchId), row())));
      }
      for (const sink of sinks) await sink.close();
      expect(await found(table)).toHaveLength(10);
    });

    test('a deadlock with another session is answered by writing the batch again', async () => {
      const { table, ...rest } = request();
      await server().query(`CREATE TABLE ${table} (id BIGINT PRIMARY KEY, name VARCHAR(20))`);
      const sink = await openSink(jdbcSinkProvider, { ...rest, mode: 'update', keyColumns: ['id'] });
      await sink.addBatch(identity(0), rowsOf([1n, 'a'], [2n, 'a']));
      const other = await server().session();
      let blocked: Promise<void> = Promise.resolve();
      async function* rows() {
        await other.execute(`UPDATE ${table} SET name = 'other' WHERE id = 2`);
        yield batchOf(ID_NAME, [[1n, 'b']]);
        blocked = other
          .execute(`UPDATE ${table} SET name = 'other' WHERE id = 1`)
          .then(() => other.execute('COMMIT'))
          .catch(() => other.execute('ROLLBACK'));
        yield batchOf(ID_NAME, [[2n, 'b']]);
      }
      await other.execute('BEGIN');
      await sink.addBatch(identity(1), rows());
      await blocked;
      await other.close();
      await sink.close();
      const names = await found(table);
      expect(names).toHaveLength(2);
      expect(names.map((text) => text.slice(0, 1))).toEqual(['1', '2']);
    });
  });
}
