/** Saves the result of a bounded query; made by `df.write`. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { SaveMode } from '../sinks/sink.ts';
import type { SessionContext } from './session-context.ts';
import { QueryExecution } from '../engine/query-execution.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { observedBatches } from './observed-batches.ts';
import { checkSinkRequest } from '../sinks/check-sink-request.ts';
import { OptionMap } from './option-map.ts';
import { resolvePendingSchemas } from './pending-schema.ts';

const SAVE_MODES: Readonly<Record<string, SaveMode>> = {
  append: 'append',
  overwrite: 'overwrite',
  error: 'errorifexists',
  errorifexists: 'errorifexists',
  default: 'errorifexists',
  ignore: 'ignore',
};

export class DataFrameWriter {
  readonly #plan: UnresolvedPlan;
  readonly #context: SessionContext;
  readonly #options = new OptionMap();
  #format: string | undefined;
  #saveMode: SaveMode = 'errorifexists';
  #partitionColumns: readonly string[] = [];

  constructor(plan: UnresolvedPlan, context: SessionContext) {
    this.#plan = plan;
    this.#context = context;
  }

  format(format: string): this {
    this.#format = format;
    return this;
  }

  /** What to do when there is something already: `append`, `overwrite`, `error` (default) or `ignore`. */
  mode(mode: string): this {
    const known = SAVE_MODES[mode.toLowerCase()];
    if (known === undefined) throw new MillraceError('INVALID_SAVE_MODE', { mode: `"${mode}"` });
    this.#saveMode = known;
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

  /** Folders per value of these columns, for file formats. */
  partitionBy(...columnNames: readonly string[]): this {
    this.#partitionColumns = columnNames;
    return this;
  }

  json(path: string): Promise<void> {
    return this.format('json').save(path);
  }

  csv(path: string): Promise<void> {
    return this.format('csv').save(path);
  }

  parquet(path: string): Promise<void> {
    return this.format('parquet').save(path);
  }

  text(path: string): Promise<void> {
    return this.format('text').save(path);
  }

  /** Writes to a table of a database; the URL starts with `jdbc:`. */
  jdbc(url: string, table: string, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.format('jdbc').options(properties).option('dbtable', table).save(url);
  }

  /** Runs the query and writes its rows in one commit. */
  async save(path?: string): Promise<void> {
    if (path !== undefined) this.option('path', path);
    const { environment } = this.#context;
    const plan = await resolvePendingSchemas(this.#plan);
    const query = new QueryExecution(plan, this.#context.settings(), this.#context.parseExpression);
    const format = this.#format ?? query.settings.get('spark.sql.sources.default') ?? 'parquet';
    const provider = environment.findSink(format);
    const options = this.#options.toMap();
    checkSinkRequest(provider, { options, mode: 'batch' });
    const sink = environment.createSink(provider.name, {
      options,
      schema: query.schema,
      mode: 'batch',
      saveMode: this.#saveMode,
      keyColumns: [],
      partitionColumns: this.#partitionColumns,
      queryId: environment.newId(),
      queryName: undefined,
      timeZone: query.settings.timeZone,
    });
    try {
      await sink.open();
      const identity = { batchId: 0, offsetDigest: '', epoch: 1, lastCommittedBatchId: -1 };
      await sink.addBatch(identity, observedBatches(plan, query, environment));
    } finally {
      await sink.close();
    }
  }
}
