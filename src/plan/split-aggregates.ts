/** Cuts the results of an aggregation in two: what the aggregation itself computes, and what is computed of its results. */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import { mapChildren, toAttribute } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { aggregateKey } from './resolve-aggregate.ts';
import { aliasOf } from './alias.ts';

export interface SplitAggregates {
  /** The results of the aggregation: whole items, or the aggregate calls and grouping columns of those that are moved up. */
  readonly below: readonly NamedExpression[];
  /** All items over the results, under their own ids. */
  readonly above: readonly NamedExpression[];
}

/** Moves the items for which `isAbove` says so over the aggregation. */
export function splitAggregates(
  items: readonly NamedExpression[],
  isAbove: (item: NamedExpression) => boolean,
): SplitAggregates {
  const kept = items.filter((item) => !isAbove(item));
  const calls = new Map<string, NamedExpression>();
  const columns = new Map<number, Attribute>();
  const moved = (expression: Expression): Expression => {
    if (expression.kind === 'aggregate') {
      const key = aggregateKey(expression);
      const call = calls.get(key) ?? aliasOf(expression, expressionSql(expression));
      calls.set(key, call);
      return toAttribute(call);
    }
    if (expression.kind === 'attribute' && expression.isOuter !== true) columns.set(expression.id, expression);
    if (expression.kind === 'subquery')
      for (const one of expression.outer) if (one.isOuter !== true) columns.set(one.id, one);
    return mapChildren(expression, moved);
  };
  const above = items.map((item): NamedExpression => {
    if (!isAbove(item)) return toAttribute(item);
    return item.kind === 'alias' ? { ...item, child: moved(item.child) } : item;
  });
  const known = new Set(kept.map(({ id }) => id));
  const passed = [...columns.values()].filter(({ id }) => !known.has(id));
  return { below: [...kept, ...passed, ...calls.values()], above };
}
