/**
 * The state of one group as the functions of mapGroupsWithState and flatMapGroupsWithState see it, under Spark's names. The engine's
 * side of it is engine/stateful/group-state.ts.
 */

/** When the state of a group times out. */
export const GroupStateTimeout = {
  /** Never. */
  NoTimeout: 'NoTimeout',
  /** A duration after the batch that set it, on the clock; `setTimeoutDuration`. */
  ProcessingTimeTimeout: 'ProcessingTimeTimeout',
  /** When the watermark has passed a time; `setTimeoutTimestamp`. Needs `withWatermark`. */
  EventTimeTimeout: 'EventTimeTimeout',
} as const;
export type GroupStateTimeout = (typeof GroupStateTimeout)[keyof typeof GroupStateTimeout];

/** The state of a group during one call. A timeout holds until the next call for the group; set it again to keep it. */
export interface GroupState<S> {
  /** True when there is a state. */
  readonly exists: boolean;
  /** True when the function is called because the timeout has passed; there are no rows then. */
  readonly hasTimedOut: boolean;
  /** The state; an error when there is none. */
  get(): S;
  /** The state, undefined when there is none. */
  getOption(): S | undefined;
  update(state: S): void;
  remove(): void;
  /** Processing time: times out so many ms (or `'10 minutes'`) after the start of this batch. */
  setTimeoutDuration(duration: number | string): void;
  /** Event time: times out when the watermark has passed `timestampMs`, plus a duration as text. Not before the watermark. */
  setTimeoutTimestamp(timestampMs: number | Date, additionalDuration?: string): void;
  /** The watermark of this batch in ms; an error without `withWatermark`. */
  getCurrentWatermarkMs(): number;
  /** The start of this batch in ms; the same for all groups, also when the batch is repeated. */
  getCurrentProcessingTimeMs(): number;
  /** The time out that was in force before this call, in ms; undefined when there was none. */
  readonly oldTimeoutTimestamp: number | undefined;
}
