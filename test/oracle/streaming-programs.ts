/**
 * The programs of which a stream must give what a batch job gives over the same rows, after every prefix of them: how each is written, and
 * what of the rows that came out so far stands for its answer.
 */
import type { DataFrame, Row } from '../../src/index.ts';
import { functions as F } from '../../src/index.ts';

export interface StreamingProgram {
  readonly name: string;
  readonly mode: 'append' | 'update' | 'complete';
  /** `other` is a second input. */
  readonly build: (rows: DataFrame, other: DataFrame) => DataFrame;
  /** In update mode: the columns that identify a row of the answer. */
  readonly keys?: readonly string[];
  /** Windows come out when the watermark has passed them: the column that tells their end, and the delay in ms. */
  readonly closes?: { readonly endOf: (row: Row) => number; readonly delayMs: number };
}

/** No row of the input is later than this. */
export const MAX_DELAY_SECONDS = 30;
const DELAY = `${MAX_DELAY_SECONDS} seconds`;
const CLOSES = { delayMs: MAX_DELAY_SECONDS * 1000 };

function endOf(column: string): (row: Row) => number {
  return (row) => (row[column] as { readonly end: Date }).end.getTime();
}

const sum = F.sum('v').as('s');
const count = F.count('*').as('n');
const same = F.expr('l.k = r.k AND l.v = r.v');

export const STREAMING_PROGRAMS: readonly StreamingProgram[] = [
  {
    name: 'filter and projection',
    mode: 'append',
    build: (rows) => rows.where('v > 1').select('k', F.expr('v * 2 AS w'), 'time'),
  },
  {
    name: 'generated rows',
    mode: 'append',
    build: (rows) => rows.select('k', F.explode_outer('r').as('x'), F.posexplode('r').as('at', 'y')),
  },
  { name: 'union', mode: 'append', build: (rows, other) => rows.union(other.where('v IS NOT NULL')) },
  { name: 'duplicates', mode: 'append', build: (rows) => rows.dropDuplicates(['k', 'v']).select('k', 'v') },
  {
    name: 'inner join',
    mode: 'append',
    build: (rows, other) =>
      rows.alias('l').join(other.alias('r'), same, 'inner').select('l.time', F.expr('r.time AS t')),
  },
  { name: 'sum by key', mode: 'complete', build: (rows) => rows.groupBy('k').agg(sum, count, F.max('time').as('t')) },
  { name: 'sum over all', mode: 'complete', build: (rows) => rows.agg(sum, count) },
  {
    name: 'updates by key',
    mode: 'update',
    keys: ['k', 'd'],
    build: (rows) => rows.groupBy('k', 'd').agg(sum, F.min('v').as('m'), F.count('v').as('c')),
  },
  {
    name: 'updates of windows',
    mode: 'update',
    keys: ['window', 'k'],
    build: (rows) => rows.groupBy(F.window('time', '10 seconds', '4 seconds'), 'k').agg(sum, count),
  },
  {
    name: 'updates of grouping sets',
    mode: 'update',
    keys: ['k', 'v', 'g'],
    build: (rows) => rows.cube('k', 'v').agg(F.grouping_id().as('g'), count),
  },
  {
    name: 'counts without duplicates',
    mode: 'complete',
    build: (rows) => rows.dropDuplicates(['k', 'v', 'time']).groupBy('k').agg(sum, count),
  },
  {
    name: 'sessions',
    mode: 'complete',
    build: (rows) => rows.groupBy(F.session_window('time', '5 seconds'), 'k').agg(sum, count),
  },
  {
    name: 'joined rows counted',
    mode: 'update',
    keys: ['k'],
    build: (rows, other) =>
      rows.alias('l').join(other.alias('r'), same, 'inner').groupBy(F.col('l.k').as('k')).agg(count),
  },
  {
    name: 'closed windows',
    mode: 'append',
    closes: { ...CLOSES, endOf: endOf('window') },
    build: (rows) => rows.withWatermark('time', DELAY).groupBy(F.window('time', '10 seconds'), 'k').agg(sum, count),
  },
  {
    name: 'closed sliding windows',
    mode: 'append',
    closes: { ...CLOSES, endOf: endOf('window') },
    build: (rows) =>
      rows
        .withWatermark('time', DELAY)
        .groupBy(F.window('time', '10 seconds', '3 seconds', '1 second'))
        .agg(sum, count),
  },
  {
    name: 'closed sessions',
    mode: 'append',
    closes: { ...CLOSES, endOf: endOf('session_window') },
    build: (rows) =>
      rows.withWatermark('time', DELAY).groupBy(F.session_window('time', '5 seconds'), 'k').agg(sum, count),
  },
  {
    name: 'closed windows without duplicates',
    mode: 'append',
    closes: { ...CLOSES, endOf: endOf('window') },
    build: (rows) =>
      rows
        .withWatermark('time', DELAY)
        .dropDuplicates(['time', 'k'])
        .groupBy(F.window('time', '10 seconds'), 'k')
        .agg(count),
  },
  {
    name: 'closed windows of windows',
    mode: 'append',
    closes: { ...CLOSES, endOf: endOf('w') },
    build: (rows) =>
      rows
        .withWatermark('time', DELAY)
        .groupBy(F.window('time', '10 seconds'), 'k')
        .agg(sum)
        .groupBy(F.window('window', '20 seconds').as('w'))
        .agg(F.sum('s').as('t'), count),
  },
];
