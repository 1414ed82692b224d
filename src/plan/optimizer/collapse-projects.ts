/** Makes one projection of two in a row, and drops projections that change nothing. */
import type { LogicalPlan } from '../logical-plan.ts';
import type { Expression, NamedExpression } from '../../expressions/expression.ts';
import { isDeterministic, transformUp, walk } from '../../expressions/expression.ts';
import { outputOf, transformPlanUp } from '../logical-plan.ts';

export function collapseProjects(plan: LogicalPlan): LogicalPlan {
  return transformPlanUp(plan, (node) => {
    if (node.kind !== 'project') return node;
    if (isIdentity(node.expressions, node.child)) return node.child;
    const { child } = node;
    if (child.kind !== 'project' || !canInline(node.expressions, child.expressions)) return node;
    const expressions = node.expressions.map((expression) => inlineNamed(expression, child.expressions));
    return { kind: 'project', child: child.child, expressions };
  });
}

/** Replaces the attributes a projection defines by their expressions. */
export function inlineAliases(expression: Expression, definitions: readonly NamedExpression[]): Expression {
  const byId = new Map(
    definitions.flatMap((definition) =>
      definition.kind === 'alias' ? [[definition.id, definition.child] as const] : [],
    ),
  );
  if (byId.size === 0) return expression;
  return transformUp(expression, (node) => (node.kind === 'attribute' ? (byId.get(node.id) ?? node) : node));
}

function inlineNamed(expression: NamedExpression, definitions: readonly NamedExpression[]): NamedExpression {
  if (expression.kind === 'alias') return { ...expression, child: inlineAliases(expression.child, definitions) };
  const definition = definitions.find((candidate) => candidate.kind === 'alias' && candidate.id === expression.id);
  return definition === undefined ? expression : { ...definition, name: expression.name };
}

/** Nothing is computed twice and nothing random is copied. */
function canInline(expressions: readonly NamedExpression[], definitions: readonly NamedExpression[]): boolean {
  const uses = new Map<number, number>();
  for (const expression of expressions) {
    walk(expression, (node) => {
      if (node.kind === 'attribute') uses.set(node.id, (uses.get(node.id) ?? 0) + 1);
    });
  }
  return definitions.every((definition) => {
    if (definition.kind === 'attribute') return true;
    const isCheap = ['attribute', 'literal', 'field'].includes(definition.child.kind);
    return isDeterministic(definition.child) && (isCheap || (uses.get(definition.id) ?? 0) <= 1);
  });
}

function isIdentity(expressions: readonly NamedExpression[], child: LogicalPlan): boolean {
  const input = outputOf(child);
  return (
    expressions.length === input.length &&
    expressions.every(
      (expression, i) =>
        expression.kind === 'attribute' && expression.id === input[i]?.id && expression.name === input[i]?.name,
    )
  );
}
