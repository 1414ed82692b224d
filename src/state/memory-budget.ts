/**
 * How much memory the state tables of a query may hold together. A table asks before it grows. When there is too little, whoever holds
 * state that is not in use writes it to disk (spill-file.ts); where nobody can, the query stops with an error that says so, before the
 * process runs out of memory. Results under way do not count.
 */
import { MillraceError } from '../errors/millrace-error.ts';

const MEGABYTE = 1 << 20;

/** Frees what it can spare, at least `bytes` if it has that much; false when it has nothing to free. */
export type MemoryRelief = (bytes: number) => boolean;

export class MemoryBudget {
  readonly limitBytes: number;
  readonly #held = new Map<object, number>();
  readonly #reliefs = new Set<MemoryRelief>();

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Whom to ask when memory is short. */
  addRelief(relief: MemoryRelief): void {
    this.#reliefs.add(relief);
  }

  /** Bytes held by all. */
  get heldBytes(): number {
    let total = 0;
    for (const held of this.#held.values()) total += held;
    return total;
  }

  /** Notes that `owner` is about to hold so many bytes in all; STATE_MEMORY_LIMIT_EXCEEDED when that is too much with the others. */
  claim(owner: object, bytes: number, numKeys: number): void {
    if (bytes > 0 && bytes + this.#heldByOthers(owner) > this.limitBytes) this.#relieve(owner, bytes);
    const needed = bytes + this.#heldByOthers(owner);
    if (bytes > 0 && needed > this.limitBytes)
      throw new MillraceError('STATE_MEMORY_LIMIT_EXCEEDED', {
        limit: megabytes(this.limitBytes),
        needed: megabytes(needed),
        numKeys: String(numKeys),
      });
    this.#held.set(owner, bytes);
  }

  /** True when so many bytes more fit, or can be made to. */
  makeRoom(bytes: number): boolean {
    const owner = {};
    if (bytes + this.heldBytes > this.limitBytes) this.#relieve(owner, bytes);
    return bytes + this.heldBytes <= this.limitBytes;
  }

  #relieve(owner: object, bytes: number): void {
    for (const relief of this.#reliefs) {
      const missing = bytes + this.#heldByOthers(owner) - this.limitBytes;
      if (missing <= 0) return;
      relief(missing);
    }
  }

  #heldByOthers(owner: object): number {
    return this.heldBytes - (this.#held.get(owner) ?? 0);
  }
}

function megabytes(bytes: number): string {
  return `${Number((bytes / MEGABYTE).toPrecision(3))} MB`;
}
