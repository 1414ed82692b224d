/** Saves the result of a bounded query; made by `df.write`. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { SaveMode } from '../sinks/sink.ts';
import type { SessionContext } from './session-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { observedBatches } from './observed-batches.ts';
import { checkSinkRequest } from '../sinks/check-sink-request.ts';
import { OptionMap } from './option-map.ts';
import type { CatalogEntry } from './catalog-tables.ts';
import { parseNameParts, quoteName } from '../plan/resolve-names.ts';
import { alignedPlan } from './aligned-plan.ts';
import { resolvePendingSchemas } from './pending-schema.ts';
import { catalogEntry, databaseOf, tableNotFound } from './session-catalog.ts';
import { schemaNotFound, tableEntry } from './table-entry.ts';
import { queryOf } from './query-of.ts';

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
    await this.#context.statements.ready(this.#plan);
    await this.saveNow();
  }

  /** Makes a table of this name with the rows, or adds them to it; `mode` says what to do when there is one. */
  async saveAsTable(name: string): Promise<void> {
    await this.#context.statements.ready(this.#plan);
    const plan = await resolvePendingSchemas(this.#plan);
    const { tables } = this.#context;
    const nameParts = parseNameParts(name);
    const database = databaseOf(nameParts, this.#context);
    const known = tables.find(database, nameParts.at(-1) ?? '');
    if (known !== undefined && this.#saveMode === 'ignore') return;
    if (known !== undefined && this.#saveMode === 'errorifexists')
      throw new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: quoteName(nameParts) });
    if (known !== undefined && this.#saveMode === 'append') {
      await this.#fill(known, plan);
      return;
    }
    if (!tables.databases.includes(database)) throw schemaNotFound(database);
    if (known !== undefined) tables.remove(known);
    const { schema } = queryOf(plan, this.#context);
    const format = this.#format;
    const options = this.#options.toMap();
    const definition = { nameParts, columns: schema, format, options, location: undefined };
    const entry = tableEntry(
      { ...definition, partitionColumns: this.#partitionColumns },
      database,
      schema,
      this.#context,
    );
    tables.put(entry);
    await this.#fill(entry, plan);
  }

  /** Adds the rows to a table, by the position of their columns; in `overwrite` mode they replace its own. */
  async insertInto(name: string): Promise<void> {
    await this.#context.statements.ready(this.#plan);
    const nameParts = parseNameParts(name);
    const entry = catalogEntry(nameParts, this.#context);
    if (entry === undefined) throw tableNotFound(nameParts, this.#context);
    await this.#fill(entry, await resolvePendingSchemas(this.#plan));
  }

  async #fill(entry: CatalogEntry, plan: UnresolvedPlan): Promise<void> {
    const aligned = alignedPlan(entry, plan, {}, this.#context);
    const writer = new DataFrameWriter(aligned, this.#context).format(entry.format ?? '');
    writer.options(entry.options ?? {});
    if (entry.location !== undefined) writer.option('path', entry.location);
    const mode = this.#saveMode === 'overwrite' ? 'overwrite' : 'append';
    await writer
      .mode(mode)
      .partitionBy(...(entry.partitionColumns ?? []))
      .saveNow();
  }

  /** As save, from within a statement: does not wait for those before. An overwrite may be one of some folders alone. */
  async saveNow(replacedFolders: readonly string[] = []): Promise<void> {
    const { environment } = this.#context;
    const plan = await resolvePendingSchemas(this.#plan);
    const query = queryOf(plan, this.#context);
    const format = this.#format ?? query.settings.get('spark.sql.sources.default') ?? 'parquet';
    const provider = environment.findSink(format);
    const overwriteMode = query.settings.get('spark.sql.sources.partitionOverwriteMode');
    const isFile = provider.optionNames.includes('partitionOverwriteMode');
    if (isFile && overwriteMode !== undefined && this.#options.get('partitionOverwriteMode') === undefined)
      this.#options.set('partitionOverwriteMode', overwriteMode);
    const options = this.#options.toMap();
    checkSinkRequest(provider, { options, mode: 'batch' });
    const sink = environment.createSink(provider.name, {
      options,
      schema: query.schema,
      mode: 'batch',
      saveMode: this.#saveMode,
      replacedFolders,
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
