/**
 * SQLite through node:sqlite; the only file that loads it. Times are ISO text in UTC (`2024-01-31T12:00:00.000000Z`), decimals text so
 * that no digit is lost, booleans 0 and 1, NaN the text 'NaN' (SQLite itself would make it NULL).
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
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
import { loadDriver } from '../load-driver.ts';
import { quoted, quotedPath } from './sql-text.ts';
import { sqliteType, sqliteTypeOfValue } from './sqlite-types.ts';

const BUSY_TIMEOUT_MS = 5000;
/** SQLITE_BUSY and SQLITE_LOCKED. */
const CONFLICT_CODES: readonly unknown[] = [5, 6];

export const sqliteDialect: JdbcDialect = {
  name: 'SQLite',
  hasTransactionalDdl: true,
  parameterNames: [],
  lockClause: '',
  markerTypes: { text: 'TEXT', long: 'INTEGER' },
  insertIfAbsent: ['INSERT OR IGNORE', ''],
  textType: undefined,
  comparesTimes: false,
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  placeholder: () => '?',
  columnType,
  connect: async (target: JdbcTarget): Promise<JdbcConnection> => {
    const { DatabaseSync } = await loadDriver('jdbc:sqlite', 'node@24', () => import('node:sqlite'));
    return new SqliteConnection(new DatabaseSync(target.database, { timeout: BUSY_TIMEOUT_MS }));
  },
  failureOf: (error) => {
    const code = (error as { errcode?: unknown } | null)?.errcode;
    return typeof code === 'number' && CONFLICT_CODES.includes(code & 0xff) ? 'conflict' : 'rejected';
  },
};

function columnType(column: SqlColumn): string {
  switch (column.type.kind) {
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return 'INTEGER';
    case 'float':
    case 'double':
      return 'REAL';
    case 'binary':
      return 'BLOB';
    default:
      return 'TEXT';
  }
}

class SqliteConnection implements JdbcConnection {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async execute(sql: string, parameters: readonly SqlValue[] = []): Promise<void> {
    this.#database.prepare(sql).run(...parameters.map(bound));
  }

  async query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...parameters.map(bound)).map((row) => Object.values(row));
  }

  async begin(): Promise<void> {
    this.#database.exec('BEGIN IMMEDIATE');
  }

  async commit(): Promise<void> {
    this.#database.exec('COMMIT');
  }

  async rollback(): Promise<void> {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }

  async columnsOf(path: readonly string[]): Promise<readonly string[] | undefined> {
    const [table = '', schema] = path.toReversed();
    const rows = await this.query('SELECT name FROM pragma_table_info(?, ?)', [table, schema ?? 'main']);
    return rows.length === 0 ? undefined : rows.map(([name]) => String(name));
  }

  keyClause(keys: readonly SqlColumn[]): string {
    return `UNIQUE (${keys.map((key) => quoted(sqliteDialect, key.name)).join(', ')})`;
  }

  async describe(sql: string): Promise<readonly ReadColumn[]> {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    const declared = statement.columns();
    const needsValue = declared.some(({ type }) => type === null);
    const first = needsValue ? (statement.get() as Readonly<Record<string, unknown>> | undefined) : undefined;
    return declared.map(({ name, type }) => ({
      name,
      type: type === null ? sqliteTypeOfValue(first?.[name]) : sqliteType(type),
    }));
  }

  async *rows(sql: string, batchRows: number): AsyncGenerator<readonly (readonly RawSqlValue[])[]> {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    // Not in the oldest Node.js there is support for.
    if (typeof statement.setReturnArrays === 'function') statement.setReturnArrays(true);
    let rows: RawSqlValue[][] = [];
    for (const row of statement.iterate()) {
      rows.push(Array.isArray(row) ? (row as RawSqlValue[]) : Object.values(row));
      if (rows.length < batchRows) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }

  async writerOf(table: SqlTable): Promise<TableWriter> {
    return new SqliteWriter(this.#database, table);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

/** One prepared statement per row: SQLite has no round trips to save. */
class SqliteWriter implements TableWriter {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync | undefined;
  readonly #encoders: readonly ((value: SqlValue) => SqlBound)[];
  readonly #keyIndexes: readonly number[];

  constructor(database: DatabaseSync, table: SqlTable) {
    const name = quotedPath(sqliteDialect, table.path);
    const columns = table.columns.map((column) => quoted(sqliteDialect, column.name));
    this.#insert = database.prepare(
      `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    this.#encoders = table.columns.map(encoderOf);
    this.#keyIndexes = table.columns.flatMap((column, i) => (column.isKey ? [i] : []));
    const matches = this.#keyIndexes.map((i) => `${columns[i] ?? ''} IS ?`);
    this.#delete =
      matches.length === 0 ? undefined : database.prepare(`DELETE FROM ${name} WHERE ${matches.join(' AND ')}`);
  }

  async insert(rows: SqlRows): Promise<void> {
    this.#write(rows, undefined);
  }

  async upsert(rows: SqlRows): Promise<void> {
    this.#write(rows, this.#delete);
  }

  #write(rows: SqlRows, deletion: StatementSync | undefined): void {
    for (let row = 0; row < rows.numRows; row++) {
      const values = this.#encoders.map((encode, i) => encode(rows.values[i]?.[row] ?? null));
      deletion?.run(...this.#keyIndexes.map((i) => values[i] ?? null));
      this.#insert.run(...values);
    }
  }
}

type SqlBound = null | number | bigint | string | Uint8Array;

/** Whole numbers are bound as integers: SQLite would store a number as 1.0 in columns without a type. */
function encoderOf(column: SqlColumn): (value: SqlValue) => SqlBound {
  switch (column.type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
      return (value) => (value === null ? null : BigInt(value as number));
    case 'timestamp':
      return (value) => (value === null ? null : `${(value as string).replace(' ', 'T')}Z`);
    case 'timestamp_ntz':
      return (value) => (value === null ? null : (value as string).replace(' ', 'T'));
    default:
      return bound;
  }
}

function bound(value: SqlValue): SqlBound {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isNaN(value) ? 'NaN' : value;
}
