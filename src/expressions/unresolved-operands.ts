/** What stands directly below an expression as it was written, for those who look for something in it. */
import type { UnresolvedExpression } from './unresolved.ts';
import { findAggregate } from '../functions/registry.ts';

/** The expressions directly below an expression; those of a query inside it are not. */
export function operandsOf(expression: UnresolvedExpression): readonly UnresolvedExpression[] {
  switch (expression.kind) {
    case 'unresolvedFunction':
      return expression.filter === undefined && expression.orderWithin === undefined
        ? expression.arguments
        : [
            ...expression.arguments,
            ...(expression.filter === undefined ? [] : [expression.filter]),
            ...(expression.orderWithin ?? []),
          ];
    case 'unresolvedExtractValue':
      return [expression.child, expression.extraction];
    case 'alias':
    case 'multiAlias':
    case 'cast':
    case 'sortOrder':
      return [expression.child];
    case 'lambdaFunction':
      return [expression.function];
    case 'namedArgument':
      return [expression.value];
    case 'window':
      return [expression.windowFunction, ...expression.partitionSpec, ...expression.orderSpec];
    case 'subquery':
      return expression.values;
    case 'literal':
    case 'unresolvedAttribute':
    case 'unresolvedStar':
    case 'expressionString':
      return [];
  }
}

/** True when a query stands anywhere in the expression. */
export function readsQuery(expression: UnresolvedExpression): boolean {
  return expression.kind === 'subquery' || operandsOf(expression).some(readsQuery);
}

/** True when an aggregate that is no window function stands in the expression. */
export function callsAggregate(expression: UnresolvedExpression): boolean {
  if (expression.kind === 'window') return expression.partitionSpec.some(callsAggregate);
  if (expression.kind === 'unresolvedFunction' && findAggregate(expression.functionName) !== undefined) return true;
  return operandsOf(expression).some(callsAggregate);
}
