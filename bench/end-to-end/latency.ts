/**
 * Work 4 on Millrace: records at a fixed rate from a memory stream or a socket, counted per key and 1-minute window with a watermark in
 * update mode, or passed through, into foreachBatch, which may write to SQLite. Prints the latencies from the time a record was due.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Column, DataFrame, MillraceSession } from 'millrace';
import { functions as F } from 'millrace';
import { LatencySamples } from './latency-samples.ts';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram } from './program.ts';

interface LatencyParameters extends CommonParameters {
  readonly source: 'memory' | 'socket';
  /** Of the socket. */
  readonly port?: number;
  readonly query: 'count' | 'pass';
  readonly sink: 'foreachBatch' | 'sqlite';
  /** `disk`, `none` or a location. */
  readonly checkpoint: string;
  readonly rowsPerSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly numKeys: number;
}

interface ResultRow {
  readonly group: string;
  readonly count: bigint | number;
  readonly due: number;
}

const SCHEMA = 'time TIMESTAMP, key INT, due DOUBLE';
const START_UP_MS = 500;
const MAX_LAG_MS = 60_000;

const nowMs = (): number => performance.timeOrigin + performance.now();
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

await runAsProgram<LatencyParameters>(async (parameters, session, work) => {
  const { rowsPerSecond, seconds, warmUpSeconds, numKeys, checkpoint } = parameters;
  const samples = new LatencySamples((numKeys * 1000) / rowsPerSecond, warmUpSeconds * 1000);
  const write = parameters.sink === 'sqlite' ? sqliteWriter(path.join(work, 'result.db')) : () => undefined;
  const isCount = parameters.query === 'count';
  const memory = session.memoryStream(SCHEMA);
  const records = parameters.source === 'memory' ? memory.toDF() : socketRecords(session, parameters.port ?? 0);
  const result = isCount ? counts(records as DataFrame) : passed(records as DataFrame);
  const writer = result.writeStream.outputMode('update').foreachBatch(async (batch) => {
    const rows = (await batch.collect()) as unknown as readonly ResultRow[];
    write(rows);
    const seenMs = nowMs();
    for (const { group, count, due } of rows)
      if (isCount) samples.sawCount(group, Number(count), due, seenMs);
      else samples.sawRecord(due, seenMs);
  });
  if (checkpoint !== 'none')
    writer.option('checkpointLocation', checkpoint === 'disk' ? path.join(work, 'checkpoint') : checkpoint);
  const query = await writer.start();
  if (parameters.source === 'memory') await produce(parameters, (rows) => memory.addData(...rows));
  const numRecords = rowsPerSecond * seconds;
  const deadlineMs = nowMs() + seconds * 1000 + MAX_LAG_MS;
  while (samples.numRecords < numRecords && nowMs() < deadlineMs && query.isActive) await sleep(50);
  const numBatches = (query.lastProgress?.batchId ?? -1) + 1;
  await query.stop();
  const numbers = { ...samples.summary(), numBatches, peakMemoryMb: peakMemoryMb() };
  return { answer: [String(samples.numRecords)], numbers };
});

function socketRecords(session: MillraceSession, port: number): DataFrame {
  const lines = session.readStream.format('socket').option('host', '127.0.0.1').option('port', port).load();
  return lines.select(F.from_json(F.col('value'), SCHEMA).as('r')).select('r.*') as unknown as DataFrame;
}

function counts(records: DataFrame): DataFrame {
  const group: Column = F.expr("concat(key, ' ', window.start)").as('group');
  return records
    .withWatermark('time', '10 seconds')
    .groupBy(F.col('key'), F.window(F.col('time'), '1 minute'))
    .agg(F.count('*').as('count'), F.max('due').as('due'))
    .select(group, F.col('count'), F.col('due')) as unknown as DataFrame;
}

function passed(records: DataFrame): DataFrame {
  return records.select(
    F.expr('cast(due AS STRING)').as('group'),
    F.lit(1).as('count'),
    F.col('due'),
  ) as unknown as DataFrame;
}

/** Adds every millisecond what is due. */
async function produce(
  { rowsPerSecond, seconds, numKeys }: LatencyParameters,
  add: (rows: readonly (readonly unknown[])[]) => void,
): Promise<void> {
  const numRecords = rowsPerSecond * seconds;
  const gapMs = 1000 / rowsPerSecond;
  const startMs = nowMs() + START_UP_MS;
  for (let next = 0; next < numRecords;) {
    const due: unknown[][] = [];
    for (const untilMs = nowMs(); next < numRecords && startMs + next * gapMs <= untilMs; next++)
      due.push([new Date(startMs + next * gapMs), next % numKeys, startMs + next * gapMs]);
    if (due.length > 0) add(due);
    await sleep(1);
  }
}

/** Writes result rows to a SQLite table in a transaction per batch. */
function sqliteWriter(file: string): (rows: readonly ResultRow[]) => void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE counts (grp TEXT PRIMARY KEY, n INTEGER, due REAL)');
  const upsert = database.prepare(
    'INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (grp) DO UPDATE SET n = excluded.n, due = excluded.due',
  );
  return (rows) => {
    database.exec('BEGIN');
    for (const { group, count, due } of rows) upsert.run(group, count, due);
    database.exec('COMMIT');
  };
}
