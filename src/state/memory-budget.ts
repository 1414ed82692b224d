/**
 * How much memory the state tables of a query may hold together. A table asks before it grows, so that a query whose state has become too
 * large stops with an error that says so, before the process runs out of memory. Indexes by time and results under way do not count.
 */
import { MillraceError } from '../errors/millrace-error.ts';

const MEGABYTE = 1 << 20;

export class MemoryBudget {
  readonly #limitBytes: number;
  readonly #held = new Map<object, number>();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Notes that `owner` is about to hold so many bytes in all; STATE_MEMORY_LIMIT_EXCEEDED when that is too much with the others. */
  claim(owner: object, bytes: number, numKeys: number): void {
    let others = 0;
    for (const [other, held] of this.#held) if (other !== owner) others += held;
    if (bytes + others > this.#limitBytes)
      throw new MillraceError('STATE_MEMORY_LIMIT_EXCEEDED', {
        limit: `${Math.floor(this.#limitBytes / MEGABYTE)} MB`,
        needed: `${Math.ceil((bytes + others) / MEGABYTE)} MB`,
        numKeys: String(numKeys),
      });
    this.#held.set(owner, bytes);
  }
}
