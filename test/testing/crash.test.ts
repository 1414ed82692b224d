/** Scripts kill their query before a chosen write and go on; matchers and partial checks of numbers. */
import { describe, expect, it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import {
  addData,
  checkNewAnswer,
  checkProgress,
  checkState,
  crash,
  createTestSession,
  matchers,
  processAllAvailable,
  testStream,
} from '../../src/testing/index.ts';
import type { CrashPoint, StreamRun } from '../../src/testing/index.ts';

function words() {
  const session = createTestSession();
  const input = session.memoryStream('word STRING');
  return { session, input, counts: input.toDF().groupBy('word').count() };
}

describe('crash', () => {
  it.each(['offsets', 'state', 'sink', 'commits'] as const satisfies readonly CrashPoint[])(
    'before the write of %s loses and repeats nothing',
    async (point) => {
      const { input, counts } = words();
      await testStream(
        counts,
        'update',
        addData(input, ['a'], ['b']),
        checkNewAnswer(['a', 1n], ['b', 1n]),
        crash(point, addData(input, ['a'])),
        checkNewAnswer(['a', 2n]),
        crash(point, addData(input, ['a'], ['c'])),
        checkNewAnswer(['a', 3n], ['c', 1n]),
        checkState({ numRowsTotal: 3 }),
      );
    },
  );

  it('that never comes fails the script', async () => {
    const { input } = words();
    const script = testStream(
      input.toDF(),
      'append',
      addData(input, ['a']),
      processAllAvailable(),
      crash('state', addData(input, ['b'])),
    );
    await expect(script).rejects.toMatchObject({
      parameters: { expected: 'a crash before state', found: 'no such write' },
    });
  });

  it('ends the query with TEST_CRASH', async () => {
    const { input } = words();
    const failures: unknown[] = [];
    const failed = (run: StreamRun) =>
      run
        .running()
        .processAllAvailable()
        .catch((error: unknown) => void failures.push(error));
    const script = testStream(input.toDF(), 'append', crash('commits', addData(input, ['a']), failed));
    await expect(script).rejects.toMatchObject({ condition: 'TEST_CRASH' });
    expect(failures).toMatchObject([{ condition: 'TEST_CRASH' }]);
  });
});

describe('partial checks', () => {
  it('compare the named fields only, and say which one differs', async () => {
    const { input, counts } = words();
    await testStream(
      counts,
      'update',
      addData(input, ['a']),
      checkState({ numRowsTotal: 1, operatorName: 'stateStoreSave' }),
      checkProgress({ numInputRows: 1, sink: { description: 'ForeachBatchSink' } }),
    );
    const other = words();
    const script = testStream(other.counts, 'update', addData(other.input, ['a']), checkState({ numRowsTotal: 2 }));
    await expect(script).rejects.toMatchObject({
      parameters: { what: 'state operator 0.numRowsTotal', expected: '2', found: '1' },
    });
  });
});

describe('matchers', () => {
  const frame = words().session.createDataFrame(
    [
      ['a', 1],
      ['b', null],
    ],
    'word STRING, n INT',
  );

  it('compare rows in any order', async () => {
    expect((await matchers.toHaveRows(frame, [['b', null], { word: 'a', n: 1 }])).pass).toBe(true);
    const other = await matchers.toHaveRows(frame, [['b', null]]);
    expect(other.pass).toBe(false);
    expect(other.message()).toContain('TEST_EXPECTATION_FAILED');
  });

  it('compare schemas and conditions', async () => {
    expect(matchers.toHaveSchema(frame, 'word STRING, n INT').pass).toBe(true);
    expect(matchers.toHaveSchema(frame, 'word STRING, n BIGINT').message()).toContain('n INT');
    const divided = frame.select(F.lit(1).divide(F.lit(0)));
    expect((await matchers.toFailWith(() => divided.collect(), 'DIVIDE_BY_ZERO')).pass).toBe(true);
    expect((await matchers.toFailWith(() => frame.collect(), 'DIVIDE_BY_ZERO')).message()).toContain('nothing failed');
  });
});
