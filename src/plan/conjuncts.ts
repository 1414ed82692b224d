/** Conditions as lists of what has to hold all together. */
import type { Expression } from '../expressions/expression.ts';
import { BOOLEAN } from '../types/data-type.ts';

/** `a AND b AND c` as a list. */
export function conjunctsOf(condition: Expression): Expression[] {
  if (condition.kind !== 'logical' || condition.operator !== 'and') return [condition];
  return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)];
}

/** The AND of a non-empty list. */
export function conjunction(conjuncts: readonly Expression[]): Expression {
  return conjuncts.reduce((left, right) => ({
    kind: 'logical',
    operator: 'and',
    left,
    right,
    dataType: BOOLEAN,
    nullable: left.nullable || right.nullable,
  }));
}

/** The AND of a list, undefined for an empty one. */
export function optionalConjunction(conjuncts: readonly Expression[]): Expression | undefined {
  return conjuncts.length === 0 ? undefined : conjunction(conjuncts);
}
