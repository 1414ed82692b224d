/**
 * Recording real streams and replaying them in tests: the same batches, at the same times, without the source they came from. What is in
 * such a file, and who writes it while a query runs, is source/recording/.
 */
import { createEnvironment, systemClock, systemParts } from '../api/default-environment.ts';
import type { DataFrame } from '../api/data-frame.ts';
import type { DataReader } from '../api/reader.ts';
import { MillraceSession } from '../api/session.ts';
import { Trigger } from '../api/trigger.ts';
import type { Clock } from '../engine/environment.ts';
import type { ReplayTime } from '../source/recording/recording-source.ts';

/** Stands at the time of the batch that is replayed; sleepers do not wait. */
class ReplayClock implements Clock, ReplayTime {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** A moment all the same, so that a query that waits for data lets others run. */
  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(1, signal);
  }

  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
  }
}

/** A session whose clock is that of the recordings replayed in it: `current_timestamp()` and timers give what they gave then. */
export function createReplaySession(settings: Readonly<Record<string, string>> = {}): MillraceSession {
  const clock = new ReplayClock();
  const environment = createEnvironment({ ...systemParts(), clock });
  const builder = MillraceSession.builder().environment({
    ...environment,
    createSource: (relation, timeZone, log) =>
      environment.createSource(
        relation.format === 'recording' ? { ...relation, handle: clock } : relation,
        timeZone,
        log,
      ),
  });
  for (const [key, value] of Object.entries(settings)) builder.config(key, value);
  return builder.create();
}

/**
 * A recorded stream as a streaming DataFrame, cut into the batches that were recorded. With `Trigger.AvailableNow()` a query over it ends
 * with the recording.
 *
 * @example
 * const session = createReplaySession();
 * const counts = perHour(replayStream(session, 'test/recordings/actions.ndjson'));
 */
export function replayStream(session: MillraceSession, path: string): DataFrame {
  return session.readStream.format('recording').load(path);
}

/** What a recording takes in. */
export interface RecordStreamOptions {
  /** Go on for so long, in ms; without it what is there now is recorded. */
  readonly durationMs?: number;
  /** Columns, or fields of JSON columns (`value.user`), whose values are not to be in the file. */
  readonly scrub?: readonly string[];
  /** Ends the recording early. */
  readonly signal?: AbortSignal;
}

/** Rows and batches in the file. */
export interface RecordedStream {
  readonly numRows: number;
  readonly numBatches: number;
}

/**
 * Records what a reader gives into a file; appends when it is there. To record what a query reads while it runs, give its reader the option
 * `recordTo` instead.
 *
 * @example
 * await recordStream(session.readStream.format('kafka').options(broker), 'actions.ndjson', { scrub: ['value.user'] });
 */
export async function recordStream(
  reader: DataReader,
  path: string,
  options: RecordStreamOptions = {},
): Promise<RecordedStream> {
  const { durationMs, scrub = [], signal } = options;
  if (scrub.length > 0) reader.option('recordScrub', scrub.join(','));
  const writer = reader.option('recordTo', path).load().writeStream.format('noop');
  if (durationMs === undefined) writer.trigger(Trigger.AvailableNow());
  const query = await writer.start();
  let numRows = 0;
  let numBatches = 0;
  query.progress$.subscribe(({ numInputRows }) => {
    numRows += numInputRows;
    numBatches += numInputRows > 0 ? 1 : 0;
  });
  const onAbort = (): void => void query.stop();
  signal?.addEventListener('abort', onAbort, { once: true });
  if (durationMs !== undefined) await query.awaitTermination(durationMs);
  if (durationMs !== undefined) await query.stop();
  await query.awaitTermination();
  signal?.removeEventListener('abort', onAbort);
  return { numRows, numBatches };
}
