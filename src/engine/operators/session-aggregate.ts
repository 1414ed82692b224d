/**
 * Aggregation by session windows: like aggregate.ts, but the groups of a key grow together. The rows of a batch are joined into sessions,
 * these with the stored sessions of their key that they meet; one late row may join several stored ones into one. State is a row per
 * (key, session start) holding the session's end and the buffers.
 */
import type { NamedExpression } from '../../expressions/expression.ts';
import type { Evaluator } from '../../expressions/compile.ts';
import type { StateSchema, StateTable } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { LongVector, Vector } from '../../types/vector.ts';
import type { AggregateParts, CompiledParts } from './aggregate.ts';
import type { KeyedRows } from './late-rows.ts';
import type { Epoch, Operator, Transform } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import { assert, present } from '../../errors/assert.ts';
import { toAttribute } from '../../expressions/expression.ts';
import { expressionSql } from '../../expressions/sql-text.ts';
import { TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { INTEGER, field, struct } from '../../types/data-type.ts';
import { concatVectors, constantVector } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';
import { bufferFields, compileParts } from './aggregate.ts';
import { bufferRanges } from './buffer-ranges.ts';
import { LateRows, eventTimesOfKeys } from './late-rows.ts';
import { SessionBuffers } from './session-buffers.ts';
import { SessionLists } from './session-lists.ts';
import { windowVector } from './time-window.ts';

/** Where the session stands among the groupings of an aggregation, -1 when it groups by none. */
export function sessionKey(groupings: readonly NamedExpression[]): number {
  return groupings.findIndex((grouping) => grouping.isSession === true);
}

/** The schema of the state: the other grouping columns and the session's start; its end and the buffers of the calls. */
export function sessionStateSchema({ groupings, calls }: Pick<AggregateParts, 'groupings' | 'calls'>): StateSchema {
  const session = present(groupings[sessionKey(groupings)], 'a session among the groupings');
  const [start, end] = (session.dataType as StructType).fields;
  assert(start !== undefined && end !== undefined, 'a session has a start and an end');
  const others = otherKeyFields(groupings);
  return {
    numBucketKeys: others.length,
    keys: struct([...others, field(`${session.name}_start`, start.dataType, false)]),
    values: struct([field(`${session.name}_end`, end.dataType, false), ...bufferFields(calls)]),
  };
}

/** When the sessions of `slots` are evicted: at their ends, or by another grouping column when that is the event time. */
export function sessionEvictionTimes(
  groupings: readonly NamedExpression[],
  timeKey: number,
): ((table: StateTable, slots: Int32Array) => BigInt64Array) | undefined {
  if (timeKey < 0) return undefined;
  const session = sessionKey(groupings);
  if (timeKey === session) return endsOf;
  const stored = timeKey < session ? timeKey : timeKey - 1;
  return (table, slots) => eventTimesOfKeys(table, stored, slots);
}

/** The aggregation operator over `input`, which has the session column of each row. */
export function sessionAggregate(input: Operator, parts: AggregateParts, state: OperatorState): Transform {
  const { groupings, calls, results } = parts;
  const compiled = compileParts(input, parts);
  const others = groupings.filter((_, i) => i !== sessionKey(groupings));
  const stored = new StoredSessions(state, struct(otherKeyFields(groupings)));
  return {
    kind: 'transform',
    distribution:
      others.length === 0
        ? { kind: 'single', reason: 'sessions without another key are one row of sessions' }
        : { kind: 'clustered', keys: [others] },
    name: state.isPersistent ? 'SessionWindowStateStoreSave' : 'SessionAggregate',
    inputs: [input],
    output: results.map(toAttribute),
    detail: `keys=[${groupings.map((grouping) => expressionSql(grouping)).join(', ')}], functions=[${calls.map((call) => expressionSql(call)).join(', ')}]`,
    process: (epoch) => {
      const work = new SessionEpoch(parts, compiled, epoch, { state, lists: stored.listsFor(epoch) });
      return batchOperator(
        (batch) => work.add(batch),
        () => work.finish(),
      );
    },
  };
}

function otherKeyFields(groupings: readonly NamedExpression[]): StructType['fields'] {
  const others = groupings.filter((_, i) => i !== sessionKey(groupings));
  const fields = others.map(({ name, dataType, nullable }) => field(name, dataType, nullable));
  // Without another key all sessions are of one group, whose key is a constant.
  return fields.length === 0 ? [field('group', INTEGER, false)] : fields;
}

function endsOf(table: StateTable, slots: Int32Array): BigInt64Array {
  const { longs } = present(table.values[0], 'the end of a session');
  return BigInt64Array.from(slots, (slot) => longs[slot] as bigint);
}

/** Keeps the lists of sessions in step with the state: over epochs in a stream, made anew after each load. */
class StoredSessions {
  readonly #state: OperatorState;
  readonly #keys: StructType;
  #lists: SessionLists | undefined;
  #numLoads = -1;

  constructor(state: OperatorState, keys: StructType) {
    this.#state = state;
    this.#keys = keys;
  }

  listsFor(epoch: Epoch): SessionLists {
    if (!this.#state.isPersistent) return new SessionLists(this.#keys);
    if (this.#lists !== undefined && this.#numLoads === this.#state.numLoads) {
      this.#lists.settle();
      return this.#lists;
    }
    const lists = new SessionLists(this.#keys);
    const table = this.#state.table(epoch);
    const slots = table.liveSlots();
    const keys = table.keys.map((key) => key.toVector(slots, slots.length));
    lists.addAll(keys.slice(0, -1), longsOf(keys.at(-1)), slots);
    this.#lists = lists;
    this.#numLoads = this.#state.numLoads;
    return lists;
  }
}

function longsOf(vector: Vector | undefined): BigInt64Array {
  return asLong(vector).values;
}

function asLong(vector: Vector | undefined): LongVector {
  assert(vector?.layout === 'long', 'a bound of a session is a time');
  return vector;
}

/** The aggregation of one epoch. */
class SessionEpoch {
  readonly #parts: AggregateParts;
  readonly #compiled: CompiledParts;
  readonly #epoch: Epoch;
  readonly #state: OperatorState;
  readonly #buffers: SessionBuffers;
  readonly #lists: SessionLists;
  readonly #session: number;
  readonly #lateRows: LateRows | undefined;
  readonly #touched = new Set<number>();
  /** All rows of the epoch, where DISTINCT needs to see them together; undefined otherwise. */
  readonly #held: KeyedRows[] | undefined;

  constructor(
    parts: AggregateParts,
    compiled: CompiledParts,
    epoch: Epoch,
    stored: { readonly state: OperatorState; readonly lists: SessionLists },
  ) {
    this.#parts = parts;
    this.#compiled = compiled;
    this.#epoch = epoch;
    this.#state = stored.state;
    this.#lists = stored.lists;
    this.#session = sessionKey(parts.groupings);
    this.#buffers = new SessionBuffers(parts.calls, stored, epoch);
    this.#held = parts.calls.some((call) => call.isDistinct) ? [] : undefined;
    const keys = struct(parts.groupings.map(({ name, dataType, nullable }) => field(name, dataType, nullable)));
    // As in Spark, also in complete, where plain aggregation keeps late rows.
    const dropsLateRows = compiled.timeKey >= 0 && epoch.outputMode !== 'batch';
    this.#lateRows = dropsLateRows ? new LateRows(keys, compiled.timeKey, epoch, stored.state) : undefined;
  }

  add(batch: ColumnBatch): ColumnBatch[] {
    const { context } = this.#epoch;
    const { numRows } = batch;
    const evaluate = (evaluator: Evaluator): Vector => evaluator(batch, context);
    const keys = this.#compiled.keys.map(evaluate);
    const args = this.#compiled.arguments.map((list) => list.map(evaluate));
    const kept = this.#lateRows?.drop({ keys, args, numRows }, batch) ?? { keys, args, numRows };
    if (kept.numRows === 0) return [];
    if (this.#held === undefined) this.#merge(kept);
    else this.#held.push(kept);
    return [];
  }

  *finish(): Generator<ColumnBatch> {
    if (this.#held !== undefined && this.#held.length > 0) this.#merge(together(this.#held));
    let numUpdated = 0;
    for (const group of this.#touched) numUpdated += this.#lists.numSessionsOf(group);
    const removed = this.#state.timed(this.#epoch, 'removals', () => this.#state.takeEvicted(this.#epoch));
    const table = this.#state.table(this.#epoch);
    yield* this.#results(this.#epoch.outputMode === 'append' ? removed : table.liveSlots());
    for (const slot of removed) {
      this.#lists.remove(slot);
      table.remove(slot);
    }
    this.#state.report(this.#epoch, {
      numRowsUpdated: numUpdated,
      numRowsRemoved: removed.length + this.#buffers.numAbsorbed,
      numRowsDroppedByWatermark: this.#lateRows?.numLateGroups ?? 0,
    });
  }

  #merge(rows: KeyedRows): void {
    this.#state.timed(this.#epoch, 'updates', () => this.#mergeRows(rows));
  }

  #mergeRows({ keys, args, numRows }: KeyedRows): void {
    const session = present(keys[this.#session], 'the session of each row');
    assert(session.layout === 'struct', 'a session is a struct');
    const others = keys.filter((_, i) => i !== this.#session);
    const groupKeys = others.length === 0 ? [constantVector(INTEGER, 0, numRows)] : others;
    const groups = new Int32Array(numRows);
    this.#lists.groupsOf(groupKeys, numRows, groups);
    for (const group of groups) this.#touched.add(group);
    const [start, end] = session.children;
    this.#buffers.merge({ groupKeys, groups, starts: asLong(start), ends: asLong(end), args, numRows });
  }

  *#results(slots: Int32Array): Generator<ColumnBatch> {
    const { context } = this.#epoch;
    const { groupings, calls } = this.#parts;
    const { groupSchema, resultSchema, results } = this.#compiled;
    const table = this.#state.table(this.#epoch);
    const buffers = bufferRanges(calls, table, 1);
    for (let from = 0; from < slots.length; from += TARGET_BATCH_ROWS) {
      const part = slots.subarray(from, from + TARGET_BATCH_ROWS);
      const numRows = part.length;
      const stored = table.keys.map((key) => key.toVector(part, numRows));
      const keys = groupings.map((grouping, i): Vector => {
        if (i !== this.#session) return present(stored[i < this.#session ? i : i - 1], 'a key column per grouping');
        return windowVector(grouping.dataType, longsOf(stored.at(-1)), endsOf(table, part), numRows);
      });
      const values = calls.map(({ signature }, i) => signature.result(buffers[i] ?? [], part, numRows, context));
      const groups: ColumnBatch = { schema: groupSchema, numRows, columns: [...keys, ...values] };
      yield { schema: resultSchema, numRows, columns: results.map((evaluate) => evaluate(groups, context)) };
    }
  }
}

function together(parts: readonly KeyedRows[]): KeyedRows {
  const [first] = parts;
  assert(first !== undefined, 'there are rows to put together');
  if (parts.length === 1) return first;
  const all = (columns: readonly Vector[]): Vector => concatVectors(present(columns[0], 'a column').type, columns);
  return {
    keys: first.keys.map((_, i) => all(parts.map(({ keys }) => present(keys[i], 'a key')))),
    args: first.args.map((list, i) =>
      list.map((_, j) => all(parts.map(({ args }) => present(args[i]?.[j], 'an argument')))),
    ),
    numRows: parts.reduce((sum, { numRows }) => sum + numRows, 0),
  };
}
