/**
 * Slots by a time, so that the watermark finds what it closes without looking at every key: the end of a window, the event time of a
 * duplicate, the timeout of a group. Coarse buckets of 2^20 µs (about a second) in a heap, exact order inside a bucket only when it is
 * taken. In memory only: filled again after a load from the keys or values of the table.
 */
import { halvesOf } from '../types/long-halves.ts';
import type { StatePages } from './state-pages.ts';
import { SlotList } from './slot-list.ts';

/** Bits of microseconds inside one bucket. */
const BUCKET_BITS = 20n;
const BUCKET_MASK = 0xf_ffff;
const NO_BUCKET = Number.NaN;

export class TimeIndex {
  #buckets = new Map<number, SlotList>();
  /** A binary heap of bucket numbers, the smallest first. */
  #heap: number[] = [];
  #times = new BigInt64Array(64);
  /** The bucket a slot is in; entries of other buckets that name the slot are stale. */
  #bucketOf = new Float64Array(64).fill(NO_BUCKET);
  #size = 0;
  /** The bucket that was added to last: usually the next one too. */
  #lastBucket = NO_BUCKET;
  #lastList = new SlotList();

  /** Number of slots with a time. */
  get size(): number {
    return this.#size;
  }

  /** Sets the times of the first `count` entries of `slots`; `times[i]` belongs to `slots[i]`. A slot has one time: the last one set. */
  setAll(slots: Int32Array, times: BigInt64Array, count: number): void {
    const pairs = halvesOf(times);
    let stored = halvesOf(this.#times);
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      if (slot >= this.#bucketOf.length) {
        this.#grow(slot + 1);
        stored = halvesOf(this.#times);
      }
      const low = pairs[2 * i] as number;
      const high = pairs[2 * i + 1] as number;
      stored[2 * slot] = low;
      stored[2 * slot + 1] = high;
      this.#place(slot, high * 4096 + (low >>> 20));
    }
  }

  /** Sets the time of one slot. */
  set(slot: number, timeMicros: bigint): void {
    if (slot >= this.#bucketOf.length) this.#grow(slot + 1);
    this.#times[slot] = timeMicros;
    this.#place(slot, Number(timeMicros >> BUCKET_BITS));
  }

  /** Forgets a slot; one without a time is fine. Call when its key is removed other than by `takeUpTo`. */
  delete(slot: number): void {
    if (Number.isNaN(this.#bucketOf[slot] ?? NO_BUCKET)) return;
    this.#bucketOf[slot] = NO_BUCKET;
    this.#size--;
  }

  /** The earliest time, undefined when there is none. */
  earliestMicros(): bigint | undefined {
    for (let bucket = this.#heap[0]; bucket !== undefined; bucket = this.#heap[0]) {
      const slots = this.#slotsIn(bucket);
      if (slots.length > 0)
        return slots.reduce((least, slot) => min(least, this.#timeOf(slot)), this.#timeOf(slots[0] ?? 0));
      this.#popBucket();
    }
    return undefined;
  }

  /** Takes out the slots with times up to and including `endMicros`, in order of time, then of slot. */
  takeUpTo(endMicros: bigint): Int32Array {
    const taken: Int32Array[] = [];
    const last = Number(endMicros >> BUCKET_BITS);
    for (let bucket = this.#heap[0]; bucket !== undefined && bucket <= last; bucket = this.#heap[0]) {
      const slots = this.#slotsIn(bucket);
      const due = bucket < last ? slots : slots.filter((slot) => this.#timeOf(slot) <= endMicros);
      taken.push(this.#ordered(due));
      for (let i = 0; i < due.length; i++) this.#bucketOf[due[i] as number] = NO_BUCKET;
      this.#size -= due.length;
      if (due.length < slots.length) {
        this.#keep(bucket, slots);
        break;
      }
      this.#popBucket();
    }
    return joined(taken);
  }

  /** Forgets everything. */
  clear(): void {
    this.#buckets.clear();
    this.#lastBucket = NO_BUCKET;
    this.#heap = [];
    this.#bucketOf.fill(NO_BUCKET);
    this.#size = 0;
  }

  /** Takes everything out; the index is empty until `restore`. */
  release(): StatePages {
    const lists = [...this.#buckets];
    const pages: StatePages = {
      arrays: [this.#times, this.#bucketOf, ...lists.map(([, list]) => list.view().slice())],
      rest: { buckets: lists.map(([bucket]) => bucket), heap: this.#heap, size: this.#size },
    };
    this.#times = new BigInt64Array(0);
    this.#bucketOf = new Float64Array(0);
    this.clear();
    return pages;
  }

  /** Puts back what `release` gave, in place of what is there. */
  restore({ arrays, rest }: StatePages): void {
    const { buckets, heap, size } = rest as TimeIndexRest;
    const [times, bucketOf, ...lists] = arrays as [BigInt64Array, Float64Array, ...Int32Array[]];
    this.#times = times as BigInt64Array<ArrayBuffer>;
    this.#bucketOf = bucketOf as Float64Array<ArrayBuffer>;
    this.#buckets = new Map(buckets.map((bucket, i) => [bucket, SlotList.of(lists[i] as Int32Array)]));
    this.#lastBucket = NO_BUCKET;
    this.#heap = [...heap];
    this.#size = size;
  }

  /** The slots of one bucket in order of time. Slots that ascend already often are: all keys of one window. */
  #ordered(slots: Int32Array): Int32Array {
    const halves = halvesOf(this.#times);
    let before = 0;
    for (let i = 0; i < slots.length; i++) {
      const inBucket = (halves[2 * (slots[i] as number)] as number) & BUCKET_MASK;
      if (inBucket < before) return slots.toSorted((a, b) => this.#compare(a, b));
      before = inBucket;
    }
    return slots;
  }

  #compare(a: number, b: number): number {
    const left = this.#timeOf(a);
    const right = this.#timeOf(b);
    return left < right ? -1 : left > right ? 1 : a - b;
  }

  #timeOf(slot: number): bigint {
    return this.#times[slot] as bigint;
  }

  #place(slot: number, bucket: number): void {
    const before = this.#bucketOf[slot] as number;
    if (before === bucket) return;
    if (Number.isNaN(before)) this.#size++;
    this.#bucketOf[slot] = bucket;
    if (bucket !== this.#lastBucket) {
      this.#lastList = this.#listOf(bucket);
      this.#lastBucket = bucket;
    }
    this.#lastList.push(slot);
  }

  #listOf(bucket: number): SlotList {
    const known = this.#buckets.get(bucket);
    if (known !== undefined) return known;
    const list = new SlotList();
    this.#buckets.set(bucket, list);
    this.#pushBucket(bucket);
    return list;
  }

  /** The slots that really are in a bucket, each once, ascending. */
  #slotsIn(bucket: number): Int32Array {
    const listed = this.#buckets.get(bucket)?.view() ?? new Int32Array(0);
    const bucketOf = this.#bucketOf;
    const slots = new Int32Array(listed.length);
    let count = 0;
    let isAscending = true;
    for (let i = 0, before = -1; i < listed.length; i++) {
      const slot = listed[i] as number;
      if (bucketOf[slot] !== bucket) continue;
      isAscending &&= slot > before;
      slots[count++] = slot;
      before = slot;
    }
    const current = slots.subarray(0, count);
    return isAscending ? current : eachOnce(current.sort());
  }

  #keep(bucket: number, slots: Int32Array): void {
    const list = new SlotList();
    for (const slot of slots) if (this.#bucketOf[slot] === bucket) list.push(slot);
    this.#buckets.set(bucket, list);
    this.#lastBucket = NO_BUCKET;
  }

  #pushBucket(bucket: number): void {
    const heap = this.#heap;
    let at = heap.push(bucket) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) <= bucket) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = bucket;
  }

  #popBucket(): void {
    const heap = this.#heap;
    this.#buckets.delete(heap[0] as number);
    this.#lastBucket = NO_BUCKET;
    const moved = heap.pop() as number;
    if (heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      if ((heap[child] as number) >= moved) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moved;
  }

  #grow(needed: number): void {
    const size = Math.max(needed, this.#times.length * 2);
    const times = new BigInt64Array(size);
    times.set(this.#times);
    this.#times = times;
    const bucketOf = new Float64Array(size).fill(NO_BUCKET);
    bucketOf.set(this.#bucketOf);
    this.#bucketOf = bucketOf;
  }
}

interface TimeIndexRest {
  readonly buckets: readonly number[];
  readonly heap: readonly number[];
  readonly size: number;
}

/** Ascending slots, repeated ones once; in place. */
function eachOnce(slots: Int32Array): Int32Array {
  let count = 0;
  for (let i = 0; i < slots.length; i++) if (i === 0 || slots[i] !== slots[i - 1]) slots[count++] = slots[i] as number;
  return slots.subarray(0, count);
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const slots = new Int32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    slots.set(part, at);
    at += part.length;
  }
  return slots;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
