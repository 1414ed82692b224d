/**
 * The read quota of a shard: AWS allows five GetRecords a second for all readers of a shard together, so all queries of this process
 * share one bucket per shard.
 */
const BURST = 5;

export class TokenBucket {
  readonly #intervalMs: number;
  #tokens = BURST;
  #refilledMs: number;

  /** `intervalMs` is the time one token takes to come back. */
  constructor(intervalMs: number, nowMs: number) {
    this.#intervalMs = intervalMs;
    this.#refilledMs = nowMs;
  }

  /** Takes a token, maybe a future one, and returns how long to wait before using it. */
  take(nowMs: number): number {
    if (this.#intervalMs === 0) return 0;
    const refill = Math.max(nowMs - this.#refilledMs, 0) / this.#intervalMs;
    this.#tokens = Math.min(BURST, this.#tokens + refill) - 1;
    this.#refilledMs = nowMs;
    return this.#tokens >= 0 ? 0 : -this.#tokens * this.#intervalMs;
  }
}

const shared = new Map<string, { readonly bucket: TokenBucket; numUsers: number }>();

/** The bucket of a shard, the same one for everyone in this process who asks with the same name, until all have released it. */
export function acquireBucket(name: string, intervalMs: number, nowMs: number): TokenBucket {
  const entry = shared.get(name) ?? { bucket: new TokenBucket(intervalMs, nowMs), numUsers: 0 };
  entry.numUsers++;
  shared.set(name, entry);
  return entry.bucket;
}

export function releaseBucket(name: string): void {
  const entry = shared.get(name);
  if (entry !== undefined && --entry.numUsers === 0) shared.delete(name);
}
