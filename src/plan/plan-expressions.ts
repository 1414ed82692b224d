/** The expressions of plan nodes, and which columns a plan reads that it does not make: those of the queries around it. */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { walk } from '../expressions/expression.ts';
import { inputsOf, outputOf } from './logical-plan.ts';

/** The expressions a node itself evaluates. */
export function expressionsOf(node: LogicalPlan): readonly Expression[] {
  switch (node.kind) {
    case 'project':
      return node.expressions;
    case 'filter':
      return [node.condition];
    case 'timeWindow':
      return [node.time];
    case 'sessionWindow':
      return [node.time, node.gap];
    case 'generate':
      return node.generator.arguments;
    case 'window':
      return [...node.windowExpressions, ...node.partition, ...node.order.map(({ child }) => child)];
    case 'aggregate':
      return [...node.groupings, ...node.aggregates];
    case 'join':
      return node.condition === undefined ? [] : [node.condition];
    case 'sort':
      return node.order.map(({ child }) => child);
    case 'collectMetrics':
      return node.metrics;
    default:
      return [];
  }
}

/** The node with its expressions replaced; names and ids of results stay. */
export function mapExpressions(node: LogicalPlan, replace: (expression: Expression) => Expression): LogicalPlan {
  const named = (list: readonly NamedExpression[]): readonly NamedExpression[] =>
    list.map((one) => (one.kind === 'alias' ? { ...one, child: replace(one.child) } : one));
  switch (node.kind) {
    case 'project':
      return { ...node, expressions: named(node.expressions) };
    case 'filter':
      return { ...node, condition: replace(node.condition) };
    case 'timeWindow':
      return { ...node, time: replace(node.time) };
    case 'sessionWindow':
      return { ...node, time: replace(node.time), gap: replace(node.gap) };
    case 'generate':
      return { ...node, generator: { ...node.generator, arguments: node.generator.arguments.map(replace) } };
    case 'window':
      return {
        ...node,
        windowExpressions: named(node.windowExpressions),
        partition: node.partition.map(replace),
        order: node.order.map((one) => ({ ...one, child: replace(one.child) })),
      };
    case 'aggregate':
      return { ...node, groupings: named(node.groupings), aggregates: named(node.aggregates) };
    case 'join':
      return node.condition === undefined ? node : { ...node, condition: replace(node.condition) };
    case 'sort':
      return { ...node, order: node.order.map((one) => ({ ...one, child: replace(one.child) })) };
    case 'collectMetrics':
      return { ...node, metrics: named(node.metrics) };
    default:
      return node;
  }
}

/** The columns a plan reads that none of its nodes make, each once. */
export function freeAttributes(plan: LogicalPlan): readonly Attribute[] {
  return [...new Map(freeReferences(plan).map((one) => [one.id, one])).values()];
}

/** As freeAttributes, each as often as it is read. */
export function freeReferences(plan: LogicalPlan): readonly Attribute[] {
  const found: Attribute[] = [];
  collectFree(plan, found);
  return found;
}

function collectFree(plan: LogicalPlan, found: Attribute[]): void {
  const inputs = inputsOf(plan);
  const known = new Set(inputs.flatMap((input) => outputOf(input).map(({ id }) => id)));
  const groupings = plan.kind === 'aggregate' ? plan.groupings.map(({ id }) => id) : [];
  for (const id of groupings) known.add(id);
  for (const expression of expressionsOf(plan)) {
    const parameters = new Set<number>();
    walk(expression, (node) => {
      if (node.kind === 'higherOrder')
        for (const { parameters: own } of node.lambdas) for (const { id } of own) parameters.add(id);
    });
    walk(expression, (node) => {
      if (node.kind === 'attribute' && !known.has(node.id) && !parameters.has(node.id)) found.push(node);
    });
  }
  if (plan.kind === 'join' && plan.isLateral === true) {
    const left = new Set(outputOf(plan.left).map(({ id }) => id));
    collectFree(plan.left, found);
    found.push(...freeReferences(plan.right).filter(({ id }) => !left.has(id)));
    return;
  }
  for (const input of inputs) collectFree(input, found);
}
