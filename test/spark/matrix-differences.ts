/** Queries of the matrix that Millrace does not answer as Spark, on purpose: why, and what it answers. */

type Answer = 'accepted' | { readonly when: 'analysis' | 'start'; readonly condition: string; readonly msg?: string };

interface Difference {
  readonly why: string;
  /** The query and the modes. */
  readonly of: readonly string[];
  readonly answer: Answer;
}

const MODES = ['append', 'update', 'complete'];

const DIFFERENCES: readonly Difference[] = [
  {
    why: 'Spark fails inside while it plans the first batch; the sessions of each set of columns are well defined.',
    of: ['rollup-session, in append', 'rollup-session, in complete', 'rollup-session, unmarked, in complete'],
    answer: 'accepted',
  },
  {
    why: 'Spark notices the second watermark only when it plans its second batch; a query that cannot go on is refused before its first.',
    of: ['watermark-again', 'watermark-other', 'watermark-after-window', 'watermark-after-window-struct'].flatMap(
      (name) => MODES.map((mode) => `${name}, in ${mode}`),
    ),
    answer: { when: 'start', condition: '_LEGACY_ERROR_TEMP_3076' },
  },
];

/** What Millrace answers instead, by `name of the query, in mode`. */
export const MATRIX_DIFFERENCES: Readonly<Record<string, Answer>> = Object.fromEntries(
  DIFFERENCES.flatMap(({ of, answer }) => of.map((one) => [one, answer] as const)),
);
