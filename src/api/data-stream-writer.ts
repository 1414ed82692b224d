/** Says where the results of a streaming query go and starts it; made by `df.writeStream`. */
import type { QueryExecution } from '../engine/query-execution.ts';
import type { StreamingQuery } from '../engine/streaming-query.ts';
import type { Trigger } from '../engine/trigger.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { RecordTransform } from '../sinks/delivery/record-processing.ts';
import type { ForeachBatchFunction } from '../sinks/foreach-batch/foreach-batch-sink.ts';
import type { ForeachWriter } from '../sinks/foreach/foreach-sink.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { Row } from '../types/row-codec.ts';
import type { DataFrame } from './data-frame.ts';
import type { SessionContext } from './session-context.ts';
import { Observable } from 'rxjs';
import { startStreamingQuery } from '../engine/start-query.ts';
import { DEFAULT_TRIGGER } from '../engine/trigger.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { parseNameParts } from '../plan/resolve-names.ts';
import { checkSinkRequest } from '../sinks/check-sink-request.ts';
import { MemoryTable } from '../sinks/memory/memory-table.ts';
import { rowsOf } from '../types/row-codec.ts';
import { OptionMap } from './option-map.ts';
import { resolvePendingSchemas } from './pending-schema.ts';
import { queryOf } from './query-of.ts';
import { catalogEntry, databaseOf } from './session-catalog.ts';
import { schemaNotFound, tableEntry } from './table-entry.ts';

/**
 * Called with the rows of each micro-batch and its id; the same id again means the same rows again. Written as a method, so that a writer
 * of typed rows is a writer of rows.
 */
export type ForeachBatch<T> = { call(batch: DataFrame<T>, batchId: number): void | Promise<void> }['call'];

/** What `start` may be called on: anything, or nothing at all when the query cannot run in its output mode. */
type Startable<Modes, Chosen> = Chosen extends Modes
  ? unknown
  : `${Chosen & string} mode cannot work here: choose another outputMode, or add withWatermark`;

/** Formats whose checkpoint may be a temporary one, as in Spark. */
const TEMPORARY_CHECKPOINT_FORMATS = new Set(['console', 'memory', 'noop', 'foreach', 'foreachbatch']);

/** `Modes` are the output modes the query may run in, `Chosen` the one it will, as far as the compiler knows. */
export class DataStreamWriter<T = Row, Modes extends OutputMode = OutputMode, Chosen extends OutputMode = 'append'> {
  readonly #plan: UnresolvedPlan;
  readonly #context: SessionContext;
  readonly #frameOf: (plan: UnresolvedPlan) => DataFrame<T>;
  readonly #options = new OptionMap();
  #format: string | undefined;
  #outputMode: OutputMode = 'append';
  #trigger: Trigger = DEFAULT_TRIGGER;
  #queryName: string | undefined;
  #partitionColumns: readonly string[] = [];
  #handle: object | undefined;

  /** `frameOf` makes the DataFrames handed to foreachBatch. */
  constructor(plan: UnresolvedPlan, context: SessionContext, frameOf: (plan: UnresolvedPlan) => DataFrame<T>) {
    this.#plan = plan;
    this.#context = context;
    this.#frameOf = frameOf;
  }

  /** `json`, `csv`, `jdbc`, `console`, `memory`, … */
  format(format: string): this {
    this.#format = format;
    return this;
  }

  /** `append` (default): rows that will not change any more; `update`: changed rows; `complete`: all rows each time. */
  outputMode<Mode extends Modes>(mode: Mode): DataStreamWriter<T, Modes, Mode> {
    const known = (['append', 'update', 'complete'] as const).find((candidate) => candidate === mode.toLowerCase());
    if (known === undefined) throw new MillraceError('STREAMING_OUTPUT_MODE.INVALID', { outputMode: mode });
    this.#outputMode = known;
    return this as unknown as DataStreamWriter<T, Modes, Mode>;
  }

  trigger(trigger: Trigger): this {
    this.#trigger = trigger;
    return this;
  }

  option(name: string, value: string | number | boolean): this {
    this.#options.set(name, value);
    return this;
  }

  options(options: Readonly<Record<string, string | number | boolean>>): this {
    this.#options.setAll(options);
    return this;
  }

  /** The name in progress and in `session.streams`; the table name of the memory sink. */
  queryName(name: string): this {
    this.#queryName = name;
    return this;
  }

  /** Folders per value of these columns, for file sinks. */
  partitionBy(...columnNames: readonly string[]): this {
    this.#partitionColumns = columnNames;
    return this;
  }

  /**
   * Hands each micro-batch to a function as a DataFrame. At least once: remember batch ids to be exactly once.
   */
  foreachBatch(write: ForeachBatch<T>): this {
    const handle: ForeachBatchFunction = async (batches, batchId) => {
      const schema = batches[0]?.schema ?? this.#execution().schema;
      await write(this.#frameOf({ kind: 'localRelation', schema, batches }), batchId);
    };
    this.#handle = handle;
    return this.format('foreachBatch');
  }

  /**
   * For the sink `delivery`: what becomes of each record before it is delivered. A record for which it throws goes under the error prefix, null
   * drops it.
   */
  transformRecords(transform: RecordTransform): this {
    this.#handle = transform;
    return this;
  }

  /** Hands each row to a writer with open, process and close. */
  foreach(writer: ForeachWriter): this {
    this.#handle = writer;
    return this.format('foreach');
  }

  /**
   * Starts the query; resolves when it is ready for its first batch, rejects when plan, options, source, sink or checkpoint are not in
   * order. `path` is the option of that name: a folder, an `s3://` or a `jdbc:` URL.
   */
  start(this: Startable<Modes, Chosen>, path?: string): Promise<StreamingQuery>;
  async start(path?: string): Promise<StreamingQuery> {
    if (path !== undefined) this.option('path', path);
    await this.#context.statements.settled();
    return this.startNow();
  }

  /** `start` without waiting for the session's statements: for the statement that starts a query itself. */
  async startNow(): Promise<StreamingQuery> {
    const { environment, streams } = this.#context;
    // The schemas of static tables may have to be inferred first.
    const query = this.#execution(await resolvePendingSchemas(this.#plan));
    const sinkFormat = this.#format ?? query.settings.get('spark.sql.sources.default') ?? 'parquet';
    const provider = environment.findSink(sinkFormat);
    checkSinkRequest(provider, { options: this.#options.toMap(), mode: this.#outputMode });
    const queryName = this.#queryName ?? this.#options.get('queryName');
    const handle = this.#handle ?? (provider.name === 'memory' ? this.#memoryTable(queryName, query) : undefined);
    const request = {
      query,
      outputMode: this.#outputMode,
      trigger: this.#trigger,
      queryName,
      checkpointLocation: this.#checkpointLocation(provider.name, queryName, query),
      sinkFormat: provider.name,
      sinkOptions: this.#options.toMap(),
      partitionColumns: this.#partitionColumns,
      listener: streams.listener,
    };
    return streams.start(request, () =>
      startStreamingQuery(handle === undefined ? request : { ...request, sinkHandle: handle }, environment),
    );
  }

  /** Starts the query into a table, which is made when there is none; see start. */
  toTable(this: Startable<Modes, Chosen>, name: string): Promise<StreamingQuery>;
  async toTable(name: string): Promise<StreamingQuery> {
    const context = this.#context;
    const nameParts = parseNameParts(name);
    let entry = catalogEntry(nameParts, context);
    if (entry === undefined) {
      const database = databaseOf(nameParts, context);
      if (!context.tables.databases.includes(database)) throw schemaNotFound(database);
      const { schema } = this.#execution();
      const given = {
        nameParts,
        columns: schema,
        format: this.#format,
        options: this.#options.toMap(),
        location: undefined,
      };
      const options = new Map([...given.options].filter(([key]) => key !== 'checkpointlocation'));
      entry = tableEntry({ ...given, options, partitionColumns: this.#partitionColumns }, database, schema, context);
      context.tables.put(entry);
    }
    this.options(entry.options ?? {});
    if (entry.format !== undefined) this.format(entry.format);
    if (entry.location !== undefined) this.option('path', entry.location);
    return (this as unknown as DataStreamWriter).start();
  }

  /** The result rows as an Observable, an array per micro-batch. */
  toObservable(options: {
    readonly outputMode?: OutputMode;
    readonly trigger?: Trigger;
    readonly checkpointLocation?: string;
  }): Observable<T[]> {
    return new Observable((subscriber) => {
      const handle: ForeachBatchFunction = async (batches) =>
        subscriber.next(batches.flatMap((batch) => rowsOf(batch) as T[]));
      const writer = new DataStreamWriter<T>(this.#plan, this.#context, this.#frameOf)
        .outputMode(options.outputMode ?? 'append')
        .trigger(options.trigger ?? DEFAULT_TRIGGER);
      if (options.checkpointLocation !== undefined) writer.option('checkpointLocation', options.checkpointLocation);
      // In real time rows come one by one; a batch would come at its end.
      const isRealTime = options.trigger?.kind === 'realTime';
      writer.#handle = isRealTime ? { process: (row: T) => subscriber.next([row]) } : handle;
      const started = writer.format(isRealTime ? 'foreach' : 'foreachBatch').start();
      started
        .then((query) => query.awaitTermination())
        .then(() => subscriber.complete())
        .catch((error: unknown) => subscriber.error(error));
      return () => {
        started.then((query) => query.stop()).catch(() => undefined);
      };
    });
  }

  #execution(plan: UnresolvedPlan = this.#plan): QueryExecution {
    return queryOf(plan, this.#context);
  }

  /** The table of a memory sink lives in the session, so that a restarted query goes on with it. */
  #memoryTable(queryName: string | undefined, query: QueryExecution): MemoryTable {
    if (queryName === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1194', {});
    const { memoryTables } = this.#context;
    const key = queryName.toLowerCase();
    const hasCheckpoint = this.#options.get('checkpointLocation') !== undefined;
    const known = hasCheckpoint ? memoryTables.get(key) : undefined;
    const table = known ?? new MemoryTable(queryName, query.schema);
    memoryTables.set(key, table);
    return table;
  }

  #checkpointLocation(format: string, queryName: string | undefined, query: QueryExecution): string | undefined {
    const given = this.#options.get('checkpointLocation');
    if (given !== undefined && given !== '') return given;
    const root = query.settings.get('spark.sql.streaming.checkpointLocation') ?? '';
    if (root !== '') return `${root.replace(/\/$/, '')}/${queryName ?? this.#context.environment.newId()}`;
    if (TEMPORARY_CHECKPOINT_FORMATS.has(format.toLowerCase())) return undefined;
    throw new MillraceError('_LEGACY_ERROR_TEMP_1298', { config: 'spark.sql.streaming.checkpointLocation' });
  }
}
