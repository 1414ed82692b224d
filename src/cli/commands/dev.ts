/**
 * `millrace dev`, which is `npm start`: the main job on the embedded defaults. A Kinesis on loopback, a generator of action events, counts
 * per action in windows of 10 seconds; changed counts go to SQLite, closed windows to JSON files. Ctrl-C drains and commits; started again
 * it goes on from its checkpoints.
 */
import type { DataFrame } from '../../api/data-frame.ts';
import type { MillraceSession } from '../../api/session.ts';
import type { StreamingQuery } from '../../engine/streaming-query.ts';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as F from '../../api/functions.ts';
import { MillraceSession as Session } from '../../api/session.ts';
import { startLocalKinesis } from '../kinesis/local-kinesis.ts';
import { startGenerator } from '../demo/action-events.ts';
import { ProgressLines } from '../demo/progress-lines.ts';
import { parseDuration } from '../duration.ts';
import { untilSignal } from '../signals.ts';

export interface DevOptions {
  /** How long to run, as `25s`; until Ctrl-C when absent. */
  readonly duration?: string;
  readonly dir: string;
  readonly fresh?: boolean;
  /** `embedded` or `kinesis-local`. */
  readonly engine: string;
}

const STREAM = 'actions';
const NUM_SHARDS = 8;
const EVENT_SCHEMA = 'time TIMESTAMP, action STRING, user STRING, amount DOUBLE';

/** Runs the demo to its end and prints a summary as the last line. */
export async function runDev(options: DevOptions): Promise<void> {
  const durationMs = options.duration === undefined ? undefined : parseDuration(options.duration, 'millrace dev');
  const dir = path.resolve(options.dir);
  if (options.fresh === true) await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const stop = untilSignal();
  const kinesis = await startLocalKinesis(options.engine, {
    streams: [{ name: STREAM, numShards: NUM_SHARDS }],
    folder: path.join(dir, 'kinesis'),
    hasLimits: true,
  });
  process.stderr.write(`embedded Kinesis at ${kinesis.endpoint}, stream ${STREAM}, ${NUM_SHARDS} shards\n`);
  const session = Session.builder().appName('actions').create();
  try {
    const queries = await startQueries(session, kinesis.endpoint, dir);
    const totals = watch(queries);
    const generator = await startGenerator(kinesis.endpoint, STREAM);
    const ends: Promise<unknown>[] = [stop, kinesis.exited, ...queries.map((query) => query.awaitTermination())];
    if (durationMs !== undefined) ends.push(new Promise((resolve) => setTimeout(resolve, durationMs)));
    await Promise.race(ends);
    process.stderr.write('draining: finishing and committing the batches in flight\n');
    await generator.stop();
    await session.stop();
    process.stdout.write(`${summary(totals, dir)}\n`);
  } finally {
    await session.stop();
    await kinesis.stop();
  }
  process.exit();
}

/** The counts of the central program: per action and window of event time. */
export function actionCounts(events: DataFrame): DataFrame {
  return events
    .select(F.from_json(F.col('data').cast('STRING'), EVENT_SCHEMA).as('event'))
    .select('event.*')
    .withWatermark('time', '5 seconds')
    .groupBy(F.col('action'), F.window(F.col('time'), '10 seconds'))
    .count();
}

async function startQueries(session: MillraceSession, endpoint: string, dir: string): Promise<StreamingQuery[]> {
  const events = session.readStream.format('kinesis').options({
    'kinesis.streamName': STREAM,
    'kinesis.endpointUrl': endpoint,
    'kinesis.region': 'us-east-1',
    'kinesis.awsAccessKeyId': 'demo',
    'kinesis.awsSecretKey': 'demo',
    'kinesis.startingPosition': 'TRIM_HORIZON',
  });
  const counts = actionCounts(events.load());
  const toDatabase = await counts.writeStream
    .queryName('to-sqlite')
    .format('jdbc')
    .option('dbtable', 'action_counts')
    .outputMode('update')
    .option('checkpointLocation', path.join(dir, 'checkpoints', 'to-sqlite'))
    .start(`jdbc:sqlite:${path.join(dir, 'actions.db')}`);
  const toFiles = await counts.writeStream
    .queryName('to-json')
    .format('json')
    .outputMode('append')
    .option('checkpointLocation', path.join(dir, 'checkpoints', 'to-json'))
    .start(path.join(dir, 'closed-windows'));
  return [toDatabase, toFiles];
}

interface Totals {
  rowsIn: number;
  windowsOut: number;
  rowsUpserted: number;
  batches: number;
  lateGroups: number;
}

/** Adds up the progress of both queries and shows it. */
function watch([toDatabase, toFiles]: readonly StreamingQuery[]): Totals {
  const totals: Totals = { rowsIn: 0, windowsOut: 0, rowsUpserted: 0, batches: 0, lateGroups: 0 };
  const lines = new ProgressLines(process.stderr);
  toDatabase?.progress$.subscribe((progress) => {
    totals.rowsIn += progress.numInputRows;
    totals.rowsUpserted += Math.max(0, progress.sink.numOutputRows);
    totals.batches += 1;
    totals.lateGroups += progress.stateOperators.reduce(
      (sum, { numRowsDroppedByWatermark }) => sum + numRowsDroppedByWatermark,
      0,
    );
    lines.update(progress);
  });
  toFiles?.progress$.subscribe((progress) => {
    totals.windowsOut += Math.max(0, progress.sink.numOutputRows);
    totals.batches += 1;
    lines.update(progress);
  });
  return totals;
}

function summary(totals: Totals, dir: string): string {
  const shown = path.relative(process.cwd(), dir) || '.';
  return [
    `${totals.rowsIn} rows in`,
    `${totals.windowsOut} windows out`,
    `${totals.rowsUpserted} rows upserted`,
    `${totals.batches} batches`,
    `${totals.lateGroups} late groups dropped`,
    `results in ${shown}/actions.db and ${shown}/closed-windows`,
  ].join(', ');
}
