/** The list of aggregate functions, for the registry. */
import type { AggregateFunction } from './define-function.ts';
import { APPROXIMATE } from './aggregate-approximate.ts';
import { COLLECTING } from './aggregate-collect.ts';
import { COUNT_AND_SUM } from './aggregate-count-sum.ts';
import { FIRST_AND_LAST } from './aggregate-first-last.ts';
import { MIN_AND_MAX } from './aggregate-min-max.ts';
import { VARIANCES } from './aggregate-variance.ts';

export const AGGREGATES: readonly AggregateFunction[] = [
  ...COUNT_AND_SUM,
  ...MIN_AND_MAX,
  ...FIRST_AND_LAST,
  ...COLLECTING,
  ...VARIANCES,
  ...APPROXIMATE,
];
