/**
 * The memory of large state entries, used again for those of the next versions once they have been written: several megabytes made anew
 * with each commit are what garbage collection is mostly about in a query whose groups are nearly rows.
 */

/** Smaller entries are not worth keeping memory for. */
const MIN_BYTES = 256 << 10;
const MAX_BYTES = 16 << 20;
const MAX_KEPT = 2;
/** Memory may be this many times as large as what is wanted. */
const MAX_SLACK = 2;

export class EntryMemory {
  #spares: ArrayBuffer[] = [];

  /** Memory for about so many bytes; undefined when there is none. */
  take(expectedBytes: number): ArrayBuffer | undefined {
    const at = this.#spares.findIndex(
      ({ byteLength }) => byteLength >= expectedBytes && byteLength <= expectedBytes * MAX_SLACK,
    );
    return at < 0 ? undefined : this.#spares.splice(at, 1)[0];
  }

  /** Keeps the memory of entries that nobody reads any more. */
  giveBack(entries: readonly Uint8Array[]): void {
    for (const { buffer } of entries)
      if (buffer instanceof ArrayBuffer && buffer.byteLength >= MIN_BYTES && buffer.byteLength <= MAX_BYTES)
        this.#spares.push(buffer);
    // The last ones are the most likely to fit.
    this.#spares = this.#spares.slice(-MAX_KEPT);
  }
}
