/** A quota per second that may be overdrawn by one use, as AWS's read quota is by an answer of 10 MB: the debt is waited for. */
export class Quota {
  readonly #perSecond: number;
  readonly #capacity: number;
  #available: number;
  #refilledMs: number;

  /** Holds at most `capacity`, one second's worth when not given. */
  constructor(perSecond: number, nowMs: number, capacity: number = perSecond) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#available = capacity;
    this.#refilledMs = nowMs;
  }

  /** Whether `amount` may be used now; an amount above the capacity needs a full quota. */
  allows(amount: number, nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.#refilledMs);
    this.#refilledMs = Math.max(this.#refilledMs, nowMs);
    this.#available = Math.min(this.#capacity, this.#available + (elapsedMs * this.#perSecond) / 1000);
    return this.#available >= Math.min(amount, this.#capacity);
  }

  use(amount: number): void {
    this.#available -= amount;
  }
}
