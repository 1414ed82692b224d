/** The list of aggregate functions, for the registry. */
import type { AggregateFunction } from './define-function.ts';
import { APPROXIMATE } from './aggregate-approximate.ts';
import { BITMAP_AGGREGATES } from './bitmap.ts';
import { BIT_AGGREGATES } from './aggregate-bits.ts';
import { COLLECTING } from './aggregate-collect.ts';
import { COUNT_AND_SUM } from './aggregate-count-sum.ts';
import { FIRST_AND_LAST } from './aggregate-first-last.ts';
import { histogramNumeric } from './aggregate-histogram.ts';
import { VECTOR_AGGREGATES } from './vector-math.ts';
import { MIN_AND_MAX } from './aggregate-min-max.ts';
import { MOMENTS } from './aggregate-moments.ts';
import { RANKING } from './aggregate-ranks.ts';
import { VARIANCES } from './aggregate-variance.ts';

export const AGGREGATES: readonly AggregateFunction[] = [
  ...COUNT_AND_SUM,
  ...MIN_AND_MAX,
  ...FIRST_AND_LAST,
  ...COLLECTING,
  ...VARIANCES,
  ...MOMENTS,
  ...BIT_AGGREGATES,
  ...RANKING,
  ...APPROXIMATE,
  ...BITMAP_AGGREGATES,
  ...VECTOR_AGGREGATES,
  histogramNumeric,
];
