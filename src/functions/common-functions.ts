/** The groups of functions that many programs use: the package loads them with the engine. The other groups are in rare-functions.ts. */
import type { AggregateFunction, ScalarFunction } from './define-function.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISON } from './comparison.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { ROUNDING_FUNCTIONS } from './rounding.ts';
import { STRING_FUNCTIONS } from './string.ts';
import { DATE_TIME_FUNCTIONS } from './date-time.ts';
import { COLLECTION_FUNCTIONS } from './collection.ts';
import { MISC_FUNCTIONS } from './misc.ts';
import { WINDOW_FUNCTIONS } from './window-time.ts';
import { COUNT_AND_SUM } from './aggregate-count-sum.ts';
import { MIN_AND_MAX } from './aggregate-min-max.ts';
import { FIRST_AND_LAST } from './aggregate-first-last.ts';
import { COLLECTING } from './aggregate-collect.ts';

export const COMMON_SCALARS: readonly ScalarFunction[] = [
  ...ARITHMETIC,
  ...COMPARISON,
  ...MATH_FUNCTIONS,
  ...ROUNDING_FUNCTIONS,
  ...STRING_FUNCTIONS,
  ...DATE_TIME_FUNCTIONS,
  ...COLLECTION_FUNCTIONS,
  ...MISC_FUNCTIONS,
  ...WINDOW_FUNCTIONS,
];

export const COMMON_AGGREGATES: readonly AggregateFunction[] = [
  ...COUNT_AND_SUM,
  ...MIN_AND_MAX,
  ...FIRST_AND_LAST,
  ...COLLECTING,
];
