/** What `writeStream…start()` hands to the engine. */
import type { OutputMode } from '../sinks/sink.ts';
import type { StreamingQueryListener } from './query-events.ts';
import type { QueryExecution } from './query-execution.ts';
import type { Trigger } from './trigger.ts';

/** A streaming query to be started. */
export interface StreamingQueryRequest {
  readonly query: QueryExecution;
  readonly outputMode: OutputMode;
  readonly trigger: Trigger;
  readonly queryName: string | undefined;
  readonly checkpointLocation: string | undefined;
  readonly sinkFormat: string;
  /** Options of the sink by lower-case name. */
  readonly sinkOptions: ReadonlyMap<string, string>;
  /** The in-process object behind the sink. */
  readonly sinkHandle?: object;
  readonly partitionColumns: readonly string[];
  readonly listener: StreamingQueryListener;
}
