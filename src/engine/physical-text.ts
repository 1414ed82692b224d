/** The physical plan as text: operators, and between them what moves rows between threads when the query runs on workers. */
import type { Attribute } from '../expressions/expression.ts';
import type { LocalPlan, ParallelPlan } from './parallel-plan.ts';
import type { Operator } from './operators/operator.ts';
import type { Edge, Stages } from './stages.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { treeText } from '../plan/explain.ts';
import { readsOf } from './operators/operator.ts';

/** A line of the text. */
interface TextNode {
  readonly name: string;
  readonly detail: string;
  readonly output: readonly Attribute[];
  readonly inputs: readonly TextNode[];
}

/** `simple`: one line an operator; `formatted`: a numbered section for each. */
export function physicalPlanText(root: Operator, plan: ParallelPlan | LocalPlan, mode: 'simple' | 'formatted'): string {
  const stages = plan.kind === 'parallel' ? plan.stages : undefined;
  const tree = textTree(root, stages);
  const text = mode === 'formatted' ? formatted(tree) : simple(tree);
  const reason = plan.kind === 'local' ? plan.reason : undefined;
  return reason === undefined ? text : `${text}\n\nRuns in one thread: ${reason}.`;
}

function textTree(root: Operator, stages: Stages | undefined): TextNode {
  // Operators shown one below the other may work as one: the edge is then before what the whole reads.
  const edges = new Map(stages?.edges.map((edge) => [edge.producer, edge]));
  const nodeOf = (operator: Operator): TextNode => {
    const { name, detail, output } = operator;
    const node = { name, detail, output, inputs: operator.inputs.map(nodeOf) };
    const edge = edges.get(operator);
    return edge === undefined ? node : moved(edge, node, stages);
  };
  return nodeOf(root);
}

/** The lines for an edge above those of what is moved. */
function moved(edge: Edge, child: TextNode, stages: Stages | undefined): TextNode {
  const numWorkers = stages?.numWorkers ?? 1;
  const { output } = child;
  const reduced =
    edge.reduction === undefined ? child : { name: edge.reduction.name, detail: '', output, inputs: [child] };
  const stage =
    edge.from === 'coordinator'
      ? reduced
      : { name: 'WorkerStage', detail: `${numWorkers} threads`, output, inputs: [reduced] };
  return { name: 'Exchange', detail: exchangeText(edge, numWorkers), output, inputs: [stage] };
}

function exchangeText({ consumer, producer, to }: Edge, numWorkers: number): string {
  if (consumer === undefined || consumer.kind === 'leaf') return 'to the coordinator: the sink is there';
  const { distribution } = consumer;
  if (to === 'coordinator')
    return `to the coordinator: ${distribution.kind === 'single' ? distribution.reason : 'an input is read there'}`;
  const keys = distribution.kind === 'clustered' ? (distribution.keys[readsOf(consumer).indexOf(producer)] ?? []) : [];
  const names = keys.map((key) => (key.kind === 'attribute' || key.kind === 'alias' ? key.name : expressionSql(key)));
  return `hashpartitioning(${[...names, numWorkers].join(', ')})`;
}

function simple(tree: TextNode): string {
  return treeText<TextNode>(
    tree,
    ({ name, detail }) => `${name} ${detail}`.trimEnd(),
    ({ inputs }) => inputs,
  );
}

function formatted(root: TextNode): string {
  const numbers = new Map<TextNode, number>();
  const visit = (node: TextNode): void => {
    node.inputs.forEach(visit);
    numbers.set(node, numbers.size + 1);
  };
  visit(root);
  const tree = treeText<TextNode>(
    root,
    (node) => `${node.name} (${numbers.get(node)})`,
    ({ inputs }) => inputs,
  );
  const sections = [...numbers].map(([node, number]) => {
    const columns = node.output.map(({ name }) => name).join(', ');
    return `(${number}) ${node.name}\nOutput [${node.output.length}]: [${columns}]\nArguments: ${node.detail}`;
  });
  return [tree, ...sections].join('\n\n');
}
