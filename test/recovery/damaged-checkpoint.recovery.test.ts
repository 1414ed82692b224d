/**
 * The query on a damaged checkpoint: every entry of a golden one deleted, cut, changed or exchanged, on disk and in Redis. It ends with an
 * error that names the entry and leaves the sink as it was, or it comes to the right end; it never begins again.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MillraceError } from '../../src/index.ts';
import { linesOf, referenceAnswer } from '../oracle/reference.ts';
import { redisUrl } from '../servers/urls.ts';
import { dropKeys } from './checkpoints.ts';
import { failureOf } from './in-process-runs.ts';
import { makeEvents, writeInput } from './input-files.ts';
import { newMemoryFolder } from '../memory-folder.ts';
import { DELAY_MS, type RecoveryRun, WINDOW_MS } from './recovery-query.ts';
import { newTarget, readTarget } from './sink-targets.ts';

// These take long on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const NUM_FILES = 5;
const NUM_MORE_FILES = 2;
const CONDITIONS =
  /^(CHECKPOINT_(CORRUPT|STATE_MISSING|FOREIGN|MISSING|FENCED)|STREAMING_CHECKPOINT_MISSING_METADATA_FILE)$/;

const events = makeEvents(NUM_FILES + NUM_MORE_FILES, 24, 5);
const query = { windowMs: WINDOW_MS, delayMs: DELAY_MS };
/** The golden run ended with a batch without rows, which moves the watermark rows are late by; the oracle sees it as one more batch. */
const batches = [...events.slice(0, NUM_FILES), [], ...events.slice(NUM_FILES)];
/** The right contents of the sink after the golden batches and each batch more. */
const rightLines = Array.from({ length: NUM_MORE_FILES + 1 }, (_, i) =>
  linesOf(referenceAnswer(batches.slice(0, NUM_FILES + 1 + i), query).finalTable),
);
let folder: string;
let golden: RecoveryRun;

/** A kind of checkpoint whose entries can be damaged one by one. */
interface Damageable {
  readonly location: string;
  entries(): Promise<ReadonlyMap<string, Buffer>>;
  /** Puts the golden checkpoint back with this entry changed; undefined: without it. */
  restore(changed?: { readonly name: string; readonly content: Buffer | undefined }): Promise<void>;
}

function onDisk(): Damageable {
  const location = join(folder, 'checkpoint');
  const kept = join(folder, 'golden-checkpoint');
  const names = (): string[] =>
    readdirSync(kept, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(kept.length + 1));
  return {
    location,
    entries: () => Promise.resolve(new Map(names().map((name) => [name, readFileSync(join(kept, name))]))),
    restore: (changed) => {
      rmSync(location, { recursive: true, force: true });
      cpSync(kept, location, { recursive: true });
      if (changed?.content !== undefined) writeFileSync(join(location, changed.name), changed.content);
      else if (changed !== undefined) rmSync(join(location, changed.name));
      return Promise.resolve();
    },
  };
}

async function inRedis(prefix: string): Promise<Damageable & { close(): void }> {
  const redis = new Redis(redisUrl());
  const keyPrefix = `mr:{${prefix}}:`;
  const keys = await redis.keys(`${keyPrefix}*`);
  const dumps = new Map<string, Buffer>();
  const values = new Map<string, Buffer>();
  for (const key of keys) {
    const dump = await redis.dumpBuffer(key);
    if (dump !== null) dumps.set(key, dump as unknown as Buffer);
    if ((await redis.type(key)) === 'string')
      values.set(key.slice(keyPrefix.length), (await redis.getBuffer(key)) ?? Buffer.alloc(0));
    else values.set(key.slice(keyPrefix.length), Buffer.alloc(0));
  }
  return {
    location: `${redisUrl()}?prefix=${prefix}`,
    entries: () => Promise.resolve(values),
    restore: async (changed) => {
      await dropKeys(`${keyPrefix}*`);
      for (const [key, dump] of dumps) await redis.restore(key, 0, dump);
      if (changed?.content !== undefined) await redis.set(keyPrefix + changed.name, changed.content);
      else if (changed !== undefined) await redis.del(keyPrefix + changed.name);
    },
    close: () => redis.disconnect(),
  };
}

const target = (): RecoveryRun['sink'] => newTarget('SQLite', folder, 'damaged');
const database = (): string => join(folder, 'damaged.db');

beforeAll(() => {
  folder = newMemoryFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the first files to their end and keeps what the sink holds then. */
async function makeGolden(location: string): Promise<void> {
  const input = join(folder, 'input');
  for (const path of [input, database()]) rmSync(path, { recursive: true, force: true });
  writeInput(input, events.slice(0, NUM_FILES));
  golden = { input, checkpoint: location, mode: 'update', sink: target() };
  expect(await failureOf(golden)).toBeUndefined();
  expect((await readTarget(golden.sink)).lines).toEqual(rightLines[0]);
  cpSync(database(), join(folder, 'golden.db'));
  writeInput(input, events);
}

interface Outcome {
  readonly failure: MillraceError | undefined;
  /** Batches that ran before the failure. */
  readonly numBatches: number;
}

/** Goes on from a damaged checkpoint. What ran must be right, and the end is reached or a typed error says why not. */
async function goOn(store: Pick<Damageable, 'location'>, what: string): Promise<Outcome> {
  cpSync(join(folder, 'golden.db'), database());
  const failure = await failureOf({ ...golden, checkpoint: store.location });
  const { lines } = await readTarget(golden.sink);
  const numBatches = rightLines.findIndex((right) => isDeepStrictEqual(lines, right));
  expect(numBatches, `${what}: ${failure?.message}\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0);
  if (failure === undefined) expect(numBatches, what).toBe(NUM_MORE_FILES);
  else expect(failure.condition, `${what}: ${failure.message}`).toMatch(CONDITIONS);
  return { failure, numBatches };
}

/** What a restart reads: damage to any other entry may go unnoticed, as long as the answer is right. */
function isNeeded(name: string, entries: ReadonlyMap<string, Buffer>): boolean {
  const entry = name.replace(/^e:/, '');
  if (/^(metadata|head|index|sources\/.*|offsets\/5|commits\/5)$/.test(entry)) return true;
  const commit = entries.get('commits/5') ?? entries.get('e:commits/5');
  return entry.startsWith('state/') && (commit?.includes(`"${entry}"`) ?? false);
}

async function damageEverything(store: Damageable): Promise<void> {
  const entries = await store.entries();
  expect([...entries.keys()].filter((name) => isNeeded(name, entries)).length).toBeGreaterThanOrEqual(9);
  await store.restore();
  expect((await goOn(store, 'undamaged')).failure).toBeUndefined();
  for (const [name, content] of entries) {
    const entry = name.replace(/^e:/, '');
    const damages: [string, Buffer | undefined][] = [['gone', undefined]];
    if (content.length > 0) {
      for (const part of [0, 0.4, 0.9])
        damages.push([`cut to ${part}`, content.subarray(0, Math.floor(content.length * part))]);
      for (const part of [0, 0.3, 0.6, 0.99]) damages.push([`bit changed at ${part}`, bitFlipped(content, part)]);
      for (const [other, otherContent] of entries)
        if (other !== name && otherContent.length > 0 && !otherContent.equals(content))
          damages.push([`with the content of ${other}`, otherContent]);
    }
    for (const [how, damaged] of damages) {
      const what = `${name} ${how}`;
      await store.restore({ name, content: damaged });
      const { failure, numBatches } = await goOn(store, what);
      // Without its commit a batch is run again, and the sink knows it already.
      if (!isNeeded(name, entries) || what === 'commits/5 gone') continue;
      expect(failure, what).toBeDefined();
      expect(numBatches, what).toBe(0);
      if (how !== 'gone') expect(failure?.message, what).toContain(entry);
    }
  }
}

function bitFlipped(content: Buffer, part: number): Buffer {
  const copy = Buffer.from(content);
  const at = Math.floor(content.length * part);
  copy[at] = (copy[at] ?? 0) ^ 4;
  return copy;
}

describe('a query on a damaged checkpoint', () => {
  it('on disk stops and names the entry, or ends right', async () => {
    await makeGolden(join(folder, 'checkpoint'));
    cpSync(join(folder, 'checkpoint'), join(folder, 'golden-checkpoint'), { recursive: true });
    await damageEverything(onDisk());
  });

  it('in Redis stops and names the entry, or ends right', async () => {
    const prefix = `damaged-${process.pid}`;
    await makeGolden(`${redisUrl()}?prefix=${prefix}`);
    const store = await inRedis(prefix);
    try {
      await damageEverything(store);
    } finally {
      store.close();
      await dropKeys(`mr:{${prefix}}:*`);
    }
  });

  it.each(['offsets', 'commits', 'state', 'sources'])('stops when all of %s is gone', async (part) => {
    await makeGolden(join(folder, `checkpoint-${part}`));
    const location = join(folder, `checkpoint-${part}`);
    rmSync(join(location, part), { recursive: true });
    const { failure, numBatches } = await goOn({ location }, part);
    expect(failure, part).toBeDefined();
    expect(numBatches).toBe(0);
  });

  it('stops when the whole checkpoint is gone', async () => {
    await makeGolden(join(folder, 'checkpoint-lost'));
    const location = join(folder, 'checkpoint-lost');
    rmSync(location, { recursive: true });
    expect(await goOn({ location }, 'lost')).toMatchObject({
      failure: { condition: 'CHECKPOINT_MISSING' },
      numBatches: 0,
    });
  });
});
