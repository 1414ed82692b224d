/** The input of a recovery test in a folder of its own, and what the sink of the recovery query has to hold when it was read to its end. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Event, ReferenceAnswer } from '../oracle/reference.ts';
import { linesOf, referenceAnswer } from '../oracle/reference.ts';
import { makeEvents, writeInput } from './input-files.ts';
import { newMemoryFolder } from '../memory-folder.ts';
import { DELAY_MS, type RecoveryRun, WINDOW_MS } from './recovery-query.ts';
import { readTarget } from './sink-targets.ts';

export interface RecoveryInput {
  /** For everything the test writes; removed at its end. */
  readonly folder: string;
  /** The folder of the input files. */
  readonly path: string;
  readonly answer: ReferenceAnswer;
  /** Fails unless the sink of a run that got to its end holds the answer, with a last batch for the windows that closed at the end. */
  expectRightEnd(run: Pick<RecoveryRun, 'mode' | 'sink'>, where?: string): Promise<void>;
}

/** Declares the hooks that write the input before the tests of a file and remove its folder after them. */
export function recoveryInput(shape: {
  readonly numFiles: number;
  readonly rowsPerFile: number;
  readonly seed: number;
}): RecoveryInput {
  const events = makeEvents(shape.numFiles, shape.rowsPerFile, shape.seed);
  let folder = '';
  beforeAll(() => {
    folder = newMemoryFolder();
    writeInput(join(folder, 'input'), events);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const answer = recoveryAnswer(events);
  return {
    get folder() {
      return folder;
    },
    get path() {
      return join(folder, 'input');
    },
    answer,
    expectRightEnd: (run, where) => expectAnswer(run, { answer, numFiles: shape.numFiles }, where),
  };
}

/** The oracle's answer to the recovery query. */
export function recoveryAnswer(events: readonly (readonly Event[])[]): ReferenceAnswer {
  return referenceAnswer(events, { windowMs: WINDOW_MS, delayMs: DELAY_MS });
}

/** Fails unless the sink of a run that read so many files holds the oracle's answer to them. */
export async function expectAnswer(
  { mode, sink }: Pick<RecoveryRun, 'mode' | 'sink'>,
  { answer, numFiles }: { readonly answer: ReferenceAnswer; readonly numFiles: number },
  where?: string,
): Promise<void> {
  const content = await readTarget(sink);
  expect(content.lines, where).toEqual(linesOf(mode === 'append' ? answer.closedWindows : answer.finalTable));
  expect(content.lastBatchId, where).toBe(numFiles);
}
