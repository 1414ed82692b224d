/** Tells expressions that compute the same. */
import type { Expression } from '../expressions/expression.ts';
import { childrenOf } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';

/** Text that is equal for expressions that compute the same: the SQL with the ids of the columns. */
export function identityOf(expression: Expression): string {
  if (expression.kind === 'attribute') return `#${expression.id}`;
  return `${expression.kind}:${expressionSql(expression)}(${childrenOf(expression).map(identityOf).join(',')})`;
}
