/**
 * The answer of the windowed count and sum per key, recomputed from all input by plain loops. Knows nothing of the engine: neither its
 * column batches nor its state, only what watermarks and output modes are defined to mean.
 */

/** One input row. */
export interface Event {
  readonly timeMs: number;
  readonly key: string;
  readonly value: number;
}

/** One group of the answer. */
export interface WindowCount {
  readonly startMs: number;
  readonly key: string;
  readonly count: number;
  readonly sum: number;
}

export interface ReferenceQuery {
  readonly windowMs: number;
  readonly delayMs: number;
}

export interface ReferenceAnswer {
  /** Update mode: what an upserted table holds at the end. */
  readonly finalTable: readonly WindowCount[];
  /** Append mode: the windows closed by the last watermark, each once. */
  readonly closedWindows: readonly WindowCount[];
  /** Rows dropped as late, per batch of input. */
  readonly lateRows: readonly number[];
  /** The watermark after all input. */
  readonly watermarkMs: number;
}

/**
 * The answer for batches in this order, each read whole. A row of batch N is late when its window ended at or before the watermark batch
 * N-1 ran with; batch N runs with the watermark that the rows up to batch N-1 give, and a last batch without rows with that of all rows.
 */
export function referenceAnswer(batches: readonly (readonly Event[])[], query: ReferenceQuery): ReferenceAnswer {
  const { windowMs, delayMs } = query;
  const groups = new Map<string, WindowCount>();
  const lateRows: number[] = [];
  let watermarkMs = 0;
  let previousWatermarkMs = 0;
  for (const batch of batches) {
    let numLate = 0;
    let maxTimeMs = -Infinity;
    for (const { timeMs, key, value } of batch) {
      if (timeMs > maxTimeMs) maxTimeMs = timeMs;
      const startMs = timeMs - (timeMs % windowMs);
      if (startMs + windowMs <= previousWatermarkMs) {
        numLate++;
        continue;
      }
      const name = `${startMs} ${key}`;
      const group = groups.get(name);
      const count = (group?.count ?? 0) + 1;
      groups.set(name, { startMs, key, count, sum: (group?.sum ?? 0) + value });
    }
    lateRows.push(numLate);
    previousWatermarkMs = watermarkMs;
    watermarkMs = Math.max(watermarkMs, maxTimeMs - delayMs);
  }
  const finalTable = [...groups.values()];
  const closedWindows = finalTable.filter(({ startMs }) => startMs + windowMs <= watermarkMs);
  return { finalTable, closedWindows, lateRows, watermarkMs };
}

/** Groups as lines in a fixed order, for comparison. */
export function linesOf(counts: readonly WindowCount[]): string[] {
  return counts
    .map(({ startMs, key, count, sum }) => `${new Date(startMs).toISOString()} ${key} ${count} ${sum}`)
    .toSorted();
}
