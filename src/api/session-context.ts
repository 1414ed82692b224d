/** What the objects of one session share; internal to the API. */
import type { EngineEnvironment } from '../engine/environment.ts';
import type { SessionSettings } from '../engine/session-settings.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { SourceRelation, UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { Expression } from '../expressions/expression.ts';
import type { CatalogTables } from './catalog-tables.ts';
import type { StatementQueue } from './statement-queue.ts';
import type { MemoryTable } from '../sinks/memory/memory-table.ts';
import type { SinkProvider } from '../sinks/sink.ts';
import type { StructType } from '../types/data-type.ts';
import type { UserFunctionRegistry } from './user-functions.ts';
import type { StreamingQueryManager } from './streaming-query-manager.ts';

/** A source asked for by a reader. */
export interface RelationRequest {
  readonly format: string;
  readonly schema: StructType | undefined;
  /** By lower-case name. */
  readonly options: ReadonlyMap<string, string>;
  readonly isStreaming: boolean;
}

/** The engine's environment plus what readers and writers need of the registries. */
export interface ApiEnvironment extends EngineEnvironment {
  /** What current_user() answers. */
  readonly userName: string;
  /** Writes a line to standard output. */
  printLine(line: string): void;
  /** The relation of a source; its schema comes from the user, the source, or is inferred later (`pendingSchema`). */
  resolveRelation(request: RelationRequest, timeZone: string): SourceRelation;
  /** The provider of a sink format; throws DATA_SOURCE_NOT_FOUND. */
  findSink(format: string): SinkProvider;
}

/** What USE and DECLARE change. */
export interface SessionState {
  /** The current database. */
  database: string;
  /** Session variables by lower-case name. */
  readonly variables: Map<string, Expression>;
  /** Those that a query is about to set, by lower-case name. */
  readonly pendingVariables: Set<string>;
  /** What they were declared with. */
  readonly variableDefaults: Map<string, Expression>;
}

export interface SessionContext {
  readonly environment: ApiEnvironment;
  /** A snapshot of the settings as they are now. */
  settings(): SessionSettings;
  /** Plans by lower-case view name. */
  readonly tempViews: Map<string, UnresolvedPlan>;
  /** Global temporary views, by lower-case name. */
  readonly globalViews: Map<string, UnresolvedPlan>;
  /** Tables and views that outlive the session. */
  readonly tables: CatalogTables;
  /** Statements that are still at work. */
  readonly statements: StatementQueue;
  /** What statements change. */
  readonly state: SessionState;
  /** Tables of memory sinks by lower-case query name. */
  readonly memoryTables: Map<string, MemoryTable>;
  readonly streams: StreamingQueryManager;
  /** Functions of the user by name. */
  readonly userFunctions: UserFunctionRegistry;
  /** Parses SQL text into an expression. */
  readonly parseExpression: (text: string) => UnresolvedExpression;
}
