/**
 * Rows per second of the sinks for databases and Redis beside the bare client doing the same in the way its makers advise: `node
 * bench/micro/sinks.ts [rows] [postgres|mariadb|redis …]`. Servers are started on loopback. Wall time, because the servers work too; in brackets rows per second of processor
 * time of this process.
 */
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import type { Sink, SinkProvider } from '../../src/sinks/sink.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import { jdbcSinkProvider } from '../../src/sinks/jdbc/jdbc-sink.ts';
import { redisSinkProvider } from '../../src/sinks/redis/redis-sink.ts';
import { identity, openSink, streamOf } from '../../src/testing/sink-contract.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { startServers } from '../../test/servers/start-servers.ts';

const NUM_ROUNDS = 3;
const PER_CALL = 5000;
const numRows = Number(process.argv[2] ?? 200_000);
/** Which servers; all when none is named. */
const chosen = process.argv.slice(3);
const schema = parseSchema('id BIGINT, action STRING, bytes INT, price DOUBLE, day DATE');
const ids = Array.from({ length: numRows }, (_, row) => row);
const columns = [
  ids.map((row) => BigInt(row)),
  ids.map((row) => `action${row % 10}`),
  ids.map((row) => (row * 31_337) % 100_000),
  ids.map((row) => ((row * 7) % 1_000_000) / 100),
  ids.map((row) => 20_000 + (row % 365)),
];
const batch: ColumnBatch = columnBatch(
  schema,
  schema.fields.map(({ dataType }, i) => vectorOf(dataType, columns[i] ?? [])),
  numRows,
);
const DAYS = Array.from({ length: 365 }, (_, i) => new Date((20_000 + i) * 86_400_000).toISOString().slice(0, 10));
const rowOf = (row: number): (string | number)[] => [
  row,
  `action${row % 10}`,
  (row * 31_337) % 100_000,
  ((row * 7) % 1_000_000) / 100,
  DAYS[row % 365] ?? '',
];

async function time(name: string, work: () => Promise<void>): Promise<void> {
  const rates: (readonly [number, number])[] = [];
  for (let round = 0; round < NUM_ROUNDS; round++) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(cpu);
    rates.push([numRows / (performance.now() - start), numRows / ((user + system) / 1000)]);
  }
  const [wall = 0, ofCpu = 0] = rates.toSorted((a, b) => a[0] - b[0])[NUM_ROUNDS >> 1] ?? [];
  process.stdout.write(`${name.padEnd(44)} ${wall.toFixed(0).padStart(6)} k rows/s (${ofCpu.toFixed(0)})\n`);
}

async function timeSink(
  name: string,
  provider: SinkProvider,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const sink: Sink = await openSink(provider, { schema, options });
  let batchId = 0;
  await time(name, async () => void (await sink.addBatch(identity(batchId++), streamOf(batch))));
  await sink.close();
}

async function postgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE bare (id BIGINT, action TEXT, bytes INT, price DOUBLE PRECISION, day DATE)');
  await timeSink('jdbc, PostgreSQL', jdbcSinkProvider, { path: `jdbc:${url}`, dbtable: 'ours' });
  await time('pg, INSERT of many rows, one transaction', async () => {
    await client.query('BEGIN');
    for (let start = 0; start < numRows; start += PER_CALL) {
      const rows = ids.slice(start, start + PER_CALL);
      const places = rows.map((_, i) => `($${5 * i + 1},$${5 * i + 2},$${5 * i + 3},$${5 * i + 4},$${5 * i + 5})`);
      await client.query(`INSERT INTO bare VALUES ${places.join(',')}`, rows.flatMap(rowOf));
    }
    await client.query('COMMIT');
  });
  await client.end();
}

async function mariadb(url: string): Promise<void> {
  const client = await createConnection(url);
  await client.query('CREATE TABLE bare (id BIGINT, action TEXT, bytes INT, price DOUBLE, day DATE)');
  await timeSink('jdbc, MariaDB', jdbcSinkProvider, { path: `jdbc:${url}`, dbtable: 'ours' });
  await time('mysql2, INSERT of many rows, one transaction', async () => {
    await client.beginTransaction();
    for (let start = 0; start < numRows; start += PER_CALL)
      await client.query('INSERT INTO bare VALUES ?', [ids.slice(start, start + PER_CALL).map(rowOf)]);
    await client.commit();
  });
  await client.end();
}

async function redis(url: string): Promise<void> {
  const client = new Redis(url);
  await timeSink('redis, hashes', redisSinkProvider, { path: url, key: 'ours', keyColumn: 'id' });
  await time('ioredis, HSET in pipelines', async () => {
    for (let start = 0; start < numRows; start += PER_CALL) {
      const pipeline = client.pipeline();
      for (const row of ids.slice(start, start + PER_CALL)) {
        const [id = '', action = '', bytes = '', price = '', day = ''] = rowOf(row);
        pipeline.hset(`bare:${id}`, { id, action, bytes, price, day });
      }
      await pipeline.exec();
    }
  });
  await timeSink('redis, a stream', redisSinkProvider, { path: url, key: 'stream', dataType: 'stream' });
  client.disconnect();
}

const WORKS = {
  postgres: ['MILLRACE_TEST_PG', postgres],
  mariadb: ['MILLRACE_TEST_MYSQL', mariadb],
  redis: ['MILLRACE_TEST_REDIS', redis],
} as const;
const wanted = Object.entries(WORKS).flatMap(([name, work]) =>
  chosen.length === 0 || chosen.includes(name) ? [work] : [],
);
const servers = await startServers(wanted.map(([variable]) => variable));
try {
  for (const [variable, run] of wanted) await run(servers.addresses[variable] ?? '');
} finally {
  await servers.stop();
}
