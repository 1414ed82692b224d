/** What happens to streaming queries, as listeners see it. */
import type { StreamingQueryProgress } from './progress.ts';

export interface QueryStartedEvent {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
}
export interface QueryProgressEvent {
  readonly progress: StreamingQueryProgress;
}
export interface QueryIdleEvent {
  readonly id: string;
  readonly runId: string;
  readonly timestamp: string;
}
export interface QueryTerminatedEvent {
  readonly id: string;
  readonly runId: string;
  /** The error's text when the query failed, null when it was stopped or came to its end. */
  readonly exception: string | null;
  /** The error's condition, null when there is none. */
  readonly errorClassOnException: string | null;
}

/** Told of all queries of a session. `onQueryStarted` is called before start() returns; an exception of a listener is ignored. */
export interface StreamingQueryListener {
  onQueryStarted?(event: QueryStartedEvent): void;
  onQueryProgress?(event: QueryProgressEvent): void;
  onQueryIdle?(event: QueryIdleEvent): void;
  onQueryTerminated?(event: QueryTerminatedEvent): void;
}
