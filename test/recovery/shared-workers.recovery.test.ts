/**
 * Real processes that divide a Kinesis stream among them, one of them killed with SIGKILL in the middle of its work: the others take its shards,
 * every record is written, and what is written twice is no more than what they say.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DescribeStreamSummaryCommand, KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, describe, expect, test } from 'vitest';
import { startEmbeddedKinesis } from '../../src/emulator/kinesis/embedded-kinesis.ts';
import { MillraceSession } from '../../src/index.ts';
import { FileLeaseStore } from '../../src/source/kinesis/leases/file-lease-store.ts';
import type { Lease, LeaseStore } from '../../src/source/kinesis/leases/lease-store.ts';
import { RedisLeaseStore } from '../../src/source/kinesis/leases/redis-lease-store.ts';
import { redisUrl } from '../servers/urls.ts';
import { newMemoryFolder } from '../memory-folder.ts';
import { type RunningProgram, killAfter, startProgram } from './program-process.ts';
import type { SharedWorkerProgram } from './shared-worker-program.ts';

const PROGRAM = fileURLToPath(new URL('shared-worker-program.ts', import.meta.url));
const NUM_SHARDS = 6;
const NUM_RECORDS = 6000;
/** Those that are put when the shards have moved. */
const NUM_LAST = 2000;
const LEASE_MS = 5000;
const MAX_WAIT_MS = 120_000;
const STREAM = 'shared';

const root = newMemoryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + MAX_WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`not so after ${MAX_WAIT_MS} ms: ${what}`);
    await delay(50);
  }
}

async function readAll(folders: readonly string[]): Promise<string[]> {
  const session = MillraceSession.builder().create();
  const values: string[] = [];
  for (const folder of folders) {
    const rows = await session.read.schema('value STRING').json(path.join(folder, 'files')).collect();
    values.push(...rows.map((row) => String(row.value)));
  }
  await session.stop();
  return values;
}

const ownersOf = (leases: readonly Lease[]): Set<string> => new Set(leases.map(({ owner }) => owner ?? ''));

/** The leases of the group, as the workers keep them. */
async function openLeases(place: string, client: KinesisClient): Promise<LeaseStore> {
  const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: STREAM }));
  const createdMs = answer.StreamDescriptionSummary?.StreamCreationTimestamp?.getTime() ?? 0;
  const name = `killed-${STREAM}-${createdMs}`;
  if (!place.startsWith('redis')) return new FileLeaseStore(path.join(place, name), 'test');
  const sleep = (ms: number): Promise<void> => delay(ms);
  return new RedisLeaseStore(place, name, { sleep, random: Math.random });
}

/** Stops a worker; its count of records that may be there twice, and of the leases that changed hands. */
async function stopped(worker: RunningProgram): Promise<{ readonly numCounted: number; readonly numMoved: number }> {
  worker.process.kill('SIGTERM');
  expect(await worker.ended, worker.errorText()).toBe(0);
  const metrics = JSON.parse(worker.output().split('\n')[1] ?? '{}') as Readonly<Record<string, string>>;
  const count = (name: string): number => Number(metrics[name] ?? 0);
  return { numCounted: count('possibleDuplicates'), numMoved: count('leasesTakenOver') + count('leasesLost') };
}

describe.each([
  ['Redis', (): string => `${redisUrl()}${redisUrl().includes('?') ? '&' : '?'}prefix=shared-${process.pid}`],
  ['a folder', (): string => path.join(root, 'leases')],
] as const)('with leases in %s', (kind, placeOf) => {
  test('the shards of a killed worker go on with the others, no record is lost, duplicates are counted', async () => {
    const kinesis = startEmbeddedKinesis({ hasLimits: false, streams: [{ name: STREAM, numShards: NUM_SHARDS }] });
    const leaseStore = placeOf();
    const folder = path.join(root, kind.replace(' ', '-'));
    const folders = ['one', 'two', 'three'].map((name) => path.join(folder, name));
    const workers: RunningProgram[] = [];
    const stores: LeaseStore[] = [];
    try {
      const { endpoint } = await kinesis.serve();
      const credentials = { accessKeyId: 'shared', secretAccessKey: 'shared' };
      const client = new KinesisClient({ region: 'us-east-1', credentials, requestHandler: kinesis.requestHandler });
      const put = async (from: number, to: number): Promise<void> => {
        for (let i = from; i < to; i += 500) {
          const Records = Array.from({ length: Math.min(500, to - i) }, (_, j) => ({
            PartitionKey: `k${(i + j) % 97}`,
            Data: Buffer.from(String(i + j)),
          }));
          await client.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
        }
      };
      const store = await openLeases(leaseStore, client);
      stores.push(store);
      const leases = (): Promise<readonly Lease[]> => store.list();
      const start = (place: string): RunningProgram => {
        const program: SharedWorkerProgram = {
          endpoint,
          streamName: STREAM,
          leaseStore,
          leaseTimeMs: LEASE_MS,
          folder: place,
        };
        const worker = startProgram(PROGRAM, program);
        workers.push(worker);
        return worker;
      };
      await put(0, NUM_RECORDS / 2);
      for (const place of folders) await Promise.race([start(place).ready, delay(MAX_WAIT_MS)]);
      await until(async () => ownersOf(await leases()).size === 3, 'three workers have leases');
      const putting = put(NUM_RECORDS / 2, NUM_RECORDS - NUM_LAST);
      const [one, two, three] = workers;
      if (one === undefined || two === undefined || three === undefined) throw new Error('no workers');
      await killAfter(one, 200);
      await putting;
      await until(async () => ownersOf(await leases()).size === 2, 'two workers have all leases');
      // Every shard has rows for a batch after it moved, whose progress counts that it did.
      await put(NUM_RECORDS - NUM_LAST, NUM_RECORDS);
      await until(async () => new Set(await readAll(folders)).size === NUM_RECORDS, 'every record is written');
      const ends = [await stopped(two), await stopped(three)];
      const numCounted = ends.reduce((sum, end) => sum + end.numCounted, 0);
      const numMoved = ends.reduce((sum, end) => sum + end.numMoved, 0);
      expect(numMoved).toBeGreaterThan(0);
      const values = await readAll(folders);
      expect(new Set(values).size).toBe(NUM_RECORDS);
      expect(values.length - NUM_RECORDS).toBeLessThanOrEqual(numCounted);
      // One batch of each shard that moved, at most.
      expect(numCounted).toBeLessThanOrEqual(200 * numMoved);
    } finally {
      for (const { process: child } of workers) child.kill('SIGKILL');
      for (const store of stores) await store.close();
      await kinesis.close();
    }
  }, 600_000);
});
