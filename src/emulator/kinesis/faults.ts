/** Faults on demand: what the emulated Kinesis does wrong although nothing is wrong. Rates are between 0 and 1; absent is never. */
import { CutConnection, KinesisServiceError } from './service-error.ts';

/** A fault of one call. */
export type KinesisFault =
  /** Refused as AWS would, without effect. */
  | { readonly kind: 'refuse'; readonly type: string; readonly status?: number }
  /** The connection breaks before the call takes effect. */
  | { readonly kind: 'cut' }
  /** The call takes effect, and its answer is lost. */
  | { readonly kind: 'lose-answer' };

/** A call as a rule sees it. */
export interface FaultyCall {
  /** `GetRecords`, `PutRecords`, … */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** How many calls of this action came before. */
  readonly index: number;
}

export interface KinesisFaults {
  /** Share of calls on records answered with ProvisionedThroughputExceededException. */
  readonly throttleRate?: number;
  /** Share of all calls answered with InternalFailure, status 500. */
  readonly errorRate?: number;
  /** Share of all calls whose answer is lost after they took effect. */
  readonly lostAnswerRate?: number;
  /** Share of all calls whose connection breaks before they took effect. */
  readonly cutRate?: number;
  /** Every so many calls of GetRecords the iterator has expired. */
  readonly expireIteratorsEvery?: number;
  /** Asked first; undefined leaves the call to the rates. */
  readonly rule?: (call: FaultyCall) => KinesisFault | undefined;
}

/** Actions AWS throttles per shard. */
const DATA_ACTIONS = new Set(['GetRecords', 'GetShardIterator', 'PutRecord', 'PutRecords', 'ListShards']);

/** The fault this call gets, if any; `random` gives numbers in [0, 1). */
export function drawFault(faults: KinesisFaults, call: FaultyCall, random: () => number): KinesisFault | undefined {
  const ruled = faults.rule?.(call);
  if (ruled !== undefined) return ruled;
  const { throttleRate = 0, errorRate = 0, lostAnswerRate = 0, cutRate = 0, expireIteratorsEvery } = faults;
  if (
    call.action === 'GetRecords' &&
    expireIteratorsEvery !== undefined &&
    (call.index + 1) % expireIteratorsEvery === 0
  )
    return { kind: 'refuse', type: 'ExpiredIteratorException' };
  if (DATA_ACTIONS.has(call.action) && random() < throttleRate)
    return { kind: 'refuse', type: 'ProvisionedThroughputExceededException' };
  if (random() < errorRate) return { kind: 'refuse', type: 'InternalFailure', status: 500 };
  if (random() < lostAnswerRate) return { kind: 'lose-answer' };
  return random() < cutRate ? { kind: 'cut' } : undefined;
}

/** Throws for the faults that keep a call from taking effect. */
export function applyFault(fault: KinesisFault | undefined): void {
  if (fault?.kind === 'refuse')
    throw new KinesisServiceError(fault.type, `${fault.type} on demand`, fault.status ?? 400);
  if (fault?.kind === 'cut') throw new CutConnection('cut before the call');
}
