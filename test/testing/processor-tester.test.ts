/** Processors are tested without a query: the same states, timers and TTLs as in one. */
import { describe, expect, it } from 'vitest';
import { StatefulProcessor } from '../../src/index.ts';
import type { ExpiredTimerInfo, TimerValues } from '../../src/index.ts';
import { ProcessorTester } from '../../src/testing/index.ts';

interface Key {
  readonly user: string | null;
}
interface Out {
  readonly user: string | null;
  readonly n: bigint | number;
}
const SCHEMAS = { input: 'user STRING, n BIGINT', keys: ['user'], output: 'user STRING, n BIGINT' } as const;

class Everything extends StatefulProcessor<Key, { n: bigint | null }, Out> {
  readonly total = this.handle.getValueState('total', 'BIGINT');
  readonly seen = this.handle.getListState('seen', 'BIGINT');
  readonly counts = this.handle.getMapState('counts', 'BIGINT', 'INT');

  *handleInputRows({ user }: Key, rows: Iterable<{ n: bigint | null }>): Generator<Out> {
    for (const { n } of rows) {
      if (n === null) continue;
      this.total.update((this.total.get() ?? 0n) + n);
      this.seen.appendValue(n);
      this.counts.updateValue(n, (this.counts.getValue(n) ?? 0) + 1);
    }
    yield { user, n: this.total.get() ?? 0n };
  }
}

class Alarm extends StatefulProcessor<Key, { n: bigint | null }, Out> {
  readonly last = this.handle.getValueState('last', 'BIGINT', 50);

  handleInputRows(_key: Key, rows: Iterable<{ n: bigint | null }>): void {
    for (const { n } of rows) {
      if (n === null) continue;
      this.handle.registerTimer(Number(n));
      this.last.update(n);
    }
  }

  override *handleExpiredTimer({ user }: Key, _times: TimerValues, info: ExpiredTimerInfo): Generator<Out> {
    yield { user, n: info.getExpiryTimeInMs() };
  }
}

describe('a processor', () => {
  it('keeps its states from one test to the next, each key its own', async () => {
    const tester = new ProcessorTester(Everything, SCHEMAS);
    expect(await tester.test({ user: 'a' }, [{ n: 1 }, { n: 2 }, { n: 2 }])).toEqual([{ user: 'a', n: 5n }]);
    expect(await tester.test({ user: 'a' }, [{ n: 4 }])).toEqual([{ user: 'a', n: 9n }]);
    expect(await tester.test({ user: 'b' }, [{ n: 7 }])).toEqual([{ user: 'b', n: 7n }]);
    expect(tester.peekValueState('total', { user: 'a' })).toBe(9n);
    expect(tester.peekValueState('total', { user: 'nobody' })).toBeUndefined();
    expect(tester.peekListState('seen', { user: 'a' })).toEqual([1n, 2n, 2n, 4n]);
    expect(tester.peekMapState('counts', { user: 'a' })).toEqual(
      new Map([
        [1n, 1],
        [2n, 2],
        [4n, 1],
      ]),
    );
  });

  it('sees the clock that the test sets, and its timers fire', async () => {
    const tester = new ProcessorTester(Alarm, { ...SCHEMAS, timeMode: 'ProcessingTime' });
    expect(await tester.test({ user: 'a' }, [{ n: 100 }, { n: 30 }])).toEqual([]);
    expect(tester.peekTimers({ user: 'a' })).toEqual([30, 100]);
    expect(await tester.setProcessingTime(49)).toEqual([{ user: 'a', n: 30n }]);
    expect(tester.peekValueState('last', { user: 'a' })).toBe(30n);
    expect(await tester.setProcessingTime(100)).toEqual([{ user: 'a', n: 100n }]);
    expect(tester.peekValueState('last', { user: 'a' })).toBeUndefined();
    expect(tester.peekTimers({ user: 'a' })).toEqual([]);
  });

  it('sees the watermark that the test sets', async () => {
    class Late extends StatefulProcessor<Key, { n: bigint | null }, Out> {
      handleInputRows(_key: Key, rows: Iterable<{ n: bigint | null }>): void {
        for (const { n } of rows) this.handle.registerTimer(Number(n));
      }
      override *handleExpiredTimer({ user }: Key, times: TimerValues): Generator<Out> {
        yield { user, n: times.getCurrentWatermarkInMs() };
      }
    }
    const tester = new ProcessorTester(Late, { ...SCHEMAS, timeMode: 'EventTime' });
    await tester.test({ user: 'a' }, [{ n: 500 }]);
    expect(await tester.setWatermark(499)).toEqual([]);
    expect(await tester.setWatermark(501)).toEqual([{ user: 'a', n: 501n }]);
  });
});
