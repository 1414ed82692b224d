/** `Trigger`: when a streaming query runs its batches, under Spark's names. */
import type { Trigger as EngineTrigger } from '../engine/trigger.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseInterval } from '../types/interval.ts';

export const Trigger = {
  /** A batch every interval, given as text (`'10 seconds'`) or ms; 0 means as soon as there is data. */
  ProcessingTime(interval: string | number): EngineTrigger {
    return { kind: 'processingTime', intervalMs: typeof interval === 'number' ? interval : intervalMs(interval) };
  },
  /** Everything that is there at the start, in as many batches as rate limits require; then the query ends. */
  AvailableNow(): EngineTrigger {
    return { kind: 'availableNow' };
  },
  /** Everything that is there at the start, in one batch; then the query ends. */
  Once(): EngineTrigger {
    return { kind: 'once' };
  },
  /**
   * Rows go to the sink as soon as they arrive, without waiting for a checkpoint; that is written once per interval (5 minutes unless
   * given, at least `spark.sql.streaming.realTimeMode.minBatchDuration`). After a crash the rows of the last interval come again.
   */
  RealTime(interval: string | number = '5 minutes'): EngineTrigger {
    return { kind: 'realTime', durationMs: typeof interval === 'number' ? interval : intervalMs(interval) };
  },
  /** Not built: throws UNSUPPORTED_FEATURE. */
  Continuous(): EngineTrigger {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'Trigger.Continuous' });
  },
} as const;

function intervalMs(text: string): number {
  const { months, days, micros } = parseInterval(text);
  const ms = days * 86_400_000 + Number(micros / 1000n);
  if (months !== 0 || ms < 0) {
    throw new MillraceError('INVALID_OPTION', {
      option: 'processingTime',
      format: 'the trigger',
      value: text,
      expected: 'a duration below a month that is not negative',
    });
  }
  return ms;
}
