/**
 * What ORDER BY may name over groups once HAVING computes more than the select list, or window functions stand in it: as in Spark the
 * sorting is then above a projection of the groups, through which only the list and the columns that are grouped by are seen.
 */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { childrenOf, referencesOf, transformUp, walk, withoutAlias } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { identityOf } from './expression-identity.ts';
import { containsWindowCall } from './extract-window-calls.ts';

/** True when the sorting of these groups stands above a projection of them. */
export function isProjected(
  items: readonly NamedExpression[],
  groupings: readonly NamedExpression[],
  having: Expression | undefined,
): boolean {
  if (items.some(containsWindowCall)) return true;
  if (having === undefined) return false;
  const selected = new Set(items.map((one) => identityOf(withoutAlias(one))));
  const grouped = new Set(groupings.map((one) => identityOf(withoutAlias(one))));
  const needsMore = (node: Expression): boolean => {
    const identity = identityOf(node);
    if (selected.has(identity)) return false;
    return node.kind === 'aggregate' || grouped.has(identity) || childrenOf(node).some(needsMore);
  };
  return needsMore(having);
}

/** The columns a sort key may name beside those of the list: what is grouped by. */
export function groupedColumns(groupings: readonly NamedExpression[]): readonly Attribute[] {
  return groupings.map(withoutAlias).filter((one) => one.kind === 'attribute');
}

/** The key as an expression over what the list is computed of, when it names more than the list has; throws for aggregates in it. */
export function belowProjection(key: Expression, items: readonly NamedExpression[]): Expression | undefined {
  const calls: string[] = [];
  walk(key, (node) => {
    if (node.kind === 'aggregate') calls.push(`"${expressionSql(node)}"`);
  });
  if (calls.length > 0)
    throw new MillraceError('UNSUPPORTED_EXPR_FOR_OPERATOR', { operator: 'Sort', invalidExprSqls: calls.join(', ') });
  const listed = new Map(items.map((one) => [one.id, withoutAlias(one)]));
  if ([...referencesOf(key)].every((id) => listed.has(id))) return undefined;
  return transformUp(key, (node) => (node.kind === 'attribute' ? (listed.get(node.id) ?? node) : node));
}
