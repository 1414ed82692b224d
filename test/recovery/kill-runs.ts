/**
 * A supervisor that kills the query's process with SIGKILL at random moments and starts it again until its input is exhausted, then asks
 * whether the sink equals the oracle's answer. Moments are log-uniform between 1 ms and 2 s, by turns after the program is loaded, which
 * hits start and recovery, and after its first batch.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { newCheckpoint, type CheckpointKind } from './checkpoints.ts';
import { makeEvents, seededRandom, writeInput } from './input-files.ts';
import { startQueryProcess } from './query-process.ts';
import { expectAnswer, recoveryAnswer } from './recovery-input.ts';
import { dropTarget, newTarget, type SinkKind } from './sink-targets.ts';

const FIRST_MS = 1;
const LAST_MS = 2000;

export interface KillPlan {
  readonly checkpoint: CheckpointKind;
  readonly sink: SinkKind;
  readonly mode: 'append' | 'update';
  readonly numKills: number;
  readonly numFiles: number;
  readonly rowsPerFile: number;
  readonly seed: number;
}

/** What a plan came to. */
export interface KillCounts {
  readonly numKills: number;
  /** Of these, kills before the run had finished a batch of its own: in start, recovery or the first batch. */
  readonly numKillsBeforeFirstBatch: number;
  /** Times the query was brought to its end and compared. */
  readonly numComparisons: number;
  readonly numRows: number;
}

/** Kills as often as planned; a query that gets to its end before is compared, and the next one begins anew. */
export async function runKillPlan(plan: KillPlan, folder: string): Promise<KillCounts> {
  const random = seededRandom(plan.seed);
  let counts = { numKills: 0, numKillsBeforeFirstBatch: 0, numComparisons: 0, numRows: 0 };
  for (let round = 0; counts.numKills < plan.numKills; round++) {
    const found = await killUntilDone(plan, { folder, round, random, numKills: plan.numKills - counts.numKills });
    counts = {
      numKills: counts.numKills + found.numKills,
      numKillsBeforeFirstBatch: counts.numKillsBeforeFirstBatch + found.numKillsBeforeFirstBatch,
      numComparisons: counts.numComparisons + 1,
      numRows: counts.numRows + plan.numFiles * plan.rowsPerFile,
    };
  }
  return counts;
}

async function killUntilDone(
  plan: KillPlan,
  {
    folder,
    round,
    random,
    numKills,
  }: { readonly folder: string; readonly round: number; readonly random: () => number; readonly numKills: number },
): Promise<{ readonly numKills: number; readonly numKillsBeforeFirstBatch: number }> {
  const { mode, numFiles, rowsPerFile, seed } = plan;
  const name = `kill_${plan.checkpoint}_${plan.sink}_${mode}_${seed}_${round}_${process.pid}`.toLowerCase();
  const place = join(folder, name);
  mkdirSync(place);
  const events = makeEvents(numFiles, rowsPerFile, seed + round);
  const input = join(place, 'input');
  writeInput(input, events);
  const checkpoint = newCheckpoint(plan.checkpoint, place, name);
  const run = { input, checkpoint: checkpoint.location, mode, sink: newTarget(plan.sink, place, name) };
  const where = `${plan.checkpoint}, ${plan.sink}, ${mode}, seed ${seed}, round ${round}`;
  const done = { numKills: 0, numKillsBeforeFirstBatch: 0 };
  try {
    for (;;) {
      const child = startQueryProcess(run);
      await (random() < 0.5 ? child.ready : child.untilBatches(1));
      const afterMs = FIRST_MS * (LAST_MS / FIRST_MS) ** random();
      if (done.numKills < numKills) await Promise.race([child.ended, delay(afterMs)]);
      if (done.numKills < numKills) child.kill('SIGKILL');
      const { code, signal } = await child.ended;
      if (signal === 'SIGKILL') {
        done.numKills++;
        if (child.batches.length === 0) done.numKillsBeforeFirstBatch++;
        continue;
      }
      expect(child.errorText.replaceAll(/^warning: .*\n/gm, ''), where).toBe('');
      expect(code, where).toBe(0);
      break;
    }
    await expectAnswer(run, { answer: recoveryAnswer(events), numFiles }, where);
    return done;
  } finally {
    await Promise.all([dropTarget(run.sink), checkpoint.drop()]);
    rmSync(place, { recursive: true, force: true });
  }
}
