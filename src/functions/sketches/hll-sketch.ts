/**
 * A HyperLogLog sketch with one byte per register, in the binary format of Apache DataSketches (family 7, version 1, type HLL_8). Few values
 * are kept as coupons of 26 bits of address and 6 of rank: up to eight in a list, then in a hash set; then the registers are made.
 *
 *     byte 0      1         2        3      4           5       6                    7
 *          words  version   family   lg K   lg slots    flags   coupons of a list    mode | type << 2
 *     list: 8 coupons from 8; set: their number at 8, slots from 12; registers: HIP, two sums, empty ones at 8 … 35, registers from 40.
 */
import { invertedPower, hllEstimate } from './hll-estimate.ts';

const FAMILY = 7;
const TYPE_HLL_8 = 2;
const EMPTY_FLAG = 4;
const COMPACT_FLAG = 8;
const OUT_OF_ORDER_FLAG = 16;
const LIST = 0;
const SET = 1;
const REGISTERS = 2;
const ADDRESS_BITS = 26;
const ADDRESS_MASK = 2 ** ADDRESS_BITS - 1;
const LG_LIST = 3;
const LG_FIRST_SET = 5;
const REGISTERS_START = 40;

/** The bits of K that sketches may have. */
export const [MIN_LG_K, MAX_LG_K] = [4, 21] as const;

/** The coupon of a hash. */
export function couponOf([low, high]: readonly [bigint, bigint]): number {
  const upper = Number(high >> 32n);
  const zeros = upper === 0 ? 32 + Math.clz32(Number(high & 0xffffffffn)) : Math.clz32(upper);
  return ((Math.min(zeros, 62) + 1) << ADDRESS_BITS) | Number(low & BigInt(ADDRESS_MASK));
}

export class HllSketch {
  readonly lgK: number;
  #mode: number = LIST;
  #coupons = new Int32Array(2 ** LG_LIST);
  #numCoupons = 0;
  #registers = new Uint8Array(0);
  #hip = 0;
  /** The sum of inverted powers of the registers, those of ranks from 32 on apart. */
  #sums: [number, number] = [0, 0];
  #numEmpty = 0;
  #leastRank = 0;
  #isOutOfOrder = false;

  constructor(lgK: number) {
    this.lgK = lgK;
  }

  get isEmpty(): boolean {
    return this.#mode !== REGISTERS && this.#numCoupons === 0;
  }

  /** About how many different values were added. */
  get estimate(): number {
    if (this.#mode === REGISTERS && !this.#isOutOfOrder) return this.#hip;
    return hllEstimate(
      this.#mode === REGISTERS
        ? { lgK: this.lgK, sum: this.#sums[0] + this.#sums[1], numEmpty: this.#leastRank === 0 ? this.#numEmpty : 0 }
        : this.#numCoupons,
    );
  }

  /** Adds a value by its coupon. */
  add(coupon: number): void {
    if (this.#mode === REGISTERS) this.#raise(coupon & (2 ** this.lgK - 1), coupon >>> ADDRESS_BITS);
    else if (this.#mode === SET) this.#addToSet(coupon);
    else this.#addToList(coupon);
  }

  /** Makes this a sketch of the values of both, as large as the smaller one where that is not larger than `maxLgK`; the union is returned. */
  union(source: HllSketch, maxLgK: number): HllSketch {
    if (source.isEmpty) return this;
    if (source.#mode !== REGISTERS) {
      if (source.#mode === SET && this.isEmpty && source.lgK === this.lgK) return source.#copy(source.lgK);
      for (const coupon of source.#coupons) if (coupon !== 0) this.add(coupon);
      return this;
    }
    if (this.#mode !== REGISTERS) {
      const copy = source.#copy(Math.min(source.lgK, maxLgK));
      for (const coupon of this.#coupons) if (coupon !== 0) copy.add(coupon);
      return copy;
    }
    const target = source.lgK < this.lgK ? this.#copy(source.lgK) : this;
    const mask = 2 ** target.lgK - 1;
    source.#registers.forEach((rank, i) => {
      if (rank > (target.#registers[i & mask] as number)) target.#registers[i & mask] = rank;
    });
    target.#isOutOfOrder = true;
    target.#hip = 0;
    target.#sumUp();
    return target;
  }

  /** The bytes with all slots, those that are free too. */
  toBytes(): Uint8Array {
    const isDense = this.#mode === REGISTERS;
    const start = isDense ? REGISTERS_START : this.#mode === LIST ? 8 : 12;
    const bytes = new Uint8Array(start + (isDense ? this.#registers.length : this.#coupons.byteLength));
    const view = new DataView(bytes.buffer);
    const flags = (this.isEmpty ? EMPTY_FLAG : 0) | (this.#isOutOfOrder ? OUT_OF_ORDER_FLAG : 0);
    bytes.set([start / 4, 1, FAMILY, this.lgK, 0, flags, 0, this.#mode | (TYPE_HLL_8 << 2)]);
    if (isDense) {
      bytes[6] = this.#leastRank;
      [this.#hip, ...this.#sums].forEach((number, i) => view.setFloat64(8 + i * 8, number, true));
      view.setInt32(32, this.#numEmpty, true);
      bytes.set(this.#registers, REGISTERS_START);
      return bytes;
    }
    bytes[4] = Math.log2(this.#coupons.length);
    if (this.#mode === LIST) bytes[6] = this.#numCoupons;
    else view.setInt32(8, this.#numCoupons, true);
    this.#coupons.forEach((coupon, i) => view.setInt32(start + i * 4, coupon, true));
    return bytes;
  }

  /** The sketch of bytes; undefined where they are of none. */
  static fromBytes(bytes: Uint8Array): HllSketch | undefined {
    const [words = 0, version, family, lgK = 0, lgSlots = 0, flags = 0, count = 0, kind = 0] = bytes;
    const mode = kind & 3;
    const isKnown = version === 1 && family === FAMILY && kind >> 2 === TYPE_HLL_8 && words === [2, 3, 10][mode];
    if (bytes.length < 8 || !isKnown || lgK < MIN_LG_K || lgK > MAX_LG_K) return undefined;
    const sketch = new HllSketch(lgK);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (mode === REGISTERS) {
      if (bytes.length < REGISTERS_START + 2 ** lgK) return undefined;
      sketch.#mode = REGISTERS;
      sketch.#coupons = new Int32Array(0);
      sketch.#registers = bytes.slice(REGISTERS_START, REGISTERS_START + 2 ** lgK);
      sketch.#isOutOfOrder = (flags & OUT_OF_ORDER_FLAG) !== 0;
      sketch.#hip = sketch.#isOutOfOrder ? 0 : view.getFloat64(8, true);
      sketch.#sums = [view.getFloat64(16, true), view.getFloat64(24, true)];
      sketch.#numEmpty = view.getInt32(32, true);
      sketch.#leastRank = count;
      return sketch;
    }
    const start = mode === LIST ? 8 : 12;
    const numCoupons = mode === LIST ? count : bytes.length < 12 ? -1 : view.getInt32(8, true);
    const numSlots = (flags & COMPACT_FLAG) !== 0 || mode === LIST ? numCoupons : 2 ** lgSlots;
    if (numCoupons < 0 || bytes.length < start + numSlots * 4) return undefined;
    if (mode === SET) sketch.#becomeSet();
    if (mode === SET && (flags & COMPACT_FLAG) === 0) {
      sketch.#coupons = Int32Array.from({ length: numSlots }, (_, i) => view.getInt32(start + i * 4, true));
      sketch.#numCoupons = numCoupons;
    } else for (let i = 0; i < numCoupons; i++) sketch.add(view.getInt32(start + i * 4, true));
    return sketch;
  }

  #addToList(coupon: number): void {
    for (let i = 0; i < this.#coupons.length; i++) {
      if (this.#coupons[i] === coupon) return;
      if (this.#coupons[i] !== 0) continue;
      this.#coupons[i] = coupon;
      this.#numCoupons += 1;
      if (this.#numCoupons < this.#coupons.length) return;
      if (this.lgK < 8) this.#becomeRegisters();
      else {
        const known = this.#coupons;
        this.#becomeSet();
        for (const one of known) this.#addToSet(one);
      }
      return;
    }
  }

  #becomeSet(): void {
    this.#mode = SET;
    this.#coupons = new Int32Array(2 ** LG_FIRST_SET);
    this.#numCoupons = 0;
  }

  #addToSet(coupon: number): void {
    const slot = slotOf(this.#coupons, coupon);
    if (this.#coupons[slot] === coupon) return;
    this.#coupons[slot] = coupon;
    this.#numCoupons += 1;
    const { length } = this.#coupons;
    if (4 * this.#numCoupons <= 3 * length) return;
    if (length === 2 ** (this.lgK - 3)) {
      this.#becomeRegisters();
      return;
    }
    const known = this.#coupons;
    this.#coupons = new Int32Array(2 * length);
    for (const one of known) if (one !== 0) this.#coupons[slotOf(this.#coupons, one)] = one;
  }

  #becomeRegisters(): void {
    const { estimate } = this;
    const known = this.#coupons;
    this.#mode = REGISTERS;
    this.#coupons = new Int32Array(0);
    this.#registers = new Uint8Array(2 ** this.lgK);
    this.#sums = [2 ** this.lgK, 0];
    this.#numEmpty = 2 ** this.lgK;
    for (const coupon of known) if (coupon !== 0) this.add(coupon);
    this.#hip = estimate;
  }

  /** Raises a register to a rank; the chance of that beforehand is what HIP counts. */
  #raise(index: number, rank: number): void {
    const known = this.#registers[index] as number;
    if (rank <= known) return;
    this.#registers[index] = rank;
    const sums = this.#sums;
    this.#hip += 2 ** this.lgK / (sums[0] + sums[1]);
    sums[known < 32 ? 0 : 1] -= invertedPower(known);
    sums[rank < 32 ? 0 : 1] += invertedPower(rank);
    if (known === 0) this.#numEmpty -= 1;
  }

  /** Computes the sums and the number of registers of the least rank anew. */
  #sumUp(): void {
    const sums: [number, number] = [2 ** this.lgK, 0];
    let least = 64;
    let count = 0;
    for (const rank of this.#registers) {
      if (rank > 0) sums[rank < 32 ? 0 : 1] += invertedPower(rank) - 1;
      if (rank < least) [least, count] = [rank, 0];
      if (rank === least) count += 1;
    }
    this.#sums = sums;
    this.#leastRank = least;
    this.#numEmpty = count;
  }

  /** The same values in so many registers; only of dense sketches when fewer. */
  #copy(lgK: number): HllSketch {
    const copy = new HllSketch(lgK);
    if (lgK === this.lgK) {
      copy.#mode = this.#mode;
      copy.#coupons = this.#coupons.slice();
      copy.#numCoupons = this.#numCoupons;
      copy.#registers = this.#registers.slice();
      copy.#sums = [...this.#sums];
      copy.#numEmpty = this.#numEmpty;
      copy.#leastRank = this.#leastRank;
    } else {
      copy.#becomeRegisters();
      this.#registers.forEach((rank, i) => {
        if (rank > 0) copy.#raise(i & (2 ** lgK - 1), rank);
      });
    }
    copy.#hip = this.#hip;
    copy.#isOutOfOrder = this.#isOutOfOrder;
    return copy;
  }
}

/** The slot of a coupon in a hash table: its own or the free one it would take. */
function slotOf(slots: Int32Array, coupon: number): number {
  const mask = slots.length - 1;
  const stride = ((coupon & ADDRESS_MASK) >>> Math.log2(slots.length)) | 1;
  let at = coupon & mask;
  while (slots[at] !== 0 && slots[at] !== coupon) at = (at + stride) & mask;
  return at;
}
