/**
 * Work 4 on Millrace: records at a fixed rate from a memory stream or a socket, counted per key and 1-minute window with a watermark in
 * update mode (or passed through), into foreachBatch, which may write to SQLite. Prints the latencies from the time a record was due.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DataFrame } from '../../src/index.ts';
import { MillraceSession, Trigger, functions as F } from '../../src/index.ts';
import { LatencySamples } from './latency-samples.ts';

/** What the harness passes, as JSON. */
export interface LatencyParameters {
  readonly source: 'memory' | 'socket';
  /** Of the socket. */
  readonly port?: number;
  readonly query: 'count' | 'pass';
  readonly sink: 'foreachBatch' | 'sqlite';
  /** A location, `disk` for a temporary folder, or `none`. */
  readonly checkpoint: string;
  readonly rowsPerSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly numKeys: number;
}

const parameters = JSON.parse(process.argv[2] ?? '{}') as LatencyParameters;
const { rowsPerSecond, seconds, warmUpSeconds, numKeys } = parameters;
const work = mkdtempSync(path.join(tmpdir(), 'millrace-latency-'));
const session = MillraceSession.builder().appName('latency').master('local[2]').getOrCreate();
const input = session.memoryStream('time TIMESTAMP, key INT, due DOUBLE');
const nowMs = (): number => performance.timeOrigin + performance.now();
const startMs = nowMs() + 1000;
const samples = new LatencySamples((numKeys * 1000) / rowsPerSecond, startMs + warmUpSeconds * 1000);
const write = sqliteWriter();

const writer = result(rows())
  .writeStream.outputMode('update')
  .trigger(Trigger.ProcessingTime(0))
  .foreachBatch(async (batch) => {
    const found = (await batch.collect()) as unknown as readonly ResultRow[];
    write(found);
    const seenMs = nowMs();
    for (const row of found) samples.seen(row.group, Number(row.count), row.due, seenMs);
  });
if (parameters.checkpoint !== 'none')
  writer.option(
    'checkpointLocation',
    parameters.checkpoint === 'disk' ? path.join(work, 'checkpoint') : parameters.checkpoint,
  );
const query = await writer.start();
if (parameters.source === 'memory') await produce();
else await new Promise((resolve) => setTimeout(resolve, (seconds + 2) * 1000));
await query.processAllAvailable();
const numBatches = (query.lastProgress?.batchId ?? -1) + 1;
await query.stop();
rmSync(work, { recursive: true, force: true });
console.log(
  JSON.stringify({
    ...samples.summary(),
    numRecords: samples.numRecords,
    numBatches,
    durationMs: query.lastProgress?.durationMs,
  }),
);

interface ResultRow {
  readonly group: string;
  readonly count: bigint | number;
  readonly due: number;
}

function rows(): DataFrame {
  return input.toDF() as unknown as DataFrame;
}

function result(frame: DataFrame): DataFrame {
  if (parameters.query === 'pass')
    return frame.select(F.expr('cast(due as string) as group'), F.lit(1).as('count'), F.col('due'));
  return frame
    .withWatermark('time', '10 seconds')
    .groupBy(F.col('key'), F.window(F.col('time'), '1 minute'))
    .agg(F.count('*').as('count'), F.max('due').as('due'))
    .select(F.expr("concat(key, ' ', window.start) as group"), F.col('count'), F.col('due')) as unknown as DataFrame;
}

/** Adds every millisecond what is due. */
async function produce(): Promise<void> {
  const numRecords = rowsPerSecond * seconds;
  const gapMs = 1000 / rowsPerSecond;
  for (let next = 0; next < numRecords;) {
    const due: unknown[][] = [];
    for (const untilMs = nowMs(); next < numRecords && startMs + next * gapMs <= untilMs; next++)
      due.push([new Date(startMs + next * gapMs), next % numKeys, startMs + next * gapMs]);
    if (due.length > 0) input.addData(...due);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Writes result rows to a SQLite table in a transaction per batch, or nowhere. */
function sqliteWriter(): (found: readonly ResultRow[]) => void {
  if (parameters.sink !== 'sqlite') return () => undefined;
  const database = new DatabaseSync(path.join(work, 'result.db'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE counts (grp TEXT PRIMARY KEY, n INTEGER, due REAL)');
  const upsert = database.prepare(
    'INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (grp) DO UPDATE SET n = excluded.n, due = excluded.due',
  );
  return (found) => {
    database.exec('BEGIN');
    for (const { group, count, due } of found) upsert.run(group, count, due);
    database.exec('COMMIT');
  };
}
