/** mapGroupsWithState and flatMapGroupsWithState as streaming scripts. Spark's answers to the same are in test/spark (`groups-*`). */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { GroupStateTimeout, Trigger, functions as F } from '../../src/index.ts';
import type { GroupState } from '../../src/index.ts';
import {
  ManualClock,
  addData,
  advanceClock,
  assertOnQuery,
  checkAnswer,
  checkNewAnswer,
  createTestSession,
  expectError,
  processAllAvailable,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';
import { at } from './event-times.ts';

const OUTPUT = 'user STRING, what STRING, n BIGINT';
const { NoTimeout, ProcessingTimeTimeout, EventTimeTimeout } = GroupStateTimeout;

function running(
  outputMode: 'append' | 'update' = 'update',
  timeout: GroupStateTimeout = NoTimeout,
  clock?: ManualClock,
) {
  const session = createTestSession(clock === undefined ? {} : { clock });
  const input = session.memoryStream('user STRING, time TIMESTAMP');
  const options = { state: 'BIGINT', output: OUTPUT, outputMode, timeout } as const;
  return { input, options, session };
}

describe('mapGroupsWithState', () => {
  it('puts out one row per key and call, and keeps the state over restarts', async () => {
    const { input } = running();
    const counts = input
      .toDF()
      .groupByKey('user')
      .mapGroupsWithState({ state: 'BIGINT', output: 'user STRING, n BIGINT' }, (key, rows, state) => {
        expectTypeOf(key).toEqualTypeOf<{ user: string | null }>();
        expectTypeOf(state).toEqualTypeOf<GroupState<bigint>>();
        state.update((state.getOption() ?? 0n) + BigInt([...rows].length));
        return { user: key.user, n: state.get() };
      });
    await testStream(
      counts,
      'update',
      addData(input, ['a'], ['b'], ['a'], [null]),
      checkNewAnswer(['a', 2n], ['b', 1n], [null, 1n]),
      stopStream(),
      startStream(),
      addData(input, ['b'], [null]),
      checkNewAnswer(['b', 2n], [null, 2n]),
      assertOnQuery((query) => {
        const [operator] = query.lastProgress?.stateOperators ?? [];
        expect(operator).toMatchObject({ operatorName: 'flatMapGroupsWithState', numRowsTotal: 3, numRowsUpdated: 2 });
      }),
    );
  });

  it('runs in update mode only, and once per query', async () => {
    const { input } = running();
    const options = { state: 'BIGINT', output: 'user STRING' } as const;
    const mapped = input
      .toDF()
      .groupByKey('user')
      .mapGroupsWithState(options, (key) => ({ user: key.user }));
    await expect(mapped.writeStream.format('noop').start()).rejects.toThrow(
      'mapGroupsWithState is not supported with Append',
    );
    const twice = mapped.groupByKey('user').mapGroupsWithState(options, (key) => ({ user: key.user }));
    await expect(twice.writeStream.format('noop').outputMode('update').start()).rejects.toThrow(
      'Multiple mapGroupsWithStates',
    );
  });
});

describe('flatMapGroupsWithState', () => {
  it('puts out any number of rows; keys may come from a function, and the function may be asynchronous', async () => {
    const { input, options } = running('append');
    const lists = input
      .toDF()
      .groupByKey((row) => row.user?.charAt(0) ?? '-', 'STRING')
      .flatMapGroupsWithState(options, async function* (key, rows, state) {
        expectTypeOf(key).toEqualTypeOf<string>();
        await Promise.resolve();
        for (const row of rows) {
          state.update((state.getOption() ?? 0n) + 1n);
          yield { user: row.user, what: key, n: state.get() };
        }
      });
    await testStream(
      lists,
      'append',
      addData(input, ['ann'], ['bo'], ['al']),
      checkNewAnswer(['ann', 'a', 1n], ['al', 'a', 2n], ['bo', 'b', 1n]),
      addData(input, ['abe']),
      checkNewAnswer(['abe', 'a', 3n]),
    );
  });

  it('forgets a state that is removed', async () => {
    const { input, options } = running();
    const counts = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState(options, function* ({ user }, rows, state) {
        const n = (state.getOption() ?? 0n) + BigInt([...rows].length);
        if (n < 3n) state.update(n);
        else state.remove();
        yield { user, what: String(state.exists), n };
      });
    await testStream(
      counts,
      'update',
      addData(input, ['a'], ['a'], ['b']),
      checkNewAnswer(['a', 'true', 2n], ['b', 'true', 1n]),
      addData(input, ['a']),
      checkNewAnswer(['a', 'false', 3n]),
      assertOnQuery((query) => {
        expect(query.lastProgress?.stateOperators[0]).toMatchObject({ numRowsTotal: 1, numRowsRemoved: 1 });
      }),
      addData(input, ['a']),
      checkNewAnswer(['a', 'true', 1n]),
    );
  });

  it('times out by event time when the watermark is past the timeout, after the rows of the batch', async () => {
    const { input, options } = running('append', EventTimeTimeout);
    const quiet = input
      .toDF()
      .withWatermark('time', '10 seconds')
      .groupByKey('user')
      .flatMapGroupsWithState(options, function* ({ user }, rows, state) {
        if (state.hasTimedOut) {
          yield { user, what: 'timed out', n: state.get() };
          state.remove();
          return;
        }
        const times = [...rows].map((row) => row.time?.getTime() ?? 0);
        state.update((state.getOption() ?? 0n) + BigInt(times.length));
        state.setTimeoutTimestamp(Math.max(...times), '5 seconds');
      });
    await testStream(
      quiet,
      'append',
      addData(input, ['a', at(0)], ['b', at(0)]),
      checkNewAnswer(),
      // The watermark becomes 10:00:05, which is the timeout itself: not yet.
      addData(input, ['b', at(15)]),
      checkNewAnswer(),
      addData(input, ['b', at(16)]),
      checkNewAnswer(['a', 'timed out', 1n]),
    );
  });

  it('times out by the clock without new rows, once', async () => {
    const clock = new ManualClock(1_000_000);
    const { input, options } = running('update', ProcessingTimeTimeout, clock);
    const quiet = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState(options, function* ({ user }, _rows, state) {
        const n = state.getOption() ?? 0n;
        state.update(n + 1n);
        if (!state.hasTimedOut) state.setTimeoutDuration('10 seconds');
        yield { user, what: state.hasTimedOut ? 'timed out' : 'seen', n: BigInt(state.getCurrentProcessingTimeMs()) };
      });
    await testStream(
      quiet,
      'update',
      addData(input, ['a'], ['b']),
      checkNewAnswer(['a', 'seen', 1_000_000n], ['b', 'seen', 1_000_000n]),
      advanceClock(clock, '10 seconds'),
      addData(input, ['b']),
      checkNewAnswer(['b', 'seen', 1_010_000n]),
      advanceClock(clock, 1),
      checkNewAnswer(['a', 'timed out', 1_010_001n]),
      advanceClock(clock, '1 minute'),
      checkNewAnswer(['b', 'timed out', 1_070_001n]),
      advanceClock(clock, '1 day'),
      checkNewAnswer(),
    );
  });

  it('loses a timeout that a call does not set again', async () => {
    const clock = new ManualClock(1_000_000);
    const { input, options } = running('update', ProcessingTimeTimeout, clock);
    const seen = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState(options, function* ({ user }, _rows, state) {
        if (!state.exists) state.setTimeoutDuration(1000);
        const old = state.oldTimeoutTimestamp ?? 0;
        state.update(1n);
        yield { user, what: state.hasTimedOut ? 'timed out' : 'seen', n: BigInt(old) };
      });
    await testStream(
      seen,
      'update',
      addData(input, ['a']),
      checkNewAnswer(['a', 'seen', 0n]),
      addData(input, ['a']),
      checkNewAnswer(['a', 'seen', 1_001_000n]),
      advanceClock(clock, '1 hour'),
      checkNewAnswer(),
    );
  });

  it('ends with AvailableNow after the timeouts that were due at its start', async () => {
    const clock = new ManualClock(1_000_000);
    const { input, options } = running('update', ProcessingTimeTimeout, clock);
    const again = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState(options, function* ({ user }, _rows, state) {
        state.update((state.getOption() ?? 0n) + 1n);
        state.setTimeoutDuration(1);
        yield { user, what: String(state.hasTimedOut), n: state.get() };
      });
    await testStream(
      again,
      'update',
      addData(input, ['a']),
      checkNewAnswer(['a', 'false', 1n]),
      stopStream(),
      advanceClock(clock, 10),
      startStream({ trigger: Trigger.AvailableNow() }),
      async (run) => void (await run.query?.awaitTermination()),
      startStream(),
      checkNewAnswer(['a', 'true', 2n]),
    );
  });

  it('begins with an initial state, also for keys without rows', async () => {
    const { input, options, session } = running();
    const initialState = session
      .createDataFrame(
        [
          ['a', 100n],
          ['z', 7n],
        ],
        'user STRING, n BIGINT',
      )
      .groupByKey('user');
    const counts = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState({ ...options, initialState }, function* ({ user }, rows, state) {
        state.update((state.getOption() ?? 0n) + BigInt([...rows].length));
        yield { user, what: 'n', n: state.get() };
      });
    await testStream(
      counts,
      'update',
      addData(input, ['a'], ['b']),
      checkNewAnswer(['a', 'n', 101n], ['b', 'n', 1n], ['z', 'n', 7n]),
      stopStream(),
      startStream(),
      addData(input, ['a']),
      checkNewAnswer(['a', 'n', 102n]),
    );
  });

  it('refuses an initial state that has a key twice, other keys, or no single value', async () => {
    const { input, options, session } = running();
    const grouped = input.toDF().groupByKey('user');
    const from = (rows: readonly unknown[][], schema: string) =>
      grouped.flatMapGroupsWithState(
        { ...options, initialState: session.createDataFrame(rows as unknown[][], schema).groupByKey('user') as never },
        () => [],
      );
    const twice = from(
      [
        ['a', 1n],
        ['a', 2n],
      ],
      'user STRING, n BIGINT',
    );
    await testStream(twice, 'update', addData(input, ['a']), expectError('INITIAL_STATE_DUPLICATE_KEY'));
    const wide = from([['a', 1n, 2n]], 'user STRING, n BIGINT, m BIGINT');
    await testStream(wide, 'update', addData(input, ['a']), expectError('INITIAL_STATE_NOT_ONE_COLUMN'));
    expect(() => from([[1n, 2n]], 'user BIGINT, n BIGINT')).toThrow('INITIAL_STATE_KEY_MISMATCH');
  });

  it('gives a batch query one call per key', async () => {
    const { options, session } = running('append');
    const frame = session.createDataFrame([['a'], ['b'], ['a']], 'user STRING');
    const counts = frame
      .groupByKey('user')
      .flatMapGroupsWithState({ ...options, outputMode: 'append' }, function* ({ user }, rows, state) {
        yield { user, what: String(state.exists), n: [...rows].length };
      });
    expect(await counts.collect()).toEqual([
      { user: 'a', what: 'false', n: 2n },
      { user: 'b', what: 'false', n: 1n },
    ]);
  });
});

describe('mistakes', () => {
  const failing = (act: (state: GroupState<bigint>) => void, timeout: GroupStateTimeout = NoTimeout) => {
    const { input, options } = running('update', timeout);
    const frame = input
      .toDF()
      .withWatermark('time', '0 seconds')
      .groupByKey('user')
      .flatMapGroupsWithState(options, (_key, _rows, state) => {
        act(state);
      });
    return { input, frame };
  };
  it.each([
    ['a state that is not there', 'GROUP_STATE_NOT_DEFINED', (state) => state.get(), NoTimeout],
    ['null as a state', 'ILLEGAL_STATE_STORE_VALUE.NULL_VALUE', (state) => state.update(null as never), NoTimeout],
    ['a state of another type', 'INVALID_ROW_VALUE', (state) => state.update('x' as never), NoTimeout],
    [
      'a duration without processing time',
      '_LEGACY_ERROR_TEMP_2203',
      (state) => state.setTimeoutDuration(1),
      EventTimeTimeout,
    ],
    [
      'a timestamp without event time',
      '_LEGACY_ERROR_TEMP_2205',
      (state) => state.setTimeoutTimestamp(1),
      ProcessingTimeTimeout,
    ],
    [
      'a duration of nothing',
      'INVALID_GROUP_STATE_TIMEOUT',
      (state) => state.setTimeoutDuration(0),
      ProcessingTimeTimeout,
    ],
    [
      'a timestamp before 1970',
      'INVALID_GROUP_STATE_TIMEOUT',
      (state) => state.setTimeoutTimestamp(0),
      EventTimeTimeout,
    ],
    [
      'a function that throws',
      'FLATMAPGROUPSWITHSTATE_USER_FUNCTION_ERROR',
      () => {
        throw new Error('no');
      },
      NoTimeout,
    ],
  ] as const satisfies readonly (readonly [
    string,
    string,
    (state: GroupState<bigint>) => unknown,
    GroupStateTimeout,
  ])[])('%s is %s', async (_what, condition, act, timeout) => {
    const { input, frame } = failing(act as (state: GroupState<bigint>) => void, timeout);
    await testStream(frame, 'update', addData(input, ['a', at(0)]), expectError(condition));
  });

  it('the watermark of a stream without one cannot be asked', async () => {
    const { input, options } = running();
    const frame = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState(options, (_key, _rows, state) => void state.getCurrentWatermarkMs());
    await testStream(frame, 'update', addData(input, ['a']), expectError('_LEGACY_ERROR_TEMP_2204'));
  });

  it('the error of a function names the key and leaves the committed state as it was', async () => {
    const { input, options } = running();
    let isBroken = false;
    const counts = input
      .toDF()
      .groupByKey('user')
      .flatMapGroupsWithState(options, function* ({ user }, rows, state) {
        state.update((state.getOption() ?? 0n) + BigInt([...rows].length));
        if (isBroken && user === 'b') throw new Error('broken');
        yield { user, what: 'n', n: state.get() };
      });
    await testStream(
      counts,
      'update',
      addData(input, ['a'], ['b']),
      processAllAvailable(),
      () => void (isBroken = true),
      addData(input, ['a'], ['b']),
      expectError('FLATMAPGROUPSWITHSTATE_USER_FUNCTION_ERROR'),
      (run) => expect(String(run.query?.exception())).toContain('Error: broken (key {"user":"b"})'),
      () => void (isBroken = false),
      startStream(),
      checkAnswer(['a', 'n', 1n], ['b', 'n', 1n], ['a', 'n', 2n], ['b', 'n', 2n]),
    );
  });

  it('is refused in another output mode, without a watermark, beside an aggregation', async () => {
    const start = async (
      mode: 'append' | 'update' | 'complete',
      timeout: GroupStateTimeout,
      own: 'append' | 'update',
      aggregate = false,
    ) => {
      const { input, options } = running(own, timeout);
      const frame = input
        .toDF()
        .groupByKey('user')
        .flatMapGroupsWithState(options, () => []);
      const query = aggregate ? frame.groupBy('user').count() : frame;
      return query.writeStream.format('noop').outputMode(mode).start();
    };
    await expect(start('append', NoTimeout, 'update')).rejects.toThrow('in update mode is not supported with Append');
    await expect(start('update', NoTimeout, 'append')).rejects.toThrow('in append mode is not supported with Update');
    await expect(start('complete', NoTimeout, 'update')).rejects.toMatchObject({
      condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
    });
    await expect(start('update', EventTimeTimeout, 'update')).rejects.toThrow('Watermark must be specified');
    await expect(start('update', NoTimeout, 'update', true)).rejects.toThrow('not supported with aggregation');
  });

  it('says where it runs in the plan', () => {
    const { input, options } = running();
    const text = input
      .toDF()
      .groupByKey(F.window('time', '1 minute'), 'user')
      .flatMapGroupsWithState(options, () => [])
      .explainString(true);
    expect(text).toContain('FlatMapGroupsWithState keys=[window, user], update, NoTimeout');
  });
});
