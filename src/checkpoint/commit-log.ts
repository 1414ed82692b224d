/**
 * The log of finished batches: `commits/N` is written after sink and state of batch N are durable, and names every state entry that
 * version needs. Text form: `v1`, then one line of JSON. Also the place that decides what may be deleted: only what no retained commit
 * refers to.
 */
import { assert } from '../errors/assert.ts';
import type { StateCommit } from '../state/state-store.ts';
import type { JsonValue } from './canonical-json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { corruptEntry, logBatchIds, logBytes, logLines, logMember, logObject } from './log-text.ts';

/** What is known of a finished batch. */
export interface CommitEntry {
  readonly batchId: number;
  /** The watermark for the next batch. */
  readonly nextBatchWatermarkMs: number;
  /** The digest of `offsets/N`; a commit never belongs to another plan of the batch. */
  readonly offsetDigest: string;
  /** The epoch of the run that committed. */
  readonly epoch: number;
  /** By `<operator id>/<store name>`: the state after the batch. Empty for stateless queries. */
  readonly stateFiles: Readonly<Record<string, StateCommit>>;
}

/** How much history stays. */
export interface Retention {
  /** Spark's `spark.sql.streaming.minBatchesToRetain`, default 100. */
  readonly minBatchesToRetain?: number;
  /** The epoch of this run: state entries of earlier runs that no commit names are left-overs of a crash. */
  readonly epoch: number;
}

const FOLDER = 'commits/';
const STATE_FOLDER = 'state/';
/** Epoch in `state/<operator>/<store>/<version>.<epoch>.<kind>.<chunk>`, with or without a range of buckets before the kind. */
const STATE_EPOCH = /\/\d+\.(\d+)\.(?:\d+-\d+\.)?(?:delta|merged|snapshot)\.\d+$/;

export class CommitLog {
  readonly #store: CheckpointStore;
  /** State entries by retained batch, in order of the batches; filled from the log once, then kept up to date. */
  #retained: Map<number, readonly string[]> | undefined;
  /** How many retained batches name each state entry. */
  readonly #numUses = new Map<string, number>();

  constructor(store: CheckpointStore) {
    this.#store = store;
  }

  /** Writes the commit of a batch, durably. CONCURRENT_STREAM_LOG_UPDATE when it is there already. */
  async add(entry: CommitEntry): Promise<void> {
    const { batchId } = entry;
    await this.#store.create(`${FOLDER}${batchId}`, entryBytes(entry));
    if (this.#retained !== undefined) this.#retain(this.#retained, batchId, stateNames(entry));
  }

  /** Does what can be done for `add` of this entry while the batch is not finished. */
  async prepare(entry: CommitEntry): Promise<void> {
    await this.#store.prepare?.(`${FOLDER}${entry.batchId}`, entryBytes(entry));
  }

  /** The commit of a batch, undefined when there is none. */
  async get(batchId: number): Promise<CommitEntry | undefined> {
    const name = `${FOLDER}${batchId}`;
    const bytes = await this.#store.read(name);
    return bytes === undefined ? undefined : this.#parse(name, batchId, bytes);
  }

  /** The commit of the highest batch, undefined when none is finished. */
  async latest(): Promise<CommitEntry | undefined> {
    const batchId = (await this.batchIds()).at(-1);
    return batchId === undefined ? undefined : this.get(batchId);
  }

  /** The batch ids in the log, ascending. */
  batchIds(): Promise<number[]> {
    return logBatchIds(this.#store, FOLDER);
  }

  /**
   * Deletes what is older than the retained commits: their log entries, and state entries no retained commit names. Commits go first, so
   * that a crash leaves only unreferenced entries, which the first purge of a later run removes. Call between batches.
   */
  async purge(retention: Retention): Promise<void> {
    const known = this.#retained;
    const retained = known ?? (await this.#readAll());
    this.#retained = retained;
    const minBatches = Math.max(1, retention.minBatchesToRetain ?? 100);
    const expired = firstKeys(retained, retained.size - minBatches);
    const leftOvers = known === undefined ? await this.#leftOvers(retention.epoch) : [];
    const unused = leftOvers.filter((name) => !this.#numUses.has(name));
    for (const batchId of expired) {
      for (const name of retained.get(batchId) ?? []) {
        const numUses = (this.#numUses.get(name) ?? 0) - 1;
        if (numUses > 0) this.#numUses.set(name, numUses);
        else if (this.#numUses.delete(name)) unused.push(name);
      }
      retained.delete(batchId);
    }
    if (expired.length > 0) {
      await this.#store.delete(expired.map((batchId) => `${FOLDER}${batchId}`));
      const [oldest = Infinity] = firstKeys(retained, 1);
      const offsets = known === undefined ? await logBatchIds(this.#store, 'offsets/') : expired;
      await this.#store.delete(offsets.filter((id) => id < oldest).map((id) => `offsets/${id}`));
    }
    if (unused.length > 0) await this.#store.delete(unused);
  }

  async #readAll(): Promise<Map<number, readonly string[]>> {
    const all = new Map<number, readonly string[]>();
    for (const batchId of await this.batchIds()) {
      const entry = await this.get(batchId);
      if (entry !== undefined) this.#retain(all, batchId, stateNames(entry));
    }
    return all;
  }

  #retain(retained: Map<number, readonly string[]>, batchId: number, names: readonly string[]): void {
    retained.set(batchId, names);
    for (const name of names) this.#numUses.set(name, (this.#numUses.get(name) ?? 0) + 1);
  }

  /** State entries written by earlier runs; the caller takes out those still named. */
  async #leftOvers(epoch: number): Promise<string[]> {
    const names = await this.#store.list(STATE_FOLDER);
    return names.filter((name) => {
      const written = STATE_EPOCH.exec(name)?.[1];
      return written !== undefined && Number(written) < epoch;
    });
  }

  #parse(name: string, batchId: number, bytes: Uint8Array): CommitEntry {
    const store = this.#store;
    const entry = { store, name, members: logObject(store, name, logLines(store, name, bytes)[0]) };
    const stateFiles = logMember(entry, 'stateFiles', 'object') as unknown as Record<string, StateCommit>;
    for (const state of Object.values(stateFiles))
      if (typeof state?.version !== 'number' || !Array.isArray(state.files))
        throw corruptEntry(store, name, {
          expected: 'stateFiles with version and files',
          found: JSON.stringify(state),
        });
    return {
      batchId,
      nextBatchWatermarkMs: logMember(entry, 'nextBatchWatermarkMs', 'number'),
      offsetDigest: logMember(entry, 'offsetDigest', 'string'),
      epoch: logMember(entry, 'epoch', 'number'),
      stateFiles,
    };
  }
}

function entryBytes(entry: CommitEntry): Uint8Array {
  const members = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'batchId'));
  return logBytes([canonicalJson(members as JsonValue)]);
}

/** The first keys of a map, without a look at the others: a purge follows each batch. */
function firstKeys(map: ReadonlyMap<number, unknown>, numKeys: number): number[] {
  const keys: number[] = [];
  if (numKeys <= 0) return keys;
  for (const key of map.keys()) if (keys.push(key) >= numKeys) break;
  return keys;
}

function stateNames(entry: CommitEntry): string[] {
  const lists = Object.values(entry.stateFiles).flatMap(({ files, changes, expired }) => [
    ...files,
    ...(changes ?? []),
    ...(expired?.files ?? []),
  ]);
  const names = [...new Set(lists.map((file) => file.name))];
  assert(
    names.every((name) => name.startsWith(STATE_FOLDER)),
    'state entries lie in the state folder',
  );
  return names;
}
