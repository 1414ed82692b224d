/** transformWithState as streaming scripts: states, timers, TTLs, initial state. Spark's answers are in test/spark (`tws-*`). */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { StatefulProcessor, TimeMode, Trigger } from '../../src/index.ts';
import type { DataFrame, ExpiredTimerInfo, Row, TimerValues, Timestamp } from '../../src/index.ts';
import {
  ManualClock,
  addData,
  advanceClock,
  assertOnQuery,
  checkAnswer,
  checkNewAnswer,
  createTestSession,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';
import { at } from './event-times.ts';

const OUTPUT = 'user STRING, what STRING, n BIGINT';
interface Key {
  readonly user: string | null;
}
interface Event {
  readonly user: string | null;
  readonly time: Timestamp | null;
  readonly n: bigint | null;
}
interface Out {
  readonly user: string | null;
  readonly what: string;
  readonly n: bigint | number;
}

function events(clock?: ManualClock) {
  const session = createTestSession(clock === undefined ? {} : { clock });
  const input = session.memoryStream('user STRING, time TIMESTAMP, n BIGINT');
  return { session, input, frame: input.toDF() };
}

class Count extends StatefulProcessor<Key, Event, Out> {
  readonly count = this.handle.getValueState('count', 'BIGINT');

  *handleInputRows(key: Key, rows: Iterable<Event>): Generator<Out> {
    const n = (this.count.get() ?? 0n) + BigInt([...rows].length);
    this.count.update(n);
    yield { user: key.user, what: 'count', n };
  }
}

describe('states', () => {
  it('of a value last over batches and restarts', async () => {
    const { input, frame } = events();
    const counts = frame.groupByKey('user').transformWithState(Count, { output: OUTPUT, outputMode: 'update' });
    expectTypeOf(counts).toExtend<DataFrame<{ user: string | null; what: string | null; n: bigint | null }>>();
    await testStream(
      counts,
      'update',
      addData(input, ['a'], ['b'], ['a']),
      checkNewAnswer(['a', 'count', 2n], ['b', 'count', 1n]),
      stopStream(),
      startStream(),
      addData(input, ['b']),
      checkNewAnswer(['b', 'count', 2n]),
      assertOnQuery((query) =>
        expect(query.lastProgress?.stateOperators[0]).toMatchObject({
          operatorName: 'transformWithStateExec',
          numRowsTotal: 2,
          numRowsUpdated: 1,
        }),
      ),
    );
  });

  it('have the types of their schemas', () => {
    class Typed extends StatefulProcessor<Key, Event, Out> {
      readonly one = this.handle.getValueState('one', 'n BIGINT, at TIMESTAMP');
      readonly many = this.handle.getListState('many', 'STRING');
      readonly named = this.handle.getMapState('named', 'STRING', 'ARRAY<INT>');

      handleInputRows(): Out[] {
        expectTypeOf(this.one.get()).toEqualTypeOf<{ n: bigint | null; at: Timestamp | null } | undefined>();
        expectTypeOf(this.many.get()).toEqualTypeOf<IterableIterator<string>>();
        expectTypeOf(this.named.getValue('x')).toEqualTypeOf<(number | null)[] | undefined>();
        this.one.update({ n: 1, at: new Date() });
        // @ts-expect-error -- a misspelt field of a state does not compile
        this.one.update({ m: 1 });
        return [];
      }
    }
    expect(Typed.name).toBe('Typed');
  });

  it('of lists and maps keep their order and forget what is removed, over restarts', async () => {
    class Collections extends StatefulProcessor<Key, Event, Out> {
      readonly list = this.handle.getListState('list', 'BIGINT');
      readonly map = this.handle.getMapState('map', 'k BIGINT', 'v STRING');

      *handleInputRows({ user }: Key, rows: Iterable<Event>): Generator<Out> {
        for (const { n } of rows) {
          if (n === null) continue;
          if (n === 0n) this.list.clear();
          else if (n < 0n) {
            this.map.removeKey({ k: -n });
            this.list.put([n, n - 1n]);
          } else {
            this.list.appendList([n, n]);
            this.map.updateValue({ k: n }, { v: `v${n}` });
          }
        }
        const list = [...this.list.get()].join();
        const map = [...this.map.iterator()].map(([key, value]) => `${key.k}:${value.v}`);
        yield {
          user,
          what: `${list} ${map.toSorted().join()} ${this.list.exists()} ${this.map.exists()}`,
          n: map.length,
        };
      }
    }
    const { input, frame } = events();
    const query = frame.groupByKey('user').transformWithState(Collections, { output: OUTPUT, outputMode: 'append' });
    await testStream(
      query,
      'append',
      addData(input, ['a', null, 2], ['a', null, 1], ['b', null, 9]),
      checkNewAnswer(['a', '2,2,1,1 1:v1,2:v2 true true', 2n], ['b', '9,9 9:v9 true true', 1n]),
      stopStream(),
      startStream(),
      addData(input, ['a', null, 3]),
      checkNewAnswer(['a', '2,2,1,1,3,3 1:v1,2:v2,3:v3 true true', 3n]),
      addData(input, ['a', null, -2], ['b', null, -9], ['b', null, 0]),
      checkNewAnswer(['a', '-2,-3 1:v1,3:v3 true true', 2n], ['b', '  false false', 0n]),
      stopStream(),
      startStream(),
      addData(input, ['a', null, 4], ['b', null, null]),
      checkNewAnswer(['a', '-2,-3,4,4 1:v1,3:v3,4:v4 true true', 3n], ['b', '  false false', 0n]),
    );
  });

  it('may be named in init, and handlers may be asynchronous', async () => {
    class Slow extends StatefulProcessor<Key, Event, Out> {
      #count = this.handle.getValueState('unused', 'INT');
      override init(): void {
        this.#count = this.handle.getValueState('count', 'INT');
      }
      async *handleInputRows({ user }: Key): AsyncGenerator<Out> {
        await Promise.resolve();
        this.#count.update((this.#count.get() ?? 0) + 1);
        yield { user, what: 'slow', n: this.#count.get() ?? 0 };
      }
    }
    const { input, frame } = events();
    const query = frame
      .groupByKey('user')
      .transformWithState((handle) => new Slow(handle), { output: OUTPUT, outputMode: 'update' });
    await testStream(
      query,
      'update',
      addData(input, ['a']),
      checkNewAnswer(['a', 'slow', 1n]),
      addData(input, ['a']),
      checkNewAnswer(['a', 'slow', 2n]),
    );
  });

  it('work in batch queries, which begin without any', async () => {
    const { session } = events();
    const rows = session.createDataFrame([['a'], ['b'], ['a']], 'user STRING, time TIMESTAMP, n BIGINT');
    const counts = rows.groupByKey('user').transformWithState(Count, { output: OUTPUT, outputMode: 'append' });
    expect(await counts.select('user', 'n').collect()).toEqual([
      { user: 'a', n: 2n },
      { user: 'b', n: 1n },
    ]);
  });
});

class Quiet extends StatefulProcessor<Key, Event, Out> {
  readonly due = this.handle.getValueState('due', 'BIGINT');

  *handleInputRows({ user }: Key, rows: Iterable<Event>, times: TimerValues): Generator<Out> {
    const before = this.due.get();
    if (before !== undefined) this.handle.deleteTimer(Number(before));
    const nowMs = times.getCurrentProcessingTimeInMs();
    const dueMs = nowMs >= 0 ? nowMs + 10_000 : Math.max(...[...rows].map((row) => row.time?.getTime() ?? 0)) + 10_000;
    this.handle.registerTimer(dueMs);
    this.due.update(dueMs);
    yield { user, what: 'seen', n: [...this.handle.listTimers()].length };
  }

  override *handleExpiredTimer({ user }: Key, _times: TimerValues, info: ExpiredTimerInfo): Generator<Out> {
    this.due.clear();
    yield { user, what: 'quiet', n: info.getExpiryTimeInMs() % 1_000_000 };
  }
}

describe('timers', () => {
  it('of event time fire when the watermark reaches them, after all rows, and drop late rows', async () => {
    const { input, frame } = events();
    const quiet = frame
      .withWatermark('time', '0 seconds')
      .groupByKey('user')
      .transformWithState(Quiet, { output: OUTPUT, outputMode: 'append', timeMode: TimeMode.EventTime });
    await testStream(
      quiet,
      'append',
      addData(input, ['a', at(0)], ['b', at(5)]),
      checkNewAnswer(['a', 'seen', 1n], ['b', 'seen', 1n]),
      addData(input, ['b', at(10)]),
      checkNewAnswer(['b', 'seen', 1n], ['a', 'quiet', BigInt(Date.parse(at(10)) % 1_000_000)]),
      stopStream(),
      startStream(),
      addData(input, ['c', at(10)], ['d', at(20)]),
      checkNewAnswer(['d', 'seen', 1n], ['b', 'quiet', BigInt(Date.parse(at(20)) % 1_000_000)]),
      assertOnQuery((query) => {
        const dropped = query.recentProgress.map((one) => one.stateOperators[0]?.numRowsDroppedByWatermark ?? 0);
        expect(dropped.reduce((sum, count) => sum + count)).toBe(1);
      }),
    );
  });

  it('of processing time fire without new rows, and wait while the query is down', async () => {
    const clock = new ManualClock(5_000_000);
    const { input, frame } = events(clock);
    const quiet = frame
      .groupByKey('user')
      .transformWithState(Quiet, { output: OUTPUT, outputMode: 'update', timeMode: 'ProcessingTime' });
    await testStream(
      quiet,
      'update',
      addData(input, ['a'], ['b']),
      checkNewAnswer(['a', 'seen', 1n], ['b', 'seen', 1n]),
      advanceClock(clock, '5 seconds'),
      addData(input, ['b']),
      checkNewAnswer(['b', 'seen', 1n]),
      advanceClock(clock, '5 seconds'),
      checkNewAnswer(['a', 'quiet', 10_000n]),
      stopStream(),
      advanceClock(clock, '1 hour'),
      startStream(),
      checkNewAnswer(['b', 'quiet', 15_000n]),
      assertOnQuery((query) =>
        expect(query.lastProgress?.stateOperators[0]?.customMetrics).toMatchObject({
          numExpiredTimers: 1,
          numRegisteredTimers: 0,
        }),
      ),
    );
  });

  it('that register timers do not keep AvailableNow alive', async () => {
    class Again extends StatefulProcessor<Key, Event, Out> {
      *handleInputRows({ user }: Key, _rows: Iterable<Event>, times: TimerValues): Generator<Out> {
        this.handle.registerTimer(times.getCurrentProcessingTimeInMs() + 1);
        yield { user, what: 'rows', n: 0 };
      }
      override *handleExpiredTimer({ user }: Key, _times: TimerValues, info: ExpiredTimerInfo): Generator<Out> {
        this.handle.registerTimer(info.getExpiryTimeInMs() + 1);
        yield { user, what: 'timer', n: info.getExpiryTimeInMs() };
      }
    }
    const clock = new ManualClock(5_000_000);
    const { input, frame } = events(clock);
    const again = frame
      .groupByKey('user')
      .transformWithState(Again, { output: OUTPUT, outputMode: 'update', timeMode: 'ProcessingTime' });
    await testStream(
      again,
      'update',
      addData(input, ['a']),
      checkNewAnswer(['a', 'rows', 0n]),
      stopStream(),
      advanceClock(clock, 100),
      startStream({ trigger: Trigger.AvailableNow() }),
      async (run) => void (await run.query?.awaitTermination()),
      (run) => expect([...run.batches.values()].flat()).toEqual([{ user: 'a', what: 'timer', n: 5_000_001n }]),
    );
  });
});

describe('times to live', () => {
  it('end values, list elements and map entries, each from when it was written', async () => {
    class Cache extends StatefulProcessor<Key, Event, Out> {
      readonly value = this.handle.getValueState('value', 'BIGINT', { ttlMs: 1000 });
      readonly list = this.handle.getListState('list', 'BIGINT', 1000);
      readonly map = this.handle.getMapState('map', 'BIGINT', 'BIGINT', 1000);

      *handleInputRows({ user }: Key, rows: Iterable<Event>): Generator<Out> {
        for (const { n } of rows) {
          if (n === null) continue;
          this.value.update(n);
          this.list.appendValue(n);
          this.map.updateValue(n, n);
        }
        const held = [this.value.get() ?? '-', [...this.list.get()].join('+'), [...this.map.keys()].join('+')];
        yield { user, what: held.join(' '), n: 0 };
      }
    }
    const clock = new ManualClock(5_000_000);
    const { input, frame } = events(clock);
    const cache = frame
      .groupByKey('user')
      .transformWithState(Cache, { output: OUTPUT, outputMode: 'update', timeMode: 'ProcessingTime' });
    await testStream(
      cache,
      'update',
      addData(input, ['a', null, 1]),
      checkNewAnswer(['a', '1 1 1', 0n]),
      advanceClock(clock, 600),
      addData(input, ['a', null, 2]),
      checkNewAnswer(['a', '2 1+2 1+2', 0n]),
      stopStream(),
      startStream(),
      advanceClock(clock, 400),
      addData(input, ['a', null, null]),
      checkNewAnswer(['a', '2 2 2', 0n]),
      assertOnQuery((query) =>
        expect(query.lastProgress?.stateOperators[0]?.customMetrics).toMatchObject({
          numValuesRemovedDueToTTLExpiry: 2,
        }),
      ),
      advanceClock(clock, 600),
      addData(input, ['a', null, null]),
      checkNewAnswer(['a', '-  ', 0n]),
      assertOnQuery((query) => expect(query.lastProgress?.stateOperators[0]?.numRowsTotal).toBe(0)),
    );
  });
});

describe('the initial state', () => {
  it('is handed to the processor in batch 0, row by row, before the rows', async () => {
    class Starting extends Count {
      override handleInitialState(_key: Key, row: Row): void {
        this.count.update((this.count.get() ?? 0n) + (row['start'] as bigint));
      }
    }
    const { session, input, frame } = events();
    const initialState = session
      .createDataFrame(
        [
          ['a', 100n],
          ['a', 10n],
          ['z', 1n],
        ],
        'user STRING, start BIGINT',
      )
      .groupByKey('user');
    const counts = frame
      .groupByKey('user')
      .transformWithState(Starting, { output: OUTPUT, outputMode: 'update', initialState: initialState as never });
    await testStream(
      counts,
      'update',
      addData(input, ['a'], ['b']),
      checkNewAnswer(['a', 'count', 111n], ['b', 'count', 1n]),
      stopStream(),
      startStream(),
      addData(input, ['a'], ['z']),
      checkAnswer(['a', 'count', 112n], ['z', 'count', 2n]),
    );
  });
});
