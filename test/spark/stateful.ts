/**
 * The user functions of the golden queries with arbitrary state; stateful.py has the same functions under the same names. All put out rows
 * (k STRING, what STRING, n BIGINT), so that answers read alike; times are milliseconds since 1970.
 */
import type { DataFrame, GroupState, Row, StatefulProcessorHandle, TimerValues } from '../../src/index.ts';
import { StatefulProcessor } from '../../src/index.ts';
import { createTestSession } from '../../src/testing/index.ts';
import type { Timestamp } from '../../src/index.ts';

const OUTPUT = 'k STRING, what STRING, n BIGINT';
const TIMED_OUTPUT = 'time TIMESTAMP, k STRING, n BIGINT';

/** A step of a golden program that calls one of these functions. */
export type StatefulOp =
  | {
      readonly op: 'transformWithState';
      readonly by: readonly string[];
      readonly processor: string;
      readonly mode: 'append' | 'update';
      readonly timeMode: string;
      readonly eventTime?: string;
      readonly initial?: readonly (readonly [string, number])[];
    }
  | {
      readonly op: 'flatMapGroupsWithState';
      readonly by: readonly string[];
      readonly function: string;
      readonly mode: 'append' | 'update';
      readonly timeout: 'NoTimeout' | 'ProcessingTimeTimeout' | 'EventTimeTimeout';
    };

interface Event {
  readonly time: Timestamp | null;
  readonly action: string | null;
  readonly v: bigint | null;
}
interface Out {
  readonly k: string | null;
  readonly what: string;
  readonly n: bigint;
}
interface Timed {
  readonly time: Timestamp | null;
  readonly k: string | null;
  readonly n: bigint | null;
}
type Rows = Iterable<Event>;

function keyOf(key: Row): string | null {
  const [value] = Object.values(key) as (string | bigint | null)[];
  return value === null || value === undefined ? null : String(value);
}

function out(key: Row, what: string, n: bigint | number): Out {
  return { k: keyOf(key), what, n: BigInt(n) };
}

function ms({ time }: Event): number {
  return time?.getTime() ?? 0;
}

function numOf(rows: Rows): bigint {
  return BigInt([...rows].length);
}

abstract class Processor<Result = Out, Initial = Row> extends StatefulProcessor<Row, Event, Result, Initial> {
  handleInputRows(_key: Row, _rows: Rows, _times: TimerValues): Iterable<Result> {
    return [];
  }
}

class Count<Initial = Row> extends Processor<Out, Initial> {
  readonly count = this.handle.getValueState('count', 'n BIGINT');

  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    const n = (this.count.get()?.n ?? 0n) + numOf(rows);
    this.count.update({ n });
    yield out(key, 'count', n);
  }
}

class CountThenForget extends Count {
  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    for (const one of super.handleInputRows(key, rows)) {
      yield one;
      if (one.n < 3n) continue;
      this.count.clear();
      yield out(key, `cleared, exists ${this.count.exists()}`, one.n);
    }
  }
}

class Values extends Processor {
  readonly values = this.handle.getListState('values', 'v BIGINT');

  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    const added = [...rows].map(({ v }) => v ?? 0n).toSorted(ascending);
    if (added.length > 1) this.values.appendList(added.slice(0, -1).map((v) => ({ v })));
    this.values.appendValue({ v: added.at(-1) ?? 0n });
    const held = [...this.values.get()].map(({ v }) => v ?? 0n);
    yield out(key, held.join(), held.length);
    if (held.length > 4)
      this.values.put(
        held
          .toSorted(ascending)
          .slice(-2)
          .map((v) => ({ v })),
      );
    if (!held.includes(99n)) return;
    this.values.clear();
    yield out(key, 'cleared', [...this.values.get()].length);
  }
}

class Actions extends Processor {
  readonly actions = this.handle.getMapState('actions', 'a STRING', 'n BIGINT');

  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    for (const a of [...rows].map(({ action }) => action ?? '').toSorted()) {
      const known = a === 'forget' ? [...this.actions.keys()] : [];
      for (const one of known) this.actions.removeKey(one);
      if (a === 'forget') continue;
      if (a === 'clear') this.actions.clear();
      else this.actions.updateValue({ a }, { n: (this.actions.getValue({ a })?.n ?? 0n) + 1n });
    }
    const entries = [...this.actions.iterator()].map(([{ a }, { n }]) => `${a}=${n}`).toSorted();
    const sum = [...this.actions.values()].reduce((total, { n }) => total + (n ?? 0n), 0n);
    yield out(key, entries.join(), sum);
  }
}

class Quiet extends Processor {
  readonly seen = this.handle.getValueState('seen', 'n BIGINT, due BIGINT');

  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    const all = [...rows];
    const before = Number(this.seen.get()?.due ?? 0n);
    if (before > 0) this.handle.deleteTimer(before);
    const due = Math.max(before, ...all.map((row) => ms(row) + 10_000));
    this.handle.registerTimer(due);
    const n = (this.seen.get()?.n ?? 0n) + BigInt(all.length);
    this.seen.update({ n, due: BigInt(due) });
    yield out(key, 'seen', n);
  }

  override *handleExpiredTimer(key: Row, times: TimerValues, timer: { getExpiryTimeInMs(): number }): Generator<Out> {
    const n = this.seen.get()?.n ?? 0n;
    this.seen.clear();
    yield out(key, `quiet ${timer.getExpiryTimeInMs()}`, n);
    yield out(key, 'watermark', times.getCurrentWatermarkInMs());
  }
}

class ManyTimers extends Processor {
  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    for (const row of rows) {
      this.handle.registerTimer(ms(row));
      this.handle.registerTimer(ms(row));
      if ((row.v ?? 0n) % 2n === 1n) this.handle.deleteTimer(ms(row));
    }
    const timers = [...this.handle.listTimers()];
    yield out(key, timers.map((at) => at % 100_000).join(), timers.length);
  }

  override *handleExpiredTimer(key: Row, _times: TimerValues, timer: { getExpiryTimeInMs(): number }): Generator<Out> {
    const left = [...this.handle.listTimers()].length;
    yield out(key, `fired with ${left} left`, timer.getExpiryTimeInMs() % 100_000);
  }
}

class Chain extends Processor {
  readonly step = this.handle.getValueState('step', 'n BIGINT');

  override handleInputRows(_key: Row, rows: Rows): Iterable<Out> {
    this.handle.registerTimer(Math.max(...[...rows].map(ms)));
    return [];
  }

  override *handleExpiredTimer(key: Row, _times: TimerValues, timer: { getExpiryTimeInMs(): number }): Generator<Out> {
    const n = this.step.get()?.n ?? 0n;
    this.step.update({ n: n + 1n });
    const at = timer.getExpiryTimeInMs();
    if (n < 3n) this.handle.registerTimer(at + (n === 0n ? 10_000 : 1));
    yield out(key, `step ${n}`, at % 100_000);
  }
}

class DeletesAnother extends Processor {
  override handleInputRows(_key: Row, rows: Rows): Iterable<Out> {
    for (const row of rows) {
      this.handle.registerTimer(ms(row));
      this.handle.registerTimer(ms(row) + 1000);
    }
    return [];
  }

  override *handleExpiredTimer(key: Row, _times: TimerValues, timer: { getExpiryTimeInMs(): number }): Generator<Out> {
    const at = timer.getExpiryTimeInMs();
    this.handle.deleteTimer(at + 1000);
    yield out(key, 'fired', at % 100_000);
  }
}

class DueNow extends Processor {
  override *handleInputRows(key: Row, rows: Rows, times: TimerValues): Generator<Out> {
    const now = times.getCurrentProcessingTimeInMs();
    this.handle.registerTimer(now);
    this.handle.registerTimer(now + 86_400_000);
    this.handle.registerTimer(now - 1);
    yield out(key, 'rows', numOf(rows));
  }

  override *handleExpiredTimer(key: Row, times: TimerValues, timer: { getExpiryTimeInMs(): number }): Generator<Out> {
    yield out(key, 'fired', timer.getExpiryTimeInMs() - times.getCurrentProcessingTimeInMs());
  }
}

class ShortLived extends Processor {
  readonly value = this.handle.getValueState('value', 'n BIGINT', 1);
  readonly values = this.handle.getListState('values', 'n BIGINT', 1);
  readonly entries = this.handle.getMapState('entries', 'k STRING', 'n BIGINT', 1);
  readonly kept = this.handle.getValueState('kept', 'n BIGINT', 86_400_000);
  readonly always = this.handle.getValueState('always', 'n BIGINT');

  override *handleInputRows(key: Row, rows: Rows): Generator<Out> {
    const n = numOf(rows);
    const short = (): unknown[] => [
      this.value.exists(),
      [...this.values.get()].length,
      this.entries.containsKey({ k: 'a' }),
    ];
    const before = [...short(), this.kept.exists(), this.always.exists()];
    for (const state of [this.value, this.kept, this.always]) state.update({ n });
    this.values.appendValue({ n });
    this.entries.updateValue({ k: 'a' }, { n });
    yield out(key, `(${before.join(', ')}) then (${short().join(', ')})`, n);
  }
}

class Deletes extends Count {
  readonly old = this.handle.getValueState('old', 'n BIGINT');

  override init(handle: StatefulProcessorHandle): void {
    handle.deleteIfExists('old');
    handle.deleteIfExists('never there');
  }
}

class Starting extends Count<{ readonly start: bigint | null }> {
  override handleInitialState(_key: Row, { start }: { readonly start: bigint | null }): void {
    this.count.update({ n: (this.count.get()?.n ?? 0n) + (start ?? 0n) });
  }
}

class Echo extends Processor<Timed> {
  override *handleInputRows(key: Row, rows: Rows): Generator<Timed> {
    for (const { time, v } of rows) yield { time, k: keyOf(key), n: v };
  }
}

class EchoOld extends Processor<Timed> {
  override *handleInputRows(key: Row, rows: Rows): Generator<Timed> {
    for (const { time, v } of rows)
      yield { time: new Date((time?.getTime() ?? 0) - 3_600_000) as Timestamp, k: keyOf(key), n: v };
  }
}

class Throws extends Processor {
  override handleInputRows(): never {
    throw new Error('the processor fails');
  }
}

class SameNameTwice extends Processor {
  override init(handle: StatefulProcessorHandle): void {
    handle.getValueState('count', 'n BIGINT');
    handle.getListState('count', 'n BIGINT');
  }
}

class TtlInEventTime extends Processor {
  override init(handle: StatefulProcessorHandle): void {
    handle.getValueState('count', 'n BIGINT', 1000);
  }
}

class NegativeTtl extends Processor {
  override init(handle: StatefulProcessorHandle): void {
    handle.getValueState('count', 'n BIGINT', -1);
  }
}

class TimerWithoutTime extends Processor {
  override handleInputRows(): Iterable<Out> {
    this.handle.registerTimer(1);
    return [];
  }
}

class NullValue extends Processor {
  readonly values = this.handle.getListState('values', 'n BIGINT');

  override handleInputRows(): Iterable<Out> {
    this.values.put([]);
    return [];
  }
}

class LateVariable extends Processor {
  override handleInputRows(): Iterable<Out> {
    this.handle.getValueState('late', 'n BIGINT');
    return [];
  }
}

const PROCESSORS = {
  Count,
  CountThenForget,
  Values,
  Actions,
  Quiet,
  ManyTimers,
  Chain,
  DeletesAnother,
  DueNow,
  ShortLived,
  Deletes,
  Starting,
  Throws,
  SameNameTwice,
  TtlInEventTime,
  NegativeTtl,
  TimerWithoutTime,
  NullValue,
  LateVariable,
};
const TIMED_PROCESSORS = { Echo, EchoOld };

type State = GroupState<{ n: bigint | null }>;
type GroupsFunction = (key: Row, rows: Rows, state: State) => Iterable<Out>;

function counted(rows: Rows, state: State): bigint {
  const n = (state.getOption()?.n ?? 0n) + numOf(rows);
  state.update({ n });
  return n;
}

function dueAfter(rows: Rows): number {
  return Math.max(...[...rows].map(ms)) + 10_000;
}

const FUNCTIONS: Readonly<Record<string, GroupsFunction>> = {
  group_count: (key, rows, state) => [out(key, 'count', counted(rows, state))],
  *group_count_remove(key, rows, state) {
    const n = counted(rows, state);
    yield out(key, 'count', n);
    if (n < 3n) return;
    state.remove();
    yield out(key, `removed, exists ${state.exists}`, n);
  },
  group_none: () => [],
  *group_event_timeout(key, rows, state) {
    if (state.hasTimedOut) {
      const n = state.get().n ?? 0n;
      state.remove();
      yield out(key, 'timed out', n);
      yield out(key, 'watermark', state.getCurrentWatermarkMs());
      return;
    }
    const all = [...rows];
    const n = counted(all, state);
    state.setTimeoutTimestamp(dueAfter(all));
    yield out(key, 'seen', n);
  },
  *group_timeout_not_renewed(key, rows, state) {
    if (state.hasTimedOut) {
      yield out(key, 'timed out', state.get().n ?? 0n);
      return;
    }
    const all = [...rows];
    if (!state.exists) state.setTimeoutTimestamp(dueAfter(all));
    yield out(key, 'seen', counted(all, state));
  },
  *group_timeout_without_state(key, rows, state) {
    if (state.hasTimedOut) {
      yield out(key, `timed out, exists ${state.exists}`, 0);
      return;
    }
    const all = [...rows];
    state.setTimeoutTimestamp(dueAfter(all));
    yield out(key, 'seen', all.length);
  },
  *group_processing_timeout(key, rows, state) {
    if (state.hasTimedOut) {
      const n = state.get().n ?? 0n;
      state.remove();
      yield out(key, 'timed out', n);
      return;
    }
    const n = counted(rows, state);
    state.setTimeoutDuration(1);
    yield out(key, 'seen', n);
  },
  group_throws: () => {
    throw new Error('the function fails');
  },
  group_sets_duration: (key, _rows, state) => {
    state.setTimeoutDuration(1000);
    return [out(key, 'never', 0)];
  },
  group_sets_timestamp: (key, _rows, state) => {
    state.update({ n: 1n });
    state.setTimeoutTimestamp(1_900_000_000_000);
    return [out(key, 'never', 0)];
  },
  group_sets_old_timestamp: (key, _rows, state) => {
    state.update({ n: 1n });
    state.setTimeoutTimestamp(1000);
    return [out(key, 'set', 0)];
  },
};

/** Applies the step. */
export function applyStateful(df: DataFrame, op: StatefulOp): DataFrame {
  const grouped = (df as unknown as DataFrame<Event>).groupByKey(...(op.by as readonly string[] as readonly never[]));
  if (op.op === 'flatMapGroupsWithState') {
    const options = { state: 'n BIGINT', output: OUTPUT, outputMode: op.mode, timeout: op.timeout } as const;
    const call = FUNCTIONS[op.function] as GroupsFunction;
    return grouped.flatMapGroupsWithState(options, call as never) as unknown as DataFrame;
  }
  // Rows in memory belong to no session.
  const start = createTestSession().createDataFrame(
    op.initial?.map(([k, n]) => [k, BigInt(n)]) ?? [],
    'action STRING, start BIGINT',
  );
  const initialState = op.initial === undefined ? {} : { initialState: start.groupByKey('action') };
  const eventTime = op.eventTime === undefined ? {} : { eventTimeColumn: op.eventTime };
  const isTimed = op.processor in TIMED_PROCESSORS;
  const processor = { ...PROCESSORS, ...TIMED_PROCESSORS }[op.processor as keyof typeof PROCESSORS];
  return grouped.transformWithState(processor as never, {
    output: isTimed ? TIMED_OUTPUT : OUTPUT,
    outputMode: op.mode,
    timeMode: op.timeMode as never,
    ...(initialState as object),
    ...eventTime,
  }) as unknown as DataFrame;
}

function ascending(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
