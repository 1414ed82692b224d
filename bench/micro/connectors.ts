/**
 * Rows per second of sources and sinks beside the bare client doing the same: Kafka beside kafkajs, S3 beside the SDK, SQLite beside
 * node:sqlite, files beside JSON, hyparquet and avsc. `node bench/micro/connectors.ts [rows] [kafka|s3|sqlite|files …]`.
 * Databases, Redis and Kinesis have files of their own: sinks.ts and kinesis.ts. Ours and the bare client take turns; the median of the
 * rounds counts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import avro from 'avsc';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { MillraceSession } from '../../src/api/session.ts';
import { columnBatch, type ColumnBatch } from '../../src/types/column-batch.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { findSinkProvider } from '../../src/sinks/registry.ts';
import { identity, openSink, streamOf } from '../../src/testing/sink-contract.ts';
import { startServers } from '../../test/servers/start-servers.ts';

const NUM_ROUNDS = 3;
const PER_CALL = 5000;
const [rowsText = '200000', ...chosen] = process.argv.slice(2);
const numRows = Number(rowsText);
const ids = Array.from({ length: numRows }, (_, row) => row);
const schema = parseSchema('id BIGINT, action STRING, bytes INT, price DOUBLE');
const columns = [
  ids.map((row) => BigInt(row)),
  ids.map((row) => `action${row % 10}`),
  ids.map((row) => (row * 31_337) % 100_000),
  ids.map((row) => ((row * 7) % 1_000_000) / 100),
];
const batch: ColumnBatch = columnBatch(
  schema,
  schema.fields.map(({ dataType }, i) => vectorOf(dataType, columns[i] ?? [])),
  numRows,
);
const valueOf = (row: number): string => JSON.stringify({ id: row, action: `action${row % 10}`, bytes: row % 100_000 });
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'));

/** Runs both by turns; prints the medians and their ratio. */
async function compare(
  name: string,
  ours: (round: number) => Promise<unknown>,
  bareName: string,
  bare: (round: number) => Promise<unknown>,
): Promise<void> {
  const rates: { readonly ours: number[]; readonly bare: number[] } = { ours: [], bare: [] };
  for (let round = 0; round < NUM_ROUNDS; round++)
    for (const [kind, work] of [
      ['ours', ours],
      ['bare', bare],
    ] as const) {
      const start = performance.now();
      await work(round);
      rates[kind].push(numRows / (performance.now() - start));
    }
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[NUM_ROUNDS >> 1] ?? 0;
  const [a, b] = [median(rates.ours), median(rates.bare)];
  const percent = `${((100 * a) / b).toFixed(0)} %`;
  process.stdout.write(
    `${name.padEnd(28)} ${a.toFixed(0).padStart(6)} k rows/s   ${bareName.padEnd(44)} ${b.toFixed(0).padStart(6)} k rows/s   ${percent}\n`,
  );
}

async function write(format: string, options: Readonly<Record<string, string>>, rows = batch): Promise<void> {
  const sink = await openSink(findSinkProvider(format), { schema: rows.schema, options, mode: 'batch' });
  await sink.addBatch(identity(0), streamOf(rows));
  await sink.close();
}

/** Counts the rows of a table with all their columns read. */
async function read(format: string, options: Readonly<Record<string, string>>, ddl?: string): Promise<void> {
  const session = MillraceSession.builder().create();
  const reader = session.read.format(format).options(options);
  const frame = (ddl === undefined ? reader : reader.schema(ddl)).load();
  await frame.write.format('noop').mode('overwrite').save();
  await session.stop();
}

async function kafka(broker: string): Promise<void> {
  const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: ['ours', 'bare'].map((topic) => ({ topic, numPartitions: 4 })),
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const producer = client.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const keyed = parseSchema('key STRING, value STRING');
  const records = columnBatch(
    keyed,
    [ids.map((row) => `k${row % 1000}`), ids.map(valueOf)].map((values, i) => {
      const type = keyed.fields[i]?.dataType;
      if (type === undefined) throw new Error('no such column');
      return vectorOf(type, values);
    }),
    numRows,
  );
  const servers = { 'kafka.bootstrap.servers': broker };
  await compare(
    'kafka sink',
    () => write('kafka', { ...servers, topic: 'ours' }, records),
    'kafkajs, send of 5,000 records',
    async () => {
      for (let start = 0; start < numRows; start += PER_CALL) {
        const messages = ids
          .slice(start, start + PER_CALL)
          .map((row) => ({ key: `k${row % 1000}`, value: valueOf(row) }));
        await producer.send({ topic: 'bare', acks: -1, messages });
      }
    },
  );
  const ends = { startingOffsets: 'earliest', endingOffsets: JSON.stringify({ bare: await lastOffsets() }) };
  async function lastOffsets(): Promise<Record<string, number>> {
    const offsets = await admin.fetchTopicOffsets('bare');
    return Object.fromEntries(offsets.map(({ partition, high }) => [partition, Math.floor(Number(high) / NUM_ROUNDS)]));
  }
  const wanted = Object.values(await lastOffsets()).reduce((sum, count) => sum + count, 0);
  await compare(
    'kafka source',
    () => read('kafka', { ...servers, assign: JSON.stringify({ bare: [0, 1, 2, 3] }), ...ends }),
    'kafkajs, consumer with eachBatch',
    async (round) => {
      const consumer = client.consumer({ groupId: `bench-${round}` });
      await consumer.connect();
      await consumer.subscribe({ topic: 'bare', fromBeginning: true });
      let numRead = 0;
      await new Promise<void>((resolve) => {
        void consumer.run({
          eachBatch: async ({ batch: some }) => {
            numRead += some.messages.length;
            if (numRead >= wanted) resolve();
          },
        });
      });
      await consumer.disconnect();
    },
  );
  await producer.disconnect();
  await admin.disconnect();
}

async function s3(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: 'bench' }));
  const options = {
    's3.endpointUrl': endpoint,
    's3.region': 'us-east-1',
    's3.accessKeyId': 'bench',
    's3.secretAccessKey': 'bench',
  };
  await compare(
    's3 sink, json',
    (round) => write('json', { ...options, path: `s3://bench/ours-${round}` }),
    'SDK, JSON.stringify and PutObject',
    async (round) => {
      const Body = ids
        .map(
          (row) =>
            `${JSON.stringify({ id: row, action: `action${row % 10}`, bytes: row % 100_000, price: row / 100 })}\n`,
        )
        .join('');
      await client.send(new PutObjectCommand({ Bucket: 'bench', Key: `bare-${round}/a.json`, Body }));
    },
  );
  await compare(
    's3 source, json',
    () => read('json', { ...options, path: 's3://bench/bare-0' }, 'id BIGINT, action STRING, bytes INT, price DOUBLE'),
    'SDK, GetObject and JSON.parse',
    async () => {
      const answer = await client.send(new GetObjectCommand({ Bucket: 'bench', Key: 'bare-0/a.json' }));
      const text = (await answer.Body?.transformToString()) ?? '';
      for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
    },
  );
  client.destroy();
}

async function sqlite(): Promise<void> {
  const file = path.join(folder, 'bench.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE bare (id INTEGER, action TEXT, bytes INTEGER, price REAL)');
  await compare(
    'jdbc sink, SQLite',
    (round) => write('jdbc', { path: `jdbc:sqlite:${file}`, dbtable: `ours_${round}` }),
    'node:sqlite, one statement, one transaction',
    async () => {
      const insert = database.prepare('INSERT INTO bare VALUES (?, ?, ?, ?)');
      database.exec('BEGIN');
      for (const row of ids) insert.run(row, `action${row % 10}`, row % 100_000, row / 100);
      database.exec('COMMIT');
    },
  );
  await compare(
    'jdbc source, SQLite',
    () => read('jdbc', { url: `jdbc:sqlite:${file}`, dbtable: 'ours_0' }),
    'node:sqlite, iterate',
    async () => {
      for (const _ of database.prepare('SELECT * FROM ours_0').iterate());
    },
  );
  database.close();
}

/** Plain rows, as the bare libraries want them. */
const plainRow = (row: number) => ({ id: row, action: `action${row % 10}`, bytes: row % 100_000, price: row / 100 });
const FIELDS = ['id', 'action', 'bytes', 'price'] as const;
const AVRO = avro.Type.forSchema({
  type: 'record',
  name: 'row',
  fields: FIELDS.map((name) => ({ name, type: name === 'action' ? 'string' : name === 'price' ? 'double' : 'long' })),
});

/** How each format is written and read without us. */
const BARE: Readonly<
  Record<string, { readonly name: string; write(): Uint8Array | string; read(bytes: Buffer): unknown }>
> = {
  json: {
    name: 'JSON and fs',
    write: () => ids.map((row) => `${JSON.stringify(plainRow(row))}\n`).join(''),
    read: (bytes) =>
      bytes
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
  },
  csv: {
    name: 'join, split and fs',
    write: () => ids.map((row) => `${Object.values(plainRow(row)).join(',')}\n`).join(''),
    read: (bytes) =>
      bytes
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')),
  },
  parquet: {
    name: 'hyparquet-writer, hyparquet',
    write: () => {
      const columnData = FIELDS.map((name) => ({ name, data: ids.map((row) => plainRow(row)[name]) }));
      return new Uint8Array(parquetWriteBuffer({ columnData }));
    },
    read: (bytes) => parquetReadObjects({ file: Uint8Array.from(bytes).buffer, compressors }),
  },
  avro: {
    name: 'avsc, without a container',
    write: () => Buffer.concat(ids.map((row) => AVRO.toBuffer(plainRow(row)))),
    read: (bytes) => {
      for (let offset = 0; offset < bytes.length;) offset = AVRO.decode(bytes, offset).offset;
    },
  },
};

async function files(): Promise<void> {
  for (const [format, bare] of Object.entries(BARE)) {
    const place = (round: number): string => path.join(folder, `${format}-${round}`);
    const file = path.join(folder, `bare-${format}`);
    await compare(
      `file sink, ${format}`,
      (round) => write(format, { path: place(round) }),
      bare.name,
      async () => writeFileSync(file, bare.write(), { flush: true }),
    );
    await compare(
      `file source, ${format}`,
      () => read(format, { path: place(0) }, 'id BIGINT, action STRING, bytes INT, price DOUBLE'),
      bare.name,
      async () => await bare.read(readFileSync(file)),
    );
  }
}

const isWanted = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
const needed = [
  ...(isWanted('kafka') ? (['MILLRACE_TEST_KAFKA'] as const) : []),
  ...(isWanted('s3') ? (['MILLRACE_TEST_S3'] as const) : []),
];
const servers = await startServers(needed);
try {
  if (isWanted('files')) await files();
  if (isWanted('sqlite')) await sqlite();
  if (isWanted('s3')) await s3(servers.addresses.MILLRACE_TEST_S3 ?? '');
  if (isWanted('kafka')) await kafka(servers.addresses.MILLRACE_TEST_KAFKA ?? '');
} finally {
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
}
