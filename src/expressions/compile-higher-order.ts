/** Evaluates calls that take lambdas. The elements of all rows of a batch become one batch, over which the body is computed at once. */
import type { EvaluationContext } from '../functions/define-function.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { Evaluator } from './compile.ts';
import type { Attribute, Expression, HigherOrderCall, Lambda } from './expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { checkedEntries } from '../functions/map.ts';
import { valueKey } from '../functions/value-key.ts';
import { struct } from '../types/data-type.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { gatherVector } from '../types/vector-ops.ts';
import { valueAt } from '../types/vector.ts';
import { referencesOf } from './expression.ts';

type Compile = (expression: Expression, input: readonly Attribute[]) => Evaluator;
type Items = readonly (Value | null)[];

/** Computes a lambda for calls: `rows[i]` is the row of call i, `values[p][i]` its value of parameter p. */
type LambdaEvaluator = (rows: Int32Array, values: readonly Items[]) => Vector;

/** The evaluator of a higher-order call. */
export function compileHigherOrder(call: HigherOrderCall, input: readonly Attribute[], compile: Compile): Evaluator {
  const args = call.arguments.map((argument) => compile(argument, input));
  const lambdas = call.lambdas.map((lambda) => compileLambda(lambda, input, compile));
  const compute = present(COMPUTATIONS.get(call.functionName), 'a computation per higher-order function');
  return (batch, context) => {
    const columns = args.map((evaluate) => evaluate(batch, context));
    const bound = lambdas.map((lambda) => lambda(batch, context));
    const readers = columns.map((column) => (row: number) => valueAt(column, row));
    return vectorOf(call.dataType, compute({ readers, lambdas: bound, numRows: batch.numRows }));
  };
}

function compileLambda(
  { parameters, body }: Lambda,
  input: readonly Attribute[],
  compile: Compile,
): (batch: ColumnBatch, context: EvaluationContext) => LambdaEvaluator {
  const read = referencesOf(body);
  const outer = input.flatMap((attribute, i) => (read.has(attribute.id) ? [{ attribute, i }] : []));
  const evaluate = compile(body, [...outer.map(({ attribute }) => attribute), ...parameters]);
  return (batch, context) => (rows, values) => {
    const columns = [
      ...outer.map(({ i }) => gatherVector(present(batch.columns[i], 'a column per attribute'), rows, rows.length)),
      ...parameters.map(({ dataType }, p) => vectorOf(dataType, values[p] ?? [])),
    ];
    return evaluate({ schema: struct([]), numRows: rows.length, columns }, context);
  };
}

interface Computation {
  readonly readers: readonly ((row: number) => Value | null)[];
  readonly lambdas: readonly LambdaEvaluator[];
  readonly numRows: number;
}

type Compute = (computation: Computation) => (Value | null)[];

/** The elements of all rows, one after the other. */
interface Flat {
  readonly rows: Int32Array;
  readonly items: (Value | null)[];
  readonly indexes: number[];
}

function flatten(lists: readonly (Items | null)[]): Flat {
  const rows: number[] = [];
  const items: (Value | null)[] = [];
  const indexes: number[] = [];
  lists.forEach((list, row) =>
    list?.forEach((item, index) => {
      rows.push(row);
      items.push(item);
      indexes.push(index);
    }),
  );
  return { rows: Int32Array.from(rows), items, indexes };
}

function listsOf({ readers, numRows }: Computation, argument = 0): (Items | null)[] {
  const read = present(readers[argument], 'an argument');
  return Array.from({ length: numRows }, (_, row) => read(row) as Items | null);
}

function lambdaOf({ lambdas }: Computation, index = 0): LambdaEvaluator {
  return present(lambdas[index], 'a lambda');
}

/** For each row the results of its elements, null where the row's collection is null. */
function regroup(lists: readonly (Items | null)[], results: Vector): (Items | null)[] {
  let at = 0;
  return lists.map((list) => {
    if (list === null) return null;
    const own = list.map((_, i) => valueAt(results, at + i));
    at += list.length;
    return own;
  });
}

/** The results of a lambda over element and index, by row. */
function perElement(computation: Computation): {
  readonly lists: (Items | null)[];
  readonly results: (Items | null)[];
} {
  const lists = listsOf(computation);
  const { rows, items, indexes } = flatten(lists);
  return { lists, results: regroup(lists, lambdaOf(computation)(rows, [items, indexes])) };
}

/** The results of a lambda over key and value, by row. */
function perEntry(computation: Computation): {
  readonly maps: (readonly Items[] | null)[];
  readonly results: (Items | null)[];
} {
  const maps = listsOf(computation) as (readonly Items[] | null)[];
  const { rows, items } = flatten(maps);
  const entries = items as readonly Items[];
  const keys = entries.map(([key = null]) => key);
  const values = entries.map(([, value = null]) => value);
  return { maps, results: regroup(maps, lambdaOf(computation)(rows, [keys, values])) };
}

/** True when some element passes; null when none does but some is unknown. */
function anyOf(results: Items | null): boolean | null {
  if (results === null) return null;
  return results.includes(true) ? true : results.includes(null) ? null : false;
}

function allOf(results: Items | null): boolean | null {
  if (results === null) return null;
  return results.includes(false) ? false : results.includes(null) ? null : true;
}

/** Carries a value along the elements of each row: step k works on all rows that have an element k. */
function fold(computation: Computation): (Value | null)[] {
  const lists = listsOf(computation);
  const carried = listsOf(computation, 1) as (Value | null)[];
  const longest = lists.reduce((length, list) => Math.max(length, list?.length ?? 0), 0);
  const allRows = Array.from(lists.keys());
  for (let k = 0; k < longest; k++) {
    const rows = Int32Array.from(allRows.filter((row) => (lists[row]?.length ?? 0) > k));
    const before = Array.from(rows, (row) => carried[row] ?? null);
    const items = Array.from(rows, (row) => lists[row]?.[k] ?? null);
    const results = lambdaOf(computation)(rows, [before, items]);
    rows.forEach((row, i) => (carried[row] = valueAt(results, i)));
  }
  const finish = computation.lambdas[1];
  const rows = Int32Array.from(allRows.filter((row) => lists[row] !== null));
  const finished = finish?.(rows, [Array.from(rows, (row) => carried[row] ?? null)]);
  const results: (Value | null)[] = lists.map(() => null);
  rows.forEach((row, i) => (results[row] = finished === undefined ? (carried[row] ?? null) : valueAt(finished, i)));
  return results;
}

function zipWith(computation: Computation): (Value | null)[] {
  const [left, right] = [listsOf(computation), listsOf(computation, 1)];
  const pairs = left.map((list, row) => {
    const other = right[row] ?? null;
    if (list === null || other === null) return null;
    return Array.from({ length: Math.max(list.length, other.length) }, (_, i) => [list[i] ?? null, other[i] ?? null]);
  });
  const { rows, items } = flatten(pairs);
  const entries = items as readonly Items[];
  const values = [entries.map(([first = null]) => first), entries.map(([, second = null]) => second)];
  return regroup(pairs, lambdaOf(computation)(rows, values)) as (Value | null)[];
}

/** Sorts each row's elements by a lambda that compares two; it may not answer NULL. */
function sortBy(computation: Computation): (Value | null)[] {
  const compare = lambdaOf(computation);
  return listsOf(computation).map((list, row) => {
    if (list === null) return null;
    const rows = Int32Array.of(row);
    return list.toSorted((a, b) => {
      const order = valueAt(compare(rows, [[a], [b]]), 0);
      if (order === null)
        throw new MillraceError('COMPARATOR_RETURNS_NULL', { firstValue: String(a), secondValue: String(b) });
      return order as number;
    });
  });
}

/** All keys of two maps with both values, NULL where a map has none. */
function zipMaps(computation: Computation): (Value | null)[] {
  const [left, right] = [0, 1].map((argument) => listsOf(computation, argument) as (readonly Items[] | null)[]);
  const joined = (left ?? []).map((entries, row): readonly Items[] | null => {
    const others = right?.[row] ?? null;
    if (entries === null || others === null) return null;
    const byKey = new Map<string, (Value | null)[]>();
    for (const [key = null, value = null] of entries) byKey.set(valueKey(key), [key, value, null]);
    for (const [key = null, value = null] of others) {
      const known = byKey.get(valueKey(key));
      if (known === undefined) byKey.set(valueKey(key), [key, null, value]);
      else known[2] = value;
    }
    return [...byKey.values()];
  });
  const { rows, items } = flatten(joined);
  const entries = items as readonly Items[];
  const values = [0, 1, 2].map((at) => entries.map((entry) => entry[at] ?? null));
  const results = regroup(joined, lambdaOf(computation)(rows, values));
  return joined.map((list, row) => list?.map((entry, i) => [entry[0] ?? null, results[row]?.[i] ?? null]) ?? null);
}

const COMPUTATIONS: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ['transform', (computation) => perElement(computation).results as (Value | null)[]],
  [
    'filter',
    (computation) => {
      const { lists, results } = perElement(computation);
      return lists.map((list, row) => list?.filter((_, i) => results[row]?.[i] === true) ?? null);
    },
  ],
  ['exists', (computation) => perElement(computation).results.map(anyOf)],
  ['forall', (computation) => perElement(computation).results.map(allOf)],
  ['aggregate', fold],
  ['reduce', fold],
  ['zip_with', zipWith],
  ['array_sort', sortBy],
  [
    'map_filter',
    (computation) => {
      const { maps, results } = perEntry(computation);
      return maps.map((entries, row) => entries?.filter((_, i) => results[row]?.[i] === true) ?? null);
    },
  ],
  [
    'transform_keys',
    (computation) => {
      const { maps, results } = perEntry(computation);
      return maps.map((entries, row) =>
        entries === null
          ? null
          : checkedEntries(entries.map(([, value = null], i) => [results[row]?.[i] ?? null, value])),
      );
    },
  ],
  [
    'transform_values',
    (computation) => {
      const { maps, results } = perEntry(computation);
      return maps.map((entries, row) => entries?.map(([key = null], i) => [key, results[row]?.[i] ?? null]) ?? null);
    },
  ],
  ['map_zip_with', zipMaps],
]);
