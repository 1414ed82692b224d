/**
 * The events of one SubscribeToShard call, as frames: records as they come, an empty event every few seconds, an end after five minutes
 * or with the last record of a closed shard. Pulled by the transport, so a slow reader is not run over.
 */
import type { EmulatedShard } from './emulated-shard.ts';
import { eventFrame } from './event-frame.ts';
import type { EmulatorClock } from './operation.ts';
import { recordsFrom } from './record-operations.ts';
import { childShardJson } from './shard-json.ts';

const LIFE_MS = 300_000;
/** AWS tells of an idle shard about this often. */
const HEARTBEAT_MS = 5000;
const MAX_EVENT_RECORDS = 1000;
const MAX_EVENT_BYTES = 1024 * 1024;

export interface SubscriptionOptions {
  readonly shard: EmulatedShard;
  /** The first record to give. */
  readonly counter: number;
  readonly clock: EmulatorClock;
  /** Aborted when another subscription takes over or the consumer is gone. */
  readonly signal: AbortSignal;
}

/** The frames; `onEnd` runs once, however it ends. */
export async function* subscriptionEvents(
  { shard, counter, clock, signal }: SubscriptionOptions,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  const endMs = clock.nowMs() + LIFE_MS;
  let next = Math.max(counter, shard.horizonCounter);
  try {
    yield eventFrame('initial-response', '{}');
    while (!signal.aborted && clock.nowMs() < endMs) {
      const page = recordsFrom(shard, Math.max(next, shard.horizonCounter), MAX_EVENT_RECORDS, MAX_EVENT_BYTES);
      next = page.next;
      const hasEnded = !shard.isOpen && next >= shard.nextCounter;
      yield eventFrame('SubscribeToShardEvent', eventJson(shard, page.records, next, clock.nowMs(), hasEnded));
      if (hasEnded) return;
      if (shard.recordAt(next) !== undefined) continue;
      await changeOf(shard, next, Math.min(HEARTBEAT_MS, endMs - clock.nowMs()), clock, signal);
    }
  } finally {
    onEnd();
  }
}

function eventJson(
  shard: EmulatedShard,
  records: readonly string[],
  next: number,
  nowMs: number,
  hasEnded: boolean,
): string {
  const rest = JSON.stringify({
    MillisBehindLatest: shard.millisBehind(next, nowMs),
    ...(hasEnded
      ? { ChildShards: shard.children.map(childShardJson) }
      : { ContinuationSequenceNumber: shard.sequenceNumberAt(next - 1) }),
  });
  return `{"Records":[${records.join(',')}],${rest.slice(1)}`;
}

/** Waits for a record or the end of the shard, for `ms` at most. */
async function changeOf(
  shard: EmulatedShard,
  counter: number,
  ms: number,
  clock: EmulatorClock,
  signal: AbortSignal,
): Promise<void> {
  const waking = new AbortController();
  const wake = (): void => waking.abort();
  const silence = shard.listen(() => {
    if (shard.recordAt(counter) !== undefined || !shard.isOpen) wake();
  });
  signal.addEventListener('abort', wake, { once: true });
  try {
    if (!signal.aborted) await clock.sleep(ms, waking.signal).catch(() => undefined);
  } finally {
    silence();
    signal.removeEventListener('abort', wake);
  }
}
