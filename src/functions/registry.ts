/**
 * The list of all functions by name; names are case-insensitive and a name given twice fails when this file loads. The definitions are in
 * the group files; nothing else lists them.
 */
import type { AggregateFunction, ScalarFunction } from './define-function.ts';
import type { GeneratorFunction } from './define-generator.ts';
import type { WindowFunction } from './define-window-function.ts';
import { assert } from '../errors/assert.ts';
import { AGGREGATES } from './aggregates.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { COLLECTION_FUNCTIONS } from './collection.ts';
import { COMPARISON } from './comparison.ts';
import { CSV_FUNCTIONS } from './csv.ts';
import { DATE_TIME_FUNCTIONS } from './date-time.ts';
import { DIGEST_FUNCTIONS } from './digest.ts';
import { EPOCH_FUNCTIONS } from './epoch-time.ts';
import { GENERATORS } from './generators.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { INTERVAL_MAKERS } from './make-interval.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { MISC_FUNCTIONS } from './misc.ts';
import { PATTERN_FUNCTIONS } from './pattern.ts';
import { POSITIONAL_FUNCTIONS } from './positional-functions.ts';
import { ROUNDING_FUNCTIONS } from './rounding.ts';
import { STRING_FUNCTIONS } from './string.ts';
import { ARRAY_EDIT_FUNCTIONS } from './array-edit.ts';
import { ARRAY_SET_FUNCTIONS } from './array-sets.ts';
import { CALENDAR_FUNCTIONS } from './calendar.ts';
import { CHARSET_FUNCTIONS } from './charset.ts';
import { FORMAT_FUNCTIONS } from './format-text.ts';
import { MAP_FUNCTIONS } from './map.ts';
import { BITMAP_FUNCTIONS } from './bitmap.ts';
import { CIPHER_FUNCTIONS } from './cipher.ts';
import { NUMBER_FORMAT_FUNCTIONS } from './number-format-functions.ts';
import { RANDOM_FUNCTIONS } from './random.ts';
import { TEXT_CHECK_FUNCTIONS } from './text-check.ts';
import { BIT_FUNCTIONS } from './math-bits.ts';
import { TEXT_COMPARE_FUNCTIONS } from './text-compare.ts';
import { TIMESTAMP_UNIT_FUNCTIONS } from './timestamp-units.ts';
import { VECTOR_FUNCTIONS } from './vector-math.ts';
import { URL_FUNCTIONS } from './url.ts';
import { WINDOW_FUNCTIONS } from './window-time.ts';

const SCALARS: ReadonlyMap<string, ScalarFunction> = byName([
  ...ARITHMETIC,
  ...COMPARISON,
  ...MATH_FUNCTIONS,
  ...ROUNDING_FUNCTIONS,
  ...STRING_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...DIGEST_FUNCTIONS,
  ...DATE_TIME_FUNCTIONS,
  ...EPOCH_FUNCTIONS,
  ...COLLECTION_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...CSV_FUNCTIONS,
  ...MISC_FUNCTIONS,
  ...ARRAY_EDIT_FUNCTIONS,
  ...ARRAY_SET_FUNCTIONS,
  ...CALENDAR_FUNCTIONS,
  ...CHARSET_FUNCTIONS,
  ...FORMAT_FUNCTIONS,
  ...MAP_FUNCTIONS,
  ...BIT_FUNCTIONS,
  ...TEXT_COMPARE_FUNCTIONS,
  ...URL_FUNCTIONS,
  ...WINDOW_FUNCTIONS,
  ...INTERVAL_MAKERS,
  ...VECTOR_FUNCTIONS,
  ...BITMAP_FUNCTIONS,
  ...CIPHER_FUNCTIONS,
  ...NUMBER_FORMAT_FUNCTIONS,
  ...RANDOM_FUNCTIONS,
  ...TEXT_CHECK_FUNCTIONS,
  ...TIMESTAMP_UNIT_FUNCTIONS,
]);
const AGGREGATES_BY_NAME: ReadonlyMap<string, AggregateFunction> = byName(AGGREGATES);
const WINDOW_FUNCTIONS_BY_NAME: ReadonlyMap<string, WindowFunction> = byName(POSITIONAL_FUNCTIONS);
const GENERATORS_BY_NAME: ReadonlyMap<string, GeneratorFunction> = byName(GENERATORS);

assert(
  [...SCALARS.keys()].every((name) => !AGGREGATES_BY_NAME.has(name)),
  'no function is both scalar and aggregate',
);

/** The scalar function or operator of a name or alias. */
export function findScalar(name: string): ScalarFunction | undefined {
  return SCALARS.get(name.toLowerCase());
}

/** The aggregate function of a name or alias. */
export function findAggregate(name: string): AggregateFunction | undefined {
  return AGGREGATES_BY_NAME.get(name.toLowerCase());
}

/** The generator of a name: a function that makes rows, as `explode`. */
export function findGenerator(name: string): GeneratorFunction | undefined {
  return GENERATORS_BY_NAME.get(name.toLowerCase());
}

/** The function of a name that only works with OVER, as `row_number`. */
export function findWindowFunction(name: string): WindowFunction | undefined {
  return WINDOW_FUNCTIONS_BY_NAME.get(name.toLowerCase());
}

/** All names and aliases, sorted. */
export function functionNames(): readonly string[] {
  return [
    ...SCALARS.keys(),
    ...AGGREGATES_BY_NAME.keys(),
    ...WINDOW_FUNCTIONS_BY_NAME.keys(),
    ...GENERATORS_BY_NAME.keys(),
  ].toSorted();
}

/** Every definition once, for documentation and tests. */
export function allFunctions(): {
  readonly scalars: readonly ScalarFunction[];
  readonly aggregates: readonly AggregateFunction[];
  readonly generators: readonly GeneratorFunction[];
  readonly windowFunctions: readonly WindowFunction[];
} {
  return {
    windowFunctions: POSITIONAL_FUNCTIONS,
    generators: GENERATORS,
    scalars: [...new Set(SCALARS.values())],
    aggregates: [...new Set(AGGREGATES_BY_NAME.values())],
  };
}

function byName<F extends { readonly name: string; readonly aliases?: readonly string[] }>(
  definitions: readonly F[],
): Map<string, F> {
  const map = new Map<string, F>();
  for (const definition of definitions) {
    for (const name of [definition.name, ...(definition.aliases ?? [])]) {
      assert(!map.has(name), `the function name ${name} is defined once`);
      map.set(name, definition);
    }
  }
  return map;
}
