/**
 * The thread that runs the files it is sent, one query after the other, and reports each. The main thread watches the time and ends it
 * when a query hangs; the file is then sent once more with that query left out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Outcome } from './compare.ts';
import { MillraceSession } from '../../src/index.ts';
import { compare } from './compare.ts';
import { readTestFile } from './corpus.ts';
import { sharedTables } from './shared-tables.ts';
import { tpcdsTables } from './tpcds-tables.ts';

/** What the thread is started with. */
export interface WorkerInput {
  readonly corpus: string;
  readonly tables: string;
}

/** A file to run. */
export interface FileRequest {
  readonly name: string;
  /** Queries that hung before, by their index. */
  readonly skipped: readonly number[];
}

/** What the thread says: a query begins, is done, the file is done. */
export type WorkerMessage =
  | { readonly kind: 'begin'; readonly index: number }
  | { readonly kind: 'done'; readonly index: number; readonly outcome: Outcome }
  | { readonly kind: 'end' };

const { corpus, tables } = workerData as WorkerInput;

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** As in SQLQueryTestSuite only the file of the pipe operators has these tables. */
function readsTpcds(name: string): boolean {
  return name === 'pipe-operators';
}

async function runFile({ name, skipped }: FileRequest): Promise<void> {
  const { settings, queries } = readTestFile(corpus, name);
  const warehouse = mkdtempSync(path.join(tmpdir(), 'spark-sql-tests-'));
  const builder = MillraceSession.builder().config('spark.sql.warehouse.dir', warehouse);
  for (const [key, value] of settings) builder.config(key, value);
  const session = builder.create();
  try {
    const shared = [...(await sharedTables(corpus, tables)), ...(readsTpcds(name) ? tpcdsTables() : [])];
    for (const statement of shared) await session.sql(statement).collect();
    for (const [index, query] of queries.entries()) {
      if (skipped.includes(index)) continue;
      post({ kind: 'begin', index });
      const style = {
        timeZone: session.conf.get('spark.sql.session.timeZone'),
        binary: session.conf.get('spark.sql.binaryOutputStyle', 'UTF-8'),
      };
      post({ kind: 'done', index, outcome: await compare((sql) => session.sql(sql), query, style) });
    }
  } finally {
    await session.stop();
    rmSync(warehouse, { recursive: true, force: true });
  }
  post({ kind: 'end' });
}

parentPort?.on('message', (request: FileRequest) => void runFile(request));
