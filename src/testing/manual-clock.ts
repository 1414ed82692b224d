/** A clock that stands still until a test moves it; sleepers wake when their time has come. */
import type { Clock } from '../engine/environment.ts';
import { parseInterval } from '../types/interval.ts';

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/**
 * @example
 * const clock = new ManualClock(Date.UTC(2026, 0, 1));
 * clock.advance('10 seconds');
 */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        wakeMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Moves the time on, given in ms or as text, and wakes whoever has slept long enough. */
  advance(by: number | string): void {
    const ms = typeof by === 'number' ? by : intervalMs(by);
    this.#nowMs += ms;
    for (const sleeper of [...this.#sleepers].toSorted((a, b) => a.wakeMs - b.wakeMs)) {
      if (sleeper.wakeMs <= this.#nowMs) sleeper.wake();
    }
  }
}

function intervalMs(text: string): number {
  const { days, micros } = parseInterval(text);
  return days * 86_400_000 + Number(micros / 1000n);
}
