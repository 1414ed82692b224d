/**
 * Format `jdbc`: a table or query of PostgreSQL, MySQL, MariaDB or SQLite, for batch reads and as the static side of a join with a stream,
 * which reads it anew in each batch. Only the columns and rows that are needed are asked for. Not a stream: a table does not say what is new in it.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { JdbcConnection, RawSqlValue } from '../../storage/jdbc/dialect.ts';
import { quoted } from '../../storage/jdbc/sql-text.ts';
import { systemRefused, systemUnavailable } from '../../storage/system-failure.ts';
import { type ColumnBatch, columnBatch } from '../../types/column-batch.ts';
import { field, sqlName, struct, TIMESTAMP_NTZ, type DataType, type StructType } from '../../types/data-type.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import type { Value } from '../../types/vector.ts';
import { projectSchema } from '../project-columns.ts';
import type { InputPartition, OffsetRequest, Source, SourceContext, SourceOffset, SourceProvider } from '../source.ts';
import {
  JDBC_SOURCE_OPTION_NAMES,
  type JdbcSourceOptions,
  partitionConditions,
  readJdbcSourceOptions,
} from './jdbc-source-options.ts';
import { pushedConditions } from './push-down.ts';
import { readSqlValue } from './read-value.ts';

const FORMAT = 'jdbc';
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 200;

class JdbcSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #context: SourceContext;
  readonly #options: JdbcSourceOptions;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#options = readJdbcSourceOptions(context.options);
    this.description = describe(context.options);
    this.schema = context.schema ?? struct([]);
  }

  async open(): Promise<void> {
    // Connections are made where rows are read.
  }

  async prepareForAvailableNow(): Promise<void> {
    // One read is all there is.
  }

  async latestOffset({ start }: OffsetRequest): Promise<SourceOffset | undefined> {
    return start === undefined ? 0 : undefined;
  }

  async planInput(): Promise<readonly InputPartition[]> {
    const conditions = partitionConditions(this.#options, this.schema);
    return conditions.map((condition) => ({
      description: condition === undefined ? this.description : `${this.description} WHERE ${condition}`,
      payload: condition ?? null,
    }));
  }

  async *read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    const { dialect } = this.#options.address;
    const names = columns.map((name) => quoted(dialect, name)).join(', ');
    const ofPartition = partition.payload as string | null;
    const conditions = [...(ofPartition === null ? [] : [ofPartition]), ...this.#pushed()];
    const where = conditions.length === 0 ? '' : ` WHERE (${conditions.join(') AND (')})`;
    const sql = `SELECT ${names === '' ? '1' : names} FROM ${this.#options.table}${where}`;
    const schema = projectSchema(this.schema, columns);
    const connection = await connected(this.#options, this.#context);
    try {
      for await (const rows of connection.rows(sql, this.#options.fetchRows)) yield this.#batch(schema, rows);
    } catch (error) {
      throw failure(this.#options, error, 'reading', 1);
    } finally {
      await connection.close();
    }
  }

  async commit(): Promise<void> {
    // Nothing to free.
  }

  async close(): Promise<void> {
    // Connections are closed with their reading.
  }

  #pushed(): readonly string[] {
    const { pushesDown, address, customTypes } = this.#options;
    const { filters = [] } = this.#context;
    return pushesDown ? pushedConditions(filters, { dialect: address.dialect, schema: this.schema, customTypes }) : [];
  }

  #batch(schema: StructType, rows: readonly (readonly RawSqlValue[])[]): ColumnBatch {
    const vectors = schema.fields.map(({ name, dataType }, i) =>
      vectorOf(
        dataType,
        rows.map((row) => this.#value(row[i] ?? null, name, dataType)),
      ),
    );
    return columnBatch(schema, vectors, rows.length);
  }

  #value(raw: RawSqlValue, column: string, type: DataType): Value | null {
    const value = readSqlValue(raw, type);
    if (value !== undefined) return value;
    const parameters = { value: String(raw), column, source: this.description, type: sqlName(type) };
    throw new MillraceError('VALUE_NOT_READABLE', parameters);
  }
}

/** A new connection, tried again with growing pauses while the database cannot be reached. */
async function connected(options: JdbcSourceOptions, context: SourceContext): Promise<JdbcConnection> {
  const { address, sessionInitStatement } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      const connection = await address.dialect.connect(address.target);
      if (sessionInitStatement !== undefined) await connection.execute(sessionInitStatement);
      return connection;
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      if (address.dialect.failureOf(error) !== 'lost' || attempt === MAX_ATTEMPTS)
        throw failure(options, error, 'the connection', attempt);
      await context.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + context.random() / 2));
    }
  }
}

function failure({ address }: JdbcSourceOptions, cause: unknown, action: string, attempts: number): unknown {
  if (cause instanceof MillraceError) return cause;
  const system = { system: address.dialect.name, address: address.description };
  return address.dialect.failureOf(cause) === 'lost'
    ? systemUnavailable(system, attempts, cause)
    : systemRefused(system, action, cause);
}

/** Asks the database for the columns of the table or query. */
async function inferSchema(context: SourceContext): Promise<StructType> {
  const options = readJdbcSourceOptions(context.options);
  const connection = await connected(options, context);
  try {
    const columns = await connection.describe(`SELECT * FROM ${options.table}`);
    return struct(
      columns.map(({ name, type }) => {
        const isNtz = options.prefersNtz && type.kind === 'timestamp';
        return field(name, options.customTypes.get(name.toLowerCase()) ?? (isNtz ? TIMESTAMP_NTZ : type));
      }),
    );
  } catch (error) {
    throw failure(options, error, `the columns of ${options.tableText}`, 1);
  } finally {
    await connection.close();
  }
}

function describe(options: ReadonlyMap<string, string>): string {
  const { address, tableText } = readJdbcSourceOptions(options);
  return `JDBCRelation[${address.description}, ${tableText}]`;
}

/** `spark.read.format('jdbc')`. */
export const jdbcSourceProvider: SourceProvider = {
  name: FORMAT,
  optionNames: JDBC_SOURCE_OPTION_NAMES,
  readsAnywhere: true,
  describe,
  inferSchema,
  create(context) {
    if (context.isStreaming)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'A streaming read of a JDBC table' });
    return new JdbcSource(context);
  },
};
