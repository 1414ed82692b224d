/** Which changes of a query its checkpoint allows, and what the refusal of the others says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DataFrame } from '../../src/index.ts';
import { GroupStateTimeout, MillraceError, MillraceSession, functions as F } from '../../src/index.ts';
import { createEnvironment, systemParts } from '../../src/api/default-environment.ts';
import { DiskCheckpoint } from '../../src/checkpoint/disk-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-recovery-rules-'));
const warnings: string[] = [];
const environment = createEnvironment({ ...systemParts(), printError: (line) => void warnings.push(line) });
const session = MillraceSession.builder().appName('recovery rules').environment(environment).getOrCreate();
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
  outputMode: 'append' | 'update' = 'update',
): Promise<MillraceError | undefined> {
  const location = join(folder, `${numCheckpoints++}`);
  const input = session.memoryStream('action STRING, n INT');
  input.addData({ action: 'a', n: 1 });
  const run = async (build: Build): Promise<void> => {
    const writer = build(input.toDF() as DataFrame<unknown> as DataFrame)
      .writeStream.format('noop')
      .outputMode(outputMode);
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
    expect(
      await restarted(
        (input) => input.groupBy('n').count(),
        (input) => input.groupBy().count(),
      ),
    ).toMatchObject({
      condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedKeySchema: 'STRUCT<n: INT>', newKeySchema: 'STRUCT<>' },
    });
    expect(await restarted(counted, (input) => input.groupBy('action').agg(F.max('n')))).toMatchObject({
      condition: 'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedValueSchema: 'STRUCT<count_0_0: BIGINT>', newValueSchema: 'STRUCT<max_0_0: INT>' },
    });
  });

  it('keeps the columns of duplicates, the keys and the type of a join', async () => {
    const distinct =
      (...columns: string[]): Build =>
      (input) =>
        input.dropDuplicates(columns);
    expect(await restarted(distinct('action'), distinct('action', 'n'), undefined, 'append')).toMatchObject({
      condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE',
      parameters: { storedKeySchema: 'STRUCT<action: STRING>', newKeySchema: 'STRUCT<action: STRING, n: INT>' },
    });
    const others = session
      .memoryStream('name STRING, code INT, at TIMESTAMP')
      .toDF() as DataFrame<unknown> as DataFrame;
    const joined =
      (condition: string, type: string): Build =>
      (input) =>
        input.join(others, F.expr(condition), type).select('action', 'code');
    expect(
      await restarted(joined('action = name', 'inner'), joined('n = code', 'inner'), undefined, 'append'),
    ).toMatchObject({ condition: 'STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE' });
    const ranged = (type: string): Build => {
      const left = (input: DataFrame): DataFrame =>
        input.withColumn('time', F.expr("TIMESTAMP '2026-01-01 10:00:00Z'")).withWatermark('time', '1 minute');
      const right = others.withWatermark('at', '1 minute');
      const condition = F.expr('action = name AND at >= time AND at <= time + INTERVAL 1 MINUTE');
      return (input) => left(input).join(right, condition, type).select('action', 'code');
    };
    expect(await restarted(ranged('inner'), ranged('left_outer'), undefined, 'append')).toMatchObject({
      condition: 'CHECKPOINT_PLAN_CHANGED',
      parameters: { stored: 'join Inner', current: 'join LeftOuter' },
      hint: expect.stringMatching(/^- .*Join.*Inner[^]*^\+ .*Join.*LeftOuter/m),
    });
    expect(await restarted(ranged('full_outer'), ranged('left_outer'), undefined, 'append')).toBeUndefined();
  });

  it('may call what is in its state otherwise, or compute another aggregate of the same types, which is warned of', async () => {
    const before = warnings.length;
    const renamed = (input: DataFrame): DataFrame => input.groupBy(F.col('action').alias('what')).count();
    expect(await restarted(counted, renamed)).toBeUndefined();
    const extreme =
      (aggregate: typeof F.min): Build =>
      (input) =>
        input.groupBy('action').agg(aggregate('n').alias('n'));
    expect(await restarted(extreme(F.min), extreme(F.max))).toBeUndefined();
    const [first = '', second = ''] = warnings.slice(before);
    expect(first).toMatch(
      /is used as it is by a changed query[^]*^- StateStoreSave keys=\[action\][^]*^\+ StateStoreSave keys=\[action AS what\]/m,
    );
    expect(second).toMatch(/^\+ .*max\(/m);
  });

  it('keeps the clock of its timeouts', async () => {
    const timed =
      (timeout: GroupStateTimeout): Build =>
      (input) =>
        input
          .withColumn('time', F.expr("TIMESTAMP '2026-01-01 10:00:00'"))
          .withWatermark('time', '1 minute')
          .groupByKey('action')
          .mapGroupsWithState({ state: 'BIGINT', output: 'n BIGINT', timeout }, (_key, _rows, state) => {
            state.update(1n);
            return { n: 1n };
          }) as DataFrame<unknown> as DataFrame;
    const { NoTimeout, EventTimeTimeout, ProcessingTimeTimeout } = GroupStateTimeout;
    expect(await restarted(timed(EventTimeTimeout), timed(ProcessingTimeTimeout))).toMatchObject({
      condition: 'STATE_STORE_INVALID_CONFIG_AFTER_RESTART',
      parameters: { configName: 'timeMode', oldConfig: 'eventTime', newConfig: 'processingTime' },
      hint: expect.stringContaining('ProcessingTimeTimeout'),
    });
    expect(await restarted(timed(NoTimeout), timed(EventTimeTimeout))).toMatchObject({
      condition: 'STATE_STORE_INVALID_CONFIG_AFTER_RESTART',
    });
    expect(await restarted(timed(EventTimeTimeout), timed(EventTimeTimeout))).toBeUndefined();
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
