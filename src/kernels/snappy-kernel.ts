/**
 * Snappy in WebAssembly (assembly/snappy.ts), one per thread: copies a block in, lets the kernel work, copies the result out. The twin is
 * snappy-block.ts, which also says what is wrong with a block that is none.
 */
import type { KernelInstance } from './kernel-instance.ts';

const TABLE_BYTES = 32_768;
const PADDING_BYTES = 64;
const FIRST_BYTES = 1 << 18;
/** Larger blocks are the twin's: memory that a kernel has is never given back. */
export const MAX_SNAPPY_BYTES = 8 << 20;

export class SnappyKernel {
  readonly #kernels: KernelInstance;
  readonly #table: number;
  #region = 0;
  #regionBytes = 0;

  constructor(kernels: KernelInstance) {
    this.#kernels = kernels;
    this.#table = kernels.reserve(TABLE_BYTES);
  }

  /** The `sizeBytes` bytes packed in `block`, a block without its length; undefined when it is not one of so many bytes. */
  uncompress(block: Uint8Array, sizeBytes: number): Uint8Array | undefined {
    const source = this.#place(block.length, sizeBytes);
    const { bytes, exports } = this.#kernels;
    bytes.set(block, source);
    const target = source + block.length + PADDING_BYTES;
    const isGood = exports.uncompressSnappy(source, source + block.length, target, target + sizeBytes) === 1;
    return isGood ? bytes.slice(target, target + sizeBytes) : undefined;
  }

  /** The block that `plain` packs to, without its length. */
  compress(plain: Uint8Array): Uint8Array {
    const source = this.#place(plain.length, plain.length + Math.ceil(plain.length / 6) + PADDING_BYTES);
    const { bytes, exports } = this.#kernels;
    bytes.set(plain, source);
    const target = source + plain.length + PADDING_BYTES;
    return bytes.slice(target, exports.compressSnappy(source, source + plain.length, target, this.#table));
  }

  /** The address of room for input and output, each with its padding. */
  #place(inputBytes: number, outputBytes: number): number {
    const needed = inputBytes + outputBytes + 2 * PADDING_BYTES;
    if (needed > this.#regionBytes) {
      this.#regionBytes = Math.max(FIRST_BYTES, 2 ** Math.ceil(Math.log2(needed)));
      this.#region = this.#kernels.reserve(this.#regionBytes);
    }
    return this.#region;
  }
}
