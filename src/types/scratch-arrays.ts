/**
 * Where the typed arrays of a column come from. Usually they are made fresh, because the column outlives its maker; a caller whose columns
 * live only until it has copied them somewhere takes them from a `ScratchArrays`, which uses the same memory again: arrays made anew for
 * each batch cost more in garbage collection than in being filled.
 */

/** Makes typed arrays of a length; what they hold is not said, whoever asks writes every element. */
export interface ArrayMaker {
  bytes(length: number): Uint8Array;
  ints(length: number): Int32Array;
  doubles(length: number): Float64Array;
  longs(length: number): BigInt64Array;
}

/** Arrays that belong to whoever asked. */
export const freshArrays: ArrayMaker = {
  bytes: (length) => new Uint8Array(length),
  ints: (length) => new Int32Array(length),
  doubles: (length) => new Float64Array(length),
  longs: (length) => new BigInt64Array(length),
};

const FIRST_BYTES = 4096;
/** A block that is larger is not kept for the next work. */
const MAX_KEPT_BYTES = 16 << 20;

/** Arrays out of one block of memory, valid until `clear`. */
export class ScratchArrays implements ArrayMaker {
  #block = new ArrayBuffer(0);
  #used = 0;
  /** Bytes of this work that were in blocks before. */
  #usedBefore = 0;

  bytes(length: number): Uint8Array {
    return new Uint8Array(...this.#place(length, 1));
  }

  ints(length: number): Int32Array {
    return new Int32Array(...this.#place(length, 4));
  }

  doubles(length: number): Float64Array {
    return new Float64Array(...this.#place(length, 8));
  }

  longs(length: number): BigInt64Array {
    return new BigInt64Array(...this.#place(length, 8));
  }

  /** All arrays given out are free again: nobody may read them any more. */
  clear(): void {
    const needed = this.#usedBefore + this.#used;
    if (this.#block.byteLength > MAX_KEPT_BYTES) this.#block = new ArrayBuffer(0);
    else if (this.#usedBefore > 0 && needed <= MAX_KEPT_BYTES) this.#block = new ArrayBuffer(needed + (needed >>> 3));
    this.#used = 0;
    this.#usedBefore = 0;
  }

  #place(length: number, elementBytes: number): [block: ArrayBuffer, at: number, length: number] {
    const numBytes = (length * elementBytes + 7) & ~7;
    if (this.#used + numBytes > this.#block.byteLength) {
      this.#usedBefore += this.#used;
      this.#block = new ArrayBuffer(Math.max(numBytes, this.#block.byteLength, FIRST_BYTES));
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += numBytes;
    return [this.#block, at, length];
  }
}
