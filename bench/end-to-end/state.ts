/**
 * Work 5 on Millrace: a state of many keys. First batches of 1 M rows until every key is there, then the query is stopped and started
 * again on its checkpoint, then batches that change 100 k keys each. `phase` says which half this process does, so that the memory of a
 * restored query is its own.
 */
import type { StreamingQuery } from 'millrace';
import { functions as F } from 'millrace';
import type { CommonParameters } from './program.ts';
import { peakMemoryMb, runAsProgram, secondsSince } from './program.ts';

export interface StateParameters extends CommonParameters {
  readonly numKeys: number;
  /** Where the state is kept between the phases. */
  readonly checkpoint: string;
  readonly phase: 'fill' | 'restore';
}

const ROWS_PER_FILLING_BATCH = 1_000_000;
const CHANGED_KEYS = 100_000;
const NUM_CHANGING_BATCHES = 15;

await runAsProgram<StateParameters>(async ({ numKeys, checkpoint, phase }, session) => {
  const rowsPerBatch = phase === 'fill' ? Math.min(numKeys, ROWS_PER_FILLING_BATCH) : Math.min(numKeys, CHANGED_KEYS);
  const startMs = performance.now();
  const query = await session.readStream
    .format('rate-micro-batch')
    .option('rowsPerBatch', rowsPerBatch)
    .load()
    .groupBy(F.expr(`value % ${numKeys}`).as('key'))
    .agg(F.count('*').as('events'), F.max('value').as('last'))
    .writeStream.outputMode('update')
    .option('checkpointLocation', checkpoint)
    .foreachBatch(async () => undefined)
    .start();
  const startSeconds = secondsSince(startMs);
  const commitsMs: number[] = [];
  const isEnough = (): boolean =>
    phase === 'fill' ? keysOf(query) >= numKeys : commitsMs.length >= NUM_CHANGING_BATCHES;
  await new Promise<void>((resolve, reject) => {
    query.progress$.subscribe({
      next: ({ stateOperators: [operator] }) => {
        commitsMs.push(operator?.commitTimeMs ?? Number.NaN);
        if (isEnough()) query.stop().then(resolve, reject);
      },
      complete: () => resolve(),
    });
  });
  const error = query.exception();
  if (error !== null) throw error;
  const seconds = secondsSince(startMs);
  const middle = commitsMs.toSorted((a, b) => a - b)[commitsMs.length >> 1] ?? Number.NaN;
  const numbers = { commitMsMedian: middle, commitMsMax: Math.max(...commitsMs), peakMemoryMb: peakMemoryMb() };
  const rates =
    phase === 'fill'
      ? { keysPerSecond: Math.round(numKeys / seconds) }
      : { restoreSeconds: startSeconds, restoredKeysPerSecond: Math.round(numKeys / startSeconds) };
  return { seconds, answer: [String(keysOf(query))], numbers: { ...rates, ...numbers } };
});

function keysOf(query: StreamingQuery): number {
  return query.lastProgress?.stateOperators[0]?.numRowsTotal ?? 0;
}
