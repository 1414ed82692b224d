/** How stores and drivers wait between two attempts, and the way of a real process. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryContext {
  readonly sleep: (ms: number) => Promise<void>;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** The clock of the machine and its random numbers. */
export const defaultRetryContext: RetryContext = {
  sleep: async (ms) => {
    await sleep(ms);
  },
  random: () => randomInt(1 << 30) / (1 << 30),
};
