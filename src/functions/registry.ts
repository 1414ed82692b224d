/**
 * All functions by name; names are case-insensitive and a name given twice fails. The definitions are in the group files; which groups there
 * are is said by common-functions.ts and rare-functions.ts, the latter of which is not asked before a name is met that is no common one.
 */
import type { AggregateFunction, ScalarFunction } from './define-function.ts';
import type { GeneratorFunction } from './define-generator.ts';
import type { WindowFunction } from './define-window-function.ts';
import { assert } from '../errors/assert.ts';
import { COMMON_AGGREGATES, COMMON_SCALARS } from './common-functions.ts';
import { GENERATORS } from './generators.ts';
import { POSITIONAL_FUNCTIONS } from './positional-functions.ts';
import { RARE_AGGREGATES, RARE_SCALARS } from './rare-functions.ts';

type ByName<F> = ReadonlyMap<string, F>;

const SCALARS: ByName<ScalarFunction> = byName(COMMON_SCALARS);
const AGGREGATES: ByName<AggregateFunction> = byName(COMMON_AGGREGATES);
const WINDOW_FUNCTIONS: ByName<WindowFunction> = byName(POSITIONAL_FUNCTIONS);
const GENERATORS_BY_NAME: ByName<GeneratorFunction> = byName(GENERATORS);

/** A name belongs to functions of one kind only, so who finds it here need not look elsewhere. */
function hasCommonName(key: string): boolean {
  return SCALARS.has(key) || AGGREGATES.has(key) || WINDOW_FUNCTIONS.has(key) || GENERATORS_BY_NAME.has(key);
}

interface RareFunctions {
  readonly scalars: ByName<ScalarFunction>;
  readonly aggregates: ByName<AggregateFunction>;
}

let rare: RareFunctions | undefined;

function rareFunctions(): RareFunctions {
  if (rare !== undefined) return rare;
  const scalars = byName(RARE_SCALARS);
  const aggregates = byName(RARE_AGGREGATES);
  assert(
    [...scalars.keys(), ...aggregates.keys()].every((name) => !hasCommonName(name)),
    'a rare function has a name of its own',
  );
  assert(
    [...scalars.keys()].every((name) => !aggregates.has(name)),
    'no function is both scalar and aggregate',
  );
  rare = { scalars, aggregates };
  return rare;
}

assert(
  [...SCALARS.keys()].every((name) => !AGGREGATES.has(name)),
  'no function is both scalar and aggregate',
);

/** The scalar function or operator of a name or alias. */
export function findScalar(name: string): ScalarFunction | undefined {
  const key = name.toLowerCase();
  return SCALARS.get(key) ?? (hasCommonName(key) ? undefined : rareFunctions().scalars.get(key));
}

/** The aggregate function of a name or alias. */
export function findAggregate(name: string): AggregateFunction | undefined {
  const key = name.toLowerCase();
  return AGGREGATES.get(key) ?? (hasCommonName(key) ? undefined : rareFunctions().aggregates.get(key));
}

/** The generator of a name: a function that makes rows, as `explode`. */
export function findGenerator(name: string): GeneratorFunction | undefined {
  return GENERATORS_BY_NAME.get(name.toLowerCase());
}

/** The function of a name that only works with OVER, as `row_number`. */
export function findWindowFunction(name: string): WindowFunction | undefined {
  return WINDOW_FUNCTIONS.get(name.toLowerCase());
}

/** All names and aliases, sorted. */
export function functionNames(): readonly string[] {
  const { scalars, aggregates } = rareFunctions();
  return [SCALARS, AGGREGATES, scalars, aggregates, WINDOW_FUNCTIONS, GENERATORS_BY_NAME]
    .flatMap((definitions) => [...definitions.keys()])
    .toSorted();
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
    scalars: [...COMMON_SCALARS, ...RARE_SCALARS],
    aggregates: [...COMMON_AGGREGATES, ...RARE_AGGREGATES],
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
