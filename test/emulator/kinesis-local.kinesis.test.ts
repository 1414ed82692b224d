/** The embedded Kinesis as a process: where it listens, when it ends, what it keeps. Every test starts one of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import net from 'node:net';
import path from 'node:path';
import {
  KinesisClient,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, expect, test } from 'vitest';
import { type KinesisLocal, startKinesisLocal } from '../../src/emulator/kinesis-local.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-kinesis-local-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function clientOf(kinesis: KinesisLocal): KinesisClient {
  return new KinesisClient({
    endpoint: kinesis.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: new NodeHttpHandler(),
  });
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 1000 }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('timeout', () => {
      socket.destroy();
      resolve(false);
    });
  });
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('the embedded Kinesis has its streams active when it is up and refuses connections once stopped', async () => {
  const kinesis = await startKinesisLocal({
    streams: [
      { name: 'actions', numShards: 2 },
      { name: 'other', numShards: 1 },
    ],
  });
  const summary = await clientOf(kinesis).send(new DescribeStreamSummaryCommand({ StreamName: 'actions' }));
  expect(summary.StreamDescriptionSummary).toMatchObject({ StreamStatus: 'ACTIVE', OpenShardCount: 2 });
  await kinesis.stop();
  await kinesis.stop();
  expect(isAlive(kinesis.pid)).toBe(false);
  expect(await isListening('127.0.0.1', Number(new URL(kinesis.endpoint).port))).toBe(false);
});

test('the embedded Kinesis cannot be reached from another machine', async () => {
  const kinesis = await startKinesisLocal();
  const port = Number(new URL(kinesis.endpoint).port);
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && address.family === 'IPv4');
  expect(await isListening('127.0.0.1', port)).toBe(true);
  for (const { address } of outside) expect(await isListening(address, port)).toBe(false);
  // 127.0.0.2 is answered by a listener on 0.0.0.0, also on a machine without a network.
  expect(await isListening('127.0.0.2', port)).toBe(false);
  await kinesis.stop();
});

test('the embedded Kinesis ends when its parent is killed', async () => {
  const module = new URL('../../src/emulator/kinesis-local.ts', import.meta.url).href;
  const program = `import { startKinesisLocal } from ${JSON.stringify(module)};
    const kinesis = await startKinesisLocal();
    process.stdout.write(String(kinesis.pid));`;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});

test('records acknowledged right before a stop are there after a restart with the same folder', async () => {
  const options = { streams: [{ name: 'kept', numShards: 1 }], persistDir: path.join(folder, 'kept') };
  const first = await startKinesisLocal(options);
  const numbers: (string | undefined)[] = [];
  const client = clientOf(first);
  for (let i = 0; i < 5; i++) {
    const put = await client.send(
      new PutRecordCommand({ StreamName: 'kept', Data: Buffer.from(String(i)), PartitionKey: 'k' }),
    );
    numbers.push(put.SequenceNumber);
  }
  await first.stop();
  const second = await startKinesisLocal(options);
  const reader = clientOf(second);
  const iterator = await reader.send(
    new GetShardIteratorCommand({
      StreamName: 'kept',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await reader.send(new GetRecordsCommand({ ShardIterator: iterator.ShardIterator }));
  expect(Records.map((record) => record.SequenceNumber)).toEqual(numbers);
  await second.stop();
});

test('a port in use is an error that names the port', async () => {
  const holder = net.createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await expect(startKinesisLocal({ port })).rejects.toMatchObject({
    condition: 'EXTERNAL_SYSTEM_UNAVAILABLE',
    parameters: {
      system: 'kinesis-local',
      address: `127.0.0.1:${port}`,
      reason: expect.stringContaining('EADDRINUSE'),
    },
  });
  await new Promise((resolve) => holder.close(resolve));
});
