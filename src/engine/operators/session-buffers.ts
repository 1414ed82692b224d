/**
 * Merges rows into the stored sessions of one epoch: joins the rows among themselves, aggregates each of these sessions in scratch
 * buffers, and merges them with the stored sessions they meet, in the order of their starts. Called by session-aggregate.ts.
 */
import type { AggregateCall } from '../../expressions/expression.ts';
import type { StateTable } from '../../state/state-table.ts';
import type { LongVector, Vector } from '../../types/vector.ts';
import type { JoinedSessions } from '../../windows/merge-sessions.ts';
import type { Epoch } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import type { SessionLists } from './session-lists.ts';
import { present } from '../../errors/assert.ts';
import { GrowableColumn } from '../../types/growable-column.ts';
import { gatherVector } from '../../types/vector-ops.ts';
import { joinSessions } from '../../windows/merge-sessions.ts';
import { bufferRanges } from './buffer-ranges.ts';
import { DistinctRows } from './distinct-rows.ts';

/** The rows of a batch with their own sessions. */
export interface SessionRows {
  /** The grouping columns without the session. */
  readonly groupKeys: readonly Vector[];
  readonly groups: Int32Array;
  readonly starts: LongVector;
  readonly ends: LongVector;
  readonly args: readonly (readonly Vector[])[];
  readonly numRows: number;
}

/** A session as it is to be: its parts in order of their starts, stored ones by slot, those of the batch by number. */
interface MergedSession {
  readonly group: number;
  readonly start: bigint;
  readonly end: bigint;
  /** The slot it stays in, when it begins with a stored session; -1 when it needs a new one. */
  slot: number;
  readonly parts: { readonly slot: number; readonly run: number }[];
}

/** Rows that are aggregated together before they are merged with stored sessions. */
interface Runs {
  readonly count: number;
  /** The rows by group and start, and the run each of them, in this order, is in. */
  readonly order: Int32Array;
  readonly runOf: Int32Array;
  /** The earliest row of each run. */
  readonly firstRows: readonly number[];
}

export class SessionBuffers {
  readonly #calls: readonly AggregateCall[];
  readonly #state: OperatorState;
  readonly #lists: SessionLists;
  readonly #epoch: Epoch;
  readonly #table: StateTable;
  /** Slots given to sessions of this epoch, which no version of the state has yet. */
  readonly #fresh = new Set<number>();
  #numAbsorbed = 0;

  constructor(
    calls: readonly AggregateCall[],
    stored: { readonly state: OperatorState; readonly lists: SessionLists },
    epoch: Epoch,
  ) {
    this.#calls = calls;
    this.#state = stored.state;
    this.#lists = stored.lists;
    this.#epoch = epoch;
    this.#table = stored.state.table(epoch);
  }

  /** How many sessions of the previous version were joined to an earlier one. */
  get numAbsorbed(): number {
    return this.#numAbsorbed;
  }

  /** Adds the rows to the state. */
  merge(rows: SessionRows): void {
    const { sessions, runs } = this.#meet(rows);
    const changed = sessions.filter(({ parts }) => parts.some(({ run }) => run >= 0));
    const scratch = new Scratch(this.#calls, runs.count);
    scratch.aggregate(runs, rows, this.#epoch);
    this.#placeNew(changed, runs, rows);
    this.#mergeParts(changed, scratch);
    this.#relink(sessions);
    this.#settleEnds(changed);
  }

  /** All sessions of the groups that have rows, after joining; rows that follow each other without a stored session between are a run. */
  #meet(rows: SessionRows): { readonly sessions: MergedSession[]; readonly runs: Runs } {
    const stored = [...new Set(rows.groups)].flatMap((group) =>
      this.#lists.sessionsOf(group).map((slot) => ({ slot, group })),
    );
    const joined = this.#joinWith(stored, rows);
    const rowsInOrder = new Int32Array(rows.numRows);
    const runOf = new Int32Array(rows.numRows);
    const firstRows: number[] = [];
    let numRows = 0;
    const sessions = Array.from({ length: joined.count }, (_, i): MergedSession => {
      const parts: MergedSession['parts'] = [];
      for (let at = joined.firstRows[i] as number; at < (joined.firstRows[i + 1] as number); at++) {
        const item = joined.order[at] as number;
        const known = stored[item];
        if (known !== undefined) parts.push({ slot: known.slot, run: -1 });
        else {
          if ((parts.at(-1)?.run ?? -1) < 0) {
            parts.push({ slot: -1, run: firstRows.length });
            firstRows.push(item - stored.length);
          }
          rowsInOrder[numRows] = item - stored.length;
          runOf[numRows++] = firstRows.length - 1;
        }
      }
      const group = joined.groups[i] as number;
      const [start, end] = [joined.starts[i] as bigint, joined.ends[i] as bigint];
      return { group, start, end, slot: parts[0]?.slot ?? -1, parts };
    });
    return { sessions, runs: { count: firstRows.length, order: rowsInOrder, runOf, firstRows } };
  }

  /** Stored sessions first, then rows: where both start at the same time the stored one comes first. */
  #joinWith(stored: readonly { readonly slot: number; readonly group: number }[], rows: SessionRows): JoinedSessions {
    const { groups, starts, ends, numRows } = rows;
    if (stored.length === 0) return joinSessions(groups, starts.values, ends.values, numRows);
    const { longs: storedEnds } = present(this.#table.values[0], 'the end of a session');
    const all = new Int32Array(stored.length + numRows);
    const allStarts = new BigInt64Array(all.length);
    const allEnds = new BigInt64Array(all.length);
    stored.forEach(({ slot, group }, i) => {
      all[i] = group;
      allStarts[i] = this.#lists.startOf(slot);
      allEnds[i] = storedEnds[slot] as bigint;
    });
    all.set(groups, stored.length);
    allStarts.set(starts.values.subarray(0, numRows), stored.length);
    allEnds.set(ends.values.subarray(0, numRows), stored.length);
    return joinSessions(all, allStarts, allEnds, all.length);
  }

  /** Gives slots with fresh buffers to sessions that begin with a row of this batch. */
  #placeNew(sessions: readonly MergedSession[], { firstRows }: Runs, rows: SessionRows): void {
    const placed = sessions.filter(({ slot }) => slot < 0);
    if (placed.length === 0) return;
    const count = placed.length;
    const firsts = Int32Array.from(placed, ({ parts }) => firstRows[parts[0]?.run ?? 0] as number);
    const keys = [...rows.groupKeys, rows.starts].map((column) => gatherVector(column, firsts, count));
    const slots = new Int32Array(count);
    this.#table.lookup(keys, count, slots);
    const buffers = bufferRanges(this.#calls, this.#table, 1);
    placed.forEach((session, i) => {
      const slot = slots[i] as number;
      session.slot = slot;
      this.#fresh.add(slot);
      this.#calls.forEach(({ signature }, call) => signature.initialize(buffers[call] ?? [], slot));
    });
  }

  #mergeParts(sessions: readonly MergedSession[], scratch: Scratch): void {
    const targets: number[] = [];
    const sources: number[] = [];
    const stored = bufferRanges(this.#calls, this.#table, 1);
    for (const { slot, parts } of sessions) {
      for (const part of parts) {
        if (part.slot === slot) continue;
        targets.push(slot);
        sources.push(part.run >= 0 ? part.run : scratch.copy(stored, part.slot));
        if (part.slot >= 0) this.#absorb(part.slot);
      }
    }
    scratch.mergeInto(stored, Int32Array.from(targets), Int32Array.from(sources));
  }

  /** Takes a stored session out that became part of an earlier one. */
  #absorb(slot: number): void {
    this.#table.remove(slot);
    this.#state.forgetSlot(slot);
    if (!this.#fresh.delete(slot)) this.#numAbsorbed++;
  }

  #relink(sessions: readonly MergedSession[]): void {
    for (let from = 0; from < sessions.length;) {
      const group = present(sessions[from], 'a session').group;
      let to = from + 1;
      while (sessions[to]?.group === group) to++;
      const ofGroup = sessions.slice(from, to);
      this.#lists.setSessions(
        group,
        ofGroup.map(({ slot }) => slot),
        ofGroup.map(({ start }) => start),
      );
      from = to;
    }
  }

  #settleEnds(sessions: readonly MergedSession[]): void {
    const slots = Int32Array.from(sessions, ({ slot }) => slot);
    const ends = present(this.#table.values[0], 'the end of a session');
    for (const { slot, end } of sessions) ends.set(slot, end);
    this.#table.markUpdated(slots, slots.length);
    this.#state.indexSlots(this.#epoch, slots);
  }
}

/** Buffers for the sessions of one batch, by number, and for copies of stored sessions after them. */
class Scratch {
  readonly #calls: readonly AggregateCall[];
  readonly #buffers: readonly (readonly GrowableColumn[])[];
  #count: number;

  constructor(calls: readonly AggregateCall[], numRuns: number) {
    this.#calls = calls;
    this.#count = numRuns;
    this.#buffers = calls.map(({ signature }) =>
      signature.bufferTypes.map((type) => {
        const column = new GrowableColumn(type);
        column.ensureCapacity(numRuns);
        return column;
      }),
    );
  }

  /** Aggregates the rows of each run in the order of their starts. */
  aggregate({ order, runOf, count }: Runs, { args, numRows }: SessionRows, epoch: Epoch): void {
    const isInOrder = order.every((row, i) => row === i);
    this.#calls.forEach((call, i) => {
      const buffers = this.#buffers[i] ?? [];
      for (let run = 0; run < count; run++) call.signature.initialize(buffers, run);
      const given = args[i] ?? [];
      const columns = isInOrder ? given : given.map((column) => gatherVector(column, order, numRows));
      const all = { slots: runOf, columns, numRows };
      const rows = call.isDistinct ? new DistinctRows(call).keep(runOf, columns, numRows) : all;
      call.signature.update(buffers, rows.slots, rows.columns, rows.numRows, epoch.context);
    });
  }

  /** Copies the buffers of a stored session; returns its number here. */
  copy(stored: readonly (readonly GrowableColumn[])[], slot: number): number {
    const number = this.#count++;
    this.#buffers.forEach((columns, i) =>
      columns.forEach((column, j) => {
        column.ensureCapacity(number + 1);
        column.set(number, stored[i]?.[j]?.get(slot) ?? null);
      }),
    );
    return number;
  }

  /** Merges the sessions numbered `sources` into the buffers of `targets`, in this order. */
  mergeInto(stored: readonly (readonly GrowableColumn[])[], targets: Int32Array, sources: Int32Array): void {
    this.#calls.forEach(({ signature }, i) => {
      const partials = (this.#buffers[i] ?? []).map((column) => column.toVector(sources, sources.length));
      signature.merge(stored[i] ?? [], targets, partials, sources.length);
    });
  }
}
