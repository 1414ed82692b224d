/**
 * Latencies from counts. Records arrive at a fixed rate, the keys taking turns, so the k-th newest record of a key was due k × `periodMs`
 * before the newest; when a row says that its key has now counted n records, all since the count before have just come through. Measured
 * against the time a record was due, not when it was sent: a producer held up by the engine counts.
 */
export class LatencySamples {
  readonly #periodMs: number;
  readonly #warmUpUntilMs: number;
  readonly #counted = new Map<string, number>();
  #samples = new Float64Array(1 << 20);
  #numSamples = 0;

  /** `periodMs` lies between two records of a key; what was due before `warmUpUntilMs` is not a sample. */
  constructor(periodMs: number, warmUpUntilMs: number) {
    this.#periodMs = periodMs;
    this.#warmUpUntilMs = warmUpUntilMs;
  }

  /** A result row was seen at `nowMs`: `key` (with its window) has `count` records, the newest due at `newestDueMs`. */
  seen(key: string, count: number, newestDueMs: number, nowMs: number): void {
    const numNew = count - (this.#counted.get(key) ?? 0);
    this.#counted.set(key, count);
    for (let k = 0; k < numNew; k++) {
      const dueMs = newestDueMs - k * this.#periodMs;
      if (dueMs < this.#warmUpUntilMs) break;
      this.#add(nowMs - dueMs);
    }
  }

  get numRecords(): number {
    return [...this.#counted.values()].reduce((sum, count) => sum + count, 0);
  }

  summary(): LatencySummary {
    const sorted = this.#samples.subarray(0, this.#numSamples).toSorted();
    const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
    return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1), numSamples: this.#numSamples };
  }

  #add(ms: number): void {
    if (this.#numSamples === this.#samples.length) {
      const larger = new Float64Array(this.#samples.length * 2);
      larger.set(this.#samples);
      this.#samples = larger;
    }
    this.#samples[this.#numSamples++] = ms;
  }
}

export interface LatencySummary {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly numSamples: number;
}

function round(ms: number | undefined): number {
  return Math.round((ms ?? Number.NaN) * 100) / 100;
}
