/**
 * The golden queries whose stored answer Millrace does not give on purpose: why, and what it answers instead. The amended answer is
 * compared in full, so nothing else of such a case may differ.
 */
import type { GoldenBatch, GoldenCase, GoldenRun } from './golden-case.ts';

interface Difference {
  readonly why: string;
  readonly amend: (golden: GoldenCase) => GoldenCase;
}

/** By the name of the case. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'agg-order-by-complete': {
    why: 'Spark runs a sorted foreachBatch twice, once to sample the range partitions, and counts the state rows of both runs.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, ...halvedState(batch) })),
  },
  'chain-dedup-limit': {
    why: 'Where a plan has a limit, Spark counts no rows as late after a restart.',
    amend: (golden) => withLateRows(golden, { 4: 4, 7: 3, 9: 2 }),
  },
  'chain-having-sort': {
    why: 'As agg-order-by-complete: Spark runs the batch twice and counts the state rows of both runs.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, ...halvedState(batch) })),
  },
  'chain-limit': {
    why: 'Spark stops reading a file in the middle when the limit is reached, and counts the rows up to there.',
    amend: (golden) => withBatches(golden, (batch, run) => ({ ...batch, in: numRowsOf(golden, batch, run) })),
  },
  'chain-limit-dedup': {
    why: 'As chain-dedup-limit.',
    amend: (golden) => withLateRows(golden, { 4: 1 }),
  },
  'chain-limit-zero': {
    why: 'Spark replaces a limit of zero by no rows at all, without a state, and reads nothing.',
    amend: (golden) =>
      withBatches(golden, (batch, run) => ({
        ...batch,
        in: numRowsOf(golden, batch, run),
        state: [{ operator: 'globalLimit', total: 0, updated: 0, removed: 0, dropped: 0 }],
      })),
  },
  'chain-sort-nulls': {
    why: 'As agg-order-by-complete: Spark runs the batch twice and counts the state rows of both runs.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, ...halvedState(batch) })),
  },
  'generator-in-group-by': {
    why: 'Spark resolves the grouping only after it has missed the column; here the generator itself is refused.',
    amend: (golden) => refusedWith(golden, 'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT'),
  },
  'generator-then-sort': {
    why: 'As agg-order-by-complete: Spark runs the batch twice and counts the state rows of both runs.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, ...halvedState(batch) })),
  },
  'groups-timeout-not-renewed': {
    why: 'PySpark forgets to store that a timeout is gone; here as in Scala one that the function does not set again does not fire again.',
    amend: (golden) => withBatches(golden, (batch) => spentTimeouts(batch, { 3: 2 })),
  },
  'groups-timeout-without-state': {
    why: 'As groups-timeout-not-renewed.',
    amend: (golden) => withBatches(golden, (batch) => spentTimeouts(batch, { 4: 3, 5: 1 })),
  },
  'keys-map-group': {
    why: 'Spark shows the null value of a map of numbers in a group as 0.',
    amend: (golden) => {
      const rows = (list: readonly string[]): string[] => list.map((row) => row.replace('{"a":0}', '{"a":null}'));
      const changed = withBatches(golden, (batch) => ({ ...batch, rows: rows(batch.rows) }));
      return { ...changed, answer: { ...changed.answer, batch: { rows: rows(golden.answer.batch?.rows ?? []) } } };
    },
  },
  'random-005': {
    why: 'As session-complete-filter: Spark makes a semi join over the times of sessions below their aggregation, over the rows.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, state: joinFirst(batch) })),
  },
  'refused-join-two-event-times': {
    why: 'As a batch job it has an answer, but which of two duplicates stays hangs on the order of the rows.',
    amend: withoutBatchJob,
  },
  'refused-watermark-empty-delay': {
    why: 'The condition is one of the Python client, which refuses an empty text before Spark sees it.',
    amend: (golden) => {
      const error = { when: 'analysis', chain: [{ condition: 'INVALID_INTERVAL_FORMAT.INPUT_IS_EMPTY' }] } as const;
      return { ...golden, answer: { ...golden.answer, whole: { error }, batch: { error } } };
    },
  },
  'refused-watermark-twice': {
    why: 'Spark notices the second watermark only when it plans its second batch; a query that cannot go on is refused before its first.',
    amend: (golden) => {
      const chain = golden.answer.whole.error?.chain ?? [];
      return { ...golden, answer: { ...golden.answer, whole: { error: { when: 'start', chain } } } };
    },
  },
  'session-complete-filter': {
    why: 'Spark pushes a filter on a session below the aggregation, where it sees the gap of each row instead of the session, and loses rows.',
    amend: filteredSessions,
  },
  'session-complete-order': {
    why: 'As agg-order-by-complete: Spark runs the batch twice and counts the state rows of both runs.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, ...halvedState(batch) })),
  },
  'sql-order-complete': {
    why: 'As agg-order-by-complete: Spark runs the batch twice and counts the state rows of both runs.',
    amend: (golden) => withBatches(golden, (batch) => ({ ...batch, ...halvedState(batch) })),
  },
  'watermark-on-window-struct': {
    why: 'Spark reads the pointer to the window as a time; the event time of a window is its last microsecond.',
    amend: (golden) => withBatches(golden, (batch, run) => ({ ...batch, eventTime: windowTimes(batch, run) })),
  },
};

/** The case with the answers Millrace is to give. */
export function amended(golden: GoldenCase): GoldenCase {
  return DIFFERENCES[golden.name]?.amend(golden) ?? golden;
}

function withBatches(
  golden: GoldenCase,
  change: (batch: GoldenBatch, run: keyof GoldenCase['answer']) => GoldenBatch,
): GoldenCase {
  const changed = (name: 'whole' | 'resumed' | 'oneBatch'): Record<string, GoldenRun> => {
    const run = golden.answer[name];
    return run?.batches === undefined
      ? {}
      : { [name]: { ...run, batches: run.batches.map((batch) => change(batch, name)) } };
  };
  return {
    ...golden,
    answer: { ...golden.answer, ...changed('whole'), ...changed('resumed'), ...changed('oneBatch') },
  };
}

function withoutBatchJob(golden: GoldenCase): GoldenCase {
  const answer: { -readonly [Part in keyof GoldenCase['answer']]: GoldenCase['answer'][Part] } = { ...golden.answer };
  delete answer.batch;
  return { ...golden, answer };
}

function refusedWith(golden: GoldenCase, condition: string): GoldenCase {
  const error = { when: 'analysis', chain: [{ condition }] } as const;
  return { ...golden, answer: { ...golden.answer, whole: { error }, batch: { error } } };
}

function halvedState({ state = [] }: GoldenBatch): Pick<GoldenBatch, 'state'> {
  return { state: state.map((one) => ({ ...one, total: one.total / 2, updated: one.updated / 2 })) };
}

/** Without what fires a second time, in the last batch only what times out there for the first time; `updated` by batch. */
function spentTimeouts(batch: GoldenBatch, updated: Readonly<Record<number, number>>): GoldenBatch {
  const numUpdated = updated[batch.id];
  const isSpent = (row: string): boolean => batch.in === 0 && row.includes('timed out') && !row.includes('"k":"c"');
  return {
    ...batch,
    rows: batch.rows.filter((row) => !isSpent(row)),
    state: (batch.state ?? []).map((one) => ({ ...one, updated: numUpdated ?? one.updated })),
  };
}

/** With so many late rows at the deduplication of a resumed run, by batch. */
function withLateRows(golden: GoldenCase, numDropped: Readonly<Record<number, number>>): GoldenCase {
  return withBatches(golden, (batch, run) => ({
    ...batch,
    state: (batch.state ?? []).map((one) =>
      run === 'resumed' && one.operator === 'dedupe' ? { ...one, dropped: numDropped[batch.id] ?? 0 } : one,
    ),
  }));
}

/** The rows of the files of a batch of a case with one input. */
function numRowsOf({ inputs }: GoldenCase, { id }: GoldenBatch, run: keyof GoldenCase['answer']): number {
  const files = inputs['main'] ?? [];
  return (run === 'oneBatch' ? files.flat() : (files[id] ?? [])).length;
}

function joinFirst({ state = [] }: GoldenBatch): GoldenBatch['state'] & object {
  const isJoin = ({ operator }: { readonly operator: string }): boolean => operator === 'symmetricHashJoin';
  return [...state.filter(isJoin), ...state.filter((one) => !isJoin(one))];
}

function filteredSessions(golden: GoldenCase): GoldenCase {
  const times = '"start":"2026-01-01T10:00:00.000Z","end"';
  const session = (end: string, n: number): string =>
    `{"session_window":{${times}:"2026-01-01T10:00:${end}.000Z"},"action":"a","n":${n}}`;
  const rows = [[session('16', 2)], [session('22', 3)], [session('22', 3)]];
  const state = { operator: 'sessionWindowStateStoreSaveExec', removed: 0, dropped: 0 };
  const changed = withBatches(golden, (batch, run) => ({
    ...batch,
    rows: rows[run === 'oneBatch' ? 2 : batch.id] ?? [],
    state: [{ ...state, total: 1, updated: run !== 'oneBatch' && batch.id === 2 ? 0 : 1 }],
  }));
  return { ...changed, answer: { ...changed.answer, batch: { rows: rows[2] ?? [] } } };
}

function windowTimes({ id }: GoldenBatch, run: string): Record<string, string> {
  const first = '2026-01-01T10:00:09.999Z';
  const last = '2026-01-01T10:00:49.999Z';
  if (run === 'oneBatch') return { max: last, min: first, watermark: '1970-01-01T00:00:00.000Z' };
  const time = id === 0 ? first : last;
  const watermark = id === 0 ? '1970-01-01T00:00:00.000Z' : '2026-01-01T09:59:59.999Z';
  return { avg: time, max: time, min: time, watermark };
}
