/** Measures the phases of one batch under Spark's names. */
import type { Clock } from './environment.ts';

export class Stopwatch {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #phases = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  /** Runs a phase and adds its time. */
  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonicMs();
    try {
      return await work();
    } finally {
      this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + this.#clock.monotonicMs() - startMs);
    }
  }

  /** Whole milliseconds per phase, `triggerExecution` being everything since the start. */
  durations(): Record<string, number> {
    const phases = [...this.#phases].map(([name, ms]) => [name, Math.round(ms)] as const);
    return Object.fromEntries([...phases, ['triggerExecution', Math.round(this.#clock.monotonicMs() - this.#startMs)]]);
  }
}
