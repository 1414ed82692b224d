/** Which changes of a query its checkpoint allows, and what the refusal of the others says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DataFrame } from '../../src/index.ts';
import { MillraceError, MillraceSession, functions as F } from '../../src/index.ts';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-recovery-rules-'));
const session = MillraceSession.builder().appName('recovery rules').getOrCreate();
let numCheckpoints = 0;

afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Build = (input: DataFrame) => DataFrame;
const counted: Build = (input) => input.groupBy('action').count();

/** Runs `first` to its end on a fresh checkpoint, then starts `second` on the same and gives its failure. */
async function restarted(
  first: Build,
  second: Build,
  between?: (checkpoint: string) => Promise<void>,
): Promise<MillraceError | undefined> {
  const location = join(folder, `${numCheckpoints++}`);
  const input = session.memoryStream('action STRING, n INT');
  input.addData({ action: 'a', n: 1 });
  const run = async (build: Build): Promise<void> => {
    const writer = build(input.toDF() as DataFrame<unknown> as DataFrame)
      .writeStream.format('noop')
      .outputMode('update');
    const query = await writer.option('checkpointLocation', location).start();
    await query.processAllAvailable();
    await query.stop();
  };
  await run(first);
  await between?.(location);
  try {
    await run(second);
    return undefined;
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
}

describe('A query with a checkpoint', () => {
  it('may filter and project anew, and be written elsewhere', async () => {
    expect(await restarted(counted, (input) => counted(input.filter('n > 0')))).toBeUndefined();
    expect(
      await restarted(counted, (input) => counted(input).withColumn('twice', F.col('count').multiply(2))),
    ).toBeUndefined();
  });

  it('keeps its operators: the names of both and the difference of the plans are shown', async () => {
    const error = await restarted(counted, (input) => input.dropDuplicates(['action']));
    expect(error).toMatchObject({
      condition: 'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA',
      parameters: {
        OpsInMetadataSeq: '(OperatorId: 0 -> OperatorName: stateStoreSave)',
        OpsInCurBatchSeq: '(OperatorId: 0 -> OperatorName: dedupe)',
      },
    });
    expect(error?.hint).toMatch(/^- StateStoreSave keys=\[action\]/m);
    expect(error?.hint).toMatch(/^\+ \S*Deduplicate/m);
  });

  it('adds no operator and drops none', async () => {
    const condition = 'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA';
    expect(await restarted(counted, (input) => input)).toMatchObject({ condition });
    expect(await restarted((input) => input, counted)).toMatchObject({
      condition: 'STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY',
    });
  });

  it('keeps grouping columns and aggregates, which are shown side by side', async () => {
    expect(await restarted(counted, (input) => input.groupBy('n').count())).toMatchObject({
      condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedKeySchema: 'STRUCT<action: STRING>', newKeySchema: 'STRUCT<n: INT>' },
      hint: expect.stringContaining('+ StateStoreSave keys=[n]'),
    });
    expect(await restarted(counted, (input) => input.groupBy('action').agg(F.max('n')))).toMatchObject({
      condition: 'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedValueSchema: 'STRUCT<count_0_0: BIGINT>', newValueSchema: 'STRUCT<max_0_0: INT>' },
    });
  });

  it('keeps its sources', async () => {
    const rates = session.readStream.format('rate').load().select(F.lit('a').alias('action'), F.lit(1).alias('n'));
    expect(await restarted(counted, () => counted(rates))).toMatchObject({
      condition: 'CHECKPOINT_PLAN_CHANGED',
      parameters: { stored: 'sources memory', current: 'sources rate' },
    });
    expect(await restarted(counted, (input) => counted(input.union(rates)))).toMatchObject({
      condition: 'CHECKPOINT_PLAN_CHANGED',
    });
  });

  it('of a version that kept no plan goes on, and gets one', async () => {
    const withoutPlan = async (location: string): Promise<void> => {
      const checkpoint = new DiskCheckpoint({ folder: location, random: Math.random });
      await checkpoint.acquire();
      expect(await checkpoint.read('plan')).toBeDefined();
      await checkpoint.delete(['plan']);
    };
    expect(await restarted(counted, counted, withoutPlan)).toBeUndefined();
    expect(await restarted(counted, (input) => input.groupBy('n').count(), withoutPlan)).toMatchObject({
      condition: 'CHECKPOINT_PLAN_CHANGED',
      parameters: { stored: expect.stringContaining('action STRING'), current: expect.stringContaining('n INT') },
    });
  });
});
