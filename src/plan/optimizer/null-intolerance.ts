/** Which columns an expression cannot do without: when one is null, the expression is null. */
import type { Attribute, Expression } from '../../expressions/expression.ts';
import { SHIFTS } from '../../functions/interval-operators.ts';

/** Functions on whole columns that give null for a null argument; of those on rows the definition says it. */
const NULL_INTOLERANT = new Set([
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'div',
  'pmod',
  'not',
  'negative',
  ...Object.values(SHIFTS),
]);

/** The columns that have to be there for a condition to be true. */
export function nullIntolerantColumns(condition: Expression): Attribute[] {
  if (condition.kind === 'logical' && condition.operator === 'and')
    return [...nullIntolerantColumns(condition.left), ...nullIntolerantColumns(condition.right)];
  if (condition.kind === 'call' && condition.functionName === 'isnotnull') return condition.arguments.flatMap(scan);
  return scan(condition);
}

function scan(expression: Expression): Attribute[] {
  switch (expression.kind) {
    case 'attribute':
      return [expression];
    case 'cast':
      return expression.mode === 'ansi' || expression.isImplicit === true ? scan(expression.child) : [];
    case 'field':
    case 'alias':
      return scan(expression.child);
    case 'call':
      return isNullIntolerant(expression) ? expression.arguments.flatMap(scan) : [];
    default:
      return [];
  }
}

function isNullIntolerant({ functionName, evaluator }: Expression & { readonly kind: 'call' }): boolean {
  if (functionName === 'isnull' || functionName === 'isnotnull' || functionName === '<=>') return false;
  return NULL_INTOLERANT.has(functionName) || (evaluator.kind === 'row' && evaluator.nulls === 'propagate');
}
