/**
 * A table as a query: rows from a source and what is done to them, nothing of which happens before an action (collect, show, save) or
 * `writeStream…start()`. Transformations return new DataFrames and fail at once when a name or type is wrong.
 */
import type { Observable } from 'rxjs';
import type { ExplainMode, QueryExecution } from '../engine/query-execution.ts';
import type { Trigger } from '../engine/trigger.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedGrouping, UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { InputOf, RowInput, RowOf, ValueOf } from '../types/ddl-row.ts';
import type { Row } from '../types/row-codec.ts';
import type {
  AggregatedFacts,
  AggregatedRow,
  ColumnNameOf,
  DroppedRow,
  ExtendedRow,
  Facts,
  JoinKeys,
  JoinedFacts,
  JoinedRow,
  ModesOf,
  SelectedRow,
} from './schema-types.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { readsStream } from '../plan/unresolved-plan.ts';
import { valueShape } from '../plan/value-shape.ts';
import { showTable } from '../sinks/console/show-table.ts';
import { rowsOf } from '../types/row-codec.ts';
import { parseSchema, treeString } from '../types/schema.ts';
import { Column, columnExpression } from './column.ts';
import { DataFrameWriter } from './data-frame-writer.ts';
import { DataStreamWriter } from './data-stream-writer.ts';
import type { Observation } from './observation.ts';
import { GroupedData } from './grouped-data.ts';
import { joinPlan } from './join-plan.ts';
import { observedBatches } from './observed-batches.ts';
import { jsonTexts } from './json-texts.ts';
import { KeyValueGroupedData } from './key-value-grouped-data.ts';
import { hasPendingSchema, resolvePendingSchemas, withInferredSchemas } from './pending-schema.ts';
import { queryOf } from './query-of.ts';

/** Rows of type `T` when the schema was given as a literal, untyped rows otherwise. */
export class DataFrame<T = Row, F extends Facts = Facts> {
  readonly #plan: UnresolvedPlan;
  readonly #context: SessionContext;
  #execution: QueryExecution | undefined;

  /** Made by the session; not for users. */
  constructor(plan: UnresolvedPlan, context: SessionContext) {
    this.#plan = plan;
    this.#context = context;
  }

  /** The plan as written; for tools that translate it. */
  get plan(): UnresolvedPlan {
    return this.#plan;
  }

  /** The plans from parsed to physical. */
  get queryExecution(): QueryExecution {
    this.#execution ??= queryOf(this.#plan, this.#context);
    return this.#execution;
  }

  get schema(): StructType {
    const plan = withInferredSchemas(this.#plan);
    if (hasPendingSchema(plan)) throw new MillraceError('SCHEMA_NOT_INFERRED_YET', {});
    return (plan === this.#plan ? this.queryExecution : queryOf(plan, this.#context)).schema;
  }

  get columns(): string[] {
    return this.schema.fields.map(({ name }) => name);
  }

  /** True when the rows come from an unbounded source. */
  get isStreaming(): boolean {
    return readsStream(this.#plan);
  }

  select<const Columns extends readonly (Column | ColumnNameOf<T>)[]>(
    ...columns: Columns
  ): DataFrame<SelectedRow<T, Columns>, F> {
    return this.#checked({ kind: 'project', input: this.#plan, expressions: columns.map(columnExpression) });
  }

  /** As select, with SQL text. */
  selectExpr(...texts: readonly string[]): DataFrame<Row, F> {
    const expressions = texts.map((expression): UnresolvedExpression => ({ kind: 'expressionString', expression }));
    return this.#checked({ kind: 'project', input: this.#plan, expressions });
  }

  /** Keeps the rows for which the condition is true; a text is SQL. */
  where(condition: Column | string): DataFrame<T, F> {
    const expression: UnresolvedExpression =
      condition instanceof Column ? condition.expression : { kind: 'expressionString', expression: condition };
    return this.#checked({ kind: 'filter', input: this.#plan, condition: expression });
  }

  /** The same as where; also a function over rows, which costs an object per row. */
  filter(condition: Column | string | ((row: T) => boolean)): DataFrame<T, F> {
    if (typeof condition !== 'function') return this.where(condition);
    return this.#checked({ kind: 'typedFilter', input: this.#plan, predicate: condition as (row: Row) => boolean });
  }

  /**
   * A row for each row, made by a function. Functions over rows run on one thread, one object per row: prefer columns where they can do it.
   *
   * @example
   * logs.map((row) => ({ kind: classify(row.action) }), 'kind STRING');
   */
  map<Ddl extends string>(call: (row: T) => RowInput<RowOf<Ddl>>, schema: Ddl | StructType): DataFrame<RowOf<Ddl>> {
    return this.#mapRows('map', (rows) => rows.map((row) => call(row as T)), schema);
  }

  /** Any number of rows for each row. */
  flatMap<Ddl extends string>(
    call: (row: T) => Iterable<RowInput<RowOf<Ddl>>>,
    schema: Ddl | StructType,
  ): DataFrame<RowOf<Ddl>> {
    return this.#mapRows('flatMap', (rows) => rows.flatMap((row) => [...call(row as T)]), schema);
  }

  /** Any number of rows for some rows; called with up to 65,536 of them at a time. */
  mapPartitions<Ddl extends string>(
    call: (rows: Iterable<T>) => Iterable<RowInput<RowOf<Ddl>>>,
    schema: Ddl | StructType,
  ): DataFrame<RowOf<Ddl>> {
    return this.#mapRows('mapPartitions', (rows) => call(rows as readonly T[]), schema);
  }

  /**
   * Groups rows for functions over groups with state: by columns, or by what a function finds, a value or an object as `keySchema` says.
   *
   * @example
   * logs.groupByKey('user');
   * logs.groupByKey((row) => row.user.toLowerCase(), 'STRING');
   */
  groupByKey<Name extends keyof T & string>(...columns: readonly Name[]): KeyValueGroupedData<Pick<T, Name>, T>;
  groupByKey<Ddl extends string>(
    key: (row: T) => InputOf<ValueOf<Ddl>>,
    keySchema: Ddl | StructType,
  ): KeyValueGroupedData<ValueOf<Ddl>, T>;
  groupByKey(...columns: readonly (Column | ColumnNameOf<T>)[]): KeyValueGroupedData<Row, T>;
  groupByKey(...by: readonly unknown[]): KeyValueGroupedData<never, T> {
    const [call, schema] = by;
    const grouping: UnresolvedGrouping =
      typeof call === 'function'
        ? {
            kind: 'function',
            function: { call: call as (row: Row) => unknown, key: valueShape(schema as string | StructType, 'key') },
          }
        : { kind: 'columns', expressions: (by as readonly (Column | string)[]).map(columnExpression) };
    return new KeyValueGroupedData(this.#plan, grouping, (plan) => this.#checked(plan));
  }

  /**
   * Computes metrics over the rows that pass here: aggregates, reported with each batch of a stream in `observedMetrics` of its progress
   * under `name`, and for a bounded query by an Observation.
   */
  observe(observation: Observation | string, first: Column, ...others: readonly Column[]): DataFrame<T, F> {
    const metrics = [first, ...others].map(({ expression }) => expression);
    if (typeof observation === 'string')
      return this.#checked({ kind: 'observe', input: this.#plan, name: observation, metrics });
    observation.use(this.isStreaming);
    const { name } = observation;
    return this.#checked({ kind: 'observe', input: this.#plan, name, metrics, observer: observation });
  }

  /** Adds a column, or replaces the one of that name. */
  withColumn<Name extends string, C extends Column>(
    name: Name,
    column: C,
  ): DataFrame<ExtendedRow<T, Record<Name, C>>, F> {
    return this.withColumns({ [name]: column } as Record<Name, C>);
  }

  withColumns<Columns extends Readonly<Record<string, Column>>>(
    columns: Columns,
  ): DataFrame<ExtendedRow<T, Columns>, F> {
    const aliases = Object.entries<Column>(columns).map(([name, { expression }]) => ({ name, child: expression }));
    return this.#checked({ kind: 'withColumns', input: this.#plan, aliases });
  }

  withColumnRenamed(existing: ColumnNameOf<T>, name: string): DataFrame<Row, F> {
    return this.withColumnsRenamed({ [existing]: name });
  }

  withColumnsRenamed(renames: Readonly<Record<string, string>>): DataFrame<Row, F> {
    return this.#checked({ kind: 'withColumnsRenamed', input: this.#plan, renames: new Map(Object.entries(renames)) });
  }

  /** Without these columns; unknown names are ignored, as in Spark. */
  drop<const Names extends readonly ColumnNameOf<T>[]>(
    ...columnNames: Names
  ): DataFrame<DroppedRow<T, Names[number]>, F> {
    return this.#checked({ kind: 'drop', input: this.#plan, columnNames });
  }

  /** Names the relation, so that its columns can be written `name.column`. */
  alias(alias: string): DataFrame<T, F> {
    return this.#checked({ kind: 'subqueryAlias', input: this.#plan, alias });
  }

  /** Groups rows for aggregation; without columns all rows are one group. */
  groupBy<const Keys extends readonly (Column | ColumnNameOf<T>)[]>(...columns: Keys): GroupedData<T, Keys, F> {
    const groupings = columns.map(columnExpression);
    return new GroupedData<T, Keys, F>(this.#plan, groupings, (plan) => this.#checked(plan));
  }

  /** Groups by the columns, by all but the last one, and so on down to all rows as one group. */
  rollup(...columns: readonly (Column | ColumnNameOf<T>)[]): GroupedData<Row, readonly Column[], F> {
    return this.#grouped(columns, { groupType: 'rollup' });
  }

  /** Groups by every subset of the columns. */
  cube(...columns: readonly (Column | ColumnNameOf<T>)[]): GroupedData<Row, readonly Column[], F> {
    return this.#grouped(columns, { groupType: 'cube' });
  }

  /** Groups by each of the sets; `columns` are those to put out, null in the rows of sets that they are not in. */
  groupingSets(
    sets: readonly (readonly (Column | ColumnNameOf<T>)[])[],
    ...columns: readonly (Column | ColumnNameOf<T>)[]
  ): GroupedData<Row, readonly Column[], F> {
    const groupingSets = sets.map((set) => set.map(columnExpression));
    return this.#grouped(columns, { groupType: 'groupingSets', groupingSets });
  }

  /** Aggregates over all rows. */
  agg<First extends Column, Others extends readonly Column[]>(
    first: First,
    ...others: Others
  ): DataFrame<AggregatedRow<T, readonly [], First | Others[number]>, AggregatedFacts<F, readonly []>>;
  agg(functions: Readonly<Record<string, string>>): DataFrame<Row, AggregatedFacts<F, readonly []>>;
  agg(
    first: Column | Readonly<Record<string, string>>,
    ...others: readonly Column[]
  ): DataFrame<never, AggregatedFacts<F, readonly []>> {
    const grouped = this.groupBy();
    return (first instanceof Column ? grouped.agg(first, ...others) : grouped.agg(first)) as never;
  }

  /**
   * Marks the event-time column and how late rows may come: the watermark is the largest event time seen minus the delay. State older
   * than it is dropped; rows older than it too.
   *
   * Not in Spark and off by default: with `idleTimeout`, a stream without rows for so long does not hold the watermark back, and when all
   * watermarked streams are idle every open window is closed; rows older than those windows' ends are late from then on.
   */
  withWatermark(
    eventTime: ColumnNameOf<T>,
    delayThreshold: string,
    { idleTimeout }: { readonly idleTimeout?: string } = {},
  ): DataFrame<T, F | 'watermark'> {
    return this.#checked({ kind: 'withWatermark', input: this.#plan, eventTime, delayThreshold, idleTimeout });
  }

  /** The first row of each combination of values of the columns, or of all columns. */
  dropDuplicates(columnNames?: readonly ColumnNameOf<T>[]): DataFrame<T, F> {
    return this.#checked({ kind: 'deduplicate', input: this.#plan, columnNames, withinWatermark: false });
  }

  /** As dropDuplicates, but a stream forgets a key once the watermark has passed its first row by the watermark's delay. */
  dropDuplicatesWithinWatermark(columnNames?: readonly ColumnNameOf<T>[]): DataFrame<T, F> {
    return this.#checked({ kind: 'deduplicate', input: this.#plan, columnNames, withinWatermark: true });
  }

  distinct(): DataFrame<T, F> {
    return this.dropDuplicates();
  }

  /**
   * All pairs of rows for which the condition is true; `how` is a type as `left` or `left_semi`. Names instead of a condition are columns
   * both sides have: they are compared and come out once. Two streams need an equality, and for outer joins a bound in event time.
   */
  join<U, G extends Facts, const On extends JoinKeys<T, U>, How extends string = 'inner'>(
    other: DataFrame<U, G>,
    on?: On,
    how?: How,
  ): DataFrame<JoinedRow<T, U, On, How>, JoinedFacts<F, G>> {
    return this.#checked(joinPlan(this.#plan, other.plan, on, how));
  }

  /** All pairs of rows. */
  crossJoin<U, G extends Facts>(
    other: DataFrame<U, G>,
  ): DataFrame<JoinedRow<T, U, Column, 'cross'>, JoinedFacts<F, G>> {
    return this.join<U, G, Column, 'cross'>(other, undefined, 'cross');
  }

  /** All rows of both, columns paired by position. */
  union<U, G extends Facts>(other: DataFrame<U, G>): DataFrame<T, F | G> {
    return this.#union(other.plan, { byName: false, allowMissingColumns: false });
  }

  /** All rows of both, columns paired by name. */
  unionByName<U, G extends Facts>(other: DataFrame<U, G>, allowMissingColumns = false): DataFrame<T, F | G> {
    return this.#union(other.plan, { byName: true, allowMissingColumns });
  }

  /** Rows of this that the other has too, each once; nulls are equal. */
  intersect<U, G extends Facts>(other: DataFrame<U, G>): DataFrame<T, F | G> {
    return this.#combined('intersect', other.plan, false);
  }

  /** As intersect, a row as often as both have it. */
  intersectAll<U, G extends Facts>(other: DataFrame<U, G>): DataFrame<T, F | G> {
    return this.#combined('intersect', other.plan, true);
  }

  /** Rows of this that the other has not, each once; nulls are equal. */
  except<U, G extends Facts>(other: DataFrame<U, G>): DataFrame<T, F | G> {
    return this.#combined('except', other.plan, false);
  }

  /** As except; each row of the other takes away one of this. */
  exceptAll<U, G extends Facts>(other: DataFrame<U, G>): DataFrame<T, F | G> {
    return this.#combined('except', other.plan, true);
  }

  /** About this fraction of the rows, each drawn with `rand(seed)`. */
  sample(fraction: number, seed?: number | bigint): DataFrame<T, F> {
    const drawn = seed ?? Math.floor(this.#context.environment.random() * Number.MAX_SAFE_INTEGER);
    return this.#checked({ kind: 'sample', input: this.#plan, fraction, withReplacement: false, seed: drawn });
  }

  orderBy(...columns: readonly (Column | ColumnNameOf<T>)[]): DataFrame<T, F> {
    return this.#checked({ kind: 'sort', input: this.#plan, order: columns.map(columnExpression) });
  }

  sort(...columns: readonly (Column | ColumnNameOf<T>)[]): DataFrame<T, F> {
    return this.orderBy(...columns);
  }

  limit(numRows: number): DataFrame<T, F> {
    return this.#checked({ kind: 'limit', input: this.#plan, limit: numRows });
  }

  offset(numRows: number): DataFrame<T, F> {
    return this.#checked({ kind: 'offset', input: this.#plan, offset: numRows });
  }

  /** Makes the query findable by `session.table(name)`. */
  createOrReplaceTempView(name: string): void {
    this.#context.tempViews.set(name.toLowerCase(), this.#plan);
  }

  printSchema(): void {
    this.#context.environment.printLine(treeString(this.schema));
  }

  /** Prints the plans. */
  explain(mode: ExplainMode | boolean = 'simple'): void {
    this.#context.environment.printLine(this.explainString(mode));
  }

  /** The plans as text; `true` means extended. */
  explainString(mode: ExplainMode | boolean = 'simple'): string {
    const named = mode === true ? 'extended' : mode === false ? 'simple' : mode;
    return this.queryExecution.explain(named, this.#context.environment);
  }

  /** The result in column batches, read as it is computed. */
  async *toBatches(): AsyncGenerator<ColumnBatch> {
    const plan = await resolvePendingSchemas(await this.#context.statements.ready(this.#plan));
    yield* observedBatches(plan, queryOf(plan, this.#context), this.#context.environment);
  }

  async collect(): Promise<T[]> {
    const rows: T[] = [];
    for await (const batch of this.toBatches()) for (const row of rowsOf(batch)) rows.push(row as T);
    return rows;
  }

  async take(numRows: number): Promise<T[]> {
    return this.limit(numRows).collect();
  }

  async head(): Promise<T | undefined> {
    return (await this.take(1))[0];
  }

  async first(): Promise<T | undefined> {
    return this.head();
  }

  async count(): Promise<bigint> {
    const counted = this.groupBy().count();
    for await (const batch of counted.toBatches()) {
      const [row] = rowsOf(batch);
      if (row !== undefined) return row['count'] as bigint;
    }
    return 0n;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.take(1)).length === 0;
  }

  /** Calls a function for each row, in order, waiting for promises. */
  async foreach(visit: (row: T) => void | Promise<void>): Promise<void> {
    for await (const batch of this.toBatches()) for (const row of rowsOf(batch)) await visit(row as T);
  }

  /** Prints the first rows as a table; `truncate` cuts long values to 20 characters, or to the given number. */
  async show(numRows = 20, truncate: boolean | number = true): Promise<void> {
    const batches: ColumnBatch[] = [];
    for await (const batch of this.limit(numRows + 1).toBatches()) batches.push(batch);
    const { timeZone } = this.#context.settings();
    const plan = await resolvePendingSchemas(this.#plan);
    const { schema } = queryOf(plan, this.#context);
    const cut = truncate === true ? 20 : truncate === false ? 0 : truncate;
    this.#context.environment.printLine(showTable(schema, batches, { numRows, truncate: cut, timeZone }));
  }

  /** Each row as the JSON text Spark prints. */
  toJSON(): { collect(): Promise<string[]> } {
    return { collect: () => jsonTexts(this.toBatches(), this.#context.settings().timeZone) };
  }

  /** Saves a bounded result. */
  get write(): DataFrameWriter {
    if (this.isStreaming) throw new MillraceError('CALL_ON_STREAMING_DATASET_UNSUPPORTED', { methodName: '`write`' });
    return new DataFrameWriter(this.#plan, this.#context);
  }

  /** Runs the query on a stream and writes its results batch by batch. */
  get writeStream(): DataStreamWriter<T, ModesOf<F>> {
    if (!this.isStreaming) throw new MillraceError('WRITE_STREAM_NOT_ALLOWED', {});
    return new DataStreamWriter<T, ModesOf<F>>(
      this.#plan,
      this.#context,
      (plan) => new DataFrame<T>(plan, this.#context),
    );
  }

  /** The result rows of a streaming query, an array per micro-batch. The query runs while somebody is subscribed. */
  toObservable(
    options: {
      readonly outputMode?: OutputMode;
      readonly trigger?: Trigger;
      readonly checkpointLocation?: string;
    } = {},
  ): Observable<T[]> {
    return this.writeStream.toObservable(options);
  }

  #union<G extends Facts>(
    right: UnresolvedPlan,
    how: { readonly byName: boolean; readonly allowMissingColumns: boolean },
  ): DataFrame<T, G> {
    return this.#checked({ kind: 'union', left: this.#plan, right, ...how });
  }

  #combined<R, G extends Facts>(
    operation: 'intersect' | 'except',
    right: UnresolvedPlan,
    isAll: boolean,
  ): DataFrame<R, G> {
    return this.#checked({ kind: 'setOperation', operation, isAll, left: this.#plan, right });
  }

  #grouped(
    columns: readonly (Column | string)[],
    kind: ConstructorParameters<typeof GroupedData>[3],
  ): GroupedData<Row, readonly Column[], F> {
    return new GroupedData(this.#plan, columns.map(columnExpression), (plan) => this.#checked(plan), kind);
  }

  #mapRows<Ddl extends string>(
    name: string,
    call: (rows: readonly Row[]) => Iterable<unknown>,
    schema: Ddl | StructType,
  ): DataFrame<RowOf<Ddl>> {
    const structType = typeof schema === 'string' ? parseSchema(schema) : (schema as StructType);
    return this.#checked({
      kind: 'mapPartitions',
      input: this.#plan,
      function: { name, call },
      schema: structType,
    });
  }

  /** The DataFrame of a plan, analyzed at once so that mistakes show where they are made. */
  #checked<R, G extends Facts>(plan: UnresolvedPlan): DataFrame<R, G> {
    const result = new DataFrame<R, G>(plan, this.#context);
    if (!hasPendingSchema(plan)) void result.queryExecution.analyzed;
    return result;
  }
}
