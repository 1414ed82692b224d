/** Several workers read one stream: balance, hand-over, lost workers, fenced writes. Each worker has a clock of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../../src/emulator/kinesis/embedded-kinesis.ts';
import { LeaseCoordinator } from '../../../src/source/kinesis/leases/lease-coordinator.ts';
import { FileLeaseStore } from '../../../src/source/kinesis/leases/file-lease-store.ts';
import type { Source, SourceOffset } from '../../../src/source/source.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { MillraceSession } from '../../../src/api/session.ts';
import { describeLeaseStore } from '../../contract/lease-store-contract.ts';
import { createKinesisStream, expectedNumbers, type KinesisStream, numbersByKey, readTexts } from './kinesis-stream.ts';

const LEASE_MS = 3000;
const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-leases-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describeLeaseStore('a folder', async () => {
  const folder = newFolder();
  return { open: (writer) => new FileLeaseStore(folder, writer) };
});

let kinesis: EmbeddedKinesis;
let stream: KinesisStream;
let leaseStore: string;
const workers: Worker[] = [];

beforeEach(() => {
  kinesis = startEmbeddedKinesis({ hasLimits: false });
  leaseStore = newFolder();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.source.close();
  await kinesis.close();
});

interface Worker {
  source: Source;
  readonly clock: ManualClock;
  readonly read: string[];
  offset: SourceOffset | undefined;
}

function sourceOf(name: string, clock: ManualClock, options: Readonly<Record<string, string>>): Source {
  const shared = { sharedGroup: 'group', leaseStore, leaseTimeMs: String(LEASE_MS), workerId: name };
  const all = { startingPosition: 'TRIM_HORIZON', 'getRecords.fetchIntervalMs': '0', ...shared, ...options };
  return stream.source(all, { nowMs: () => clock.nowMs(), sleep: (ms, signal) => clock.sleep(ms, signal) });
}

async function startWorker(name: string, options: Readonly<Record<string, string>> = {}): Promise<Worker> {
  const clock = new ManualClock(Date.now());
  const worker: Worker = { source: sourceOf(name, clock, options), clock, read: [], offset: undefined };
  workers.push(worker);
  await worker.source.open();
  return worker;
}

/** Proposes and reads a batch without committing it. */
async function beginBatch(worker: Worker): Promise<SourceOffset | undefined> {
  const end = await worker.source.latestOffset({ start: worker.offset, mode: 'default', batchId: 0 });
  if (end !== undefined) worker.read.push(...(await readTexts(worker.source, worker.offset, end)));
  return end;
}

async function runBatch(worker: Worker): Promise<boolean> {
  const end = await beginBatch(worker);
  if (end === undefined) return false;
  await worker.source.commit(end);
  worker.offset = end;
  return true;
}

const numLeases = ({ source }: Worker): number => Number(source.metrics?.()['leases']);

/** Lets time pass for some workers, who run batches meanwhile, until something is so. */
async function passUntil(isSo: () => boolean, ...alive: readonly Worker[]): Promise<void> {
  for (let i = 0; i < 2000 && !isSo(); i++) {
    for (const { clock } of alive) clock.advance(100);
    for (const worker of alive) await runBatch(worker);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(isSo()).toBe(true);
}

const numRead = (...some: readonly Worker[]): number => new Set(some.flatMap(({ read }) => read)).size;
const numDuplicates = (...some: readonly Worker[]): number =>
  some.reduce((sum, { source }) => sum + Number(source.metrics?.()['possibleDuplicates']), 0);

test('by the rules of balance each worker gets its share, one shard after the other, and nobody is robbed', async () => {
  const clock = new ManualClock();
  const folder = newFolder();
  const coordinator = (workerId: string): LeaseCoordinator =>
    new LeaseCoordinator(new FileLeaseStore(folder, workerId), { workerId, leaseTimeMs: LEASE_MS }, clock);
  const [one, two, three] = [coordinator('one'), coordinator('two'), coordinator('three')];
  const sizes = (): number[] => [one, two, three].map(({ held }) => held.size);
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  await one.add(ids.map((shardId) => ({ shardId, state: 'open', parents: [], start: { type: 'TRIM_HORIZON' } })));
  await one.tick();
  expect(sizes()).toEqual([6, 0, 0]);
  const rounds = async (count: number, ...alive: readonly LeaseCoordinator[]): Promise<void> => {
    for (let i = 0; i < count; i++) {
      clock.advance(LEASE_MS / 3);
      for (const worker of alive) await worker.tick();
    }
  };
  await rounds(8, one, two);
  expect(sizes()).toEqual([3, 3, 0]);
  await rounds(8, one, two, three);
  expect(sizes()).toEqual([2, 2, 2]);
  expect(
    [one, two, three].map(({ numTakenOver, numPossibleDuplicates }) => numTakenOver + numPossibleDuplicates),
  ).toEqual([0, 0, 0]);
  // Two stops renewing: after the lease time, and not before, the others share what it had.
  const [begun = ''] = [...two.held.keys()];
  expect(await two.announce(begun, { last: '7', numRecords: 7 })).toBe(true);
  await rounds(2, one, three);
  expect(sizes()).toEqual([2, 2, 2]);
  await rounds(4, one, three);
  expect([one.held.size, three.held.size]).toEqual([3, 3]);
  expect(one.numTakenOver + three.numTakenOver).toBe(2);
  expect(one.numPossibleDuplicates + three.numPossibleDuplicates).toBe(7);
  await two.commit(begun, two.held.get(begun)?.token ?? -1, { last: '7', state: 'open' }, 7);
  expect(two.numPossibleDuplicates).toBe(7);
  await two.tick();
  expect(two.numLost).toBe(2);
});

test('workers divide the shards, and what moves is read once', async () => {
  stream = await createKinesisStream(4, kinesis);
  await stream.put(0, 60);
  const one = await startWorker('one');
  await runBatch(one);
  expect(numLeases(one)).toBe(4);
  const two = await startWorker('two');
  await passUntil(() => numLeases(two) >= 1, one, two);
  await stream.put(60, 200);
  await passUntil(() => numRead(one, two) === 200, one, two);
  expect(one.read.length + two.read.length - 200).toBeLessThanOrEqual(numDuplicates(one, two));
});

test('a worker that stops gives its shards back at once', async () => {
  stream = await createKinesisStream(2, kinesis);
  await stream.put(0, 20);
  const one = await startWorker('one');
  await runBatch(one);
  await one.source.close();
  const two = await startWorker('two');
  await stream.put(20, 40);
  await runBatch(two);
  expect(numLeases(two)).toBe(2);
  expect(numbersByKey([...one.read, ...two.read])).toEqual(expectedNumbers(40));
});

test('a lost worker is replaced within the lease time; what it had begun comes twice, is counted, and is all that does', async () => {
  stream = await createKinesisStream(2, kinesis);
  await stream.put(0, 40);
  const lost = await startWorker('lost', { maxFetchRecordsPerShard: '10' });
  await runBatch(lost);
  const begun = await beginBatch(lost);
  const numBegun = lost.read.length - 20;
  const next = await startWorker('next');
  const startMs = next.clock.nowMs();
  await passUntil(() => numLeases(next) === 2, next);
  expect(next.clock.nowMs() - startMs).toBeGreaterThanOrEqual(LEASE_MS);
  await passUntil(() => lost.read.length + next.read.length === 40 + numBegun, next);
  expect(next.source.metrics?.()).toMatchObject({ leasesTakenOver: '2', possibleDuplicates: String(numBegun) });
  const all = [...lost.read, ...next.read];
  expect(new Set(all).size).toBe(40);
  expect(all.length).toBe(40 + numBegun);
  // The lost one wakes up: what it commits changes nothing, and it knows.
  await lost.source.commit(begun ?? null);
  expect(lost.source.metrics?.()).toMatchObject({ leases: '0', leasesLost: '2', possibleDuplicates: String(numBegun) });
  await stream.put(40, 50);
  await passUntil(() => numRead(lost, next) === 50, next);
});

test('a batch repeated after a restart is read once, when nobody took its shards meanwhile', async () => {
  stream = await createKinesisStream(1, kinesis);
  await stream.put(0, 30);
  const worker = await startWorker('one', { maxFetchRecordsPerShard: '10' });
  await runBatch(worker);
  const begun = (await beginBatch(worker)) ?? null;
  const logged = JSON.parse(JSON.stringify(begun)) as SourceOffset;
  // Killed: no release. The same worker starts again and repeats the logged batch first.
  const again = sourceOf('one', worker.clock, {});
  await again.open();
  expect(await readTexts(again, worker.offset, logged)).toEqual(worker.read.slice(10));
  await again.commit(logged);
  worker.source = again;
  workers.push({ ...worker, source: again });
  worker.offset = logged;
  await runBatch(worker);
  expect(numbersByKey(worker.read)).toEqual(expectedNumbers(30));
});

test('children are read after their parents, whoever reads them', async () => {
  stream = await createKinesisStream(2, kinesis);
  await stream.put(0, 100);
  const one = await startWorker('one', { maxFetchRecordsPerShard: '10' });
  const two = await startWorker('two', { maxFetchRecordsPerShard: '10' });
  await runBatch(one);
  await stream.split();
  await stream.put(100, 200);
  await stream.merge();
  await stream.put(200, 300);
  await passUntil(() => numRead(one, two) === 300, one, two);
  expect(one.read.length + two.read.length - 300).toBeLessThanOrEqual(numDuplicates(one, two));
});

test('a query with state is refused and told where it may run', async () => {
  stream = await createKinesisStream(1, kinesis);
  const session = MillraceSession.builder().create();
  const options = { 'kinesis.sharedGroup': 'g', 'kinesis.leaseStore': leaseStore };
  const own = startEmbeddedKinesis({ streams: [{ name: 'own', numShards: 1 }] });
  const found = session.readStream
    .format('kinesis')
    .options({ ...own.options('own'), ...options })
    .load();
  const start = (): Promise<unknown> =>
    found
      .groupBy('partitionKey')
      .count()
      .writeStream.format('memory')
      .queryName('refused')
      .outputMode('complete')
      .start();
  await expect(start()).rejects.toMatchObject({
    condition: 'SHARED_SOURCE_STATEFUL_QUERY',
    hint: expect.stringContaining('one process'),
  });
  await session.stop();
  await own.close();
});

test('sharing needs a place for leases, and neither a managed consumer nor several streams', async () => {
  stream = await createKinesisStream(1, kinesis);
  const refused = (options: Record<string, string>): unknown => {
    try {
      return stream.source({ sharedGroup: 'g', ...options });
    } catch (error) {
      return error;
    }
  };
  expect(refused({})).toMatchObject({ condition: 'MISSING_OPTION' });
  expect(refused({ leaseStore: 'x', consumerType: 'SubscribeToShard', consumerName: 'c' })).toMatchObject({
    condition: 'INVALID_OPTION',
  });
  expect(refused({ leaseStore: 'x', streamName: 'a,b' })).toMatchObject({ condition: 'UNSUPPORTED_FEATURE' });
  const worker = await startWorker('one');
  await expect(
    worker.source.latestOffset({ start: undefined, mode: 'available-now', batchId: 0 }),
  ).rejects.toMatchObject({ condition: 'UNSUPPORTED_FEATURE' });
});
