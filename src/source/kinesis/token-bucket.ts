/**
 * The read quota of a shard: AWS allows five GetRecords and 2 MB a second for all readers of a shard together, so all queries of this
 * process share one bucket per shard. Readers elsewhere are noticed by throttles: each slows the calls down, each answer speeds them up
 * again.
 */
const BURST = 5;
const BYTES_PER_MS = (2 * 1024 * 1024) / 1000;
const SLOWER = 1.5;
const FASTER = 0.95;
const MAX_SLOWNESS = 10;

export class TokenBucket {
  readonly #intervalMs: number;
  #tokens = BURST;
  #refilledMs: number;
  /** When the bytes of earlier answers are paid for. */
  #paidMs = 0;
  #slowness = 1;

  /** `intervalMs` is the time one token takes to come back; 0 knows no limits, for emulators that have none. */
  constructor(intervalMs: number, nowMs: number) {
    this.#intervalMs = intervalMs;
    this.#refilledMs = nowMs;
  }

  /** Takes a token, maybe a future one, and returns how long to wait before using it. */
  take(nowMs: number): number {
    if (this.#intervalMs === 0) return 0;
    const intervalMs = this.#intervalMs * this.#slowness;
    const refill = Math.max(nowMs - this.#refilledMs, 0) / intervalMs;
    this.#tokens = Math.min(BURST, this.#tokens + refill) - 1;
    this.#refilledMs = nowMs;
    return Math.max(0, this.#tokens >= 0 ? 0 : -this.#tokens * intervalMs, this.#paidMs - nowMs);
  }

  /** A call brought so many bytes. A second's worth is free after a pause. */
  answered(sizeBytes: number, nowMs: number): void {
    this.#slowness = Math.max(1, this.#slowness * FASTER);
    this.#paidMs = Math.max(this.#paidMs, nowMs - 1000) + sizeBytes / BYTES_PER_MS;
  }

  /** A call was throttled: someone else reads this shard, too. */
  slowDown(): void {
    this.#slowness = Math.min(MAX_SLOWNESS, this.#slowness * SLOWER);
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
