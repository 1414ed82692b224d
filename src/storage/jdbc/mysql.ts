/**
 * MySQL and MariaDB through `mysql2`; the only file that loads it. Rows go in multi-row INSERTs with literals (mysql-literals.ts), everything
 * else as server-side prepared statements; several statements in one text and LOCAL INFILE are off. Unique indexes never see nulls as equal here and collations may see different
 * texts as equal, so an update deletes by exact comparison and inserts. CREATE and DROP TABLE commit at once in MySQL.
 */
import type { Connection, QueryOptions } from 'mysql2/promise';
import type {
  IsolationLevel,
  JdbcConnection,
  JdbcDialect,
  JdbcTarget,
  RawSqlValue,
  ReadColumn,
  SqlColumn,
  SqlRows,
  SqlTable,
  SqlValue,
  TableWriter,
} from './dialect.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { loadDriver } from '../load-driver.ts';
import { quoted, quotedPath } from './sql-text.ts';
import { literalOf } from './mysql-literals.ts';
import { mysqlType } from './mysql-types.ts';
import { byNullPattern } from './sql-values.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_PARAMETERS = 60_000;
const MAX_STATEMENT_BYTES = 4_000_000;
/** Of one INSERT; several of them keep server and client busy at the same time. */
const INSERT_CHARACTERS = 1 << 17;
/** Few sizes, so that few statements are prepared. */
const BLOCK_ROWS: readonly number[] = [1024, 256, 64, 16, 4, 1];
/** The optimizer takes more than linear time for long lists of conditions. */
const MAX_DELETED_ROWS = 64;
const MAX_INDEX_CHARACTERS = 700;
const LONGEST_KEY_PREFIX = 190;
const LOST_CODES =
  /^(PROTOCOL_.*|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR|ER_CONNECTION_KILLED|ER_QUERY_INTERRUPTED)$/;
const LOST_MESSAGE = /closed state|connection (is )?closed|connection lost/i;

export const mysqlDialect: JdbcDialect = {
  name: 'MySQL',
  hasTransactionalDdl: false,
  parameterNames: ['sslMode', 'useSSL', 'serverTimezone'],
  lockClause: ' FOR UPDATE',
  markerTypes: { text: 'VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin', long: 'BIGINT' },
  insertIfAbsent: ['INSERT IGNORE', ''],
  textType: 'CHAR',
  comparesTimes: true,
  quote: (identifier) => `\`${identifier.replaceAll('`', '``')}\``,
  placeholder: () => '?',
  columnType,
  connect,
  failureOf: (error) => {
    const { code, message } = (error ?? {}) as { code?: string; message?: string };
    if (error instanceof AggregateError)
      return error.errors.some((e) => mysqlDialect.failureOf(e) === 'lost') ? 'lost' : 'rejected';
    if (code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT' || code === 'ER_CHECKREAD') return 'conflict';
    if (LOST_CODES.test(code ?? '')) return 'lost';
    return LOST_MESSAGE.test(message ?? '') && code === undefined ? 'lost' : 'rejected';
  },
};

function columnType(column: SqlColumn): string {
  switch (column.type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'byte':
      return 'TINYINT';
    case 'short':
      return 'SMALLINT';
    case 'integer':
      return 'INT';
    case 'long':
      return 'BIGINT';
    case 'float':
      return 'FLOAT';
    case 'double':
      return 'DOUBLE';
    case 'decimal':
      return `DECIMAL(${column.type.precision},${column.type.scale})`;
    case 'binary':
      return 'LONGBLOB';
    case 'date':
      return 'DATE';
    case 'timestamp':
    case 'timestamp_ntz':
      return 'DATETIME(6)';
    default:
      return 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
  }
}

async function connect(target: JdbcTarget): Promise<JdbcConnection> {
  const { createConnection } = await loadDriver('jdbc:mysql', 'mysql2', () => import('mysql2/promise'));
  const sslMode = (target.parameters.get('sslmode') ?? '').toUpperCase();
  const isVerified = sslMode.startsWith('VERIFY');
  const hasTls = isVerified || sslMode === 'REQUIRED' || target.parameters.get('usessl') === 'true';
  const connection = await createConnection({
    host: target.host,
    port: target.port ?? 3306,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    ...(hasTls ? { ssl: { rejectUnauthorized: isVerified } } : {}),
    ...(target.database === '' ? {} : { database: target.database }),
    ...(target.user === undefined ? {} : { user: target.user }),
    ...(target.password === undefined ? {} : { password: target.password }),
  });
  // A connection that breaks while idle is noticed by the next call; without a listener Node would end the process.
  connection.on('error', () => {});
  try {
    await connection.query("SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return new MysqlConnection(connection);
}

/** What the promises of mysql2 stand before; only it gives rows one by one. */
interface StreamingConnection {
  query(options: QueryOptions): {
    stream(options: { readonly highWaterMark: number }): AsyncIterable<RawSqlValue[]>;
  };
}

class MysqlConnection implements JdbcConnection {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async execute(sql: string, parameters: readonly SqlValue[] = []): Promise<void> {
    if (parameters.length === 0) await this.#connection.query(sql);
    else await this.#connection.execute(sql, parameters.map(bound));
  }

  async query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    const [rows] = await this.#connection.execute({ sql, rowsAsArray: true, values: parameters.map(bound) });
    return rows as unknown as SqlValue[][];
  }

  async begin(isolation: IsolationLevel): Promise<void> {
    await this.#connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation.replace('_', ' ')}`);
    await this.#connection.query('START TRANSACTION');
  }

  async commit(): Promise<void> {
    await this.#connection.query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.#connection.query('ROLLBACK');
  }

  async columnsOf(path: readonly string[]): Promise<readonly string[] | undefined> {
    const [table = '', schema] = path.toReversed();
    const rows = await this.query(
      `SELECT column_name FROM information_schema.columns
       WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? ORDER BY ordinal_position`,
      [schema ?? null, table],
    );
    return rows.length === 0 ? undefined : rows.map(([name]) => String(name));
  }

  keyClause(keys: readonly SqlColumn[]): string {
    const isLong = (key: SqlColumn) => key.declaredType === undefined && columnType(key).startsWith('LONG');
    const numLong = keys.filter(isLong).length;
    const prefix = Math.min(LONGEST_KEY_PREFIX, Math.floor(MAX_INDEX_CHARACTERS / Math.max(1, numLong)));
    return `KEY (${keys.map((key) => `${quoted(mysqlDialect, key.name)}${isLong(key) ? `(${prefix})` : ''}`).join(', ')})`;
  }

  async describe(sql: string): Promise<readonly ReadColumn[]> {
    const text = `SELECT * FROM (${sql}) AS millrace LIMIT 0`;
    const [, fields] = await this.#connection.query({ sql: text, rowsAsArray: true });
    return fields.map((field) => ({ name: field.name, type: mysqlType(field) }));
  }

  /** Rows as they come over the wire; the server waits while they are worked on. */
  async *rows(sql: string, batchRows: number): AsyncGenerator<readonly (readonly RawSqlValue[])[]> {
    const streaming = Reflect.get(this.#connection, 'connection') as StreamingConnection;
    const query = streaming.query({ sql, rowsAsArray: true });
    let rows: RawSqlValue[][] = [];
    for await (const row of query.stream({ highWaterMark: batchRows })) {
      rows.push(row);
      if (rows.length < batchRows) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }

  async writerOf(table: SqlTable): Promise<TableWriter> {
    return new MysqlWriter(this, table);
  }

  async close(): Promise<void> {
    this.#connection.destroy();
  }
}

class MysqlWriter implements TableWriter {
  readonly #connection: JdbcConnection;
  readonly #table: SqlTable;
  readonly #name: string;
  readonly #columns: readonly string[];

  constructor(connection: JdbcConnection, table: SqlTable) {
    this.#connection = connection;
    this.#table = table;
    this.#name = quotedPath(mysqlDialect, table.path);
    this.#columns = table.columns.map((column) => quoted(mysqlDialect, column.name));
  }

  async insert(rows: SqlRows): Promise<void> {
    const encoders = this.#table.columns.map(encoderOf);
    const literals = this.#table.columns.map(literalOf);
    const head = `INSERT INTO ${this.#name} (${this.#columns.join(', ')}) VALUES `;
    let tuples = '';
    // The next statement is written while the server works on one.
    let sent: Promise<void> = Promise.resolve();
    try {
      for (let row = 0; row < rows.numRows; row++) {
        tuples += tuples === '' ? '(' : ',(';
        for (let i = 0; i < literals.length; i++) {
          const value = encoders[i]?.(rows.values[i]?.[row] ?? null) ?? null;
          tuples += `${i === 0 ? '' : ','}${literals[i]?.(value) ?? 'NULL'}`;
        }
        tuples += ')';
        if (tuples.length < INSERT_CHARACTERS && row < rows.numRows - 1) continue;
        await sent;
        sent = this.#connection.execute(head + tuples);
        sent.catch(() => {});
        tuples = '';
      }
    } finally {
      await sent.catch(() => {});
    }
    await sent;
  }

  async upsert(rows: SqlRows): Promise<void> {
    const keyIndexes = this.#table.columns.flatMap((column, i) => (column.isKey ? [i] : []));
    for (const { pattern, rows: numbers } of byNullPattern(rows, keyIndexes)) {
      const present = keyIndexes.filter((_, k) => pattern[k] !== true);
      const nulls = keyIndexes.filter((_, k) => pattern[k] === true).map((i) => `${this.#columns[i]} IS NULL`);
      if (present.length === 0) {
        await this.#connection.execute(`DELETE FROM ${this.#name} WHERE ${nulls.join(' AND ')}`);
        continue;
      }
      const matches = present.map((i) => keyMatch(this.#columns[i] ?? '', this.#table.columns[i]));
      const one = `(${[...nulls, ...matches.map((match) => match.sql)].join(' AND ')})`;
      const values = present.map((i) => {
        const encode = encoderOf(this.#table.columns[i]);
        return (rows.values[i] ?? []).map((value) => (value === null ? null : encode(value)));
      });
      for (const block of blocksOf(numbers, values, MAX_DELETED_ROWS)) {
        await this.#connection.execute(
          `DELETE FROM ${this.#name} WHERE ${block.map(() => one).join(' OR ')}`,
          block.flatMap((row) => matches.flatMap((match, k) => Array(match.numUses).fill(values[k]?.[row] ?? null))),
        );
      }
    }
    await this.insert(rows);
  }
}

/** Compares a key exactly, with a first condition that an index can serve. */
function keyMatch(name: string, column: SqlColumn | undefined): { readonly sql: string; readonly numUses: number } {
  switch (column?.type.kind) {
    case 'string':
      return {
        sql: `${name} = ? AND CAST(CONVERT(${name} USING utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)`,
        numUses: 2,
      };
    case 'long':
      return { sql: `${name} = CAST(? AS SIGNED)`, numUses: 1 };
    case 'decimal':
      return { sql: `${name} = CAST(? AS DECIMAL(${column.type.precision},${column.type.scale}))`, numUses: 1 };
    case 'date':
      return { sql: `${name} = CAST(? AS DATE)`, numUses: 1 };
    case 'timestamp':
    case 'timestamp_ntz':
      return { sql: `${name} = CAST(? AS DATETIME(6))`, numUses: 1 };
    default:
      return { sql: `${name} = ?`, numUses: 1 };
  }
}

/** Cuts row numbers into blocks that fit the limits of one statement. */
function* blocksOf(
  numbers: readonly number[],
  values: readonly (readonly SqlValue[])[],
  limit = MAX_PARAMETERS,
): Generator<readonly number[]> {
  const maxRows = Math.min(limit, Math.floor(MAX_PARAMETERS / Math.max(1, values.length * 2)));
  let start = 0;
  while (start < numbers.length) {
    const left = numbers.length - start;
    let size = BLOCK_ROWS.find((rows) => rows <= left && rows <= maxRows) ?? 1;
    while (size > 1 && sizeBytes(numbers.slice(start, start + size), values) > MAX_STATEMENT_BYTES) size /= 4;
    yield numbers.slice(start, start + size);
    start += size;
  }
}

function sizeBytes(rows: readonly number[], values: readonly (readonly SqlValue[])[]): number {
  let size = 0;
  for (const column of values) {
    for (const row of rows) {
      const value = column[row];
      size += typeof value === 'string' ? value.length * 2 : value instanceof Uint8Array ? value.length : 8;
    }
  }
  return size;
}

/** MySQL knows neither NaN nor infinities, and stores years 0 to 9999 only. */
function encoderOf(column: SqlColumn | undefined): (value: SqlValue) => SqlValue {
  const refuse = (value: SqlValue, reason: string): never => {
    throw new MillraceError('VALUE_NOT_STORABLE', {
      sink: 'MySQL',
      value: String(value),
      column: column?.name ?? '',
      reason,
    });
  };
  switch (column?.type.kind) {
    case 'float':
    case 'double':
      return (value) =>
        value === null || Number.isFinite(value) ? value : refuse(value, 'it has no NaN and no infinite numbers');
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return (value) => (typeof value === 'string' && /^[+-]/.test(value) ? refuse(value, 'years end at 9999') : value);
    default:
      return (value) => value;
  }
}

function bound(value: SqlValue): string | number | boolean | Buffer | null {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
