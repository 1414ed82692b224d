/** Keeps the pairs of rows for which the part of a join's condition that reads both sides is true. Gathers only the columns it reads. */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { EvaluationContext } from '../../functions/define-function.ts';
import type { Vector } from '../../types/vector.ts';
import type { RowPairs } from './join-index.ts';
import { compilePredicate } from '../../expressions/compile.ts';
import { referencesOf } from '../../expressions/expression.ts';
import { schemaOf } from './operator.ts';

/** Column `index` of one side for some rows. */
export type ReadColumn = (index: number, rows: Int32Array, count: number) => Vector;

export type PairFilter = (
  pairs: RowPairs,
  read: { readonly probing: ReadColumn; readonly indexed: ReadColumn },
  context: EvaluationContext,
) => RowPairs;

/** The filter of a condition over the columns of the probing and the indexed side. */
export function pairFilter(
  condition: Expression | undefined,
  probing: readonly Attribute[],
  indexed: readonly Attribute[],
): PairFilter {
  if (condition === undefined) return (pairs) => pairs;
  const needed = referencesOf(condition);
  const positions = (columns: readonly Attribute[]): number[] =>
    columns.flatMap(({ id }, i) => (needed.has(id) ? [i] : []));
  const fromProbing = positions(probing);
  const fromIndexed = positions(indexed);
  const input = [...probing, ...indexed].filter(({ id }) => needed.has(id));
  const schema = schemaOf(input);
  const predicate = compilePredicate(condition, input);
  return ({ probing: left, indexed: right, count }, read, context) => {
    const columns = [
      ...fromProbing.map((index) => read.probing(index, left, count)),
      ...fromIndexed.map((index) => read.indexed(index, right, count)),
    ];
    const selected = predicate({ schema, numRows: count, columns }, context);
    if (selected.count === count) return { probing: left, indexed: right, count };
    return {
      probing: picked(left, selected.rows, selected.count),
      indexed: picked(right, selected.rows, selected.count),
      count: selected.count,
    };
  };
}

function picked(values: Int32Array, rows: Int32Array, count: number): Int32Array {
  const result = new Int32Array(count);
  for (let i = 0; i < count; i++) result[i] = values[rows[i] as number] as number;
  return result;
}
