/**
 * Moves window functions out of a select list: each becomes a column of a Window node below, one node per partitioning and order, and the
 * list reads the columns. A function over the result of another one gets a node above that of the other.
 */
import type { Expression, NamedExpression, WindowCall } from '../expressions/expression.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { childrenOf, mapChildren, nextAttributeId, someNode, toAttribute, walk } from '../expressions/expression.ts';
import { expressionSql, sortOrderSql } from '../expressions/sql-text.ts';
import { identityOf } from './expression-identity.ts';

/** True when a window function stands anywhere in the expression. */
export function containsWindowCall(expression: Expression): boolean {
  return someNode(expression, ({ kind }) => kind === 'window');
}

/** Throws when a window function stands in a clause that takes none. */
export function refuseWindowCalls(expression: Expression, clauseName: string): void {
  if (containsWindowCall(expression)) throw new MillraceError('WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE', { clauseName });
}

/** Throws when a window function stands in an operator that takes none. */
export function refuseWindowsIn(expression: Expression, operator: string): void {
  if (!containsWindowCall(expression)) return;
  const texts: string[] = [];
  walk(expression, (node) => {
    if (node.kind === 'window') texts.push(expressionSql(node));
  });
  throw new MillraceError('UNSUPPORTED_EXPR_FOR_OPERATOR', { operator, invalidExprSqls: `"${texts.join(', ')}"` });
}

/** The list without window functions, over a plan that computes them. */
export function extractWindowCalls(
  list: readonly NamedExpression[],
  child: LogicalPlan,
): { readonly child: LogicalPlan; readonly expressions: readonly NamedExpression[] } {
  let plan = child;
  let expressions = list;
  while (expressions.some(containsWindowCall)) {
    const columns = new Map<string, NamedExpression>();
    const specs = new Map<string, WindowCall[]>();
    expressions = expressions.map((one) => replaceInnermost(one, columns, specs, one.name) as NamedExpression);
    for (const calls of specs.values()) {
      const [first] = calls;
      if (first === undefined) continue;
      const { partition, order } = first;
      const windowExpressions = calls.map((call) => columns.get(callKey(call))).filter((one) => one !== undefined);
      plan = { kind: 'window', child: plan, windowExpressions, partition, order };
    }
  }
  return { child: plan, expressions };
}

function callKey(call: WindowCall): string {
  return `${identityOf(call)} ${call.isDistinct}`;
}

function specKey({ partition, order }: WindowCall): string {
  return JSON.stringify([partition.map(identityOf), order.map((one) => [identityOf(one.child), sortOrderSql(one)])]);
}

function replaceInnermost(
  expression: Expression,
  columns: Map<string, NamedExpression>,
  specs: Map<string, WindowCall[]>,
  name?: string,
): Expression {
  if (expression.kind === 'window' && !childrenOf(expression).some(containsWindowCall)) {
    const key = callKey(expression);
    const known = columns.get(key);
    if (known !== undefined) return toAttribute(known);
    const { dataType, nullable } = expression;
    const id = nextAttributeId();
    const column: NamedExpression = {
      kind: 'alias',
      id,
      name: name ?? expressionSql(expression),
      child: expression,
      dataType,
      nullable,
    };
    columns.set(key, column);
    specs.set(specKey(expression), [...(specs.get(specKey(expression)) ?? []), expression]);
    return toAttribute(column);
  }
  const inner = expression.kind === 'alias' ? name : undefined;
  return mapChildren(expression, (child) => replaceInnermost(child, columns, specs, inner));
}
