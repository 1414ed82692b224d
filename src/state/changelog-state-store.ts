/**
 * A state store as snapshot plus changelog: each version writes the changed rows as a delta, from time to time the whole table as a
 * snapshot. Entries are `state/<operator>/<store>/<version>.<epoch>.delta.<chunk>` (or `.snapshot.`), with `<from>-<to>.` before the kind
 * when the store holds only some buckets; the epoch makes names unique, so a run that is already fenced off cannot touch what its
 * successor wrote. Knows bytes and names, not disks or servers.
 */
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { crc32c } from '../types/crc32c.ts';
import type { BucketRange } from './bucket-range.ts';
import { ALL_BUCKETS, intersection, isWhole } from './bucket-range.ts';
import { rowsByRange, withBuckets } from './merge-commits.ts';
import { scatter } from './scatter.ts';
import type { StateChunkKind } from './state-chunk.ts';
import { decodeStateChunk, encodeStateChunk } from './state-chunk.ts';
import type { StateCommit, StateEntries, StateFile, StateMetrics, StateStore } from './state-store.ts';
import type { StateSchema } from './state-table.ts';
import { StateTable } from './state-table.ts';

/** Entries are cut so that they stay below about this size. */
const CHUNK_BYTES = 4 << 20;
const FIRST_CHUNK_ROWS = 32_768;

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
  /** A snapshot at the latest after so many deltas; default 10, as Spark's `minDeltasForSnapshot`. */
  readonly minDeltasForSnapshot?: number;
}

export class ChangelogStateStore implements StateStore {
  readonly table: StateTable;
  readonly #options: ChangelogStateStoreOptions;
  readonly #folder: string;
  readonly #buckets: BucketRange;
  #committed: StateCommit | undefined;
  #metrics: StateMetrics = {
    numRowsTotal: 0,
    numRowsUpdated: 0,
    numRowsRemoved: 0,
    memoryUsedBytes: 0,
    commitTimeMs: 0,
  };
  #rowBytes = CHUNK_BYTES / FIRST_CHUNK_ROWS;

  constructor(options: ChangelogStateStoreOptions) {
    this.#options = options;
    this.#folder = `state/${options.operatorId}/${options.storeName}`;
    this.#buckets = options.buckets ?? ALL_BUCKETS;
    this.table = new StateTable(options.schema);
  }

  get metrics(): StateMetrics {
    return this.#metrics;
  }

  async load(commit: StateCommit | undefined): Promise<void> {
    this.table.clear();
    this.#committed = undefined;
    if (commit === undefined) return;
    const files = this.#ownFiles(commit);
    const numRows = this.#knownRows(commit);
    this.table.reserve(numRows ?? 0);
    for (const file of files) this.#apply(file, await this.#read(file, commit.version));
    if (numRows !== undefined && this.table.size !== numRows)
      throw this.#corrupt(this.#folder, `${numRows} rows in version ${commit.version}`, `${this.table.size}`);
    this.#committed = this.#commitOf(commit.version, files);
  }

  /** The entries with rows in the buckets of this store, listed for those. */
  #ownFiles(commit: StateCommit): StateFile[] {
    return commit.files.flatMap((file) => {
      const range = intersection(rangeOf(file), this.#buckets);
      return range === undefined ? [] : [withBuckets(file, range.from, range.to)];
    });
  }

  /** How many rows the commit has in the buckets of this store, when it says so: its ranges must not cross the ends of this one. */
  #knownRows(commit: StateCommit): number | undefined {
    let total = 0;
    let numBuckets = 0;
    for (const [from, to, rows] of rowsByRange(commit)) {
      const common = intersection({ from, to }, this.#buckets);
      if (common === undefined) continue;
      if (common.from !== from || common.to !== to) return undefined;
      total += rows;
      numBuckets += to - from;
    }
    return numBuckets === this.#buckets.to - this.#buckets.from ? total : undefined;
  }

  #commitOf(version: number, files: readonly StateFile[]): StateCommit {
    const { from, to } = this.#buckets;
    const commit = { version, numRowsTotal: this.table.size, files };
    return isWhole(this.#buckets) ? commit : { ...commit, rowsByRange: [[from, to, this.table.size]] };
  }

  async commit(version: number): Promise<StateCommit> {
    const { nowMs } = this.#options;
    const startedMs = nowMs();
    const { table } = this;
    assert(this.#committed === undefined || version > this.#committed.version, 'versions of a state store ascend');
    const { updated, removed } = table.changes();
    const previous = this.#committed?.files ?? [];
    let files = previous;
    if (this.#needsSnapshot(previous, updated.length + removed.length))
      files = await this.#write('snapshot', version, table.liveSlots(), new Int32Array(0));
    else if (updated.length + removed.length > 0)
      files = [...previous, ...(await this.#write('delta', version, updated, removed))];
    table.settleChanges();
    this.#committed = this.#commitOf(version, files);
    this.#metrics = {
      numRowsTotal: table.size,
      numRowsUpdated: updated.length,
      numRowsRemoved: removed.length,
      memoryUsedBytes: table.sizeBytes,
      commitTimeMs: nowMs() - startedMs,
    };
    return this.#committed;
  }

  abort(): Promise<void> {
    return this.load(this.#committed);
  }

  /** With the first rows, after enough deltas, or when loading the deltas costs more than loading a snapshot. */
  #needsSnapshot(files: readonly StateFile[], numChanges: number): boolean {
    if (numChanges === 0) return false;
    const deltas = files.filter((file) => file.name.includes('.delta.'));
    if (deltas.length === files.length) return true;
    const versions = new Set(deltas.map((file) => file.name.slice(0, file.name.lastIndexOf('.'))));
    const deltaBytes = deltas.reduce((total, file) => total + file.sizeBytes, 0);
    const allBytes = files.reduce((total, file) => total + file.sizeBytes, 0);
    return versions.size >= (this.#options.minDeltasForSnapshot ?? 10) || deltaBytes > allBytes - deltaBytes;
  }

  async #write(kind: StateChunkKind, version: number, updated: Int32Array, removed: Int32Array): Promise<StateFile[]> {
    const files: StateFile[] = [];
    let from = 0;
    do {
      const numRows = Math.max(1024, Math.floor(CHUNK_BYTES / this.#rowBytes));
      const rows = updated.subarray(from, from + numRows);
      const isFirst = from === 0;
      const chunk = { kind, version, updated: rows, removed: isFirst ? removed : new Int32Array(0) };
      const bytes = encodeStateChunk(this.table, chunk, this.#buckets);
      from += numRows;
      if (rows.length >= 1024) this.#rowBytes = bytes.length / rows.length;
      const { from: firstBucket, to: endBucket } = this.#buckets;
      const part = isWhole(this.#buckets) ? '' : `${firstBucket}-${endBucket}.`;
      const name = `${this.#folder}/${version}.${this.#options.epoch}.${part}${kind}.${files.length}`;
      await this.#options.entries.write(name, bytes);
      files.push(withBuckets({ name, sizeBytes: bytes.length, crc32c: crc32c(bytes) }, firstBucket, endBucket));
    } while (from < updated.length);
    return files;
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
    const checksum = crc32c(bytes);
    if (checksum !== file.crc32c) throw this.#corrupt(file.name, `CRC-32C ${file.crc32c}`, `CRC-32C ${checksum}`);
    return bytes;
  }

  #apply(file: StateFile, bytes: Uint8Array): void {
    const { table } = this;
    const { location } = this.#options.entries;
    const { removed, updated } = decodeStateChunk(bytes, table.schema, { name: file.name, location }, rangeOf(file));
    const removedSlots = new Int32Array(removed.numRows);
    table.find(removed.columns, removed.numRows, removedSlots);
    for (const slot of removedSlots) if (slot >= 0 && table.isLive(slot)) table.remove(slot);
    const slots = new Int32Array(updated.numRows);
    const numKeys = table.keys.length;
    table.lookup(updated.columns.slice(0, numKeys), updated.numRows, slots);
    table.values.forEach((column, i) => {
      const vector = updated.columns[numKeys + i];
      if (vector !== undefined) scatter(column, vector, slots);
    });
    table.settleChanges();
  }

  #corrupt(name: string, expected: string, found: string): MillraceError<'CHECKPOINT_CORRUPT'> {
    return new MillraceError('CHECKPOINT_CORRUPT', { name, location: this.#options.entries.location, expected, found });
  }
}

/** The buckets an entry is listed for. */
function rangeOf({ buckets }: StateFile): BucketRange {
  return buckets === undefined ? ALL_BUCKETS : { from: buckets[0], to: buckets[1] };
}
