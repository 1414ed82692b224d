/**
 * The way in: `MillraceSession.builder()…getOrCreate()`. A session holds settings, views and running queries.
 */
import type { Observable } from 'rxjs';
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import type { SqlParameters } from '../sql/parse-context.ts';
import type { ApiEnvironment, SessionContext } from './session-context.ts';
import type { RowOf } from '../types/ddl-row.ts';
import { DATABASE_SETTING, SETTING_DEFAULTS, SessionSettings, USER_SETTING } from '../engine/session-settings.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { MemoryStream } from '../source/memory/memory-stream.ts';
import { batchFromRows } from '../types/row-codec.ts';
import { parseNameParts } from '../plan/resolve-names.ts';
import { parseExpression } from '../sql/parse-expression.ts';
import { parseSchema } from '../types/schema.ts';
import { toExpression, type ColumnOrValue } from './column.ts';
import { DataFrame } from './data-frame.ts';
import { createEnvironment, systemParts } from './default-environment.ts';
import { MemoryInput } from './memory-input.ts';
import { ObservableInput } from './observable-input.ts';
import { DataReader } from './reader.ts';
import { parseFor, runStatement } from './run-statement.ts';
import { CatalogTables } from './catalog-tables.ts';
import { SessionCatalogApi } from './catalog-api.ts';
import { functionFinder, sessionCatalog } from './session-catalog.ts';
import { StatementQueue } from './statement-queue.ts';
import { StreamingQueryManager } from './streaming-query-manager.ts';
import { UserFunctionRegistry } from './user-functions.ts';
import { withUserFunctions } from '../plan/with-user-functions.ts';

const DEFAULT_MAX_BUFFERED_ROWS = 1_000_000;

let activeSession: MillraceSession | undefined;

/** Values of the parameters of a SQL text: by name for `:name`, in order for `?`. */
export type SqlArguments = Readonly<Record<string, ColumnOrValue>> | readonly ColumnOrValue[];

/** Settings at run time: `session.conf`. */
export interface RuntimeConf {
  /** The value of a setting, or its default; throws for an unknown one when no `defaultValue` is given. */
  get(key: string, defaultValue?: string): string;
  set(key: string, value: string | number | boolean): void;
  unset(key: string): void;
}

/** Builds a session; made by `MillraceSession.builder()`. */
export class SessionBuilder {
  readonly #settings = new Map<string, string>();
  #environment: ApiEnvironment | undefined;

  appName(name: string): this {
    return this.config('spark.app.name', name);
  }

  /** `local[N]` or `local[*]`: how many cores queries may use. */
  master(master: string): this {
    if (!/^local(\[(\d+|\*)\])?$/.test(master)) {
      throw new MillraceError('INVALID_OPTION', {
        option: 'master',
        format: 'the session',
        value: master,
        expected: "'local', 'local[N]' or 'local[*]'",
      });
    }
    return this.config('spark.master', master);
  }

  config(key: string, value: string | number | boolean): this {
    this.#settings.set(key, String(value));
    return this;
  }

  /** Clock, randomness and connectors of the session, for test kits. */
  environment(environment: ApiEnvironment): this {
    this.#environment = environment;
    return this;
  }

  /** The session of this process with these settings added, or a new one when there is none or it was stopped. */
  getOrCreate(): MillraceSession {
    if (activeSession === undefined || this.#environment !== undefined) activeSession = this.create();
    else for (const [key, value] of this.#settings) activeSession.conf.set(key, value);
    return activeSession;
  }

  /** A new session, independent of others in the process. */
  create(): MillraceSession {
    return new MillraceSession(this.#environment ?? createEnvironment(systemParts()), new Map(this.#settings));
  }
}

export class MillraceSession {
  readonly #context: SessionContext;
  readonly #settings: Map<string, string>;

  /** Use `MillraceSession.builder()`. */
  constructor(environment: ApiEnvironment, settings: Map<string, string>) {
    this.#settings = settings;
    const userFunctions = new UserFunctionRegistry();
    this.#context = {
      environment,
      settings: () => new SessionSettings(new Map([...this.#ownSettings(), ...this.#settings])),
      tempViews: new Map(),
      globalViews: new Map(),
      tables: new CatalogTables(() => this.#settings.get('spark.sql.warehouse.dir') ?? 'spark-warehouse'),
      statements: new StatementQueue((error) =>
        environment.log.error(`A statement failed: ${error instanceof Error ? error.message : String(error)}`),
      ),
      state: { database: 'default', variables: new Map(), pendingVariables: new Set(), variableDefaults: new Map() },
      memoryTables: new Map(),
      streams: new StreamingQueryManager(environment.clock),
      userFunctions,
      parseExpression: (text) =>
        withUserFunctions(
          parseExpression(text, { timeZone: this.#context.settings().timeZone }),
          functionFinder(this.#context),
        ),
    };
  }

  /** What functions answer about the session. */
  #ownSettings(): [string, string][] {
    const { environment, state } = this.#context;
    return [
      [USER_SETTING, environment.userName],
      [DATABASE_SETTING, state.database],
    ];
  }

  static builder(): SessionBuilder {
    return new SessionBuilder();
  }

  /** Settings; changes hold for queries started afterwards. */
  get conf(): RuntimeConf {
    const settings = this.#settings;
    return {
      get(key, defaultValue) {
        const value = settings.get(key) ?? defaultValue ?? SETTING_DEFAULTS[key];
        if (value === undefined) throw new MillraceError('SQL_CONF_NOT_FOUND', { sqlConf: `"${key}"` });
        return value;
      },
      set: (key, value) => void settings.set(key, String(value)),
      unset: (key) => void settings.delete(key),
    };
  }

  /** Functions of yours by name, for SQL text and `expr`. */
  get udf(): UserFunctionRegistry {
    return this.#context.userFunctions;
  }

  /** Reads bounded input. */
  get read(): DataReader {
    return new DataReader(this.#context, false);
  }

  /** Reads unbounded input. */
  get readStream(): DataReader {
    return new DataReader(this.#context, true);
  }

  /** The streaming queries of this session. */
  get streams(): StreamingQueryManager {
    return this.#context.streams;
  }

  /** Rows in memory as a DataFrame; rows are objects, or arrays in column order. */
  createDataFrame<Ddl extends string>(
    rows: readonly (Row | readonly unknown[])[],
    schema: Ddl,
  ): DataFrame<RowOf<Ddl>, 'known'>;
  createDataFrame(rows: readonly (Row | readonly unknown[])[], schema: StructType): DataFrame;
  createDataFrame(rows: readonly (Row | readonly unknown[])[], schema: string | StructType): DataFrame {
    const structType = typeof schema === 'string' ? parseSchema(schema) : schema;
    return new DataFrame(
      { kind: 'localRelation', schema: structType, batches: [batchFromRows(structType, rows)] },
      this.#context,
    );
  }

  /** The numbers from `start` (0) to `end`, exclusive, as column `id`. */
  range(
    startOrEnd: number | bigint,
    end?: number | bigint,
    step: number | bigint = 1n,
  ): DataFrame<{ id: bigint }, 'known'> {
    const [from, to] = end === undefined ? [0n, BigInt(startOrEnd)] : [BigInt(startOrEnd), BigInt(end)];
    return new DataFrame({ kind: 'range', start: from, end: to, step: BigInt(step) }, this.#context);
  }

  /** A temp view, or the table of a memory sink. */
  table(name: string): DataFrame {
    const catalog = sessionCatalog(this.#context);
    const nameParts = parseNameParts(name);
    const plan = catalog.relation(nameParts);
    if (plan === undefined) throw catalog.notFound(nameParts);
    return new DataFrame(plan, this.#context);
  }

  /**
   * Runs a SQL statement. A query becomes a DataFrame; CREATE TEMP VIEW, SET and the like take effect at once. `args` are the values of
   * `:name`, or of `?` in order.
   *
   * @example
   * session.sql('SELECT action, count(*) AS n FROM logs WHERE code > :code GROUP BY action', { code: 399 });
   */
  sql(text: string, args: SqlArguments = []): DataFrame {
    const context = this.#context;
    const parameters = parametersOf(args);
    return runStatement(parseFor(context, text, parameters), context, this.#settings);
  }

  /** Databases, tables, views and functions. */
  get catalog(): SessionCatalogApi {
    return new SessionCatalogApi(this.#context);
  }

  /** A stream that this program adds rows to. */
  memoryStream<Ddl extends string>(schema: Ddl): MemoryInput<RowOf<Ddl>>;
  memoryStream(schema: StructType): MemoryInput;
  memoryStream(schema: string | StructType): MemoryInput {
    const stream = new MemoryStream(typeof schema === 'string' ? parseSchema(schema) : schema);
    return new MemoryInput(stream, this.#fromHandle(stream.schema, stream.description, stream));
  }

  /**
   * The rows of an RxJS Observable as a stream. Subscribed when the first query over it starts. Rows wait in memory; beyond
   * `maxBufferedRows` (1 million) the query fails with MEMORY_STREAM_FULL rather than growing without bound.
   */
  fromObservable<Ddl extends string>(
    rows: Observable<unknown>,
    options: { readonly schema: Ddl | StructType; readonly maxBufferedRows?: number },
  ): DataFrame<RowOf<Ddl>, 'known'> {
    const schema = typeof options.schema === 'string' ? parseSchema(options.schema) : (options.schema as StructType);
    const input = new ObservableInput(
      rows as Observable<Row>,
      schema,
      options.maxBufferedRows ?? DEFAULT_MAX_BUFFERED_ROWS,
    );
    return this.#fromHandle(schema, 'Observable', input);
  }

  /** Stops all queries, each of which finishes and commits its batch in flight, and ends the worker threads. */
  async stop(): Promise<void> {
    await this.#context.statements.settled();
    await Promise.all(this.streams.active.map((query) => query.stop()));
    await this.#context.environment.workers?.close();
    if (activeSession === this) activeSession = undefined;
  }

  #fromHandle<T>(schema: StructType, description: string, handle: object): DataFrame<T, 'known'> {
    const relation = {
      format: 'memory',
      schema,
      options: new Map<string, string>(),
      isStreaming: true,
      description,
      handle,
    };
    return new DataFrame<T, 'known'>({ kind: 'read', relation }, this.#context);
  }
}

function parametersOf(args: SqlArguments): SqlParameters {
  if (Array.isArray(args)) return (args as readonly ColumnOrValue[]).map(toExpression);
  return new Map(Object.entries(args).map(([name, value]) => [name, toExpression(value as ColumnOrValue)]));
}
