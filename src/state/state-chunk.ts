/**
 * The bytes of one state entry: rows of a state table as column chunks, grouped by bucket so that a reader can take just its buckets.
 * Integrity is checked outside (store and commit log); here is checked that the entry is of this store, version and schema.
 *
 *   entry  = "MRST" · u32 header length · header · u32 length · updated rows · removed keys     (little endian)
 *   header = JSON { format, kind, version, keys, values, updated, removed, updatedBuckets, removedBuckets }
 *   buckets = [bucket, rows, bucket, rows, …] in row order; a row's bucket is the low byte of the Murmur3 hash of its key
 *   (of its first key columns where the schema says so)
 */
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import { columnBatch } from '../types/column-batch.ts';
import type { DataType, StructType } from '../types/data-type.ts';
import { field, sqlName, struct } from '../types/data-type.ts';
import { decodeBatch, encodeBatch } from '../types/vector-codec.ts';
import { sliceBatch } from '../types/vector-ops.ts';
import type { BucketRange } from './bucket-range.ts';
import { ALL_BUCKETS, bucketsOf, isWhole, NUM_BUCKETS } from './bucket-range.ts';
import type { StateSchema, StateTable } from './state-table.ts';

const MAGIC = 0x5453524d;
const FORMAT = 1;

export type StateChunkKind = 'delta' | 'snapshot';

/** A decoded entry. Removed keys are to be taken out before the updated rows are put in. */
export interface StateChunk {
  readonly kind: StateChunkKind;
  readonly version: number;
  /** Keys and values, side by side. */
  readonly updated: ColumnBatch;
  /** Keys. */
  readonly removed: ColumnBatch;
}

interface Header {
  readonly format: number;
  readonly kind: StateChunkKind;
  readonly version: number;
  readonly keys: string;
  readonly values: string;
  readonly updatedBuckets: readonly number[];
  readonly removedBuckets: readonly number[];
}

/**
 * The bytes of an entry with the current rows of `updated` and the keys of `removed`; the order of slots does not matter. All keys must
 * lie in the buckets `within`.
 */
export function encodeStateChunk(
  table: StateTable,
  rows: {
    readonly kind: StateChunkKind;
    readonly version: number;
    readonly updated: Int32Array;
    readonly removed: Int32Array;
  },
  within: BucketRange = ALL_BUCKETS,
): Uint8Array {
  const updated = byBucket(table, rows.updated);
  const removed = byBucket(table, rows.removed);
  for (const { buckets } of [updated, removed])
    assert(
      buckets.every((bucket, i) => i % 2 === 1 || (bucket >= within.from && bucket < within.to)),
      'a store of some buckets gets the keys of those only',
    );
  const header: Header = {
    format: FORMAT,
    kind: rows.kind,
    version: rows.version,
    ...schemaTexts(table.schema),
    updatedBuckets: updated.buckets,
    removedBuckets: removed.buckets,
  };
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const updatedBytes = encodeBatch(rowsOf(table, updated.slots));
  const removedBytes = encodeBatch(keysOf(table, removed.slots));
  const bytes = new Uint8Array(12 + headerBytes.length + updatedBytes.length + removedBytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, headerBytes.length, true);
  bytes.set(headerBytes, 8);
  const at = 8 + headerBytes.length;
  view.setUint32(at, updatedBytes.length, true);
  bytes.set(updatedBytes, at + 4);
  bytes.set(removedBytes, at + 4 + updatedBytes.length);
  return bytes;
}

/**
 * Reads the rows in `buckets` of an entry written for `schema`; CHECKPOINT_CORRUPT or STATE_STORE_*_SCHEMA_NOT_COMPATIBLE when it is
 * something else.
 */
export function decodeStateChunk(
  bytes: Uint8Array,
  schema: StateSchema,
  entry: { readonly name: string; readonly location: string },
  buckets: BucketRange = ALL_BUCKETS,
): StateChunk {
  const header = readHeader(bytes, entry);
  checkSchema(header, schema);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = 8 + view.getUint32(4, true);
  const end = at + 4 + view.getUint32(at, true);
  return {
    kind: header.kind,
    version: header.version,
    updated: inBuckets(decodeBatch(bytes.subarray(at + 4, end), rowSchema(schema)), header.updatedBuckets, buckets),
    removed: inBuckets(decodeBatch(bytes.subarray(end), schema.keys), header.removedBuckets, buckets),
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

function checkSchema(stored: Header, schema: StateSchema): void {
  const own = schemaTexts(schema);
  if (stored.keys !== own.keys)
    throw new MillraceError('STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE', {
      storedKeySchema: stored.keys,
      newKeySchema: own.keys,
    });
  if (stored.values !== own.values)
    throw new MillraceError('STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE', {
      storedValueSchema: stored.values,
      newValueSchema: own.values,
    });
}

/** Names and types, without nullability: a column that can no longer be null reads the same state. */
function schemaTexts(schema: StateSchema): { readonly keys: string; readonly values: string } {
  return { keys: sqlName(allNullable(schema.keys)), values: sqlName(allNullable(schema.values)) };
}

function allNullable(type: DataType): DataType {
  if (type.kind === 'struct') return struct(type.fields.map((f) => field(f.name, allNullable(f.dataType))));
  if (type.kind === 'array') return { ...type, elementType: allNullable(type.elementType) };
  if (type.kind === 'map')
    return { ...type, keyType: allNullable(type.keyType), valueType: allNullable(type.valueType) };
  return type;
}

function rowSchema(schema: StateSchema): StructType {
  return struct([...schema.keys.fields, ...schema.values.fields]);
}

function keysOf(table: StateTable, slots: Int32Array): ColumnBatch {
  const keys = table.keys.map((column) => column.toVector(slots, slots.length));
  return columnBatch(table.schema.keys, keys, slots.length);
}

function rowsOf(table: StateTable, slots: Int32Array): ColumnBatch {
  const keys = table.keys.map((column) => column.toVector(slots, slots.length));
  const values = table.values.map((column) => column.toVector(slots, slots.length));
  return columnBatch(rowSchema(table.schema), [...keys, ...values], slots.length);
}

/** The slots sorted by the bucket of their key, with the buckets' sizes in turn. */
function byBucket(table: StateTable, slots: Int32Array): { readonly slots: Int32Array; readonly buckets: number[] } {
  const bucketKeys = keysOf(table, slots).columns.slice(0, table.schema.numBucketKeys);
  const bucketOf = bucketsOf(bucketKeys, slots.length);
  const starts = new Int32Array(NUM_BUCKETS + 1);
  for (let i = 0; i < slots.length; i++) {
    const next = (bucketOf[i] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  const buckets: number[] = [];
  for (let bucket = 0; bucket < NUM_BUCKETS; bucket++) {
    const count = starts[bucket + 1] as number;
    if (count > 0) buckets.push(bucket, count);
    starts[bucket + 1] = count + (starts[bucket] as number);
  }
  const sorted = new Int32Array(slots.length);
  for (let i = 0; i < slots.length; i++) {
    const bucket = bucketOf[i] as number;
    const at = starts[bucket] as number;
    sorted[at] = slots[i] as number;
    starts[bucket] = at + 1;
  }
  return { slots: sorted, buckets };
}
