/**
 * What groupByKey…flatMapGroupsWithState and …transformWithState carry through the plan: the user's function or processor and what was
 * said about it. Neither knows the plan it is in.
 */
import type { StructType } from '../types/data-type.ts';
import type { GroupState, GroupStateTimeout } from './group-state.ts';
import type { StatefulProcessor, StatefulProcessorHandle, TimeMode } from './stateful-processor.ts';
import type { GroupOutput, ValueShape } from './user-function.ts';

/** The output mode of an operator; must be that of its query. */
export type StatefulOutputMode = 'append' | 'update' | 'complete';

/** The function of mapGroupsWithState and flatMapGroupsWithState. */
export interface GroupsWithState {
  /** `mapGroupsWithState` puts out one row per call. */
  readonly isMap: boolean;
  readonly call: (key: unknown, rows: Iterable<unknown>, state: GroupState<unknown>) => GroupOutput;
  readonly state: ValueShape;
  readonly schema: StructType;
  readonly outputMode: StatefulOutputMode;
  readonly timeout: GroupStateTimeout;
}

/** The processor of transformWithState. */
export interface StatefulTransform {
  /** A new processor around a handle; one per micro-batch. */
  readonly create: (handle: StatefulProcessorHandle) => StatefulProcessor<unknown, unknown, unknown, unknown>;
  readonly schema: StructType;
  readonly outputMode: StatefulOutputMode;
  readonly timeMode: TimeMode;
  /** The event-time column of the output, for stateful operators after this one. */
  readonly eventTimeColumn: string | undefined;
}
