/** The test kit notices when a stream does not do what its script says. */
import { expect, test } from 'vitest';
import { functions as F } from '../../src/index.ts';
import {
  ManualClock,
  addData,
  assertOnQuery,
  checkAnswer,
  checkLastBatch,
  createTestSession,
  expectError,
  processAllAvailable,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';

const words = () => {
  const input = createTestSession().memoryStream('word STRING');
  return { input, counts: input.toDF().groupBy('word').count() };
};

test('a script that holds passes, over a stop', async () => {
  const { input, counts } = words();
  await testStream(
    counts,
    'update',
    addData(input, ['a'], ['b'], ['a']),
    checkLastBatch(['b', 1n], ['a', 2n]),
    stopStream(),
    startStream(),
    addData(input, ['b']),
    checkLastBatch(['b', 2n]),
    checkAnswer(['a', 2n], ['b', 1n], ['b', 2n]),
  );
});

test('other rows than expected are TEST_EXPECTATION_FAILED with both sides', async () => {
  const { input, counts } = words();
  const script = testStream(counts, 'complete', addData(input, ['a']), checkAnswer(['a', 2n]));
  await expect(script).rejects.toMatchObject({
    condition: 'TEST_EXPECTATION_FAILED',
    parameters: {
      what: 'the answer',
      expected: expect.stringContaining('"count":"2"') as string,
      found: expect.stringContaining('"count":"1"') as string,
    },
  });
});

test('a missing, an extra and a repeated row are noticed', async () => {
  const { input, counts } = words();
  const failed = { condition: 'TEST_EXPECTATION_FAILED' };
  await expect(testStream(counts, 'update', addData(input, ['a']), checkAnswer())).rejects.toMatchObject(failed);
  const twice = words();
  const script = testStream(twice.counts, 'update', addData(twice.input, ['a']), checkAnswer(['a', 1n], ['a', 1n]));
  await expect(script).rejects.toMatchObject(failed);
});

test('an error that does not come, or another one, fails the script', async () => {
  const { input, counts } = words();
  const script = testStream(counts, 'update', addData(input, ['a']), expectError('DIVIDE_BY_ZERO'));
  await expect(script).rejects.toMatchObject({ parameters: { expected: 'DIVIDE_BY_ZERO', found: 'no error' } });
  const numbers = createTestSession().memoryStream('n INT');
  const inverse = numbers.toDF().select(F.lit(1).divide(F.col('n')));
  await testStream(inverse, 'append', addData(numbers, [0]), expectError('DIVIDE_BY_ZERO'));
});

test('a script cannot go on with a query it has stopped', async () => {
  const { counts } = words();
  const script = testStream(counts, 'update', stopStream(), processAllAvailable());
  await expect(script).rejects.toMatchObject({ parameters: { expected: 'running', found: 'stopped' } });
});

test('the rows and numbers of a query can be looked at', async () => {
  const { input, counts } = words();
  await testStream(
    counts,
    'update',
    addData(input, ['a'], ['b']),
    assertOnQuery((query) => expect(query.lastProgress?.stateOperators[0]?.numRowsTotal).toBe(2)),
  );
});

test('a manual clock wakes sleepers in the order of their times, and those whose sleep is aborted', async () => {
  const clock = new ManualClock(1000);
  const woken: string[] = [];
  const abort = new AbortController();
  const sleeps = [
    clock.sleep(30).then(() => woken.push('30')),
    clock.sleep(10).then(() => woken.push('10')),
    clock.sleep(99, abort.signal).then(() => woken.push('aborted')),
    clock.sleep(0).then(() => woken.push('0')),
  ];
  await sleeps[3];
  expect(woken).toEqual(['0']);
  clock.advance('30 milliseconds');
  expect(clock.nowMs()).toBe(1030);
  await Promise.all(sleeps.slice(0, 2));
  expect(woken).toEqual(['0', '10', '30']);
  abort.abort();
  await sleeps[2];
  expect(woken.at(-1)).toBe('aborted');
});
