/**
 * Latencies from counts. Records arrive at a fixed rate, the keys taking turns, so the k-th newest record of a key was due k × `periodMs`
 * before the newest; when a row says that its key has now counted n records, all since the count before have just come through. Measured
 * against the time a record was due, not when it was sent: a producer held up by the engine counts.
 */
export class LatencySamples {
  readonly #periodMs: number;
  readonly #warmUpMs: number;
  readonly #counted = new Map<string, number>();
  #warmUpUntilMs: number | undefined;
  #numRecords = 0;
  #samples = new Float64Array(1 << 20);
  #numSamples = 0;

  /** `periodMs` lies between two records of a key; what was due within `warmUpMs` of the first record is not a sample. */
  constructor(periodMs: number, warmUpMs: number) {
    this.#periodMs = periodMs;
    this.#warmUpMs = warmUpMs;
  }

  /** Records seen, those of the warm-up too. */
  get numRecords(): number {
    return this.#numRecords;
  }

  /** A row of the counting query was seen at `nowMs`: `group` has `count` records, the newest due at `newestDueMs`. */
  sawCount(group: string, count: number, newestDueMs: number, nowMs: number): void {
    const numNew = count - (this.#counted.get(group) ?? 0);
    this.#counted.set(group, count);
    for (let k = 0; k < numNew; k++) this.sawRecord(newestDueMs - k * this.#periodMs, nowMs);
  }

  /** A record due at `dueMs` was seen at `nowMs`. */
  sawRecord(dueMs: number, nowMs: number): void {
    this.#numRecords++;
    this.#warmUpUntilMs ??= dueMs + this.#warmUpMs;
    if (dueMs >= this.#warmUpUntilMs) this.#add(nowMs - dueMs);
  }

  summary(): Readonly<Record<string, number>> {
    const sorted = this.#samples.subarray(0, this.#numSamples).toSorted();
    const at = (share: number): number => {
      const ms = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
      return Math.round(ms * 100) / 100;
    };
    return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1), numSamples: sorted.length };
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
