/**
 * Every query of the matrix in every output mode: taken or refused as by a real PySpark (matrix.json, made by make-matrix.py), and refused
 * before any batch, where Spark sometimes notices only in the first.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MillraceError, MillraceSession, Trigger } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import type { Op } from './program.ts';
import { addFile } from './golden-case.ts';
import { MATRIX_DIFFERENCES } from './matrix-differences.ts';
import { applyOps } from './program.ts';
import { newMemoryFolder } from '../memory-folder.ts';

type Mode = 'append' | 'update' | 'complete';
interface Refused {
  readonly when: 'analysis' | 'start' | 'run';
  readonly condition: string | null;
  /** The message of an unnumbered condition. */
  readonly msg?: string;
}
type Row = { readonly ops: readonly Op[] } & Readonly<Record<Mode, 'accepted' | Refused>>;

const SCHEMA = 'time TIMESTAMP, action STRING, v BIGINT';
const LINES = [
  '{"time":"2026-01-01T10:00:01Z","action":"a","v":1}',
  '{"time":"2026-01-01T10:00:02Z","action":"b","v":2}',
];
const MODES = ['append', 'update', 'complete'] as const;
const MATRIX = JSON.parse(readFileSync(join(import.meta.dirname, 'matrix.json'), 'utf8')) as Readonly<
  Record<string, Row>
>;

const folder = newMemoryFolder();
addFile({ inputs: { main: [LINES], other: [LINES], third: [LINES] } }, folder, 0);
const session = MillraceSession.builder()
  .appName('matrix')
  .master('local[1]')
  .config('spark.sql.session.timeZone', 'UTC')
  .config('spark.sql.streaming.noDataMicroBatches.enabled', 'false')
  .getOrCreate();
afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** The error of the query and when it came; undefined when it runs to its end. */
async function failureOf(
  ops: readonly Op[],
  mode: Mode,
): Promise<{ readonly when: Refused['when']; readonly error: unknown } | undefined> {
  const load = (input: string, isStatic = false): DataFrame =>
    (isStatic ? session.read : session.readStream).schema(SCHEMA).json(join(folder, input)) as unknown as DataFrame;
  const checkpoint = mkdtempSync(join(folder, 'checkpoint-'));
  let when: Refused['when'] = 'analysis';
  try {
    const df = applyOps(load('main'), ops, Object.assign(load, { session }));
    when = 'start';
    const writer = df.writeStream.format('noop').outputMode(mode).trigger(Trigger.AvailableNow());
    const query = await writer.option('checkpointLocation', checkpoint).start();
    when = 'run';
    await query.awaitTermination();
    return undefined;
  } catch (error) {
    return { when, error };
  } finally {
    rmSync(checkpoint, { recursive: true, force: true });
  }
}

function described(error: unknown): string {
  return error instanceof MillraceError ? `${error.condition}: ${error.message}` : String(error);
}

test('every listed difference is of a query of the matrix', () => {
  expect(Object.keys(MATRIX_DIFFERENCES).filter((name) => MATRIX[name.replace(/, in \w+$/, '')] === undefined)).toEqual(
    [],
  );
});

test.for(Object.keys(MATRIX))('%s', async (name) => {
  const row = MATRIX[name] as Row;
  for (const mode of MODES) {
    const expected = MATRIX_DIFFERENCES[`${name}, in ${mode}`] ?? row[mode];
    // oxlint-disable-next-line no-await-in-loop
    const failure = await failureOf(row.ops, mode);
    if (expected === 'accepted') {
      expect(failure && described(failure.error), `${mode} is taken`).toBeUndefined();
      continue;
    }
    expect(failure, `${mode} is refused with ${expected.condition}: ${expected.msg ?? ''}`).toBeDefined();
    expect(failure?.error, mode).toBeInstanceOf(MillraceError);
    const error = failure?.error as MillraceError;
    const { condition, parameters } = error;
    expect(`${mode}: ${condition} (${described(failure?.error)})`).toContain(`${mode}: ${expected.condition} (`);
    if (expected.msg !== undefined) expect((parameters as { readonly msg?: string }).msg).toBe(expected.msg);
    expect(failure?.when, mode).not.toBe('run');
    expect(error.hint, `${mode}: what to write instead of ${described(error)}`).toBeDefined();
  }
});
