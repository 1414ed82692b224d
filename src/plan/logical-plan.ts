/**
 * Resolved logical plans: what the analyzer makes from unresolved-plan.ts, the optimizer rewrites, the planner turns into operators and
 * explain prints. Every node knows its output attributes. Immutable.
 */
import type { Attribute, Expression, NamedExpression, SortOrder } from '../expressions/expression.ts';
import type { GeneratorSignature } from '../functions/define-generator.ts';
import type { StructType } from '../types/data-type.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { CalendarWindowSpec, WindowSpec } from '../windows/window-spec.ts';
import type { GroupsWithState, StatefulTransform } from './grouped-function.ts';
import type { JoinType } from './join-type.ts';
import type { SourceRelation } from './unresolved-plan.ts';
import type { KeyFunction, RowPredicate, RowsFunction } from './user-function.ts';
import { toAttribute } from '../expressions/expression.ts';
import { isLeftNullable, isLeftOnly, isRightNullable } from './join-type.ts';

/** A table read from a source. `output` is what is really read: the optimizer prunes it. */
export interface Scan {
  readonly kind: 'scan';
  readonly relation: SourceRelation;
  readonly output: readonly Attribute[];
}
/** Rows that are in memory already. */
export interface LocalRelation {
  readonly kind: 'localRelation';
  readonly batches: readonly ColumnBatch[];
  readonly schema: StructType;
  readonly output: readonly Attribute[];
}
export interface RangeRelation {
  readonly kind: 'range';
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
  readonly output: readonly Attribute[];
}
export interface Project {
  readonly kind: 'project';
  readonly child: LogicalPlan;
  readonly expressions: readonly NamedExpression[];
}
export interface Filter {
  readonly kind: 'filter';
  readonly child: LogicalPlan;
  readonly condition: Expression;
  /** It takes rows at random. */
  readonly isSample?: true;
}
/** Assigns each row to its time windows: adds the struct column `window`, drops rows whose time is null, copies rows when sliding. */
export interface TimeWindow {
  readonly kind: 'timeWindow';
  readonly child: LogicalPlan;
  readonly time: Expression;
  readonly spec: WindowSpec | CalendarWindowSpec;
  readonly window: Attribute;
}
/** Gives each row a session of its own, `[time, time + gap)`, and drops rows that have none. Aggregation by the column merges them. */
export interface SessionWindow {
  readonly kind: 'sessionWindow';
  readonly child: LogicalPlan;
  readonly time: Expression;
  /** An interval as text, constant or different row by row. */
  readonly gap: Expression;
  readonly window: Attribute;
}
/** A generator with its arguments; makes any number of rows of one. */
export interface GeneratorCall {
  readonly functionName: string;
  readonly arguments: readonly Expression[];
  readonly signature: GeneratorSignature;
  /** A row of which nothing comes is kept, with nulls. */
  readonly isOuter: boolean;
}
/** The rows a generator makes of each row, beside those columns of it that are passed on. */
export interface Generate {
  readonly kind: 'generate';
  readonly child: LogicalPlan;
  readonly generator: GeneratorCall;
  readonly passed: readonly Attribute[];
  readonly generated: readonly Attribute[];
}
/** Several rows of each row, one per projection; `output` names their columns. */
export interface Expand {
  readonly kind: 'expand';
  readonly child: LogicalPlan;
  readonly projections: readonly (readonly Expression[])[];
  readonly output: readonly Attribute[];
}
/** Window functions over one partitioning and order, each under a name; they come after the columns of the child. */
export interface Window {
  readonly kind: 'window';
  readonly child: LogicalPlan;
  readonly windowExpressions: readonly NamedExpression[];
  readonly partition: readonly Expression[];
  readonly order: readonly SortOrder[];
}
/** The rows of the child, of which there may be one per key; a second one is an error. */
export interface SingleRow {
  readonly kind: 'singleRow';
  readonly child: LogicalPlan;
  readonly keys: readonly Attribute[];
}
/** The rows of `anchor`, then those of `step` over the rows that came last, until there are none. */
export interface Recursion {
  readonly kind: 'recursion';
  readonly anchor: LogicalPlan;
  readonly step: LogicalPlan;
  readonly output: readonly Attribute[];
  /** How often the step may be taken. */
  readonly maxDepth: number;
  /** As many rows as somebody reads. */
  readonly maxRows?: number;
  readonly marker: object;
}
/** The rows that came last, inside the step of the recursion with the same marker. */
export interface RecursionInput {
  readonly kind: 'recursionInput';
  readonly marker: object;
  readonly output: readonly Attribute[];
}
/** `aggregates` may contain expressions over grouping columns and AggregateCalls; each grouping is a named expression. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly child: LogicalPlan;
  readonly groupings: readonly NamedExpression[];
  readonly aggregates: readonly NamedExpression[];
  /** It is a set operation, which output modes are not asked about. */
  readonly isDistinct?: true;
}
export interface EventTimeWatermark {
  readonly kind: 'eventTimeWatermark';
  readonly child: LogicalPlan;
  readonly eventTime: Attribute;
  readonly delayMs: number;
  /** After so much processing time without a row the stream is idle and does not hold the watermark back. */
  readonly idleTimeoutMs?: number;
  /** Position among the watermark nodes of the query; its key in the tracker. */
  readonly nodeId: number;
}
export interface Deduplicate {
  readonly kind: 'deduplicate';
  readonly child: LogicalPlan;
  readonly keys: readonly Attribute[];
  readonly withinWatermark: boolean;
}
export interface Union {
  readonly kind: 'union';
  readonly children: readonly LogicalPlan[];
  readonly output: readonly Attribute[];
}
/** All pairs of rows for which the condition is true, and what the type adds; undefined is always true. */
export interface Join {
  readonly kind: 'join';
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly joinType: JoinType;
  readonly condition: Expression | undefined;
  /** What it was written as, where that was no join. */
  readonly setOperation?: 'intersect' | 'except';
  /** The right side reads columns of the left one; optimizer/rewrite-subqueries.ts makes a plain join of it. */
  readonly isLateral?: true;
}
export interface Sort {
  readonly kind: 'sort';
  readonly child: LogicalPlan;
  readonly order: readonly SortOrder[];
}
export interface Limit {
  readonly kind: 'limit';
  readonly child: LogicalPlan;
  readonly limit: number;
}
export interface Offset {
  readonly kind: 'offset';
  readonly child: LogicalPlan;
  readonly offset: number;
}
/** Computes aggregates over the rows that pass, for whoever watches the query. */
export interface CollectMetrics {
  readonly kind: 'collectMetrics';
  readonly child: LogicalPlan;
  readonly name: string;
  readonly metrics: readonly NamedExpression[];
}
/** A name for a relation; `t` in `t.a`. The optimizer removes it. */
export interface SubqueryAlias {
  readonly kind: 'subqueryAlias';
  readonly child: LogicalPlan;
  readonly name: string;
  /** Catalog and database of a table; `db` in `db.t.a`. */
  readonly within?: readonly string[];
}
/** Keeps the rows for which a function over the row is true. */
export interface TypedFilter {
  readonly kind: 'typedFilter';
  readonly child: LogicalPlan;
  readonly predicate: RowPredicate;
}
/** Replaces the rows by those a function makes of them. */
export interface MapPartitions {
  readonly kind: 'mapPartitions';
  readonly child: LogicalPlan;
  readonly function: RowsFunction;
  readonly output: readonly Attribute[];
}
/** Adds the columns of a key that a function finds; `keys` come after the columns of the child. */
export interface AppendKeys {
  readonly kind: 'appendKeys';
  readonly child: LogicalPlan;
  readonly function: KeyFunction;
  readonly keys: readonly Attribute[];
}
/** Rows with their key: `grouping` are the key's columns, `keyForm` how users see it, `values` the columns of the rows they get. */
export interface Grouping {
  readonly keys: readonly NamedExpression[];
  readonly keyForm: 'columns' | 'single';
  readonly values: readonly Attribute[];
}
export interface FlatMapGroupsWithState {
  readonly kind: 'flatMapGroupsWithState';
  readonly child: LogicalPlan;
  readonly initialState: LogicalPlan | undefined;
  readonly grouping: Grouping;
  readonly initialGrouping: Grouping | undefined;
  readonly groups: GroupsWithState;
  readonly output: readonly Attribute[];
}
export interface TransformWithState {
  readonly kind: 'transformWithState';
  readonly child: LogicalPlan;
  readonly initialState: LogicalPlan | undefined;
  readonly grouping: Grouping;
  readonly initialGrouping: Grouping | undefined;
  readonly transform: StatefulTransform;
  readonly output: readonly Attribute[];
}

export type LogicalPlan =
  | Scan
  | LocalRelation
  | RangeRelation
  | Project
  | Filter
  | TimeWindow
  | SessionWindow
  | Generate
  | Expand
  | Window
  | SingleRow
  | Recursion
  | RecursionInput
  | Aggregate
  | EventTimeWatermark
  | Deduplicate
  | Union
  | Join
  | Sort
  | Limit
  | Offset
  | CollectMetrics
  | SubqueryAlias
  | TypedFilter
  | MapPartitions
  | AppendKeys
  | FlatMapGroupsWithState
  | TransformWithState;

const OUTPUTS = new WeakMap<LogicalPlan, readonly Attribute[]>();

/** The columns a plan puts out; computed once per node, so that a long chain of nodes costs no more than its length. */
export function outputOf(plan: LogicalPlan): readonly Attribute[] {
  const known = OUTPUTS.get(plan);
  if (known !== undefined) return known;
  const output = computedOutput(plan);
  OUTPUTS.set(plan, output);
  return output;
}

function computedOutput(plan: LogicalPlan): readonly Attribute[] {
  switch (plan.kind) {
    case 'scan':
    case 'localRelation':
    case 'range':
    case 'union':
    case 'expand':
    case 'recursion':
    case 'recursionInput':
    case 'mapPartitions':
    case 'flatMapGroupsWithState':
    case 'transformWithState':
      return plan.output;
    case 'appendKeys':
      return [...outputOf(plan.child), ...plan.keys];
    case 'project':
      return plan.expressions.map(toAttribute);
    case 'aggregate':
      return plan.aggregates.map(toAttribute);
    case 'join':
      return joinOutput(plan);
    case 'timeWindow':
    case 'sessionWindow':
      return [...outputOf(plan.child), plan.window];
    case 'eventTimeWatermark':
      return outputOf(plan.child).map((attribute) =>
        attribute.id === plan.eventTime.id ? { ...attribute, watermarkDelayMs: plan.delayMs } : attribute,
      );
    case 'generate':
      return [...plan.passed, ...plan.generated];
    case 'window':
      return [...outputOf(plan.child), ...plan.windowExpressions.map(toAttribute)];
    case 'subqueryAlias':
      return outputOf(plan.child).map((attribute) => ({
        ...attribute,
        qualifier: [...(plan.within ?? []), plan.name],
      }));
    case 'filter':
    case 'singleRow':
    case 'collectMetrics':
    case 'typedFilter':
    case 'deduplicate':
    case 'sort':
    case 'limit':
    case 'offset':
      return outputOf(plan.child);
  }
}

function joinOutput({ left, right, joinType }: Join): readonly Attribute[] {
  if (isLeftOnly(joinType)) return outputOf(left);
  return [
    ...sideOutput(outputOf(left), isLeftNullable(joinType)),
    ...sideOutput(outputOf(right), isRightNullable(joinType)),
  ];
}

function sideOutput(columns: readonly Attribute[], mayBeMissing: boolean): readonly Attribute[] {
  return mayBeMissing ? columns.map((column) => ({ ...column, nullable: true })) : columns;
}

/** The plans a plan reads, left to right. */
export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'scan':
    case 'localRelation':
    case 'range':
    case 'recursionInput':
      return [];
    case 'recursion':
      return [plan.anchor, plan.step];
    case 'union':
      return plan.children;
    case 'flatMapGroupsWithState':
    case 'transformWithState':
      return plan.initialState === undefined ? [plan.child] : [plan.child, plan.initialState];
    case 'join':
      return [plan.left, plan.right];
    default:
      return [plan.child];
  }
}

/** The same node over other inputs, given in the order of `inputsOf`. */
export function withInputs(plan: LogicalPlan, inputs: readonly LogicalPlan[]): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
    case 'localRelation':
    case 'range':
    case 'recursionInput':
      return plan;
    case 'recursion': {
      const [anchor = plan.anchor, step = plan.step] = inputs;
      return anchor === plan.anchor && step === plan.step ? plan : { ...plan, anchor, step };
    }
    case 'union':
      return inputs.every((input, i) => input === plan.children[i]) ? plan : { ...plan, children: inputs };
    case 'flatMapGroupsWithState':
    case 'transformWithState': {
      const [child = plan.child, initialState] = inputs;
      return child === plan.child && initialState === plan.initialState ? plan : { ...plan, child, initialState };
    }
    case 'join': {
      const [left = plan.left, right = plan.right] = inputs;
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    default: {
      const [child] = inputs;
      return child === undefined || child === plan.child ? plan : { ...plan, child };
    }
  }
}

/** Rebuilds a plan bottom-up, replacing each node by `rewrite(node)`. */
export function transformPlanUp(plan: LogicalPlan, rewrite: (node: LogicalPlan) => LogicalPlan): LogicalPlan {
  return rewrite(
    withInputs(
      plan,
      inputsOf(plan).map((input) => transformPlanUp(input, rewrite)),
    ),
  );
}

const STREAMING = new WeakMap<LogicalPlan, boolean>();

/** True when the plan reads an unbounded source. */
export function isStreaming(plan: LogicalPlan): boolean {
  const known = STREAMING.get(plan);
  if (known !== undefined) return known;
  const reads = (plan.kind === 'scan' && plan.relation.isStreaming) || inputsOf(plan).some(isStreaming);
  STREAMING.set(plan, reads);
  return reads;
}
