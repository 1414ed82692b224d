/** Says where a DataFrame's rows come from: `session.read` for bounded and `session.readStream` for unbounded input. */
import type { StructType } from '../types/data-type.ts';
import type { Row } from '../types/row-codec.ts';
import type { RowOf } from '../types/ddl-row.ts';
import type { SessionContext } from './session-context.ts';
import { parseSchema } from '../types/schema.ts';
import { DataFrame } from './data-frame.ts';
import { parseNameParts } from '../plan/resolve-names.ts';
import { OptionMap } from './option-map.ts';
import { sessionCatalog } from './session-catalog.ts';

const FILE_FORMATS = new Set(['avro', 'binaryfile', 'csv', 'json', 'parquet', 'text']);
/** Settings of a session that are options of its file reads. */
const FILE_SETTINGS: readonly (readonly [string, string])[] = [
  ['spark.sql.files.ignoreCorruptFiles', 'ignoreCorruptFiles'],
  ['spark.sql.files.ignoreMissingFiles', 'ignoreMissingFiles'],
  ['spark.sql.sources.partitionColumnTypeInference.enabled', 'partitionColumnTypeInference'],
];

/** `T` is the row type, known when the schema is written as a literal. */
export class DataReader<T = Row> {
  readonly #context: SessionContext;
  readonly #isStreaming: boolean;
  readonly #options = new OptionMap();
  #format: string | undefined;
  #schema: StructType | undefined;

  constructor(context: SessionContext, isStreaming: boolean) {
    this.#context = context;
    this.#isStreaming = isStreaming;
  }

  /** `json`, `csv`, `text`, `kinesis`, `rate`, … */
  format(format: string): this {
    this.#format = format;
    return this;
  }

  /** The columns, as DDL text (`'time TIMESTAMP, action STRING'`) or a StructType. A text literal also types the rows. */
  schema<Ddl extends string>(ddl: Ddl): DataReader<RowOf<Ddl>>;
  schema(schema: StructType): DataReader;
  schema(schema: string | StructType): DataReader {
    this.#schema = typeof schema === 'string' ? parseSchema(schema) : schema;
    return this as DataReader<unknown> as DataReader;
  }

  option(name: string, value: string | number | boolean): this {
    this.#options.set(name, value);
    return this;
  }

  options(options: Readonly<Record<string, string | number | boolean>>): this {
    this.#options.setAll(options);
    return this;
  }

  json(path: string): DataFrame<T, 'known'> {
    return this.format('json').load(path);
  }

  csv(path: string): DataFrame<T, 'known'> {
    return this.format('csv').load(path);
  }

  parquet(path: string): DataFrame<T, 'known'> {
    return this.format('parquet').load(path);
  }

  /** Lines as rows with one column `value`. */
  text(path: string): DataFrame<RowOf<'value STRING'>, 'known'> {
    return this.format('text').#load(path);
  }

  /** A table or view of the session; for `readStream` the rows that are to come. */
  table(name: string): DataFrame {
    const nameParts = parseNameParts(name);
    const catalog = sessionCatalog(this.#context);
    const plan = this.#isStreaming
      ? (catalog.stream?.(nameParts) ?? catalog.relation(nameParts))
      : catalog.relation(nameParts);
    if (plan === undefined) throw catalog.notFound(nameParts);
    return new DataFrame(plan, this.#context);
  }

  /**
   * A table of a database, or `(SELECT …) AS t`; the URL starts with `jdbc:`. With `predicates` each of them is read as a partition of its
   * own. As the static side of a join with a stream it is read anew in each batch.
   */
  jdbc(
    url: string,
    table: string,
    properties: Readonly<Record<string, string>> = {},
    predicates: readonly string[] = [],
  ): DataFrame<T, 'known'> {
    if (predicates.length > 0) this.option('predicates', JSON.stringify(predicates));
    return this.format('jdbc').options(properties).option('dbtable', table).load(url);
  }

  /** The DataFrame; nothing is read yet. `path` is the option of that name. */
  load(path?: string): DataFrame<T, 'known'> {
    return this.#load(path);
  }

  #load<R>(path?: string): DataFrame<R, 'known'> {
    if (path !== undefined) this.option('path', path);
    const settings = this.#context.settings();
    const partialResults = settings.get('spark.sql.json.enablePartialResults');
    if (partialResults !== undefined && this.#format === 'json') this.option('enablePartialResults', partialResults);
    if (FILE_FORMATS.has((this.#format ?? 'parquet').toLowerCase()))
      for (const [conf, option] of FILE_SETTINGS) {
        const value = settings.get(conf);
        if (value !== undefined && this.#options.get(option) === undefined) this.option(option, value);
      }
    const relation = this.#context.environment.resolveRelation(
      {
        format: this.#format ?? settings.get('spark.sql.sources.default') ?? 'parquet',
        schema: this.#schema,
        options: this.#options.toMap(),
        isStreaming: this.#isStreaming,
      },
      settings.timeZone,
    );
    return new DataFrame<R, 'known'>({ kind: 'read', relation }, this.#context);
  }
}
