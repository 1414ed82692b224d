/**
 * The state of one group during one call of a user's function: reads what the store has, notes what the function wants. Writes nothing
 * itself; the operator does after the call.
 */
import type { GroupState, GroupStateTimeout } from '../../plan/group-state.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { parseInterval } from '../../types/interval.ts';

/** What all groups of a batch share. */
export interface GroupTimes {
  readonly timeout: GroupStateTimeout;
  readonly processingTimeMs: number;
  /** Undefined without a watermark. */
  readonly watermarkMs: number | undefined;
}

/** What is stored for a group. */
export interface StoredGroup {
  readonly state: unknown;
  readonly exists: boolean;
  readonly timeoutMs: number | undefined;
}

export class CalledGroupState implements GroupState<unknown> {
  readonly hasTimedOut: boolean;
  readonly oldTimeoutTimestamp: number | undefined;
  readonly #times: GroupTimes;
  #state: unknown;
  #exists: boolean;
  #isUpdated = false;
  #isRemoved = false;
  #timeoutMs: number | undefined;

  constructor(stored: StoredGroup, times: GroupTimes, hasTimedOut: boolean) {
    this.#state = stored.state;
    this.#exists = stored.exists;
    this.#times = times;
    this.hasTimedOut = hasTimedOut;
    this.oldTimeoutTimestamp = stored.timeoutMs;
  }

  get exists(): boolean {
    return this.#exists;
  }

  /** True when there is a new state to write. */
  get isUpdated(): boolean {
    return this.#isUpdated;
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** The timeout set in this call. */
  get timeoutMs(): number | undefined {
    return this.#timeoutMs;
  }

  get(): unknown {
    if (this.#exists) return this.#state;
    throw new MillraceError('GROUP_STATE_NOT_DEFINED', {});
  }

  getOption(): unknown {
    return this.#exists ? this.#state : undefined;
  }

  update(state: unknown): void {
    if (state === null || state === undefined)
      throw new MillraceError('ILLEGAL_STATE_STORE_VALUE.NULL_VALUE', { stateName: 'groupState' });
    this.#state = state;
    this.#exists = true;
    this.#isUpdated = true;
    this.#isRemoved = false;
  }

  remove(): void {
    this.#state = undefined;
    this.#exists = false;
    this.#isUpdated = false;
    this.#isRemoved = true;
  }

  setTimeoutDuration(duration: number | string): void {
    if (this.#times.timeout !== 'ProcessingTimeTimeout') throw new MillraceError('_LEGACY_ERROR_TEMP_2203', {});
    const durationMs = durationOf(duration);
    if (durationMs <= 0)
      throw invalidTimeout(`the duration ${duration}`, 'a positive duration, as 1000 or "10 minutes"');
    this.#timeoutMs = this.#times.processingTimeMs + durationMs;
  }

  setTimeoutTimestamp(timestampMs: number | Date, additionalDuration?: string): void {
    if (this.#times.timeout !== 'EventTimeTimeout') throw new MillraceError('_LEGACY_ERROR_TEMP_2205', {});
    const baseMs = typeof timestampMs === 'number' ? timestampMs : timestampMs.getTime();
    const atMs = baseMs + (additionalDuration === undefined ? 0 : durationOf(additionalDuration));
    if (!(atMs > 0)) throw invalidTimeout(`the timestamp ${atMs}`, 'a positive time in ms');
    const { watermarkMs } = this.#times;
    if (watermarkMs !== undefined && atMs < watermarkMs)
      throw invalidTimeout(`the timestamp ${atMs}`, `a time that is not before the watermark ${watermarkMs}`);
    this.#timeoutMs = Math.trunc(atMs);
  }

  getCurrentWatermarkMs(): number {
    const { watermarkMs } = this.#times;
    if (watermarkMs === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_2204', {});
    return watermarkMs;
  }

  getCurrentProcessingTimeMs(): number {
    return this.#times.processingTimeMs;
  }
}

function durationOf(duration: number | string): number {
  if (typeof duration === 'number') return Math.trunc(duration);
  const { months, days, micros } = parseInterval(duration);
  return months * 31 * 86_400_000 + days * 86_400_000 + Number(micros / 1000n);
}

function invalidTimeout(found: string, expected: string): MillraceError {
  return new MillraceError('INVALID_GROUP_STATE_TIMEOUT', { found, expected });
}
