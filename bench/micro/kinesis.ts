/**
 * Kinesis: what the embedded server takes and gives, what the bare SDK client reads from it, and what a query reads. The server is a
 * process of its own without limits. `node bench/micro/kinesis.ts [records] [shards]`
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import * as F from '../../src/api/functions.ts';
import { MillraceSession } from '../../src/api/session.ts';
import { Trigger } from '../../src/api/trigger.ts';
import { answerRequest } from '../../src/emulator/kinesis/http-answer.ts';
import { KinesisEngine } from '../../src/emulator/kinesis/kinesis-engine.ts';
import { startEmbeddedKinesis } from '../../src/emulator/kinesis/embedded-kinesis.ts';

const [numRecords = 200_000, numShards = 4] = process.argv.slice(2).map(Number);
const STREAM = 'bench';
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const ACTIONS = ['view', 'search', 'cart', 'buy', 'signup'];
const START_MS = Date.UTC(2026, 0, 1);

if (process.argv[2] === 'serve') {
  const kinesis = startEmbeddedKinesis({
    hasLimits: false,
    streams: [{ name: STREAM, numShards: Number(process.argv[3]) }],
  });
  process.stdout.write(`${(await kinesis.serve()).endpoint}\n`);
} else await main();

/** The engine without client and network: bytes of requests in, bytes of answers out. */
async function engineAlone(): Promise<void> {
  const clock = { nowMs: () => Date.now(), sleep: async () => undefined };
  const engine = new KinesisEngine({ clock, random: Math.random, hasLimits: false });
  const call = (action: string, input: string): string => {
    const headers = { 'x-amz-target': `Kinesis_20131202.${action}` };
    const { body = new Uint8Array(0) } = answerRequest(engine, headers, Buffer.from(input), clock.nowMs()) ?? {};
    return body instanceof Uint8Array ? Buffer.from(body).toString() : '';
  };
  call('CreateStream', JSON.stringify({ StreamName: STREAM, ShardCount: numShards }));
  const puts = Array.from({ length: numRecords / 500 }, (_, i) => {
    const Records = Array.from({ length: 500 }, (__, j) => ({
      PartitionKey: `user-${(i * 500 + j) % 5000}`,
      Data: Buffer.from(eventAt(i * 500 + j)).toString('base64'),
    }));
    return JSON.stringify({ StreamName: STREAM, Records });
  });
  const put = async (): Promise<void> => {
    for (const input of puts) call('PutRecords', input);
  };
  report('put, the engine alone', await timed(put));
  const get = async (): Promise<void> => {
    for (let shard = 0; shard < numShards; shard++) {
      const ShardId = `shardId-${String(shard).padStart(12, '0')}`;
      const start = { StreamName: STREAM, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
      let answer = call('GetShardIterator', JSON.stringify(start));
      do {
        const [, ShardIterator] = /"(?:Next)?ShardIterator":"([^"]*)"\}$/.exec(answer.slice(-500)) ?? [];
        answer = call('GetRecords', JSON.stringify({ ShardIterator }));
      } while (!answer.startsWith('{"Records":[]'));
    }
  };
  report('get, the engine alone', await timed(get));
}

async function main(): Promise<void> {
  await engineAlone();
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), 'serve', String(numShards)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'));
  try {
    const endpoint = await new Promise<string>((resolve) =>
      server.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
    );
    const requestHandler = new NodeHttpHandler({ httpAgent: { maxSockets: 64, keepAlive: true } });
    const client = new KinesisClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, requestHandler });
    report('put, SDK client, 8 calls at a time', await timed(() => putAll(client)));
    report('get, bare SDK client', await timed(() => readAll(client)));
    for (const consumerType of ['GetRecords', 'GetRecords', 'SubscribeToShard'])
      report(`windowed groupBy, ${consumerType}`, await timed(() => runQuery(endpoint, consumerType, folder)));
    await idleBatch(endpoint);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit();
}

interface Taken {
  readonly wallMs: number;
  /** Of this process, without the server's. */
  readonly cpuMs: number;
}

async function timed(run: () => Promise<void>): Promise<Taken> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
}

function report(what: string, { wallMs, cpuMs }: Taken, count = numRecords): void {
  const rate = (ms: number): string => Math.round((count / ms) * 1000).toLocaleString('en');
  const rates = count === 1 ? '' : `${rate(wallMs)} records/s, ${rate(cpuMs)} per second of CPU`;
  process.stdout.write(`${what.padEnd(42)} ${Math.round(wallMs).toString().padStart(7)} ms  ${rates}\n`);
}

/** JSON of about 200 bytes. */
function eventAt(i: number): string {
  const time = new Date(START_MS + i * 5).toISOString();
  const event = { time, action: ACTIONS[i % 5], user: `user-${i % 5000}`, amount: (i % 9999) / 100 };
  return JSON.stringify({ ...event, note: 'x'.repeat(90) });
}

async function putAll(client: KinesisClient): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < numRecords) {
      const from = next;
      next += 500;
      const Records = Array.from({ length: Math.min(500, numRecords - from) }, (_, i) => ({
        PartitionKey: `user-${(from + i) % 5000}`,
        Data: Buffer.from(eventAt(from + i)),
      }));
      await client.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function readAll(client: KinesisClient): Promise<void> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: STREAM }));
  const counts = await Promise.all(
    Shards.map(async ({ ShardId }) => {
      const request = { StreamName: STREAM, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
      let { ShardIterator } = await client.send(new GetShardIteratorCommand(request));
      for (let count = 0; ;) {
        const answer = await client.send(new GetRecordsCommand({ ShardIterator }));
        count += answer.Records?.length ?? 0;
        ShardIterator = answer.NextShardIterator;
        if (answer.MillisBehindLatest === 0) return count;
      }
    }),
  );
  check(counts.reduce((sum, count) => sum + count, 0));
}

function check(count: number): void {
  if (count !== numRecords) throw new Error(`${count} records read of ${numRecords}`);
}

function sourceOptions(endpoint: string): Record<string, string> {
  return {
    'kinesis.streamName': STREAM,
    'kinesis.endpointUrl': endpoint,
    'kinesis.startingPosition': 'TRIM_HORIZON',
    'kinesis.getRecords.fetchIntervalMs': '0',
    'kinesis.awsAccessKeyId': 'bench',
    'kinesis.awsSecretKey': 'bench',
  };
}

async function runQuery(endpoint: string, consumerType: string, folder: string): Promise<void> {
  const session = MillraceSession.builder().create();
  const events = session.readStream.format('kinesis').options({
    ...sourceOptions(endpoint),
    'kinesis.consumerType': consumerType,
    'kinesis.consumerName': `bench-${consumerType}`,
  });
  const counts = events
    .load()
    .select(F.from_json(F.col('data').cast('STRING'), 'time TIMESTAMP, action STRING').as('event'))
    .select('event.*')
    .withWatermark('time', '5 seconds')
    .groupBy(F.col('action'), F.window(F.col('time'), '10 seconds'))
    .count();
  const query = await counts.writeStream
    .format('noop')
    .outputMode('update')
    .option('checkpointLocation', mkdtempSync(path.join(folder, 'checkpoint-')))
    .trigger(Trigger.AvailableNow())
    .start();
  await query.awaitTermination();
  check(query.recentProgress.reduce((sum, progress) => sum + progress.numInputRows, 0));
  await session.stop();
}

/** One look at an idle stream: how long latestOffset takes when there is nothing. */
async function idleBatch(endpoint: string): Promise<void> {
  const { kinesisSourceProvider } = await import('../../src/source/kinesis/kinesis-source.ts');
  const options = {
    ...sourceOptions(endpoint),
    'kinesis.startingPosition': 'LATEST',
    'kinesis.getRecords.fetchIntervalMs': '200',
  };
  const source = kinesisSourceProvider.create({
    options: new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value])),
    schema: undefined,
    isStreaming: true,
    timeZone: 'UTC',
    nowMs: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });
  await source.open();
  await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 });
  const startMs = performance.now();
  const numLooks = 10;
  for (let i = 0; i < numLooks; i++) await source.latestOffset({ start: undefined, mode: 'default', batchId: 0 });
  const wallMs = (performance.now() - startMs) / numLooks;
  report('idle batch, of ten in a row', { wallMs, cpuMs: wallMs }, 1);
  await source.close();
}
