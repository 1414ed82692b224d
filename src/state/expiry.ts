/**
 * Rows that leave the state by their time: a commit does not list their keys, but says of each older entry up to which time its rows
 * count no more, and drops the entries that have no others. Lists of entries and rows of entries; nothing is read or written here.
 */
import type { Vector } from '../types/vector.ts';
import type { StateFile } from './state-store.ts';
import type { StateChunk } from './state-chunk.ts';
import { assert } from '../errors/assert.ts';
import { halvesOf } from '../types/long-halves.ts';
import { gatherBatch } from '../types/vector-ops.ts';

/** The time of a row that never leaves. */
const NEVER_MICROS = 2n ** 63n - 1n;

/** The entries after the rows up to a time have left; `timeKey` is the key column with the time. */
export function expireFiles(files: readonly StateFile[], timeKey: number, upToMicros: bigint): StateFile[] {
  return files.flatMap((file) => {
    if (!mayExpire(file, upToMicros)) return [file];
    const last = file.times?.[1];
    if (last !== undefined && BigInt(last) <= upToMicros) return [];
    const before = file.expired?.[1];
    const upTo = before !== undefined && BigInt(before) > upToMicros ? before : String(upToMicros);
    return [{ ...file, expired: [timeKey, upTo] as const }];
  });
}

/** False when no row of an entry leaves up to a time. */
export function mayExpire({ times }: StateFile, upToMicros: bigint): boolean {
  return times === undefined || BigInt(times[0]) <= upToMicros;
}

/** The earliest and latest time of some rows, as an entry is listed with; undefined without rows. */
export function timesOf(vectors: readonly Vector[]): StateFile['times'] {
  let first: bigint | undefined;
  let last: bigint | undefined;
  for (const vector of vectors) {
    const { values, validity } = keyTimes(vector);
    if (vector.length === 0) continue;
    const hasNull = validity?.includes(0) === true;
    const [least, most] = hasNull ? [0, 0] : boundsOf(values, vector.length);
    const from = hasNull ? -NEVER_MICROS : (values[least] as bigint);
    const to = hasNull ? NEVER_MICROS : (values[most] as bigint);
    if (first === undefined || from < first) first = from;
    if (last === undefined || to > last) last = to;
  }
  return first === undefined || last === undefined ? undefined : [String(first), String(last)];
}

/** The rows of an entry that have not left. */
export function withoutExpired(chunk: StateChunk, expired: StateFile['expired']): StateChunk {
  if (expired === undefined) return chunk;
  const { updated, updatedBuckets, newRows } = chunk;
  const times = updated.columns[expired[0]];
  assert(times !== undefined, 'an entry has the key column its rows leave by');
  const rows = rowsAfter(times, BigInt(expired[1]));
  if (rows.length === updated.numRows) return chunk;
  return {
    ...chunk,
    updated: gatherBatch(updated, rows, rows.length),
    updatedBuckets: sizesOfRows(updatedBuckets, rows),
    newRows: newRows === undefined || newRows === 'all' ? newRows : Uint8Array.from(rows, (row) => newRows[row] ?? 0),
  };
}

/** Those of some slots whose time is at or before another; `vector` has the times of the slots. */
export function slotsUpTo(vector: Vector, slots: Int32Array, upToMicros: bigint): Int32Array {
  const stay = new Set(rowsAfter(vector, upToMicros));
  return slots.filter((_, row) => !stay.has(row));
}

/** The rows whose time is after another; a null is. */
function rowsAfter(vector: Vector, upToMicros: bigint): Int32Array {
  const { values, validity } = keyTimes(vector);
  const halves = halvesOf(values);
  const [low = 0, high = 0] = halvesOf(BigInt64Array.of(upToMicros));
  const rows = new Int32Array(vector.length);
  let count = 0;
  for (let row = 0; row < vector.length; row++) {
    const rowHigh = halves[2 * row + 1] as number;
    const isAfter = rowHigh > high || (rowHigh === high && (halves[2 * row] as number) >>> 0 > low >>> 0);
    if (isAfter || (validity !== undefined && validity[row] === 0)) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** The positions of the least and the greatest of the first values. */
function boundsOf(values: BigInt64Array, length: number): readonly [least: number, most: number] {
  const halves = halvesOf(values);
  let least = 0;
  let most = 0;
  for (let row = 1; row < length; row++) {
    if (isLess(halves, row, least)) least = row;
    if (isLess(halves, most, row)) most = row;
  }
  return [least, most];
}

function isLess(halves: Int32Array, a: number, b: number): boolean {
  const left = halves[2 * a + 1] as number;
  const right = halves[2 * b + 1] as number;
  return left < right || (left === right && (halves[2 * a] as number) >>> 0 < (halves[2 * b] as number) >>> 0);
}

/** The times of a key column: its own, or the ends of its windows. */
function keyTimes(vector: Vector): { readonly values: BigInt64Array; readonly validity: Uint8Array | undefined } {
  if (vector.layout === 'long') return vector;
  assert(vector.layout === 'struct', 'rows leave by a time or by a window');
  const end = vector.children[1];
  assert(end !== undefined && end.layout === 'long', 'the second field of a window is its end');
  return { values: end.values, validity: vector.validity };
}

/** The buckets of some rows, with their numbers, from those of all. */
function sizesOfRows(sizes: readonly number[], rows: Int32Array): number[] {
  const left: number[] = [];
  let end = 0;
  let at = 0;
  for (let i = 0; i < sizes.length; i += 2) {
    const start = at;
    end += sizes[i + 1] as number;
    while (at < rows.length && (rows[at] as number) < end) at++;
    if (at > start) left.push(sizes[i] as number, at - start);
  }
  return left;
}
