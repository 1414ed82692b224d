/**
 * The `jdbc` sink: the rows of each micro-batch go into a database table exactly once. Knows the protocol, not the products (dialect.ts).
 *
 * One connection, one transaction per batch: lock and read the marker row of the query in `millrace_commits` (same database), decide
 * (commit-marker.ts), write the rows, move the marker, COMMIT. Every failure is answered by the same step: connect again and begin with
 * reading the marker. IF the COMMIT had succeeded before the connection broke THEN the marker says so and nothing is written twice; ELSE
 * the batch is written again from the column batches kept in memory (up to MAX_REPLAY_ROWS; above, the engine repeats the batch).
 *
 * append inserts; update replaces rows with equal key columns (nulls equal); complete deletes everything first, in the transaction.
 * A window column becomes two columns, `window` → `window_start`, `window_end`; other nested columns become JSON text (table-layout.ts).
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { BatchIdentity, Sink, SinkContext, SinkProvider, SinkResult } from '../sink.ts';
import type { JdbcConnection } from '../../storage/jdbc/dialect.ts';
import { createHash } from 'node:crypto';
import { MillraceError } from '../../errors/millrace-error.ts';
import { commitPlace, decideCommit, markerOf, type CommitMarker } from '../commit-marker.ts';
import { JDBC_OPTION_NAMES, jdbcOptions, type JdbcOptions } from './jdbc-options.ts';
import { JdbcTable } from './jdbc-table.ts';
import { ReplayableRows, ReplayTooLarge, RowsFailed } from '../replayable-rows.ts';
import { markerSql, quotedPath } from '../../storage/jdbc/sql-text.ts';
import { type ExternalSystem, systemRefused, systemUnavailable } from '../../storage/system-failure.ts';

/** Rows of one batch kept for writing them again. */
const MAX_REPLAY_ROWS = 1_000_000;
const MAX_ATTEMPTS = 8;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 3000;

export const jdbcSinkProvider: SinkProvider = {
  name: 'jdbc',
  optionNames: JDBC_OPTION_NAMES,
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'exactly-once',
  create: (context) => createJdbcSink(context),
};

/** The sink. `wrap` comes between it and the connections it makes, for tests that cut them at any call. */
export function createJdbcSink(
  context: SinkContext,
  wrap: (connection: JdbcConnection) => JdbcConnection = (connection) => connection,
): Sink {
  return new JdbcSink(context, wrap);
}

class JdbcSink implements Sink {
  readonly description: string;
  readonly #context: SinkContext;
  readonly #options: JdbcOptions;
  readonly #table: JdbcTable;
  readonly #marker: ReturnType<typeof markerSql>;
  /** Which checkpoint fills which table, as a digest. */
  readonly #place: string;
  readonly #wrap: (connection: JdbcConnection) => JdbcConnection;
  #connection: JdbcConnection | undefined;

  constructor(context: SinkContext, wrap: (connection: JdbcConnection) => JdbcConnection) {
    this.#context = context;
    this.#wrap = wrap;
    this.#options = jdbcOptions(context.options);
    const { dialect, tablePath, markerPath, address } = this.#options;
    this.description = `JDBC[${address.description}, ${tablePath.join('.')}]`;
    this.#table = new JdbcTable(context, this.#options);
    this.#marker = markerSql(dialect, markerPath);
    const checkpoint = context.options.has('checkpointlocation')
      ? commitPlace(context, this.description).location
      : `query ${context.queryId}`;
    this.#place = createHash('sha256')
      .update([checkpoint, ...tablePath].join('\n'))
      .digest('hex');
  }

  async open(): Promise<void> {
    if (this.#context.mode === 'batch') return;
    await this.#repeat('opening the table', async (connection) => {
      await connection.execute(this.#marker.create);
      await this.#checkCheckpoint(connection);
      await this.#table.createOrCheck(connection);
      await connection.execute(this.#marker.insert, [this.#context.queryId, -1n, '', -1n, this.#place]);
    });
  }

  async addBatch(identity: BatchIdentity, batches: AsyncIterable<ColumnBatch>): Promise<SinkResult> {
    const rows = new ReplayableRows(batches, MAX_REPLAY_ROWS);
    const action = `writing batch ${identity.batchId}`;
    try {
      return await this.#repeat(action, (connection) =>
        this.#context.mode === 'batch' ? this.#save(connection, rows) : this.#commitBatch(connection, identity, rows),
      );
    } finally {
      await rows.close();
    }
  }

  async close(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
  }

  async #commitBatch(connection: JdbcConnection, identity: BatchIdentity, rows: ReplayableRows): Promise<SinkResult> {
    await connection.begin(this.#options.isolation);
    const marker = await this.#readMarker(connection);
    const decision = decideCommit(marker, identity, commitPlace(this.#context, this.description));
    let numOutputRows: number;
    if (decision === 'skip') numOutputRows = await rows.drain();
    else {
      if (this.#context.mode === 'complete') await this.#table.deleteAll(connection);
      numOutputRows = await this.#table.write(connection, rows.read(), this.#context.mode === 'update');
    }
    const { batchId, offsetDigest, epoch } = markerOf(identity);
    const values = [BigInt(batchId), offsetDigest, BigInt(epoch)];
    if (marker === undefined)
      await connection.execute(this.#marker.insert, [this.#context.queryId, ...values, this.#place]);
    await connection.execute(this.#marker.update, [...values, this.#context.queryId]);
    await connection.commit();
    return { numOutputRows };
  }

  /**
   * A query has its id from its checkpoint. IF another id has filled this table from this very checkpoint THEN the checkpoint was lost and
   * made anew, and beginning again would write rows twice. IF the table is gone as well THEN to begin again is what is wanted.
   */
  async #checkCheckpoint(connection: JdbcConnection): Promise<void> {
    const { queryId } = this.#context;
    if ((await connection.columnsOf(this.#options.tablePath)) === undefined) {
      await connection.execute(this.#marker.deleteOthers, [this.#place, queryId]);
      return;
    }
    const [other] = await connection.query(this.#marker.selectOthers, [this.#place, queryId]);
    if (other === undefined) return;
    const { sink, location } = commitPlace(this.#context, this.description);
    const markerName = this.#options.markerPath.join('.');
    throw new MillraceError(
      'CHECKPOINT_MISSING',
      { sink, batchId: String(other[1]), queryId: String(other[0]), location, checkpointBatchId: '-1' },
      {
        hint: `Restore the checkpoint; starting from zero would write rows twice. To begin again, drop the table, or delete the row of that query from ${markerName}.`,
      },
    );
  }

  /** Waits for another transaction that holds the marker, also one of ours whose connection was lost. */
  async #readMarker(connection: JdbcConnection): Promise<CommitMarker | undefined> {
    const [row] = await connection.query(this.#marker.select, [this.#context.queryId]);
    if (row === undefined || Number(row[0]) < 0) return undefined;
    return { batchId: Number(row[0]), offsetDigest: String(row[1]), epoch: Number(row[2]) };
  }

  /** A batch write: no marker, so a COMMIT without answer cannot be cleared up. */
  async #save(connection: JdbcConnection, rows: ReplayableRows): Promise<SinkResult> {
    if (!(await this.#table.prepareSave(connection))) return { numOutputRows: 0 };
    await connection.begin(this.#options.isolation);
    await this.#table.prepareSaveInTransaction(connection);
    const numOutputRows = await this.#table.write(connection, rows.read(), false);
    try {
      await connection.commit();
    } catch (error) {
      if (this.#options.dialect.failureOf(error) !== 'lost') throw error;
      const tableName = quotedPath(this.#options.dialect, this.#options.tablePath);
      throw new MillraceError('COMMIT_OUTCOME_UNKNOWN', { sink: this.description, tableName }, { cause: error });
    }
    return { numOutputRows };
  }

  /** Runs `work` on a connection; rolls back and tries again, with growing pauses, while the failure is one that can pass. */
  async #repeat<Result>(action: string, work: (connection: JdbcConnection) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      let failure: unknown;
      try {
        this.#connection ??= this.#wrap(await this.#options.dialect.connect(this.#options.address.target));
        return await work(this.#connection);
      } catch (error) {
        failure = error;
      }
      if (!(await this.#canRepeat(failure))) throw this.#typed(failure, action, attempt);
      if (attempt >= MAX_ATTEMPTS) throw this.#unavailable(failure, attempt);
      await this.#context.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
    }
  }

  /** Leaves no open transaction behind: rolls back, or drops a connection that cannot. */
  async #canRepeat(failure: unknown): Promise<boolean> {
    const kind = isForeign(failure) ? 'rejected' : this.#options.dialect.failureOf(failure);
    try {
      if (kind !== 'lost') await this.#connection?.rollback();
      else await this.close();
    } catch {
      await this.close();
    }
    return kind !== 'rejected';
  }

  #typed(failure: unknown, action: string, attempts: number): unknown {
    if (failure instanceof RowsFailed) return failure.cause;
    if (failure instanceof ReplayTooLarge) return this.#unavailable(failure, attempts);
    if (failure instanceof MillraceError) return failure;
    return systemRefused(this.#system, action, failure);
  }

  #unavailable(failure: unknown, attempts: number): MillraceError {
    return systemUnavailable(this.#system, attempts, failure);
  }

  get #system(): ExternalSystem {
    const { address, dialect } = this.#options;
    return { system: dialect.name, address: address.description };
  }
}

function isForeign(failure: unknown): boolean {
  return failure instanceof MillraceError || failure instanceof RowsFailed || failure instanceof ReplayTooLarge;
}
