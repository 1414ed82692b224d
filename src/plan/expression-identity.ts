/** Tells expressions that compute the same; operands of `+`, `*`, AND and the like in any order do. */
import type { Expression } from '../expressions/expression.ts';
import { childrenOf } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { sqlName } from '../types/data-type.ts';

const COMMUTATIVE = new Set(['+', '*', '&', '|', '^', '=', '<=>', 'and', 'or']);
const CHAINED = new Set(['+', '*', '&', '|', '^', 'and', 'or']);

/** Text that is equal for expressions that compute the same: the SQL with the ids of the columns. */
export function identityOf(expression: Expression): string {
  if (expression.kind === 'attribute') return `#${expression.id}`;
  const operator = operatorOf(expression);
  if (operator !== undefined && COMMUTATIVE.has(operator))
    return `${operator}(${operandsOf(expression, operator).map(identityOf).toSorted().join(',')})`;
  return `${formOf(expression)}(${childrenOf(expression).map(identityOf).join(',')})`;
}

/** What an expression is besides its operands. */
function formOf(expression: Expression): string {
  if (expression.kind === 'call') return `call ${expression.functionName}`;
  if (expression.kind === 'cast') return `cast ${expression.mode} ${sqlName(expression.dataType)}`;
  return `${expression.kind}:${expressionSql(expression)}`;
}

function operatorOf(expression: Expression): string | undefined {
  if (expression.kind === 'logical') return expression.operator;
  return expression.kind === 'call' && expression.arguments.length === 2 ? expression.functionName : undefined;
}

/** The operands of a chain of one operator. */
function operandsOf(expression: Expression, operator: string): readonly Expression[] {
  return childrenOf(expression).flatMap((child) =>
    CHAINED.has(operator) && operatorOf(child) === operator ? operandsOf(child, operator) : [child],
  );
}
