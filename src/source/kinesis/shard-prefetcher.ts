/**
 * Reads ahead: keeps a cursor and a bounded buffer per shard, polls them concurrently, follows splits and merges, and proposes how far
 * the next batch goes. It logs nothing and promises nothing: a range counts only once the engine has logged it.
 */
import { placeOf } from './aggregated-record.ts';
import type { HashKeyRanges } from './hash-key-ranges.ts';
import type { KinesisRecord, ShardDescription } from './kinesis-api.ts';
import type { KinesisCalls } from './kinesis-calls.ts';
import { type KinesisOffset, resumePosition, type ShardEntry } from './kinesis-offset.ts';
import { advanced, type LiveShard, wholeEntry } from './live-shard.ts';
import { PrefetchBuffer } from './prefetch-buffer.ts';
import { comparePlaces, subSequenceOf } from './sequence-number.ts';
import type { ShardPositionOptions } from './shard-position.ts';
import { type HotShard, ShardLoad } from './shard-load.ts';
import type { ShardReader } from './shard-reader.ts';
import {
  discoverShards,
  readableShards,
  type ShardEntries,
  withoutForgotten,
  withoutParents,
} from './shard-lineage.ts';

/** Reading stops here until records are committed; a fetch more may come on top for each shard. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** What `fill` may do. */
export interface FillOptions {
  readonly start: KinesisOffset;
  /** No limits on rows: batch reads and Trigger.Once. */
  readonly isUnlimited: boolean;
  /** Leave a shard that is behind after this long; the rest comes with the next batch. */
  readonly maxTimeMs: number;
}

/** The end of Trigger.AvailableNow: these shards, each to its tip but not beyond records that arrived later than this. */
export interface FrozenEnd {
  readonly arrivedUntilMs: number;
  readonly shards: readonly ShardDescription[];
}

/** Limits of one batch. */
export interface BatchLimits {
  readonly maxPerShard: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export const NO_LIMITS: BatchLimits = {
  maxPerShard: Number.POSITIVE_INFINITY,
  maxRecords: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
};

export interface PrefetcherParts {
  readonly retentionHours: number;
  readonly ranges: HashKeyRanges;
  /** Polling or a subscription. */
  readonly openReader: (options: ShardPositionOptions) => ShardReader;
  /** Someone else decides which shards are read: those of the start, and no others. */
  readonly isManaged?: boolean;
}

export class ShardPrefetcher {
  readonly #calls: KinesisCalls;
  readonly #parts: PrefetcherParts;
  #entries: ShardEntries = {};
  readonly #lives = new Map<string, LiveShard>();
  #listedMs = Number.NEGATIVE_INFINITY;
  #frozen: FrozenEnd | undefined;
  #frozenIds: ReadonlySet<string> | undefined;
  /** Splits and merges noticed. */
  numReshards = 0;

  constructor(calls: KinesisCalls, parts: PrefetcherParts) {
    this.#calls = calls;
    this.#parts = parts;
  }

  get maxMillisBehindLatest(): number {
    return Math.max(0, ...[...this.#lives.values()].map((live) => live.reader.millisBehindLatest));
  }

  /** How far each shard is behind, those that are most first. */
  shardsBehind(): readonly { readonly shardId: string; readonly millisBehindLatest: number }[] {
    return [...this.#lives.values()]
      .map(({ reader: { shardId, millisBehindLatest } }) => ({ shardId, millisBehindLatest }))
      .toSorted((a, b) => b.millisBehindLatest - a.millisBehindLatest);
  }

  /** Shards written near their limits, as seen since the last call. */
  takeHotShards(): readonly HotShard[] {
    return [...this.#lives.values()].map((live) => live.load.takeHot()).filter((hot) => hot !== undefined);
  }

  freeze(end: FrozenEnd): void {
    this.#frozen = end;
    this.#frozenIds = new Set(end.shards.map((shard) => shard.shardId));
  }

  /** Opens the shards a query reads from LATEST at this moment. */
  async pinLatest(entries: ShardEntries, shardIds: readonly string[]): Promise<void> {
    const opened = shardIds.map((shardId) => {
      const live = this.#open(shardId, entries[shardId], true);
      this.#lives.set(shardId, live);
      return live.reader.pin();
    });
    await Promise.all(opened);
  }

  /** Makes the buffers continue `start`; keeps what was read ahead when it does. */
  align(start: KinesisOffset): void {
    if (this.#parts.isManaged === true) {
      this.#keepOnly(start);
      this.#entries = start.shards;
      return;
    }
    const continues = [...this.#lives].every(
      ([shardId, live]) => live.buffer.after(start.shards[shardId]?.last) !== undefined,
    );
    if (!continues) {
      this.close();
      this.#listedMs = Number.NEGATIVE_INFINITY;
    }
    const discovered = continues ? Object.entries(this.#entries).filter(([, entry]) => isUnread(entry)) : [];
    this.#entries = { ...Object.fromEntries(discovered), ...start.shards };
  }

  /** Closes what is not wanted any more, and what is wanted from elsewhere than it was read to. */
  #keepOnly(start: KinesisOffset): void {
    for (const [shardId, live] of this.#lives) {
      const entry = start.shards[shardId];
      if (entry !== undefined && live.buffer.after(entry.last) !== undefined) continue;
      live.reader.close();
      this.#lives.delete(shardId);
    }
  }

  /** Shards that have been read to their end, with nothing after `start` in the buffer. */
  drained(start: KinesisOffset): string[] {
    return [...this.#lives.keys()].filter(
      (shardId) =>
        this.#lives.get(shardId)?.reader.hasEnded === true && this.#recordsAfter(start, shardId).length === 0,
    );
  }

  /** True when records after `start` are buffered. */
  hasRecordsAfter(start: KinesisOffset): boolean {
    return [...this.#lives].some(([shardId]) => this.#recordsAfter(start, shardId).length > 0);
  }

  /** Polls every readable shard until its tip, its limit or the time is reached, and opens the children of drained ones. */
  async fill(options: FillOptions): Promise<void> {
    const deadlineMs = this.#calls.clock.nowMs() + options.maxTimeMs;
    while (!this.#calls.isClosed) {
      await this.#refreshShards(options.isUnlimited);
      const nowMs = this.#calls.clock.nowMs();
      const hasRecords = this.hasRecordsAfter(options.start);
      const freshMs = hasRecords ? nowMs - this.#calls.options.fetchIntervalMs : Number.POSITIVE_INFINITY;
      const polled = this.#readable().filter((live) => this.#wantsMore(live, options) && live.tipSeenMs < freshMs);
      await Promise.all(polled.map((live) => this.#drain(live, options, deadlineMs)));
      const ended = polled.filter((live) => live.reader.hasEnded);
      if (ended.length === 0) return;
      this.#listedMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** True when nothing more can come before the frozen end. */
  isExhausted(): boolean {
    return this.#calls.isClosed || this.#readable().every((live) => live.isFrozen || live.reader.hasEnded);
  }

  /** Starts the next call for each shard that is behind, while the batch up to `start` is processed. */
  readAhead(start: KinesisOffset): void {
    const options: FillOptions = { start, isUnlimited: false, maxTimeMs: 0 };
    for (const live of this.#readable()) {
      if (live.reader.millisBehindLatest === 0 || !this.#wantsMore(live, options)) continue;
      this.#startFetch(live, options).catch(() => undefined);
    }
  }

  /** How far a batch after `start` goes with what is buffered; undefined when there is no record. */
  propose(start: KinesisOffset, limits: BatchLimits): KinesisOffset | undefined {
    const shards: Record<string, ShardEntry> = { ...this.#entries };
    const taken = new Set<string>();
    let { maxRecords, maxBytes } = limits;
    let hasRecords = false;
    for (;;) {
      const ready = readableShards(shards).filter((shardId) => !taken.has(shardId) && this.#lives.has(shardId));
      if (ready.length === 0) break;
      const counts = ready.map((shardId) => ({ shardId, records: this.#recordsAfter(start, shardId) }));
      counts.sort((a, b) => a.records.length - b.records.length);
      for (const [i, { shardId, records }] of counts.entries()) {
        const numLeft = counts.length - i;
        const most = Math.min(records.length, limits.maxPerShard, Math.ceil(maxRecords / numLeft));
        const share = sharedBytes(records, most, maxBytes / numLeft, !hasRecords && numLeft === 1);
        maxRecords -= share.numTaken;
        maxBytes -= share.sizeBytes;
        taken.add(shardId);
        const entry = shards[shardId];
        const live = this.#lives.get(shardId);
        if (entry === undefined || live === undefined) continue;
        const isWhole = limits.maxPerShard === Number.POSITIVE_INFINITY;
        const next = isWhole ? wholeEntry(entry, live) : advanced(entry, records, share.numTaken, live);
        hasRecords ||= next.last !== entry.last;
        shards[shardId] = next;
      }
    }
    return hasRecords ? { ...start, shards } : undefined;
  }

  /** The records of a range when they are all buffered. */
  buffered(
    shardId: string,
    from: { readonly first?: string; readonly before?: string },
    last: string,
  ): readonly KinesisRecord[] | undefined {
    return this.#lives.get(shardId)?.buffer.range(from, last);
  }

  /** Frees what is committed. */
  commit(end: KinesisOffset): void {
    for (const [shardId, entry] of Object.entries(end.shards)) {
      const live = this.#lives.get(shardId);
      if (live === undefined) continue;
      if (entry.last !== undefined) live.buffer.dropThrough(entry.last);
      if (entry.state === 'ended') {
        live.reader.close();
        this.#lives.delete(shardId);
      }
    }
  }

  close(): void {
    for (const live of this.#lives.values()) live.reader.close();
    this.#lives.clear();
  }

  #recordsAfter(start: KinesisOffset, shardId: string): readonly KinesisRecord[] {
    return this.#lives.get(shardId)?.buffer.after(start.shards[shardId]?.last) ?? [];
  }

  /** Opens cursors for shards whose parents are drained and returns all that can be polled. */
  #readable(): LiveShard[] {
    const entries: Record<string, ShardEntry> = { ...this.#entries };
    for (const [shardId, live] of this.#lives) {
      const entry = entries[shardId];
      if (entry !== undefined && live.reader.hasEnded) entries[shardId] = { ...entry, state: 'ended' };
    }
    return readableShards(entries)
      .filter((shardId) => this.#frozenIds?.has(shardId) ?? true)
      .map((shardId) => {
        const live = this.#lives.get(shardId) ?? this.#open(shardId, entries[shardId], false);
        this.#lives.set(shardId, live);
        return live;
      });
  }

  #open(shardId: string, entry: ShardEntry | undefined, isLatestFirst: boolean): LiveShard {
    const position = entry === undefined ? ({ type: 'TRIM_HORIZON' } as const) : resumePosition(entry);
    const options = { shardId, position, isLatestFirst, retentionHours: this.#parts.retentionHours };
    const before = entry?.last;
    return {
      reader: this.#parts.openReader(options),
      buffer: new PrefetchBuffer(before),
      load: new ShardLoad(shardId),
      skipThrough: before === undefined || subSequenceOf(before) === undefined ? undefined : before,
      firstSequence: undefined,
      lastPlace: undefined,
      fetching: undefined,
      tipSeenMs: Number.NEGATIVE_INFINITY,
      isFrozen: false,
    };
  }

  #wantsMore(live: LiveShard, options: FillOptions): boolean {
    if (live.reader.hasEnded || live.isFrozen) return false;
    if (options.isUnlimited) return true;
    const numRecords = this.#recordsAfter(options.start, live.reader.shardId).length;
    if (numRecords === 0) return true;
    return numRecords < this.#calls.options.maxFetchRecordsPerShard && this.#bufferedBytes() < MAX_BUFFERED_BYTES;
  }

  #bufferedBytes(): number {
    let sizeBytes = 0;
    for (const live of this.#lives.values()) sizeBytes += live.buffer.sizeBytes;
    return sizeBytes;
  }

  async #drain(live: LiveShard, options: FillOptions, deadlineMs: number): Promise<void> {
    const { clock } = this.#calls;
    do {
      const leftMs = deadlineMs - clock.nowMs();
      if (live.reader.isBackingOff() && this.hasRecordsAfter(options.start) && !options.isUnlimited) return;
      await this.#within(this.#startFetch(live, options), Math.max(leftMs, 0));
      if (live.reader.isAtTip) return;
    } while (this.#wantsMore(live, options) && clock.nowMs() < deadlineMs && !this.#calls.isClosed);
  }

  /** The call under way, or a new one. */
  #startFetch(live: LiveShard, options: FillOptions): Promise<void> {
    live.fetching ??= this.#fetch(live, options).finally(() => (live.fetching = undefined));
    return live.fetching;
  }

  /** Waits for the fetch, but not longer than `ms`; it goes on by itself and is waited for the next time. */
  async #within(fetching: Promise<void>, ms: number): Promise<void> {
    if (ms === Number.POSITIVE_INFINITY) return fetching;
    const done = new AbortController();
    const timeout = this.#calls.clock.sleep(ms, done.signal).catch(() => undefined);
    try {
      await Promise.race([fetching, timeout]);
    } finally {
      done.abort();
      fetching.catch(() => undefined);
    }
  }

  async #fetch(live: LiveShard, options: FillOptions): Promise<void> {
    const { numRecordsPerFetch, maxFetchRecordsPerShard } = this.#calls.options;
    const maxRecords = options.isUnlimited ? numRecordsPerFetch : Math.min(numRecordsPerFetch, maxFetchRecordsPerShard);
    let records = await this.#parts.ranges.unpacked(live.reader.shardId, await live.reader.fetch(maxRecords));
    const { skipThrough } = live;
    if (skipThrough !== undefined && records.length > 0) {
      records = records.filter((record) => comparePlaces(placeOf(record), skipThrough) > 0);
      live.skipThrough = undefined;
    }
    if (live.reader.isAtTip) live.tipSeenMs = this.#calls.clock.nowMs();
    if (this.#frozen !== undefined) {
      const limitMs = this.#frozen.arrivedUntilMs;
      const late = records.findIndex((record) => record.arrivalMs > limitMs);
      live.isFrozen = late >= 0 || live.reader.isAtTip;
      if (late >= 0) records = records.slice(0, late);
    }
    live.firstSequence ??= records[0]?.sequenceNumber;
    const last = records.at(-1);
    if (last !== undefined) live.lastPlace = placeOf(last);
    live.buffer.append(records);
    live.load.add(records);
    if (options.isUnlimited && this.#bufferedBytes() > MAX_BUFFERED_BYTES) live.buffer.forget();
  }

  /** Looks for new shards when it is time. A list that cannot be had now is asked for again later. */
  async #refreshShards(isPatient: boolean): Promise<void> {
    const { clock, api, options } = this.#calls;
    if (this.#parts.isManaged === true) return;
    if (this.#frozen !== undefined) {
      this.#addShards(this.#frozen.shards);
      return;
    }
    if (clock.nowMs() - this.#listedMs < options.describeShardIntervalMs) return;
    let shards: readonly ShardDescription[];
    try {
      shards = isPatient ? await this.#calls.retried('ListShards', () => api.listShards()) : await api.listShards();
    } catch (error) {
      this.#calls.delayAfter(error, 'ListShards', { numFailures: 0, numUnreachable: 0 });
      this.#listedMs = clock.nowMs();
      return;
    }
    this.#listedMs = clock.nowMs();
    this.#addShards(shards);
  }

  #addShards(shards: readonly ShardDescription[]): void {
    const discovered = discoverShards(this.#entries, shards);
    const { lostParents } = discovered;
    const added = this.#calls.options.preservesOrder ? discovered.added : withoutParents(discovered.added);
    for (const shardId of lostParents)
      this.#calls.reportDataLoss(
        shardId,
        '(its beginning)',
        this.#parts.retentionHours,
        'the shard is gone before it was read',
      );
    this.numReshards += new Set(Object.values(discovered.added).map((entry) => entry.parents.join())).size;
    this.#entries = withoutForgotten({ ...this.#entries, ...added }, new Set(shards.map((shard) => shard.shardId)));
  }
}

/** A shard found while running of which nothing is in any batch yet. */
function isUnread(entry: ShardEntry): boolean {
  return entry.state === 'open' && entry.last === undefined && entry.start.type === 'TRIM_HORIZON';
}

/** How many of the first `most` records fit into `maxBytes`; at least one when the batch would be empty otherwise. */
function sharedBytes(
  records: readonly KinesisRecord[],
  most: number,
  maxBytes: number,
  mustTake: boolean,
): { readonly numTaken: number; readonly sizeBytes: number } {
  if (maxBytes === Number.POSITIVE_INFINITY) return { numTaken: most, sizeBytes: 0 };
  let sizeBytes = 0;
  let numTaken = 0;
  for (const record of records) {
    const isFirst = numTaken === 0 && mustTake;
    if (numTaken === most || (!isFirst && sizeBytes + record.data.length > maxBytes)) break;
    sizeBytes += record.data.length;
    numTaken++;
  }
  return { numTaken, sizeBytes };
}
