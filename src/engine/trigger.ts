/** When the next micro-batch starts. */

export type Trigger =
  /** As soon as the last batch has ended and there is data; with an interval: on its multiples since 1970. */
  | { readonly kind: 'processingTime'; readonly intervalMs: number }
  /** Rows go to the sink as they arrive, in batches that last this long; the checkpoint is written at the end of each. */
  | { readonly kind: 'realTime'; readonly durationMs: number }
  /** What is there at the start, in as many batches as limits require, then stop. */
  | { readonly kind: 'availableNow' }
  /** What is there at the start, in one batch, then stop. */
  | { readonly kind: 'once' };

/** Batches follow each other without pause. */
export const DEFAULT_TRIGGER: Trigger = { kind: 'processingTime', intervalMs: 0 };

/** How long to wait before the next batch of a processing-time trigger; a missed boundary is not made up, it starts at once. */
export function delayToNextTriggerMs(
  trigger: { readonly intervalMs: number },
  batchStartMs: number,
  nowMs: number,
): number {
  const { intervalMs } = trigger;
  if (intervalMs === 0) return 0;
  const nextMs = Math.floor(batchStartMs / intervalMs) * intervalMs + intervalMs;
  return Math.max(0, nextMs - nowMs);
}

/** True for triggers that stop by themselves. */
export function endsByItself(trigger: Trigger): boolean {
  return trigger.kind === 'availableNow' || trigger.kind === 'once';
}

/** True when batches follow each other as soon as there is data. */
export function isContinuous(trigger: Trigger): boolean {
  return trigger.kind === 'processingTime' && trigger.intervalMs === 0;
}
