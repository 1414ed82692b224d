/**
 * The bytes of one state entry: rows of a state table as column chunks, grouped by bucket so that a reader can take just its buckets.
 * Integrity is checked outside (store and commit log); here is checked that the entry is of this store, version and schema.
 *
 *   entry  = "MRST" · u32 header length · header · u32 length · updated rows · removed keys     (little endian)
 *   header = JSON { format, kind, version, keys, values, updatedBuckets, removedBuckets, newRows }
 *   buckets = [bucket, rows, bucket, rows, …] in row order; a row's bucket is the low byte of the Murmur3 hash of its key
 *   (of its first key columns where the schema says so)
 *   newRows = how many rows of each bucket, its first ones, have keys that were not there before; absent: it is not known
 */
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import { columnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import { struct } from '../types/data-type.ts';
import { ByteWriter } from '../types/byte-cursor.ts';
import { ScratchArrays, freshArrays } from '../types/scratch-arrays.ts';
import { decodeBatch, writeBatch } from '../types/vector-codec.ts';
import { gatherBatch, sliceBatch } from '../types/vector-ops.ts';
import type { BucketRange } from './bucket-range.ts';
import { timesOf } from './expiry.ts';
import type { StateFile } from './state-store.ts';
import { ALL_BUCKETS, isWhole, NUM_BUCKETS } from './bucket-range.ts';
import { keyBuckets } from './slot-buckets.ts';
import { checkSchemaTexts, schemaTexts } from './schema-texts.ts';
import type { StateSchema, StateTable } from './state-table.ts';

const MAGIC = 0x5453524d;
const FORMAT = 1;
/** Room for what is around the rows. */
const EXPECTED_ROOM = 256;
/** Columns of rows on their way into an entry. */
const scratch = new ScratchArrays();

/** `delta`: what one version changed; `merged`: what several did; `snapshot`: all rows of some buckets. */
export type StateChunkKind = 'delta' | 'merged' | 'snapshot';

/** A decoded entry. Removed keys are to be taken out before the updated rows are put in. */
export interface StateChunk {
  readonly kind: StateChunkKind;
  readonly version: number;
  /** Keys and values, side by side, in order of buckets. */
  readonly updated: ColumnBatch;
  /** Buckets and their numbers of rows in `updated`, in turn. */
  readonly updatedBuckets: readonly number[];
  /** The rows of `updated` whose keys are not there when all entries before this one are; undefined when that is not known. */
  readonly newRows: NewRows | undefined;
  /** Keys. */
  readonly removed: ColumnBatch;
}

/** Which rows of a chunk are of new keys: `all`, or those with a 1. */
export type NewRows = 'all' | Uint8Array;

interface Header {
  readonly format: number;
  readonly kind: StateChunkKind;
  readonly version: number;
  readonly keys: string;
  readonly values: string;
  readonly updatedBuckets: readonly number[];
  readonly removedBuckets: readonly number[];
  readonly newRows?: readonly number[];
}

/** What an entry is made of. */
export interface StateChunkRows {
  readonly kind: StateChunkKind;
  readonly version: number;
  /** Slots in order of their buckets, with `isNew` those of which it is true first. */
  readonly updated: Int32Array;
  readonly isNew?: (slot: number) => boolean;
  /** Removed keys, from `keysByBucket`. */
  readonly removed: KeysByBucket;
  /** Memory for the entry, or about how many bytes the rows will take. */
  readonly memory?: number | ArrayBuffer;
}

/** Keys in order of their buckets, and the buckets with their numbers of keys, in turn. */
export interface KeysByBucket {
  readonly keys: ColumnBatch;
  readonly buckets: readonly number[];
}

/** An entry, encoded, and the earliest and latest time of its rows, where rows leave by it. */
export interface EncodedChunk {
  readonly bytes: Uint8Array;
  readonly times: StateFile['times'];
}

/** An entry with the current rows of some slots and some removed keys. All must lie in the buckets `within`. */
export function encodeStateChunk(
  table: StateTable,
  bucketOf: (slot: number) => number,
  rows: StateChunkRows,
  within: BucketRange = ALL_BUCKETS,
): EncodedChunk {
  const updated = sizesOf(rows.updated.length, (i) => bucketOf(rows.updated[i] as number));
  const { removed } = rows;
  for (const buckets of [updated, removed.buckets])
    assert(
      buckets.every((bucket, i) => i % 2 === 1 || (bucket >= within.from && bucket < within.to)),
      'a store of some buckets gets the keys of those only',
    );
  const header: Header = {
    format: FORMAT,
    kind: rows.kind,
    version: rows.version,
    ...schemaTexts(table.schema),
    updatedBuckets: updated,
    removedBuckets: removed.buckets,
    ...(rows.isNew && { newRows: newRowsOf(rows.updated, updated, rows.isNew) }),
  };
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const updatedRows = rowsOf(table, rows.updated);
  const { memory = 0 } = rows;
  const writer = new ByteWriter(typeof memory === 'number' ? headerBytes.length + EXPECTED_ROOM + memory : memory);
  writer.writeUint32(MAGIC);
  writer.writeUint32(headerBytes.length);
  writer.writeBytes(headerBytes);
  const at = writer.length;
  writer.writeUint32(0);
  writeBatch(writer, updatedRows);
  writer.setUint32(at, writer.length - at - 4);
  writeBatch(writer, removed.keys);
  const bytes = writer.finish();
  const { timeKey } = table.schema;
  const times =
    timeKey === undefined
      ? undefined
      : timesOf([updatedRows, removed.keys].flatMap(({ columns }) => columns[timeKey] ?? []));
  scratch.clear();
  return { bytes, times };
}

/**
 * Reads the rows in `buckets` of an entry written for `schema`, the updated ones into arrays of `make`; CHECKPOINT_CORRUPT or STATE_STORE_*_SCHEMA_NOT_COMPATIBLE when it is
 * something else.
 */
export function decodeStateChunk(
  bytes: Uint8Array,
  schema: StateSchema,
  entry: { readonly name: string; readonly location: string },
  buckets: BucketRange = ALL_BUCKETS,
  make = freshArrays,
): StateChunk {
  const header = readHeader(bytes, entry);
  checkSchemaTexts(header, schemaTexts(schema));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = 8 + view.getUint32(4, true);
  const end = at + 4 + view.getUint32(at, true);
  const updated = decodeBatch(bytes.subarray(at + 4, end), rowSchema(schema), make);
  const removed = decodeBatch(bytes.subarray(end), schema.keys);
  const newRows = header.kind === 'snapshot' ? 'all' : newRowsWithin(header, buckets);
  return {
    kind: header.kind,
    version: header.version,
    newRows,
    updated: inBuckets(updated, header.updatedBuckets, buckets),
    updatedBuckets: bucketsWithin(header.updatedBuckets, buckets),
    removed: inBuckets(removed, header.removedBuckets, buckets),
  };
}

/** The rows of a batch that lie in a range of buckets; `sizes` is the list of buckets and their rows. */
function inBuckets(batch: ColumnBatch, sizes: readonly number[], range: BucketRange): ColumnBatch {
  if (isWhole(range)) return batch;
  let start = 0;
  let end = 0;
  for (let i = 0; i < sizes.length; i += 2) {
    const bucket = sizes[i] as number;
    const numRows = sizes[i + 1] as number;
    if (bucket < range.from) start += numRows;
    if (bucket < range.to) end += numRows;
  }
  return start === 0 && end === batch.numRows ? batch : sliceBatch(batch, start, end);
}

/** How many of the rows of each bucket are of new keys. */
function newRowsOf(slots: Int32Array, sizes: readonly number[], isNew: (slot: number) => boolean): number[] {
  let at = 0;
  return Array.from({ length: sizes.length / 2 }, (_, i) => {
    const start = at;
    const end = at + (sizes[2 * i + 1] as number);
    while (at < end && isNew(slots[at] as number)) at++;
    const numNew = at - start;
    at = end;
    return numNew;
  });
}

/** A flag per row that is left of a range of buckets; undefined when no row is known to be new. */
function newRowsWithin({ updatedBuckets, newRows }: Header, range: BucketRange): NewRows | undefined {
  if (newRows === undefined) return undefined;
  let numRows = 0;
  let numNew = 0;
  const parts: (readonly [at: number, numNew: number])[] = [];
  for (let i = 0; i < updatedBuckets.length; i += 2) {
    const bucket = updatedBuckets[i] as number;
    if (bucket < range.from || bucket >= range.to) continue;
    const ofBucket = newRows[i / 2] as number;
    parts.push([numRows, ofBucket]);
    numRows += updatedBuckets[i + 1] as number;
    numNew += ofBucket;
  }
  if (numNew === 0) return undefined;
  if (numNew === numRows) return 'all';
  const flags = new Uint8Array(numRows);
  for (const [at, count] of parts) flags.fill(1, at, at + count);
  return flags;
}

function readHeader(bytes: Uint8Array, entry: { readonly name: string; readonly location: string }): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const corrupt = (found: string, cause?: unknown): MillraceError =>
    new MillraceError('CHECKPOINT_CORRUPT', { ...entry, expected: 'a state entry of format 1', found }, { cause });
  if (bytes.length < 12 || view.getUint32(0, true) !== MAGIC) throw corrupt('other bytes');
  const length = view.getUint32(4, true);
  if (12 + length > bytes.length) throw corrupt('a header beyond the end');
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
  } catch (cause) {
    throw corrupt('a header that is not JSON', cause);
  }
  if (header.format !== FORMAT) throw corrupt(`format ${header.format}`);
  return header;
}

function rowSchema(schema: StateSchema): StructType {
  return struct([...schema.keys.fields, ...schema.values.fields]);
}

/** The keys of some slots. */
export function keysOf(table: StateTable, slots: Int32Array): ColumnBatch {
  const keys = table.keys.map((column) => column.toVector(slots, slots.length));
  return columnBatch(table.schema.keys, keys, slots.length);
}

/** The rows of some slots, valid until the scratch memory is cleared. */
function rowsOf(table: StateTable, slots: Int32Array): ColumnBatch {
  const keys = table.keys.map((column) => column.toVector(slots, slots.length, scratch));
  const values = table.values.map((column) => column.toVector(slots, slots.length, scratch));
  return columnBatch(rowSchema(table.schema), [...keys, ...values], slots.length);
}

/** Keys put in order of their buckets. */
export function keysByBucket(schema: StateSchema, keys: ColumnBatch): KeysByBucket {
  if (keys.numRows === 0) return { keys, buckets: [] };
  const bucketOf = keyBuckets(schema, keys.columns, keys.numRows);
  const counts = new Int32Array(NUM_BUCKETS + 1);
  for (let row = 0; row < keys.numRows; row++) {
    const next = (bucketOf[row] as number) + 1;
    counts[next] = (counts[next] as number) + 1;
  }
  const buckets: number[] = [];
  for (let bucket = 0; bucket < NUM_BUCKETS; bucket++) {
    const count = counts[bucket + 1] as number;
    if (count > 0) buckets.push(bucket, count);
    counts[bucket + 1] = (counts[bucket] as number) + count;
  }
  const rows = new Int32Array(keys.numRows);
  for (let row = 0; row < keys.numRows; row++) {
    const bucket = bucketOf[row] as number;
    const at = counts[bucket] as number;
    rows[at] = row;
    counts[bucket] = at + 1;
  }
  return { keys: gatherBatch(keys, rows, rows.length), buckets };
}

/** Those of some keys that lie in a range of buckets. */
export function keysWithin({ keys, buckets }: KeysByBucket, range: BucketRange): KeysByBucket {
  return { keys: inBuckets(keys, buckets, range), buckets: bucketsWithin(buckets, range) };
}

/** The buckets of a list of them and their numbers of rows that lie in a range. */
function bucketsWithin(sizes: readonly number[], { from, to }: BucketRange): number[] {
  return sizes.filter((_, i) => {
    const bucket = sizes[i - (i % 2)] as number;
    return bucket >= from && bucket < to;
  });
}

/** The buckets of rows in order of buckets and how many rows each has, in turn. */
function sizesOf(numRows: number, bucketAt: (i: number) => number): number[] {
  const sizes: number[] = [];
  let start = 0;
  for (let i = 1; i <= numRows; i++) {
    const bucket = bucketAt(i - 1);
    if (i < numRows && bucketAt(i) === bucket) continue;
    sizes.push(bucket, i - start);
    start = i;
  }
  return sizes;
}
