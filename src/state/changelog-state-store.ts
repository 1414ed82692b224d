/**
 * A state store as snapshots plus changelog. Each version writes the changed rows as a delta. Small deltas are merged into larger ones,
 * and with every commit the rows of a few buckets are written anew as their snapshot, as many as changed, so that no commit writes the
 * whole table, and entries and loading time stay bounded. Knows bytes and names, not disks or servers.
 *
 * Entries are `state/<operator>/<store>/<version>.<epoch>.<kind>.<chunk>`, with `<from>-<to>.` before the kind when the store holds only
 * some buckets; the epoch makes names unique, so a run that is already fenced off cannot touch what its successor wrote.
 */
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import { crc32cOfFinal } from '../types/crc32c.ts';
import { ScratchArrays } from '../types/scratch-arrays.ts';
import { concatBatches, emptyBatch, gatherBatch } from '../types/vector-ops.ts';
import type { BucketRange } from './bucket-range.ts';
import { ALL_BUCKETS, isWhole } from './bucket-range.ts';
import { withBuckets } from './merge-commits.ts';
import { RecentDeltas, slotsOfAll } from './recent-deltas.ts';
import { scatter, scatterFrom } from './scatter.ts';
import { SlotBuckets } from './slot-buckets.ts';
import { newFirst, rowsFlagged } from './new-first.ts';
import { expireFiles, mayExpire, slotsUpTo, withoutExpired } from './expiry.ts';
import type { StateChanges } from './state-changes.ts';
import type { StateChunkKind } from './state-chunk.ts';
import { decodeStateChunk, encodeStateChunk, keysByBucket, keysOf, keysWithin } from './state-chunk.ts';
import { filesWithin, filesWithout, knownRows, rangeOf, rangeToRewrite } from './state-files.ts';
import type { StateCommit, StateEntries, StateFile, SpillableStateStore, StateMetrics } from './state-store.ts';
import { EntryMemory } from './entry-memory.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { StatePages } from './state-pages.ts';
import { pagesOfParts, partsOfPages } from './state-pages.ts';
import type { StateSchema } from './state-table.ts';
import { StateTable } from './state-table.ts';

/** Entries are cut so that they stay below about this size; a bucket is never cut. */
const CHUNK_BYTES = 4 << 20;
const FIRST_CHUNK_ROWS = 32_768;
/** Room for entries is made for a little more than the rows of the last one took. */
const EXPECTED_SLACK = 1.05;
/** Rows written anew per changed row: of one that was there before, and of a new one. */
const REWRITE_PER_UPDATE = 0.5;
const REWRITE_PER_INSERT = 0.1;
/** At least so many buckets are written anew at a time, so that the number of entries stays bounded. */
const MIN_REWRITE_BUCKETS = 4;
const MIN_REWRITE_ROWS = 16_384;
/** A delta with more rows is not merged with others; or with more than this share of the table. */
const SMALL_DELTA_ROWS = 16_384;
const SMALL_DELTA_SHARE = 1 / 512;
/** Entries may hold this many times the rows of the table before rows that left by their time are paid for. */
const BLOATED = 3;

export interface ChangelogStateStoreOptions {
  readonly entries: StateEntries;
  /** Position of the operator in the plan, from 0. */
  readonly operatorId: number;
  /** `default`, or one per side for operators with several tables. */
  readonly storeName: string;
  readonly schema: StateSchema;
  /** The buckets whose keys this store holds; default all. The caller brings no other keys. */
  readonly buckets?: BucketRange;
  /** The epoch of this run; names of entries carry it. */
  readonly epoch: number;
  readonly nowMs: () => number;
  /** What the tables of the query may hold together; without it there is no limit. */
  readonly memory?: MemoryBudget;
  /** What is held for each key beside the table, for the budget. */
  readonly extraBytesPerKey?: number;
  /** So many small deltas are merged into one; default 10, as Spark's `minDeltasForSnapshot`. */
  readonly minDeltasForSnapshot?: number;
  /** At least so many rows are written anew at a time; default 16384. */
  readonly minRewriteRows?: number;
}

/** An entry that is not written yet. */
interface NewEntry {
  readonly file: StateFile;
  readonly bytes: Uint8Array;
}

export class ChangelogStateStore implements SpillableStateStore {
  readonly table: StateTable;
  readonly #options: ChangelogStateStoreOptions;
  readonly #folder: string;
  readonly #within: BucketRange;
  readonly #slotBuckets: SlotBuckets;
  readonly #recent: RecentDeltas;
  #committed: StateCommit | undefined;
  /** Rows that commits up to now should have written anew, but have not. */
  #rewriteDebt = 0;
  #rowBytes = CHUNK_BYTES / FIRST_CHUNK_ROWS;
  readonly #memory = new EntryMemory();
  #metrics: StateMetrics = {
    numRowsTotal: 0,
    numRowsUpdated: 0,
    numRowsRemoved: 0,
    memoryUsedBytes: 0,
    commitTimeMs: 0,
  };

  constructor(options: ChangelogStateStoreOptions) {
    this.#options = options;
    this.#folder = `state/${options.operatorId}/${options.storeName}`;
    this.#within = options.buckets ?? ALL_BUCKETS;
    this.table = new StateTable(options.schema, options.memory, options.extraBytesPerKey);
    this.#slotBuckets = new SlotBuckets(this.table);
    this.#recent = new RecentDeltas(options.minDeltasForSnapshot ?? 10);
  }

  get metrics(): StateMetrics {
    return this.#metrics;
  }

  get committed(): StateCommit | undefined {
    return this.#committed;
  }

  async load(commit: StateCommit | undefined): Promise<void> {
    this.table.clear();
    this.#slotBuckets.clear();
    this.#recent.clear();
    this.#rewriteDebt = 0;
    this.#committed = undefined;
    if (commit === undefined) return;
    const files = filesWithin(commit.files, this.#within);
    const changes = commit.changes && filesWithin(commit.changes, this.#within);
    const needed = new Set(files.map(({ name }) => name));
    // What a commit names is all there, also what only a change feed reads.
    const expired = commit.expired && { ...commit.expired, files: filesWithin(commit.expired.files, this.#within) };
    for (const file of [...(changes ?? []), ...(expired?.files ?? [])])
      if (!needed.has(file.name)) await this.#read(file, commit.version);
    const numRows = knownRows(commit, this.#within);
    this.table.reserve(numRows ?? 0);
    const numApplied = await this.#applyAll(files, commit.version, commit.numRowsTotal);
    if (numRows !== undefined && this.table.size !== numRows)
      throw this.#corrupt(this.#folder, `${numRows} rows in version ${commit.version}`, `${this.table.size}`);
    this.#rewriteDebt = Math.max(0, numApplied - this.table.size) * REWRITE_PER_UPDATE;
    this.#committed = this.#commitOf(commit.version, { files, changes, expired });
  }

  /** Puts the rows of entries into the table, the next one being read meanwhile; returns their number. */
  async #applyAll(files: readonly StateFile[], version: number, numRowsTotal: number): Promise<number> {
    let numApplied = 0;
    const scratch = new ScratchArrays();
    let next = files[0] && this.#read(files[0], version);
    for (const [i, file] of files.entries()) {
      const bytes = await next;
      const following = files[i + 1];
      next = following === undefined ? undefined : this.#read(following, version);
      next?.catch(() => undefined);
      assert(bytes !== undefined, 'an entry is read before it is applied');
      numApplied += this.#apply(file, bytes, numRowsTotal, scratch);
    }
    return numApplied;
  }

  /** Reads what a version changed only, for change feeds: updated rows into the table, the removed keys into the one returned. */
  async loadChanges(commit: StateCommit): Promise<StateTable> {
    const { location } = this.#options.entries;
    const { schema } = this.table;
    const removed = new StateTable(schema);
    if (commit.expired !== undefined) {
      const { keyColumn, upToMicros, files } = commit.expired;
      const before = new ChangelogStateStore(this.#options);
      await before.#applyAll(files, commit.version, 0);
      const live = before.table.liveSlots();
      const times = before.table.keys[keyColumn]?.toVector(live, live.length);
      assert(times !== undefined, 'rows leave by a key column');
      const keys = keysOf(before.table, slotsUpTo(times, live, BigInt(upToMicros)));
      removed.lookup(keys.columns, keys.numRows, new Int32Array(keys.numRows));
    }
    for (const file of commit.changes ?? []) {
      const bytes = await this.#read(file, commit.version);
      const keys = decodeStateChunk(bytes, schema, { name: file.name, location }, rangeOf(file)).removed;
      removed.lookup(keys.columns, keys.numRows, new Int32Array(keys.numRows));
      this.#apply(file, bytes, 0, new ScratchArrays());
    }
    return removed;
  }

  async commit(version: number): Promise<StateCommit> {
    const { nowMs } = this.#options;
    const startedMs = nowMs();
    const { table } = this;
    assert(this.#committed === undefined || version > this.#committed.version, 'versions of a state store ascend');
    const changes = table.changes();
    const { updated, removed, expired } = changes;
    const next = this.#plan(version, changes);
    await this.#writeAll(next.entries);
    next.settle();
    table.settleChanges();
    this.#slotBuckets.forget(removed);
    this.#slotBuckets.forget(expired);
    this.#committed = this.#commitOf(version, next);
    this.#metrics = {
      numRowsTotal: table.size,
      numRowsUpdated: updated.length,
      numRowsRemoved: removed.length + expired.length,
      memoryUsedBytes: table.sizeBytes,
      commitTimeMs: nowMs() - startedMs,
    };
    return this.#committed;
  }

  abort(): Promise<void> {
    return this.load(this.#committed);
  }

  release(): StatePages {
    return pagesOfParts([this.table.release(), this.#slotBuckets.release()]);
  }

  restore(pages: StatePages): void {
    const [table, slotBuckets] = partsOfPages(pages) as [StatePages, StatePages];
    this.table.restore(table);
    this.#slotBuckets.restore(slotBuckets);
  }

  /** What a version writes and lists. Changes nothing before `settle`, so that a commit that failed can be tried again. */
  #plan(version: number, { updated, removed, expired: left, expiredUpTo }: StateChanges): Plan {
    const before = this.#committed?.files ?? [];
    if (updated.length + removed.length + left.length === 0)
      return { entries: [], files: before, changes: undefined, expired: undefined, settle: () => undefined };
    this.#slotBuckets.resolve(updated);
    const remaining = expiredUpTo === undefined ? before : expireFiles(before, this.#timeKey, expiredUpTo);
    const expired = expiredUpTo === undefined ? undefined : this.#expiredOf(before, expiredUpTo);
    const removedKeys = keysOf(this.table, removed);
    const isEmpty = updated.length + removed.length === 0;
    const own = isEmpty ? [] : this.#encode('delta', version, updated, removedKeys);
    const changes = own.map(({ file }) => file);
    const { deltas, tier } = isEmpty ? { deltas: [], tier: 0 } : this.#recent.due();
    const slots = tier === 0 ? updated : this.#liveSlots([updated, ...deltas.map((delta) => delta.slots)]);
    const keys = tier === 0 ? removedKeys : this.#absentKeys([removedKeys, ...deltas.map((delta) => delta.removed)]);
    const delta = tier === 0 ? own : this.#encode('merged', version, slots, keys);
    const names = delta.map(({ file }) => file.name);
    const replaced = new Set(deltas.flatMap((merged) => merged.names));
    const kept = remaining.filter(({ name }) => !replaced.has(name));
    const listed = [...kept, ...delta.map(({ file }) => file)];
    const numGone = removed.length + left.length;
    const numInserted = Math.max(0, this.table.size - (this.#committed?.numRowsTotal ?? 0) + numGone);
    const numDead = removed.length + (this.#isBloated(listed) ? left.length : 0);
    // Rows that take the place of others which left do not make the entries more.
    const { rewritten, debt, range } = this.#rewrite(version, listed, {
      numInserted: Math.max(0, numInserted - left.length),
      numChanged: Math.max(0, updated.length - numInserted) + numDead,
    });
    const files = range === undefined ? listed : [...filesWithout(listed, range), ...rewritten.map(({ file }) => file)];
    return {
      entries: [...new Set([...own, ...delta, ...rewritten])],
      files: this.table.size === 0 ? [] : files,
      changes,
      expired,
      settle: () => {
        this.#rewriteDebt = debt;
        this.#recent.forget(deltas);
        if (!isEmpty && slots.length + keys.numRows < this.#smallRows())
          this.#recent.add({ names, tier, slots, removed: keys });
        this.#recent.keepListed(new Set(this.table.size === 0 ? [] : files.map(({ name }) => name)));
      },
    };
  }

  /** The snapshot of some buckets, once enough rows changed to pay for it. */
  #rewrite(
    version: number,
    files: readonly StateFile[],
    { numInserted, numChanged }: { readonly numInserted: number; readonly numChanged: number },
  ): { readonly rewritten: NewEntry[]; readonly debt: number; readonly range: BucketRange | undefined } {
    const { size } = this.table;
    const debt = this.#rewriteDebt + numChanged * REWRITE_PER_UPDATE + numInserted * REWRITE_PER_INSERT;
    const numBuckets = this.#within.to - this.#within.from;
    const minRows = this.#options.minRewriteRows ?? MIN_REWRITE_ROWS;
    const step = Math.min(numBuckets, Math.max(MIN_REWRITE_BUCKETS, Math.ceil((minRows / size) * numBuckets)));
    const stepRows = (size * step) / numBuckets;
    const numSteps = Math.floor(Math.min(debt, Math.max(stepRows, 2 * (numChanged + numInserted))) / stepRows);
    if (size === 0 || numSteps < 1) return { rewritten: [], debt: size === 0 ? 0 : debt, range: undefined };
    const range = rangeToRewrite(files, this.#within, Math.min(numBuckets, numSteps * step));
    const rewritten = this.#encode('snapshot', version, this.#slotBuckets.liveIn(range), this.#noKeys(), range);
    return { rewritten, debt: debt - stepRows * numSteps, range };
  }

  #liveSlots(lists: readonly Int32Array[]): Int32Array {
    const live = slotsOfAll(lists).filter((slot) => this.table.isLive(slot));
    this.#slotBuckets.resolve(live);
    return live;
  }

  /** Those of the removed keys that were not inserted again. */
  #absentKeys(lists: readonly ColumnBatch[]): ColumnBatch {
    const keys = concatBatches(this.table.schema.keys, lists);
    const slots = new Int32Array(keys.numRows);
    this.table.find(keys.columns, keys.numRows, slots);
    const rows = Int32Array.from(slots.keys()).filter((row) => slots[row] === -1);
    return rows.length === keys.numRows ? keys : gatherBatch(keys, rows, rows.length);
  }

  #noKeys(): ColumnBatch {
    return emptyBatch(this.table.schema.keys);
  }

  #smallRows(): number {
    return Math.max(SMALL_DELTA_ROWS, this.table.size * SMALL_DELTA_SHARE);
  }

  /** The entries of some rows and removed keys, cut at bucket boundaries; together they are listed for all buckets of `range`. */
  #encode(
    kind: StateChunkKind,
    version: number,
    slots: Int32Array,
    removed: ColumnBatch,
    range = this.#within,
  ): NewEntry[] {
    const { epoch } = this.#options;
    // What one version changed says which keys are new: loading need not look for those.
    const isNew = kind === 'delta' ? (slot: number): boolean => this.table.isNew(slot) : undefined;
    const sorted = this.#slotBuckets.sorted(isNew === undefined ? slots : newFirst(slots, isNew));
    const part = isWhole(this.#within) ? '' : `${this.#within.from}-${this.#within.to}.`;
    const removedByBucket = keysByBucket(this.table.schema, removed);
    const entries: NewEntry[] = [];
    let start = 0;
    let from = range.from;
    do {
      const { end, to } = this.#chunkEnd(sorted, start, range.to);
      const updated = sorted.subarray(start, end);
      const within = { from, to };
      const expectedBytes = updated.length < 1024 ? 0 : Math.ceil(this.#rowBytes * updated.length * EXPECTED_SLACK);
      const memory = this.#memory.take(expectedBytes) ?? expectedBytes;
      const rows = { kind, version, updated, removed: keysWithin(removedByBucket, within), memory };
      const chunk = isNew === undefined ? rows : { ...rows, isNew };
      const { bytes, times } = encodeStateChunk(this.table, (slot) => this.#slotBuckets.of(slot), chunk, within);
      if (updated.length >= 1024) this.#rowBytes = bytes.length / updated.length;
      const name = `${this.#folder}/${version}.${epoch}.${part}${kind}.${entries.length}`;
      const file = { name, sizeBytes: bytes.length, crc32c: crc32cOfFinal(bytes), ...(times && { times }) };
      entries.push({ file: withBuckets(file, from, to), bytes });
      start = end;
      from = to;
    } while (start < sorted.length);
    return entries;
  }

  /** Where the chunk that begins at `start` ends: after as many whole buckets as fit, at least one. */
  #chunkEnd(sorted: Int32Array, start: number, lastBucket: number): { readonly end: number; readonly to: number } {
    const limit = start + Math.max(1024, Math.floor(CHUNK_BYTES / this.#rowBytes));
    if (sorted.length <= limit) return { end: sorted.length, to: lastBucket };
    const bucketAt = (i: number): number => this.#slotBuckets.of(sorted[i] as number);
    let end = limit;
    while (end > start && bucketAt(end - 1) === bucketAt(end)) end--;
    if (end === start) {
      end = limit;
      while (end < sorted.length && bucketAt(end - 1) === bucketAt(end)) end++;
    }
    return end === sorted.length ? { end, to: lastBucket } : { end, to: bucketAt(end) };
  }

  /** Writes side by side and waits for all, also when one fails, so that nothing is still under way at the next try. */
  async #writeAll(entries: readonly NewEntry[]): Promise<void> {
    const target = this.#options.entries;
    const results = await Promise.allSettled(entries.map(({ file, bytes }) => target.write(file.name, bytes)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    this.#memory.giveBack(entries.map(({ bytes }) => bytes));
  }

  #commitOf(version: number, { files, changes, expired }: Pick<Plan, 'files' | 'changes' | 'expired'>): StateCommit {
    const { from, to } = this.#within;
    const { size } = this.table;
    return {
      version,
      numRowsTotal: size,
      ...(!isWhole(this.#within) && { rowsByRange: [[from, to, size] as const] }),
      files,
      ...(changes !== undefined && { changes }),
      ...(expired !== undefined && { expired }),
    };
  }

  get #timeKey(): number {
    const { timeKey } = this.table.schema;
    assert(timeKey !== undefined, 'rows leave by the time of the schema');
    return timeKey;
  }

  /** What a change feed of a version reads to know which rows left by their time. */
  #expiredOf(files: readonly StateFile[], upToMicros: bigint): NonNullable<StateCommit['expired']> {
    const named = files.filter((file) => mayExpire(file, upToMicros));
    return { keyColumn: this.#timeKey, upToMicros: String(upToMicros), files: named };
  }

  /** True when entries hold several times the rows of the table, since rows left them by their time. */
  #isBloated(files: readonly StateFile[]): boolean {
    const numBuckets = this.#within.to - this.#within.from;
    const listedBytes = files.reduce((total, file) => {
      const { from, to } = rangeOf(file);
      return total + (file.sizeBytes * (to - from)) / Math.max(numBuckets, to - from);
    }, 0);
    return listedBytes > CHUNK_BYTES + BLOATED * this.table.size * this.#rowBytes;
  }

  async #read(file: StateFile, version: number): Promise<Uint8Array> {
    const { entries } = this.#options;
    const bytes = await entries.read(file.name);
    if (bytes === undefined)
      throw new MillraceError('CHECKPOINT_STATE_MISSING', {
        location: entries.location,
        batchId: String(version - 1),
        name: file.name,
      });
    if (bytes.length !== file.sizeBytes)
      throw this.#corrupt(file.name, `${file.sizeBytes} bytes`, `${bytes.length} bytes`);
    const checksum = crc32cOfFinal(bytes);
    if (checksum !== file.crc32c) throw this.#corrupt(file.name, `CRC-32C ${file.crc32c}`, `CRC-32C ${checksum}`);
    return bytes;
  }

  /** Puts the rows of an entry into the table; returns their number. */
  #apply(file: StateFile, bytes: Uint8Array, numRowsTotal: number, scratch: ScratchArrays): number {
    const { table } = this;
    const { location } = this.#options.entries;
    const { schema } = table;
    const whole = decodeStateChunk(bytes, schema, { name: file.name, location }, rangeOf(file), scratch);
    const chunk = withoutExpired(whole, file.expired);
    const { removed, updated } = chunk;
    if (removed.numRows > 0) {
      const removedSlots = new Int32Array(removed.numRows);
      table.find(removed.columns, removed.numRows, removedSlots);
      for (const slot of removedSlots) if (slot >= 0 && table.isLive(slot)) table.remove(slot);
      this.#slotBuckets.forget(removedSlots);
      table.settleChanges();
    }
    const first = table.numSlots;
    const slots = chunk.newRows === 'all' ? this.#append(updated) : this.#upsert(updated, chunk.newRows);
    if (chunk.newRows === 'all') this.#slotBuckets.noteFrom(first, chunk.updatedBuckets);
    else this.#slotBuckets.note(slots, chunk.updatedBuckets);
    if (chunk.kind !== 'snapshot' && slots.length < Math.max(SMALL_DELTA_ROWS, numRowsTotal * SMALL_DELTA_SHARE))
      this.#recent.add({ names: [file.name], tier: chunk.kind === 'delta' ? 0 : 1, slots, removed });
    scratch.clear();
    return updated.numRows + removed.numRows;
  }

  /** Adds rows whose keys are not there; returns their slots. */
  #append({ columns, numRows }: ColumnBatch): Int32Array {
    const { table } = this;
    const numKeys = table.keys.length;
    const first = table.append(columns.slice(0, numKeys), numRows);
    table.values.forEach((column, i) => {
      const vector = columns[numKeys + i];
      if (vector !== undefined) scatterFrom(column, vector, first);
    });
    const slots = new Int32Array(numRows);
    for (let i = 0; i < numRows; i++) slots[i] = first + i;
    return slots;
  }

  /** Puts rows in, over those with the same keys; with flags the keys of some are known to be new. Returns their slots. */
  #upsert(rows: ColumnBatch, isNew: Uint8Array | undefined): Int32Array {
    const { table } = this;
    if (isNew !== undefined) {
      const slots = new Int32Array(rows.numRows);
      for (const flag of [1, 0]) {
        const part = rowsFlagged(isNew, flag);
        const batch = gatherBatch(rows, part, part.length);
        const partSlots = flag === 1 ? this.#append(batch) : this.#upsert(batch, undefined);
        for (let i = 0; i < part.length; i++) slots[part[i] as number] = partSlots[i] as number;
      }
      return slots;
    }
    const slots = new Int32Array(rows.numRows);
    const numKeys = table.keys.length;
    table.lookup(rows.columns.slice(0, numKeys), rows.numRows, slots);
    table.values.forEach((column, i) => {
      const vector = rows.columns[numKeys + i];
      if (vector !== undefined) scatter(column, vector, slots);
    });
    table.settleChanges();
    return slots;
  }

  #corrupt(name: string, expected: string, found: string): MillraceError<'CHECKPOINT_CORRUPT'> {
    return new MillraceError('CHECKPOINT_CORRUPT', { name, location: this.#options.entries.location, expected, found });
  }
}

interface Plan {
  readonly entries: readonly NewEntry[];
  readonly files: readonly StateFile[];
  readonly changes: readonly StateFile[] | undefined;
  readonly expired: StateCommit['expired'];
  readonly settle: () => void;
}
