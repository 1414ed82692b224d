/**
 * PostgreSQL through `pg`; the only file that loads it. A block of rows is one INSERT … SELECT FROM unnest(…) with one array per column,
 * so a statement has as many parameters as columns. Arrays are sent as text in the column types of the table, which makes json, enum,
 * numeric or varchar columns work without casts of ours. Writes with ON CONFLICT where a unique index covers exactly the keys and no null
 * can slip through; else deletes and inserts.
 */
import type { Client } from 'pg';
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
import { postgresType } from './postgres-types.ts';
import { byNullPattern } from './sql-values.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** From here on unique indexes can treat nulls as equal. */
const NULLS_NOT_DISTINCT_VERSION = 150_000;
const LOST_CODES = /^(08...|57P0[123]|53300|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
const LOST_MESSAGE = /connection terminated|timeout expired|not queryable|connection error|server closed/i;
/** Serialization failure, deadlock, and what two CREATE TABLE IF NOT EXISTS at once give: the table is there, or the type of its rows. */
const CONFLICT_CODES = /^(40001|40P01|55P03|42P07|42710)$/;

export const postgresDialect: JdbcDialect = {
  name: 'PostgreSQL',
  hasTransactionalDdl: true,
  parameterNames: ['sslmode', 'ApplicationName', 'currentSchema'],
  lockClause: ' FOR UPDATE',
  markerTypes: { text: 'TEXT', long: 'BIGINT' },
  insertIfAbsent: ['INSERT', ' ON CONFLICT DO NOTHING'],
  textType: 'TEXT',
  comparesTimes: true,
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  placeholder: (index) => `$${index}`,
  columnType,
  connect,
  failureOf: (error) => {
    const { code, message, constraint } = (error ?? {}) as { code?: string; message?: string; constraint?: string };
    if (code === '23505' && constraint?.startsWith('pg_') === true) return 'conflict';
    if (LOST_CODES.test(code ?? '')) return 'lost';
    if (CONFLICT_CODES.test(code ?? '')) return 'conflict';
    if (error instanceof AggregateError)
      return error.errors.some((e) => postgresDialect.failureOf(e) === 'lost') ? 'lost' : 'rejected';
    return code === undefined && LOST_MESSAGE.test(message ?? '') ? 'lost' : 'rejected';
  },
};

function columnType(column: SqlColumn): string {
  switch (column.type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'byte':
    case 'short':
      return 'SMALLINT';
    case 'integer':
      return 'INTEGER';
    case 'long':
      return 'BIGINT';
    case 'float':
      return 'REAL';
    case 'double':
      return 'DOUBLE PRECISION';
    case 'decimal':
      return `NUMERIC(${column.type.precision},${column.type.scale})`;
    case 'binary':
      return 'BYTEA';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return 'TIMESTAMP WITH TIME ZONE';
    case 'timestamp_ntz':
      return 'TIMESTAMP';
    default:
      return 'TEXT';
  }
}

async function connect(target: JdbcTarget): Promise<JdbcConnection> {
  const { Client: PgClient } = await loadDriver('jdbc:postgresql', 'pg', () => import('pg'));
  const client = new PgClient({
    host: target.host,
    port: target.port ?? 5432,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: target.parameters.get('applicationname') ?? 'millrace',
    ssl: sslOf(target.parameters.get('sslmode')),
    ...(target.database === '' ? {} : { database: target.database }),
    ...(target.user === undefined ? {} : { user: target.user }),
    ...(target.password === undefined ? {} : { password: target.password }),
  });
  // A connection that breaks while idle is noticed by the next call; without a listener Node would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await PostgresConnection.start(client, target.parameters.get('currentschema'));
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

function sslOf(mode: string | undefined): false | { rejectUnauthorized: boolean } {
  if (mode === undefined || mode === 'disable' || mode === 'allow' || mode === 'prefer') return false;
  return { rejectUnauthorized: mode === 'verify-full' || mode === 'verify-ca' };
}

/** Values as the server writes them. */
const TEXT_TYPES = { getTypeParser: () => (value: string) => value };

class PostgresConnection implements JdbcConnection {
  readonly #client: Client;
  readonly #version: number;

  private constructor(client: Client, version: number) {
    this.#client = client;
    this.#version = version;
  }

  static async start(client: Client, schema: string | undefined): Promise<PostgresConnection> {
    await client.query("SET TIME ZONE 'UTC'; SET standard_conforming_strings = on; SET DateStyle = 'ISO, YMD'");
    if (schema !== undefined)
      await client.query("SELECT set_config('search_path', $1, false)", [postgresDialect.quote(schema)]);
    const version = await client.query<{ server_version_num: string }>('SHOW server_version_num');
    return new PostgresConnection(client, Number(version.rows[0]?.server_version_num));
  }

  async execute(sql: string, parameters: readonly SqlValue[] = []): Promise<void> {
    await this.#client.query(sql, parameters.map(bound));
  }

  async query(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    const result = await this.#client.query<SqlValue[]>({
      text: sql,
      values: parameters.map(bound),
      rowMode: 'array',
    });
    return result.rows;
  }

  async begin(isolation: IsolationLevel): Promise<void> {
    await this.#client.query(`BEGIN ISOLATION LEVEL ${isolation.replace('_', ' ')}`);
  }

  async commit(): Promise<void> {
    await this.#client.query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.#client.query('ROLLBACK');
  }

  async columnsOf(path: readonly string[]): Promise<readonly string[] | undefined> {
    const types = await this.#columnTypes(path);
    return types === undefined ? undefined : [...types.keys()];
  }

  keyClause(keys: readonly SqlColumn[]): string {
    const nulls = this.#version >= NULLS_NOT_DISTINCT_VERSION ? 'NULLS NOT DISTINCT ' : '';
    return `UNIQUE ${nulls}(${keys.map((key) => quoted(postgresDialect, key.name)).join(', ')})`;
  }

  async describe(sql: string): Promise<readonly ReadColumn[]> {
    const { fields } = await this.#client.query({
      text: `SELECT * FROM (${sql}) AS millrace LIMIT 0`,
      rowMode: 'array',
    });
    return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      type: postgresType(dataTypeID, dataTypeModifier),
    }));
  }

  /** A cursor in a transaction of its own: the server sends a piece at a time. */
  async *rows(sql: string, batchRows: number): AsyncGenerator<readonly (readonly RawSqlValue[])[]> {
    await this.#client.query(`BEGIN READ ONLY; DECLARE millrace NO SCROLL CURSOR FOR ${sql}`);
    let isOpen = true;
    try {
      for (;;) {
        const { rows } = await this.#client.query<RawSqlValue[]>({
          text: `FETCH ${batchRows} FROM millrace`,
          rowMode: 'array',
          types: TEXT_TYPES,
        });
        if (rows.length > 0) yield rows;
        if (rows.length < batchRows) break;
      }
      await this.#client.query('COMMIT');
      isOpen = false;
    } finally {
      if (isOpen) await this.#client.query('ROLLBACK').catch(() => {});
    }
  }

  async writerOf(table: SqlTable): Promise<TableWriter> {
    const types = (await this.#columnTypes(table.path)) ?? new Map<string, string>();
    const hasKeyIndex = await this.#hasKeyIndex(table);
    return new PostgresWriter(this, table, { types, hasKeyIndex });
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  /** Types without length limits: the limits are checked on assignment, where they are errors and not silent cuts. */
  async #columnTypes(path: readonly string[]): Promise<Map<string, string> | undefined> {
    const rows = await this.query(
      `SELECT attname, format_type(atttypid, -1) FROM pg_attribute
       WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [quotedPath(postgresDialect, path)],
    );
    return rows.length === 0 ? undefined : new Map(rows.map(([name, type]) => [String(name), String(type)]));
  }

  /** Whether ON CONFLICT on exactly the keys is possible and sees equal nulls as equal. */
  async #hasKeyIndex(table: SqlTable): Promise<boolean> {
    const keys = table.columns.filter((column) => column.isKey).map((column) => column.name);
    if (keys.length === 0) return false;
    const nullsAreEqual = this.#version >= NULLS_NOT_DISTINCT_VERSION ? 'i.indnullsnotdistinct' : 'false';
    const rows = await this.query(
      `SELECT array_to_json(array_agg(a.attname))::text, bool_and(a.attnotnull) OR bool_and(${nullsAreEqual})
       FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
       WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indimmediate AND i.indisvalid
         AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnkeyatts = i.indnatts
       GROUP BY i.indexrelid`,
      [quotedPath(postgresDialect, table.path)],
    );
    return rows.some(([names, isSafe]) => {
      const indexed = JSON.parse(String(names)) as string[];
      return isSafe === true && indexed.length === keys.length && keys.every((key) => indexed.includes(key));
    });
  }
}

class PostgresWriter implements TableWriter {
  readonly #connection: JdbcConnection;
  readonly #table: SqlTable;
  readonly #name: string;
  readonly #columns: readonly string[];
  readonly #types: readonly string[];
  readonly #hasKeyIndex: boolean;
  readonly #insert: string;

  constructor(
    connection: JdbcConnection,
    table: SqlTable,
    found: { readonly types: ReadonlyMap<string, string>; readonly hasKeyIndex: boolean },
  ) {
    this.#connection = connection;
    this.#table = table;
    this.#name = quotedPath(postgresDialect, table.path);
    this.#columns = table.columns.map((column) => quoted(postgresDialect, column.name));
    this.#types = table.columns.map((column) => found.types.get(column.name) ?? columnType(column));
    this.#hasKeyIndex = found.hasKeyIndex;
    const arrays = this.#types.map((type, i) => `$${i + 1}::${type}[]`);
    this.#insert = `INSERT INTO ${this.#name} (${this.#columns.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')})`;
  }

  async insert(rows: SqlRows): Promise<void> {
    await this.#connection.execute(this.#insert, this.#arraysOf(rows));
  }

  async upsert(rows: SqlRows): Promise<void> {
    if (!this.#hasKeyIndex) {
      await this.#deleteKeys(rows);
      await this.insert(rows);
      return;
    }
    const keys = this.#columns.filter((_, i) => this.#table.columns[i]?.isKey === true);
    const others = this.#columns.filter((_, i) => this.#table.columns[i]?.isKey !== true);
    const action =
      others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = EXCLUDED.${name}`).join(', ')}`;
    const sql = `${this.#insert} ON CONFLICT (${keys.join(', ')}) DO ${action}`;
    await this.#connection.execute(sql, this.#arraysOf(rows));
  }

  /** `=` can use an index, IS NOT DISTINCT FROM cannot: one statement per combination of null keys. */
  async #deleteKeys(rows: SqlRows): Promise<void> {
    const keyIndexes = this.#table.columns.flatMap((column, i) => (column.isKey ? [i] : []));
    for (const { pattern, rows: numbers } of byNullPattern(rows, keyIndexes)) {
      const present = keyIndexes.filter((_, k) => pattern[k] !== true);
      const conditions = keyIndexes.map((i, k) =>
        pattern[k] === true ? `t.${this.#columns[i]} IS NULL` : `t.${this.#columns[i]} = k.c${i}`,
      );
      const arrays = present.map((i, k) => `$${k + 1}::${this.#types[i]}[]`);
      const using =
        present.length === 0
          ? ''
          : ` USING unnest(${arrays.join(', ')}) AS k(${present.map((i) => `c${i}`).join(', ')})`;
      await this.#connection.execute(
        `DELETE FROM ${this.#name} AS t${using} WHERE ${conditions.join(' AND ')}`,
        present.map((i) =>
          this.#arrayOf(
            i,
            numbers.map((row) => rows.values[i]?.[row] ?? null),
          ),
        ),
      );
    }
  }

  #arraysOf(rows: SqlRows): string[] {
    return rows.values.map((values, i) => this.#arrayOf(i, values));
  }

  #arrayOf(index: number, values: readonly SqlValue[]): string {
    const column = this.#table.columns[index];
    return arrayLiteral(values, column?.name ?? '', elementText(column));
  }
}

/** A value as an element of an array literal. */
function elementText(column: SqlColumn | undefined): (value: SqlValue) => string {
  switch (column?.type.kind) {
    case 'binary':
      return (value) => `"\\\\x${Buffer.from(value as Uint8Array).toString('hex')}"`;
    case 'timestamp':
      return (value) => `"${eraText(value as string, '+00')}"`;
    case 'timestamp_ntz':
    case 'date':
      return (value) => `"${eraText(value as string, '')}"`;
    case 'string':
      return (value) => `"${(value as string).replaceAll(/["\\]/g, '\\$&')}"`;
    default:
      return (value) => String(value);
  }
}

function arrayLiteral(values: readonly SqlValue[], columnName: string, element: (value: SqlValue) => string): string {
  const text = `{${values.map((value) => (value === null ? 'NULL' : element(value))).join(',')}}`;
  if (text.includes('\0'))
    throw new MillraceError('VALUE_NOT_STORABLE', {
      sink: 'PostgreSQL',
      value: JSON.stringify(values.find((value) => typeof value === 'string' && value.includes('\0'))),
      column: columnName,
      reason: 'a text must not hold the character NUL',
    });
  return text;
}

/** ISO years with sign to PostgreSQL's: `+012024-…` → `12024-…`, `-000043-…` → `0044-… BC`, year 0 → 1 BC. */
function eraText(text: string, suffix: string): string {
  const match = /^([+-]?)(\d{4,6})(-.*)$/.exec(text);
  const [, sign = '', digits = '', rest = ''] = match ?? [];
  const year = Number(digits);
  if (sign === '-' || year === 0) return `${String(year + 1).padStart(4, '0')}${rest}${suffix} BC`;
  return sign === '' ? `${text}${suffix}` : `${String(year).padStart(4, '0')}${rest}${suffix}`;
}

function bound(value: SqlValue): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
