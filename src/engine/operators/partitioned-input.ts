/**
 * The rows of one epoch on their way into an operator that works on one partition of its state after the other: kept as they came, in
 * memory while they are few, else in files by groups of buckets. Rows keep their order within an input and a key.
 */
import type { BucketRange } from '../../state/bucket-range.ts';
import type { Spill, SpillFile } from '../../state/spill-space.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import type { Vector } from '../../types/vector.ts';
import { present } from '../../errors/assert.ts';
import { ownersOfBuckets, rowsByOwner, splitBuckets } from '../../state/bucket-range.ts';
import { hashRows } from '../../types/hash.ts';
import { decodeBatch, encodeBatch } from '../../types/vector-codec.ts';
import { gatherBatch } from '../../types/vector-ops.ts';

/** Groups of buckets that files are made for; partitions are made of whole ones. */
const NUM_GROUPS = 64;
/** Rows may take this share of the budget before they go to files. */
const MEMORY_SHARE = 8;
/** Bits of the sketch that distinct keys are counted with. */
const SKETCH_BITS = 1 << 22;
const HEAD_BYTES = 8;

interface HeldBatch {
  readonly input: number;
  readonly batch: ColumnBatch;
  readonly buckets: Uint8Array;
}

export class PartitionedInput {
  readonly #shapes: readonly StructType[] | undefined;
  readonly #buckets: BucketRange;
  readonly #spill: Spill;
  #held: HeldBatch[] = [];
  #heldBytes = 0;
  readonly #dictionaries = new Set<StringDictionary>();
  /** By group; undefined until rows went to files. */
  #files: SpillFile[] | undefined;
  /** The schema of each input's batches, where they are of one kind. */
  readonly #schemas: StructType[] = [];
  readonly #groups: readonly BucketRange[];
  readonly #sketch = new Uint8Array(SKETCH_BITS / 8);
  /** Groups with rows. */
  readonly #touched: Uint8Array;
  numRows = 0;

  /** `shapes` are the kinds of batches that come, where the operator tells them apart by their schema object. */
  constructor(buckets: BucketRange, spill: Spill, shapes?: readonly StructType[]) {
    this.#shapes = shapes;
    this.#buckets = buckets;
    this.#spill = spill;
    this.#groups = splitBuckets(NUM_GROUPS, buckets);
    this.#touched = new Uint8Array(256);
  }

  /** Takes a batch of an input; `keys` are the columns that decide the bucket of each row. */
  add(input: number, batch: ColumnBatch, keys: readonly Vector[]): void {
    if (batch.numRows === 0) return;
    const hashes = hashRows(keys, batch.numRows);
    const buckets = new Uint8Array(batch.numRows);
    for (let row = 0; row < batch.numRows; row++) {
      const hash = hashes[row] as number;
      const bucket = hash & 0xff;
      buckets[row] = bucket;
      this.#touched[bucket] = 1;
      const bit = hash & (SKETCH_BITS - 1);
      this.#sketch[bit >> 3] = (this.#sketch[bit >> 3] as number) | (1 << (bit & 7));
    }
    this.#schemas[input] ??= batch.schema;
    this.#held.push({ input, batch, buckets });
    this.#heldBytes += batch.numRows + this.#bytesOf(batch.columns);
    this.numRows += batch.numRows;
    if (this.#heldBytes > this.#spill.budget.limitBytes / MEMORY_SHARE) this.#toFiles();
  }

  /** The distinct keys, about, and at most the rows. */
  get numKeys(): number {
    let numZeros = SKETCH_BITS;
    for (const bits of this.#sketch) if (bits !== 0) numZeros -= ONES[bits] as number;
    if (numZeros < SKETCH_BITS / 64) return this.numRows;
    return Math.min(this.numRows, Math.ceil(-SKETCH_BITS * Math.log(numZeros / SKETCH_BITS)));
  }

  /** True when some row lies in these buckets. */
  hasRowsIn({ from, to }: BucketRange): boolean {
    return this.#touched.subarray(from, to).includes(1);
  }

  /**
   * The batches of an input with their rows in some buckets, which are whole groups where there are less of them than groups; each time
   * read anew.
   */
  *rowsIn(range: BucketRange, input: number): Generator<ColumnBatch> {
    yield* this.#fromFiles(range, input);
    const isAll = range.from <= this.#buckets.from && range.to >= this.#buckets.to;
    const owners = ownersOfBuckets([{ from: 0, to: 0 }, range]);
    for (const held of this.#held) {
      if (held.input !== input) continue;
      const { batch, buckets } = held;
      if (isAll) yield batch;
      else {
        const rows = present(rowsByOwner(buckets, owners, 2)[1], 'the rows of the range');
        if (rows.length > 0) yield gatherBatch(batch, rows, rows.length);
      }
    }
  }

  /** Forgets all rows. */
  close(): void {
    this.#held = [];
    for (const file of this.#files ?? []) file.delete();
    this.#files = undefined;
  }

  #toFiles(): void {
    const files = (this.#files ??= this.#groups.map(() => this.#spill.space.file()));
    const owners = ownersOfBuckets(this.#groups);
    for (const { input, batch, buckets } of this.#held)
      rowsByOwner(buckets, owners, this.#groups.length).forEach((rows, group) => {
        if (rows.length === 0) return;
        const bytes = encodeBatch(gatherBatch(batch, rows, rows.length));
        const block = new Uint8Array(HEAD_BYTES + bytes.length);
        block.set([input, Math.max(0, this.#shapes?.indexOf(batch.schema) ?? 0)]);
        block.set(bytes, HEAD_BYTES);
        present(files[group], 'a file per group').append(block);
      });
    this.#held = [];
    this.#heldBytes = 0;
    this.#dictionaries.clear();
  }

  *#fromFiles({ from, to }: BucketRange, input: number): Generator<ColumnBatch> {
    if (this.#files === undefined) return;
    for (const [i, group] of this.#groups.entries()) {
      if (group.from >= to || group.to <= from) continue;
      for (const block of present(this.#files[i], 'a file per group').blocks()) {
        const [ofInput, shape = 0] = block;
        if (ofInput !== input) continue;
        const schema = present(this.#shapes?.[shape] ?? this.#schemas[input], 'the schema of a block');
        yield decodeBatch(block.subarray(HEAD_BYTES), schema);
      }
    }
  }

  #bytesOf(columns: readonly Vector[]): number {
    let total = 0;
    for (const column of columns) {
      if (column.layout === 'struct') total += this.#bytesOf(column.children);
      else if (column.layout === 'object') total += column.length * OBJECT_BYTES;
      else if (column.layout === 'string') {
        total += column.length * 4;
        if (this.#dictionaries.has(column.dictionary)) continue;
        this.#dictionaries.add(column.dictionary);
        total += column.dictionary.sizeBytes + column.dictionary.size * 16;
      } else total += column.values.byteLength;
    }
    return total;
  }
}

const OBJECT_BYTES = 96;

/** The bits set in each byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let bits = byte; bits > 0; bits >>= 1) count += bits & 1;
  return count;
});
