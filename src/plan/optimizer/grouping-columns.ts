/** The columns of an aggregation's result that are its keys, so that what is said of them holds for the rows below it. */
import type { Expression } from '../../expressions/expression.ts';
import type { Aggregate } from '../logical-plan.ts';
import { isDeterministic, referencesOf, someNode, transformUp, withoutAlias } from '../../expressions/expression.ts';

/** What the output columns of an aggregation are that hold grouping expressions, by id. */
export function groupingDefinitions({ groupings, aggregates }: Aggregate): ReadonlyMap<number, Expression> {
  // A session of the result is more than that of one row: what is said of it says nothing of the rows.
  const keys = new Map<number, Expression>(
    groupings.filter(({ isSession }) => isSession !== true).map((grouping) => [grouping.id, withoutAlias(grouping)]),
  );
  if (![...keys.values()].every(isDeterministic)) return new Map();
  for (const expression of aggregates) {
    if (expression.kind === 'alias' && readsOnlyKeys(expression.child, keys) && isDeterministic(expression.child))
      keys.set(expression.id, replaceAttributes(expression.child, keys));
  }
  return keys;
}

/** True for an expression over these columns, and no constant; false with an aggregate call. */
export function readsOnlyKeys(expression: Expression, keys: ReadonlyMap<number, Expression>): boolean {
  const ids = [...referencesOf(expression)];
  const hasCalls = someNode(expression, ({ kind }) => kind === 'aggregate');
  return !hasCalls && ids.length > 0 && ids.every((id) => keys.has(id));
}

/** The expression with what `keys` says in place of columns. */
export function replaceAttributes(expression: Expression, keys: ReadonlyMap<number, Expression>): Expression {
  return transformUp(expression, (node) => (node.kind === 'attribute' ? (keys.get(node.id) ?? node) : node));
}
