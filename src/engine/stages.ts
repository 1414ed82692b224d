/**
 * Cuts a physical plan into what runs on the workers and what runs on the coordinator, by each operator's distribution and by which
 * scans a worker can read. Where two neighbours are in different places, or rows must be brought together by key, lies an edge. The cut
 * depends on the plan only: coordinator and workers each make it and get the same.
 */
import type { StructType } from '../types/data-type.ts';
import type { Vector } from '../types/vector.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { EvaluationContext } from '../functions/define-function.ts';
import type { EdgeRoute } from '../workers/mailroom.ts';
import type { Operator, Reduction } from './operators/operator.ts';
import { present } from '../errors/assert.ts';
import { compileExpression } from '../expressions/compile.ts';
import { readsOf, schemaOf } from './operators/operator.ts';

export type Place = 'workers' | 'coordinator';

/** Rows of one operator on their way to another, or to the sink. */
export interface Edge {
  readonly id: number;
  readonly producer: Operator;
  /** Undefined: the sink. */
  readonly consumer: Operator | undefined;
  readonly from: Place;
  readonly to: Place;
  /** Made next to the producer, before the rows are moved. */
  readonly reduction: Reduction | undefined;
  readonly shapes: readonly StructType[];
  /** The columns that decide which worker gets a row; undefined when there is one consumer. */
  readonly keysOf: ((batch: ColumnBatch, context: EvaluationContext) => readonly Vector[]) | undefined;
}

export interface Stages {
  readonly numWorkers: number;
  readonly root: Operator;
  readonly edges: readonly Edge[];
  placeOf(operator: Operator): Place;
  /** The edge before an operator's input, if there is one. */
  inputEdge(operator: Operator, inputIndex: number): Edge | undefined;
  /** The edge before the sink, if the last operator is on the workers. */
  readonly rootEdge: Edge | undefined;
}

/** Cuts the plan for `numWorkers` workers that can read the scans `workerScans`. */
export function cutIntoStages(root: Operator, workerScans: ReadonlySet<number>, numWorkers: number): Stages {
  const places = new Map<Operator, Place>();
  const edges: Edge[] = [];
  const inputEdges = new Map<Operator, (Edge | undefined)[]>();

  const addEdge = (producer: Operator, consumer: Operator | undefined, inputIndex: number): Edge => {
    const from = present(places.get(producer), 'inputs have their place first');
    const to = consumer === undefined ? 'coordinator' : present(places.get(consumer), 'the consumer has its place');
    const reduction = consumer?.kind === 'transform' ? consumer.reduction : undefined;
    const shapes = reduction?.shapes ?? [schemaOf(producer.output)];
    const keysOf = to === 'workers' ? partitionKeys(consumer, inputIndex) : undefined;
    const edge: Edge = { id: edges.length, producer, consumer, from, to, reduction, shapes, keysOf };
    edges.push(edge);
    return edge;
  };
  const place = (operator: Operator): void => {
    readsOf(operator).forEach(place);
    places.set(operator, placeFor(operator, places, workerScans));
    const isClustered = operator.kind !== 'leaf' && operator.distribution.kind === 'clustered';
    const own = places.get(operator);
    inputEdges.set(
      operator,
      readsOf(operator).map((input, i) =>
        isClustered || places.get(input) !== own ? addEdge(input, operator, i) : undefined,
      ),
    );
  };
  place(root);
  const rootEdge = places.get(root) === 'workers' ? addEdge(root, undefined, 0) : undefined;
  return {
    numWorkers,
    root,
    edges,
    rootEdge,
    placeOf: (operator) => present(places.get(operator), 'an operator of the plan has a place'),
    inputEdge: (operator, inputIndex) => inputEdges.get(operator)?.[inputIndex],
  };
}

/** The edges as the exchange sees them: threads by number, the coordinator last. */
export function routesOf({ edges, numWorkers }: Stages): EdgeRoute[] {
  const workers = Array.from({ length: numWorkers }, (_, i) => i);
  const threadsAt = (place: Place): readonly number[] => (place === 'workers' ? workers : [numWorkers]);
  return edges.map(({ id, from, to, shapes }) => ({
    id,
    producers: threadsAt(from),
    consumers: threadsAt(to),
    shapes,
  }));
}

function placeFor(operator: Operator, places: ReadonlyMap<Operator, Place>, workerScans: ReadonlySet<number>): Place {
  if (operator.kind === 'leaf')
    return operator.scanIndex !== undefined && workerScans.has(operator.scanIndex) ? 'workers' : 'coordinator';
  switch (operator.distribution.kind) {
    case 'clustered':
      return 'workers';
    case 'single':
      return 'coordinator';
    case 'any':
      return readsOf(operator).every((input) => places.get(input) === 'workers') ? 'workers' : 'coordinator';
  }
}

function partitionKeys(consumer: Operator | undefined, inputIndex: number): Edge['keysOf'] {
  if (consumer === undefined || consumer.kind === 'leaf' || consumer.distribution.kind !== 'clustered')
    return undefined;
  if (consumer.kind === 'transform' && consumer.reduction !== undefined) {
    const { numKeys } = consumer.reduction;
    return ({ columns }) => columns.slice(0, numKeys);
  }
  const { output } = present(readsOf(consumer)[inputIndex], 'an edge is before an input');
  const keys = consumer.distribution.keys[inputIndex] ?? [];
  const evaluators = keys.map((key) => compileExpression(key, output));
  return (batch, context) => evaluators.map((evaluate) => evaluate(batch, context));
}
