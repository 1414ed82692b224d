/** The table a jdbc sink fills: creates it, checks it, writes rows into it. The transaction around is the caller's (jdbc-sink.ts). */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { SinkContext } from '../sink.ts';
import type { JdbcOptions } from './jdbc-options.ts';
import type { JdbcConnection, SqlColumn, SqlTable, TableWriter } from '../../storage/jdbc/dialect.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { createTableSql, quotedPath } from '../../storage/jdbc/sql-text.ts';
import { lastOfEachKey, sqlRows } from '../../storage/jdbc/sql-values.ts';
import { fitToTable, tableLayout } from './table-layout.ts';

export class JdbcTable {
  readonly #context: SinkContext;
  readonly #options: JdbcOptions;
  readonly #layout: readonly SqlColumn[];
  readonly #name: string;
  /** With the names of the table as it is. */
  #table: SqlTable;
  #writers = new WeakMap<JdbcConnection, TableWriter>();
  /** A batch write has dealt with the table found at its start. */
  #isSavePrepared = false;

  constructor(context: SinkContext, options: JdbcOptions) {
    this.#context = context;
    this.#options = options;
    this.#layout = tableLayout({
      schema: context.schema,
      keyColumns: context.mode === 'update' ? context.keyColumns : [],
      declaredTypes: options.columnTypes,
    });
    this.#table = { path: options.tablePath, columns: this.#layout };
    this.#name = quotedPath(options.dialect, options.tablePath);
  }

  /** Makes sure the table is there and has the columns of the rows. */
  async createOrCheck(connection: JdbcConnection): Promise<void> {
    if ((await connection.columnsOf(this.#options.tablePath)) === undefined)
      await connection.execute(createTableSql(this.#options.dialect, connection, this.#table));
    const found = (await connection.columnsOf(this.#options.tablePath)) ?? [];
    this.#table = { path: this.#options.tablePath, columns: fitToTable(this.#name, this.#layout, found) };
  }

  async deleteAll(connection: JdbcConnection): Promise<void> {
    await connection.execute(`DELETE FROM ${this.#name}`);
  }

  /** Writes all rows inside the open transaction; their number. */
  async write(connection: JdbcConnection, batches: AsyncIterable<ColumnBatch>, isUpdate: boolean): Promise<number> {
    const { columns } = this.#table;
    const hasKeys = columns.some((column) => column.isKey);
    let numRows = 0;
    // While the server takes some rows, the next ones are made ready. A failure shows when those are to be sent.
    let sent: Promise<void> = Promise.resolve();
    try {
      for await (const batch of batches) {
        const writer = await this.#writerOf(connection);
        numRows += batch.numRows;
        for (let start = 0; start < batch.numRows; start += this.#options.batchRows) {
          const end = Math.min(batch.numRows, start + this.#options.batchRows);
          const all = sqlRows(columns, batch, { start, end });
          const rows = isUpdate && hasKeys ? lastOfEachKey(columns, all) : all;
          await sent;
          sent = isUpdate && hasKeys ? writer.upsert(rows) : writer.insert(rows);
          sent.catch(() => {});
        }
      }
    } finally {
      // The connection has one caller at a time, also for a rollback.
      await sent.catch(() => {});
    }
    await sent;
    return numRows;
  }

  /**
   * The first part of a batch write, before its transaction: false when there is nothing to do. Where tables cannot be created inside a
   * transaction it creates or replaces the table here.
   */
  async prepareSave(connection: JdbcConnection): Promise<boolean> {
    if (this.#isSavePrepared) return true;
    const { saveMode } = this.#context;
    const exists = (await connection.columnsOf(this.#options.tablePath)) !== undefined;
    if (exists && saveMode === 'errorifexists')
      throw new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: this.#name });
    if (exists && saveMode === 'ignore') return false;
    if (!this.#options.dialect.hasTransactionalDdl) {
      await this.#dropIfReplaced(connection);
      await this.createOrCheck(connection);
      this.#isSavePrepared = true;
    }
    return true;
  }

  /** The second part of a batch write: the table as the rows need it, empty when they overwrite. */
  async prepareSaveInTransaction(connection: JdbcConnection): Promise<void> {
    if (this.#options.dialect.hasTransactionalDdl) {
      await this.#dropIfReplaced(connection);
      await this.createOrCheck(connection);
    }
    if (this.#context.saveMode === 'overwrite' && this.#options.isTruncating) await this.deleteAll(connection);
  }

  async #dropIfReplaced(connection: JdbcConnection): Promise<void> {
    if (this.#context.saveMode !== 'overwrite' || this.#options.isTruncating) return;
    await connection.execute(`DROP TABLE IF EXISTS ${this.#name}`);
    this.#writers.delete(connection);
  }

  async #writerOf(connection: JdbcConnection): Promise<TableWriter> {
    const known = this.#writers.get(connection);
    if (known !== undefined) return known;
    const writer = await connection.writerOf(this.#table);
    this.#writers.set(connection, writer);
    return writer;
  }
}
