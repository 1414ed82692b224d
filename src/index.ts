/** The public surface of Millrace. */
export { Column } from './api/column.ts';
export type { ColumnOrName, ColumnOrValue } from './api/column.ts';
export { DataFrame } from './api/data-frame.ts';
export { DataFrameWriter } from './api/data-frame-writer.ts';
export { DataStreamWriter } from './api/data-stream-writer.ts';
export type { ForeachBatch } from './api/data-stream-writer.ts';
export * as features from './api/features.ts';
export * as functions from './api/functions.ts';
export { GroupedData } from './api/grouped-data.ts';
export { KeyValueGroupedData } from './api/key-value-grouped-data.ts';
export type {
  FlatMapGroupsWithStateOptions,
  GroupsWithStateOptions,
  TransformWithStateOptions,
} from './api/key-value-grouped-data.ts';
export { MemoryInput } from './api/memory-input.ts';
export { Observation } from './api/observation.ts';
export { DataReader } from './api/reader.ts';
export type { RowInput, RowOf } from './types/ddl-row.ts';
export { MillraceSession, SessionBuilder } from './api/session.ts';
export type { RuntimeConf, SqlArguments } from './api/session.ts';
export { StreamingQueryManager } from './api/streaming-query-manager.ts';
export { Trigger } from './api/trigger.ts';
export { UserFunctionRegistry } from './api/user-functions.ts';
export type { AggregateTypes, TypeLike, UserFunctionCall } from './api/user-functions.ts';
export type { AsyncCall, AsyncOptions } from './functions/async-function.ts';
export type { AggregateParts } from './functions/user-function.ts';
export { Window, WindowSpec } from './api/window.ts';
export * as types from './types/data-type.ts';
export type { LateRow } from './engine/late-row.ts';
export type { StreamingQueryProgress } from './engine/progress.ts';
export type { StreamingQueryListener } from './engine/query-events.ts';
export { StreamingQuery } from './engine/streaming-query.ts';
export type { StreamingQueryStatus } from './engine/streaming-query.ts';
export { MillraceError } from './errors/millrace-error.ts';
export type { ErrorConditionName } from './errors/error-conditions.ts';
export { defineSink } from './sinks/custom/define-sink.ts';
export type { SinkDefinition, SinkWriter, SinkWriterContext } from './sinks/custom/define-sink.ts';
export type { CommitMarker } from './sinks/commit-marker.ts';
export type { ForeachWriter } from './sinks/foreach/foreach-sink.ts';
export { GroupStateTimeout } from './plan/group-state.ts';
export type { GroupState } from './plan/group-state.ts';
export { StatefulProcessor, TimeMode } from './plan/stateful-processor.ts';
export type {
  ExpiredTimerInfo,
  ListState,
  MapState,
  QueryInfo,
  StatefulProcessorHandle,
  TimerValues,
  TtlConfig,
  ValueState,
} from './plan/stateful-processor.ts';
export type { GroupOutput } from './plan/user-function.ts';
export type { OutputMode } from './sinks/sink.ts';
export { defineSource } from './source/custom/define-source.ts';
export type {
  SimpleStreamReader,
  SourceDefinition,
  SourceOptions,
  SourceRows,
  SourceTools,
  StreamReader,
} from './source/custom/define-source.ts';
export type { JsonValue } from './source/source.ts';
export { Decimal } from './types/decimal.ts';
export type { Row } from './types/row-codec.ts';
export { Timestamp } from './types/timestamp.ts';
