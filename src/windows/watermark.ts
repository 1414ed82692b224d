/**
 * The watermark of a query: one global value in ms, 0 at first, which only grows. Each watermark node of the plan reports the largest
 * event time of a batch; the value computed from them after the batch is in force from the next batch on. Rows of one batch therefore
 * never make each other late.
 */

/** How the nodes' watermarks combine: `min` waits for the slowest, `max` follows the fastest. Frozen in the checkpoint. */
export type WatermarkPolicy = 'min' | 'max';

export class WatermarkTracker {
  readonly #policy: WatermarkPolicy;
  readonly #delayMsByNode: ReadonlyMap<number, number>;
  readonly #watermarkMsByNode = new Map<number, number>();
  #globalMs: number;

  /** `delayMsByNode` holds every watermark node of the plan; `initialMs` is the value the checkpoint restored, else 0. */
  constructor(policy: WatermarkPolicy, delayMsByNode: ReadonlyMap<number, number>, initialMs: number) {
    this.#policy = policy;
    this.#delayMsByNode = delayMsByNode;
    this.#globalMs = initialMs;
  }

  /** The watermark in force for the next batch, in ms since 1970. */
  get currentMs(): number {
    return this.#globalMs;
  }

  /**
   * Takes the largest event time of a batch per node (absent: the node saw no row) and moves the global watermark. Idle nodes do not hold
   * it back.
   */
  advance(maxEventTimeMsByNode: ReadonlyMap<number, number>, idleNodes: ReadonlySet<number> = new Set()): void {
    for (const [node, maxMs] of maxEventTimeMsByNode) {
      const candidateMs = maxMs - (this.#delayMsByNode.get(node) ?? 0);
      const knownMs = this.#watermarkMsByNode.get(node);
      if (knownMs === undefined || candidateMs > knownMs) this.#watermarkMsByNode.set(node, candidateMs);
    }
    const nodes = [...this.#delayMsByNode.keys()].filter((node) => !idleNodes.has(node));
    if (nodes.length === 0) return;
    const values = nodes.map((node) => this.#watermarkMsByNode.get(node) ?? 0);
    const chosenMs = this.#policy === 'min' ? Math.min(...values) : Math.max(...values);
    this.raiseTo(chosenMs);
  }

  /** Moves the global watermark to a time, unless it is there already. */
  raiseTo(watermarkMs: number): void {
    if (watermarkMs > this.#globalMs) this.#globalMs = watermarkMs;
  }
}

/** Event time in µs to the watermark's ms, rounded down. */
export function microsToWatermarkMs(micros: bigint): number {
  const quotient = micros / 1000n;
  return Number(micros < 0n && quotient * 1000n !== micros ? quotient - 1n : quotient);
}
