/**
 * Which watermark streams of a query are idle: those with an idle timeout that gave no row for so long. Beyond Spark and off by default;
 * what follows from idleness is decided by micro-batch.ts.
 *
 *   - an idle stream is left out when the query's watermark is the least of its streams';
 *   - when all watermark streams are idle and no source has data, the watermark moves to the latest time any state waits for, so that
 *     every open window is closed. Rows that come later and are older than that are late.
 *
 * Idle time is processing time from the last batch with rows of the stream, or from the start of this run.
 */

export class IdleStreams {
  readonly #timeoutMsByNode: ReadonlyMap<number, number>;
  readonly #lastRowsMs = new Map<number, number>();
  readonly #startMs: number;

  /** `timeoutMsByNode` holds the watermark nodes with an idle timeout. */
  constructor(timeoutMsByNode: ReadonlyMap<number, number>, startMs: number) {
    this.#timeoutMsByNode = timeoutMsByNode;
    this.#startMs = startMs;
  }

  /** Notes the watermark nodes that saw rows in a batch. */
  sawRows(nodes: Iterable<number>, nowMs: number): void {
    for (const node of nodes) this.#lastRowsMs.set(node, nowMs);
  }

  /** The nodes that are idle now. */
  idleAt(nowMs: number): ReadonlySet<number> {
    const idle = [...this.#timeoutMsByNode].filter(
      ([node, timeoutMs]) => nowMs - (this.#lastRowsMs.get(node) ?? this.#startMs) >= timeoutMs,
    );
    return new Set(idle.map(([node]) => node));
  }
}
