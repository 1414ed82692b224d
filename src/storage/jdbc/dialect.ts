/**
 * The contract of a database product: its SQL words and its connections. One implementation per product (postgres.ts, mysql.ts,
 * sqlite.ts), each the only file that loads its driver. What a batch means is not decided here but in jdbc-sink.ts.
 */
import type { DataType } from '../../types/data-type.ts';

/** A value as it is bound: dates, timestamps (UTC, `2024-01-31 12:00:00.000000`), decimals and JSON are strings. */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array;

/** One column of the table that the rows fill. */
export interface SqlColumn {
  /** The name in the table. */
  readonly name: string;
  /** A scalar type; nested columns have become strings. */
  readonly type: DataType;
  /** Where its values are in a batch: the column and, for a part of a window, the child. */
  readonly path: readonly [column: number, child?: number];
  /** A nested value, written as JSON text. */
  readonly isJson: boolean;
  /** Identifies the row in update mode. */
  readonly isKey: boolean;
  /** The type the user wants, from createTableColumnTypes. */
  readonly declaredType: string | undefined;
}

/** A table by its name parts, `['public', 'counts']`, and the columns the rows fill. */
export interface SqlTable {
  readonly path: readonly string[];
  readonly columns: readonly SqlColumn[];
}

/** A block of rows, column by column in the order of `SqlTable.columns`. */
export interface SqlRows {
  readonly numRows: number;
  readonly values: readonly (readonly SqlValue[])[];
}

/** Writes rows of one table inside the open transaction; made anew for every connection. */
export interface TableWriter {
  insert(rows: SqlRows): Promise<void>;
  /** Replaces the rows with the same keys, nulls being equal, else inserts. No key occurs twice in `rows`. */
  upsert(rows: SqlRows): Promise<void>;
}

/**
 * What a failed call means. `lost`: the connection is gone, the outcome of the transaction unknown. `conflict`: the transaction was rolled
 * back because of others and can be repeated. `rejected`: repeating cannot help.
 */
export type JdbcFailure = 'lost' | 'conflict' | 'rejected';

export type IsolationLevel = 'READ_UNCOMMITTED' | 'READ_COMMITTED' | 'REPEATABLE_READ' | 'SERIALIZABLE';

/** Where to connect; holds secrets, never printed. */
export interface JdbcTarget {
  readonly host: string;
  readonly port: number | undefined;
  /** The file for SQLite. */
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** URL parameters by lower-case name, of those the dialect allows. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A value as the driver gives it: text of dates, times and decimals, bytes, numbers. */
export type RawSqlValue = null | boolean | number | bigint | string | Uint8Array;

/** A column of a query, with the type its values are read as. */
export interface ReadColumn {
  readonly name: string;
  readonly type: DataType;
}

/** One connection, used by one caller at a time. */
export interface JdbcConnection {
  execute(sql: string, parameters?: readonly SqlValue[]): Promise<void>;
  /** Small results only. */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly (readonly SqlValue[])[]>;
  begin(isolation: IsolationLevel): Promise<void>;
  /** May fail with `lost` although the server has committed. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** The column names of a table, undefined when there is no such table. */
  columnsOf(path: readonly string[]): Promise<readonly string[] | undefined>;
  /** The part of CREATE TABLE that makes keys quick to find, unique where the product treats nulls as equal. */
  keyClause(keys: readonly SqlColumn[]): string;
  /** The columns of a SELECT, without running it to its end. */
  describe(sql: string): Promise<readonly ReadColumn[]>;
  /** The rows of a SELECT, in pieces of about `batchRows`, in one snapshot where the product has them. */
  rows(sql: string, batchRows: number): AsyncIterable<readonly (readonly RawSqlValue[])[]>;
  writerOf(table: SqlTable): Promise<TableWriter>;
  /** Never throws. */
  close(): Promise<void>;
}

export interface JdbcDialect {
  /** The product, for errors. */
  readonly name: string;
  /** CREATE and DROP TABLE can be rolled back. */
  readonly hasTransactionalDdl: boolean;
  /** URL parameters it understands; others are refused. */
  readonly parameterNames: readonly string[];
  /** Locks the marker row until the end of the transaction; appended to its SELECT. */
  readonly lockClause: string;
  /** Types of the marker table: a text of up to 255 characters, and a 64-bit integer. */
  readonly markerTypes: { readonly text: string; readonly long: string };
  /** An INSERT that does nothing when the key is there: its words before INTO and behind the values. */
  readonly insertIfAbsent: readonly [verb: string, suffix: string];
  /** What CAST makes a text of any value by; undefined where values have no type by which they are compared. */
  readonly textType: string | undefined;
  /** Days and times are types, which compare with their text form. */
  readonly comparesTimes: boolean;
  /** Quotes with the quote doubled; NUL is refused before. */
  quote(identifier: string): string;
  placeholder(index: number): string;
  /** The type of a new column. */
  columnType(column: SqlColumn): string;
  connect(target: JdbcTarget): Promise<JdbcConnection>;
  failureOf(error: unknown): JdbcFailure;
}
