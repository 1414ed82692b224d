/**
 * The torture test of sinks: numbered rows go to files and deliveries on S3 and to tables of PostgreSQL and MariaDB, while calls are refused,
 * connections break before or after the server has done what was asked, and the process is killed with SIGKILL. At the end every sink
 * must hold every number up to its last batch once.
 */
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { MillraceSession } from '../../src/index.ts';
import { createBucket, openS3, s3Options } from '../servers/s3-bucket.ts';
import { randomS3Faults, startS3FaultProxy } from '../servers/s3-fault-proxy.ts';
import { startTcpProxy } from '../servers/tcp-proxy.ts';
import { mysqlUrl, postgresUrl, s3Endpoint } from '../servers/urls.ts';
import { seededRandom } from './input-files.ts';
import { endOf, killAfter, startProgram } from './program-process.ts';
import type { SinksTortureProgram, TortureSink } from './sinks-torture-program.ts';

export interface SinksTorturePlan {
  readonly numBatches: number;
  readonly rowsPerBatch: number;
  readonly numKills: number;
  /** Of the calls of S3 that fail, and of the packets to databases that break the connection. */
  readonly s3Faults: number;
  readonly databaseFaults: number;
  readonly seed: number;
}

/** What a sink holds. */
export interface TorturedSink {
  readonly name: string;
  readonly numRows: number;
  readonly lost: number;
  readonly twice: number;
}

export interface SinksTortureResult {
  readonly seconds: number;
  readonly numS3Calls: number;
  readonly numS3Faults: number;
  readonly numDatabaseFaults: number;
  readonly sinks: readonly TorturedSink[];
}

const PROGRAM = fileURLToPath(new URL('sinks-torture-program.ts', import.meta.url));
const MAX_RUN_MS = 4000;

/** Runs the plan in an empty folder. */
export async function runSinksTorture(plan: SinksTorturePlan, folder: string): Promise<SinksTortureResult> {
  const startMs = performance.now();
  const random = seededRandom(plan.seed);
  const bucket = await createBucket('torture');
  const s3 = await startS3FaultProxy(s3Endpoint());
  const [postgres, mysql] = await Promise.all([postgresUrl(), mysqlUrl()].map(proxyOf));
  if (postgres === undefined || mysql === undefined) throw new Error('no proxies');
  let numS3Faults = 0;
  const s3Rule = randomS3Faults(random, plan.s3Faults);
  s3.rule = (call) => {
    const fault = s3Rule(call);
    if (fault !== undefined) numS3Faults++;
    return fault;
  };
  for (const { proxy } of [postgres, mysql])
    proxy.rule = () => (random() >= plan.databaseFaults ? undefined : random() < 0.5 ? 'lost' : 'answered-lost');
  const table = `torture_${process.pid}_${plan.seed}`;
  const files = `s3://${bucket}/files`;
  const delivered = `s3://${bucket}/delivered`;
  const onS3 = s3Options(s3.endpoint);
  const inTable = { dbtable: table, commitTable: `${table}_commits` };
  const sinks: readonly TortureSink[] = [
    { name: 'files', format: 'json', path: files, options: { ...onS3, compactFiles: '5' } },
    {
      name: 'delivery',
      format: 'delivery',
      path: delivered,
      options: { ...onS3, bufferSize: '4 KB', flushOnStop: 'true' },
    },
    {
      name: 'postgres',
      format: 'jdbc',
      path: `jdbc:${postgres.url.replace(/^postgres:/, 'postgresql:')}`,
      options: inTable,
    },
    { name: 'mariadb', format: 'jdbc', path: `jdbc:${mysql.url.replace(/^mysql:/, 'mariadb:')}`, options: inTable },
  ];
  const { rowsPerBatch, numBatches } = plan;
  const program: SinksTortureProgram = { sinks, folder, rowsPerBatch, untilBatch: undefined };
  try {
    for (let run = 0; run < plan.numKills; run++)
      await killAfter(startProgram(PROGRAM, program), random() * MAX_RUN_MS);
    await endOf(startProgram(PROGRAM, { ...program, untilBatch: numBatches } satisfies SinksTortureProgram));
    return {
      seconds: Math.round((performance.now() - startMs) / 1000),
      numS3Calls: s3.calls.length,
      numS3Faults,
      numDatabaseFaults: postgres.proxy.numBroken + mysql.proxy.numBroken,
      sinks: [
        holding('JSON files on S3, merged', await readFiles(files)),
        holding('delivery to S3', await readDelivered(delivered)),
        holding('PostgreSQL', await readPostgres(table)),
        holding('MariaDB', await readMysql(table)),
      ],
    };
  } finally {
    await Promise.all([s3.close(), postgres.proxy.close(), mysql.proxy.close()]);
    await dropTables([table, `${table}_commits`]);
  }
}

async function proxyOf(
  url: string,
): Promise<{ readonly url: string; readonly proxy: Awaited<ReturnType<typeof startTcpProxy>> }> {
  const address = new URL(url);
  const proxy = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
  address.port = String(proxy.port);
  return { url: address.href, proxy };
}

/** What is missing below the highest number, and what is there again. */
function holding(name: string, values: readonly number[]): TorturedSink {
  const found = new Set(values);
  const last = values.reduce((highest, value) => Math.max(highest, value), -1);
  return { name, numRows: values.length, lost: last + 1 - found.size, twice: values.length - found.size };
}

async function readFiles(uri: string): Promise<number[]> {
  const session = MillraceSession.builder().create();
  const rows = await session.read.schema('value BIGINT').options(s3Options(s3Endpoint())).json(uri).collect();
  await session.stop();
  return rows.map(({ value }) => Number(value));
}

async function readDelivered(uri: string): Promise<number[]> {
  const store = openS3(uri);
  const values: number[] = [];
  for await (const { key } of store.list(''))
    if (key.includes('part-'))
      for (const line of new TextDecoder().decode(await store.read(key)).split('\n'))
        if (line !== '') values.push((JSON.parse(line) as { value: number }).value);
  await store.close();
  return values;
}

async function readPostgres(table: string): Promise<number[]> {
  const client = new Client({ connectionString: postgresUrl() });
  await client.connect();
  const { rows } = await client.query<{ value: string }>(`SELECT value FROM ${table}`);
  await client.end();
  return rows.map(({ value }) => Number(value));
}

async function readMysql(table: string): Promise<number[]> {
  const connection = await createConnection(mysqlUrl());
  const [rows] = await connection.query(`SELECT value FROM ${table}`);
  await connection.end();
  return (rows as { value: number }[]).map(({ value }) => Number(value));
}

async function dropTables(tables: readonly string[]): Promise<void> {
  const drop = `DROP TABLE IF EXISTS ${tables.join(', ')}`;
  const client = new Client({ connectionString: postgresUrl() });
  await client.connect();
  await client.query(drop);
  await client.end();
  const connection = await createConnection(mysqlUrl());
  await connection.query(drop);
  await connection.end();
}
