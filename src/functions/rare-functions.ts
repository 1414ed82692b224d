/** The groups of functions that few programs use: the package loads them when a name is met that is not among the common-functions.ts. */
import type { AggregateFunction, ScalarFunction } from './define-function.ts';
import { PATTERN_FUNCTIONS } from './pattern.ts';
import { DIGEST_FUNCTIONS } from './digest.ts';
import { EPOCH_FUNCTIONS } from './epoch-time.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { CSV_FUNCTIONS } from './csv.ts';
import { ARRAY_EDIT_FUNCTIONS } from './array-edit.ts';
import { ARRAY_SET_FUNCTIONS } from './array-sets.ts';
import { CALENDAR_FUNCTIONS } from './calendar.ts';
import { CHARSET_FUNCTIONS } from './charset.ts';
import { FORMAT_FUNCTIONS } from './format-text.ts';
import { MAP_FUNCTIONS } from './map.ts';
import { BIT_FUNCTIONS } from './math-bits.ts';
import { TEXT_COMPARE_FUNCTIONS } from './text-compare.ts';
import { URL_FUNCTIONS } from './url.ts';
import { INTERVAL_MAKERS } from './make-interval.ts';
import { VECTOR_FUNCTIONS, VECTOR_AGGREGATES } from './vector-math.ts';
import { BITMAP_FUNCTIONS, BITMAP_AGGREGATES } from './bitmap.ts';
import { CIPHER_FUNCTIONS } from './cipher.ts';
import { NUMBER_FORMAT_FUNCTIONS } from './number-format-functions.ts';
import { RANDOM_FUNCTIONS } from './random.ts';
import { SESSION_VALUES } from './session-values.ts';
import { TEXT_CHECK_FUNCTIONS } from './text-check.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';
import { TIMESTAMP_UNIT_FUNCTIONS } from './timestamp-units.ts';
import { VARIANCES } from './aggregate-variance.ts';
import { MOMENTS } from './aggregate-moments.ts';
import { BIT_AGGREGATES } from './aggregate-bits.ts';
import { RANKING } from './aggregate-ranks.ts';
import { APPROXIMATE } from './aggregate-approximate.ts';
import { collectUnion } from './collect-union.ts';
import { histogramNumeric } from './aggregate-histogram.ts';
import { TOP_K_AGGREGATES, TOP_K_SCALARS } from './sketches/approx-top-k-functions.ts';
import { COUNT_MIN_AGGREGATES } from './sketches/count-min-functions.ts';
import { XPATH_FUNCTIONS } from './xml/xpath-functions.ts';
import { KLL_AGGREGATES, KLL_SCALARS } from './sketches/kll-functions.ts';
import { THETA_AGGREGATES, THETA_SCALARS } from './sketches/theta-functions.ts';
import { TUPLE_AGGREGATES, TUPLE_SCALARS } from './sketches/tuple-functions.ts';
import { HLL_AGGREGATES, HLL_SCALARS } from './sketches/hll-functions.ts';

export const RARE_SCALARS: readonly ScalarFunction[] = [
  ...PATTERN_FUNCTIONS,
  ...DIGEST_FUNCTIONS,
  ...EPOCH_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...CSV_FUNCTIONS,
  ...ARRAY_EDIT_FUNCTIONS,
  ...ARRAY_SET_FUNCTIONS,
  ...CALENDAR_FUNCTIONS,
  ...CHARSET_FUNCTIONS,
  ...FORMAT_FUNCTIONS,
  ...MAP_FUNCTIONS,
  ...BIT_FUNCTIONS,
  ...TEXT_COMPARE_FUNCTIONS,
  ...URL_FUNCTIONS,
  ...INTERVAL_MAKERS,
  ...VECTOR_FUNCTIONS,
  ...BITMAP_FUNCTIONS,
  ...CIPHER_FUNCTIONS,
  ...NUMBER_FORMAT_FUNCTIONS,
  ...RANDOM_FUNCTIONS,
  ...SESSION_VALUES,
  ...TEXT_CHECK_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...TIMESTAMP_UNIT_FUNCTIONS,
  ...HLL_SCALARS,
  ...TOP_K_SCALARS,
  ...XPATH_FUNCTIONS,
  ...KLL_SCALARS,
  ...THETA_SCALARS,
  ...TUPLE_SCALARS,
];

export const RARE_AGGREGATES: readonly AggregateFunction[] = [
  ...VARIANCES,
  ...MOMENTS,
  ...BIT_AGGREGATES,
  ...RANKING,
  ...APPROXIMATE,
  ...BITMAP_AGGREGATES,
  ...VECTOR_AGGREGATES,
  histogramNumeric,
  collectUnion,
  ...HLL_AGGREGATES,
  ...COUNT_MIN_AGGREGATES,
  ...TOP_K_AGGREGATES,
  ...KLL_AGGREGATES,
  ...THETA_AGGREGATES,
  ...TUPLE_AGGREGATES,
];
