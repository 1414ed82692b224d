/**
 * State of many keys (one long key, one count): what it costs to fill a table, to commit 100,000 changed keys again and again, and to load
 * it in a fresh process, with the memory each takes. Wall time, with fsync.
 *
 *   node bench/micro/state-scale.ts [number of keys] [disk | memory | redis://host:port/db] [changed keys per commit] [commits]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommitLog } from '../../src/checkpoint/commit-log.ts';
import { openCheckpoint } from '../../src/checkpoint/open-checkpoint.ts';
import { writeQueryMetadata } from '../../src/checkpoint/query-metadata.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import { field, LONG, struct } from '../../src/types/data-type.ts';
import type { Vector } from '../../src/types/vector.ts';

const SCHEMA = { keys: struct([field('id', LONG)]), values: struct([field('n', LONG)]) };
const BATCH = 65_536;
const [keysText = '1000000', target = 'disk', changedText = '100000', commitsText = '40', mode] = process.argv.slice(2);
const numKeys = Number(keysText);
const numChanged = Number(changedText);

const folder = target === 'disk' ? mkdtempSync(join(tmpdir(), 'millrace-bench-')) : target;
if (mode === 'restore') await restore();
else await fill();

async function open() {
  const dependencies = {
    random: Math.random,
    nowMs: Date.now,
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    queryName: `state-scale-${numKeys}`,
  };
  const checkpoint = await openCheckpoint(folder, dependencies);
  const epoch = await checkpoint.acquire();
  const options = { entries: checkpoint, operatorId: 0, storeName: 'default', schema: SCHEMA, epoch };
  const store = new ChangelogStateStore({ ...options, nowMs: () => performance.now() });
  return { checkpoint, store, log: new CommitLog(checkpoint), epoch, close: () => checkpoint.close() };
}

async function fill(): Promise<void> {
  const { checkpoint, store, log, epoch, close } = await open();
  await store.load(undefined);
  await writeQueryMetadata(checkpoint, { id: 'state-scale', planFingerprint: '' });
  const started = performance.now();
  let batchId = 0;
  const times: number[] = [];
  const commit = async (): Promise<void> => {
    const state = await store.commit(batchId + 1);
    await log.add({ batchId, nextBatchWatermarkMs: 0, offsetDigest: 'd', epoch, stateFiles: { '0/default': state } });
    await log.purge({ minBatchesToRetain: 2, epoch });
    batchId++;
  };
  const perBatch = Math.max(BATCH, Math.floor(numKeys / 10));
  for (let from = 0; from < numKeys; from += perBatch) {
    for (let at = from; at < Math.min(numKeys, from + perBatch); at += BATCH)
      count(store, at, Math.min(BATCH, numKeys - at, from + perBatch - at), (i) => i);
    await commit();
  }
  report(`filled with ${store.table.size} keys`, started);
  const random = randomKeys();
  const updating: number[] = [];
  const cpuTimes: number[] = [];
  for (let round = 0; round < Number(commitsText); round++) {
    const changing = performance.now();
    for (let at = 0; at < numChanged; at += BATCH) count(store, at, Math.min(BATCH, numChanged - at), random);
    const committing = performance.now();
    const cpu = cpuMs();
    updating.push(committing - changing);
    await commit();
    times.push(performance.now() - committing);
    cpuTimes.push(cpuMs() - cpu);
  }
  times.sort((a, b) => a - b);
  updating.sort((a, b) => a - b);
  cpuTimes.sort((a, b) => a - b);
  const at = (list: number[], share: number): string => (list[Math.floor((list.length - 1) * share)] ?? 0).toFixed(1);
  console.log(`update of ${numChanged} keys: median ${at(updating, 0.5)} ms`);
  console.log(
    `state commit and commit log of ${numChanged} keys: median ${at(times, 0.5)} p90 ${at(times, 0.9)} max ${at(times, 1)} ms, of processor time median ${at(cpuTimes, 0.5)} max ${at(cpuTimes, 1)} ms`,
  );
  report(`after ${commitsText} commits`, started);
  await close();
  const args = ['--expose-gc', import.meta.filename, String(numKeys), folder, changedText, commitsText, 'restore'];
  process.stdout.write(execFileSync(process.execPath, args));
  if (target === 'disk') rmSync(folder, { recursive: true });
}

async function restore(): Promise<void> {
  const { store, log, close } = await open();
  const commit = (await log.latest())?.stateFiles['0/default'];
  const started = performance.now();
  const cpu = cpuMs();
  await store.load(commit);
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = (cpuMs() - cpu) / 1000;
  const bytes = commit?.files.reduce((total, file) => total + file.sizeBytes, 0) ?? 0;
  console.log(
    `restored ${store.table.size} keys from ${commit?.files.length} entries (${(bytes / 2 ** 20).toFixed(0)} MB) in ${seconds.toFixed(2)} s: ${(store.table.size / seconds / 1e6).toFixed(2)} M keys/s, ${(store.table.size / cpuSeconds / 1e6).toFixed(2)} M per second of processor time`,
  );
  report('after the restore', started);
  await close();
}

function count(store: ChangelogStateStore, from: number, numRows: number, key: (i: number) => number): void {
  const values = new BigInt64Array(numRows);
  const words = new Int32Array(values.buffer);
  for (let i = 0; i < numRows; i++) words[2 * i] = key(from + i);
  const ids: Vector = { layout: 'long', type: LONG, length: numRows, validity: undefined, values };
  const slots = new Int32Array(numRows);
  const { table } = store;
  table.lookup([ids], numRows, slots);
  const column = table.values[0];
  if (column === undefined) return;
  const { longs, validity } = column;
  for (let i = 0; i < numRows; i++) {
    const slot = slots[i] as number;
    longs[slot] = (longs[slot] as bigint) + 1n;
    validity[slot] = 1;
  }
  table.markUpdated(slots, numRows);
}

function randomKeys(): (i: number) => number {
  let seed = 12345;
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * numKeys);
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function report(what: string, started: number): void {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${what}: ${((performance.now() - started) / 1000).toFixed(2)} s, RSS ${megabytes(rss)} (peak ${peak} MB), heap ${megabytes(heapUsed)}, arrays ${megabytes(arrayBuffers)}`,
  );
}
