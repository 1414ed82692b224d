/**
 * Turns an optimized logical plan into operators: one exhaustive switch. Scans and stateful operators are numbered from 0 in the order
 * they are met, left to right, bottom up; the numbers name sources and state in the checkpoint.
 */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { Join, LogicalPlan } from '../plan/logical-plan.ts';
import type { SourceRelation } from '../plan/unresolved-plan.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { StateTable } from '../state/state-table.ts';
import type { OperatorStateOptions } from './operators/operator-state.ts';
import type { Operator } from './operators/operator.ts';
import { mapChildren, nextAttributeId, toAttribute } from '../expressions/expression.ts';
import { isStreamJoin } from '../plan/check-streaming-join.ts';
import { isStreaming } from '../plan/logical-plan.ts';
import { nodesOf } from '../plan/unsupported-operations.ts';
import { inputWatermarkMs } from '../plan/watermark-propagation.ts';
import { aggregateCallsOf, aggregateKey } from '../plan/resolve-aggregate.ts';
import { aggregate, aggregateStateSchema, eventTimeKey } from './operators/aggregate.ts';
import { asyncFilter, asyncProject, isAsync } from './operators/async-calls.ts';
import {
  sessionAggregate,
  sessionEvictionTimes,
  sessionKey,
  sessionStateSchema,
} from './operators/session-aggregate.ts';
import { sessionWindow } from './operators/session-window.ts';
import type { AggregateParts } from './operators/aggregate.ts';
import { collectMetrics } from './operators/collect-metrics.ts';
import { deduplicate, deduplicateStateSchema } from './operators/deduplicate.ts';
import { withBoundedInput, withEviction, withInputWatermark } from './operators/epoch-view.ts';
import { eventTimeWatermark } from './operators/event-time-watermark.ts';
import { expand } from './operators/expand.ts';
import { filterProject } from './operators/filter-project.ts';
import { filter } from './operators/filter.ts';
import { flatMapGroupsWithState, groupStateOptions } from './operators/flat-map-groups-with-state.ts';
import { eventTimesOfKeys } from './operators/late-rows.ts';
import { generate } from './operators/generate.ts';
import { limit } from './operators/limit.ts';
import { localRows, range } from './operators/local-rows.ts';
import { OperatorState } from './operators/operator-state.ts';
import { schemaOf } from './operators/operator.ts';
import { project } from './operators/project.ts';
import { recursion, recursionInput } from './operators/recursion.ts';
import { singleRow } from './operators/single-row.ts';
import { scan, tableScan } from './operators/scan.ts';
import { sort } from './operators/sort.ts';
import { spilling } from './operators/spilling-operator.ts';
import { STREAMING_LIMIT_STATE, streamingLimit } from './operators/streaming-limit.ts';
import { timeWindow } from './operators/time-window.ts';
import { appendKeys, mapPartitions, typedFilter } from './operators/typed-rows.ts';
import { transformWithState } from './operators/transform-with-state.ts';
import { union } from './operators/union.ts';
import { window } from './operators/window.ts';
import { ProcessorStores } from './stateful/processor-stores.ts';
import { planHashJoin, planStreamJoin } from './plan-join.ts';

/** A scan of the plan: which relation, which of its columns. */
export interface PlannedScan {
  readonly scanIndex: number;
  readonly relation: SourceRelation;
}

export interface PhysicalPlan {
  readonly root: Operator;
  /** What the query reads on, from batch to batch; all of it when the query is bounded. */
  readonly scans: readonly PlannedScan[];
  /** What a streaming query reads anew in each batch. Numbered after `scans`. */
  readonly tables: readonly PlannedScan[];
  /** The stores of all stateful operators. */
  readonly states: readonly OperatorState[];
  /** The same by operator, parents before what they read, as progress lists them. */
  readonly statesTopDown: readonly (readonly OperatorState[])[];
  /** The operator each of `states` belongs to. */
  readonly stateOwners: ReadonlyMap<OperatorState, Operator>;
  /** Delay in ms by watermark node. */
  readonly watermarkDelays: ReadonlyMap<number, number>;
  /** Idle timeout in ms by watermark node, of those that have one. */
  readonly idleTimeouts: ReadonlyMap<number, number>;
  /** Keys of stores that an earlier version of the query had and this one deletes. */
  readonly deletedStores: readonly string[];
  /** True when some state has to be looked at because the watermark of the query has moved between these values. */
  readonly waitsForWatermark: (fromMs: number, toMs: number) => boolean;
}

/** Plans a query; `outputMode` is that of a streaming one. */
export function planPhysical(plan: LogicalPlan, outputMode?: OutputMode): PhysicalPlan {
  const planner = new Planner(plan, outputMode);
  const root = planner.plan(plan);
  const { scans, tables, states, statesTopDown, stateOwners } = planner;
  const { watermarkDelays, idleTimeouts, deletedStores } = planner;
  const waitsForWatermark = (fromMs: number, toMs: number): boolean => planner.waitsForWatermark(fromMs, toMs);
  const state = { states, statesTopDown, stateOwners, deletedStores };
  return { root, scans, tables, ...state, watermarkDelays, idleTimeouts, waitsForWatermark };
}

type StoreOptions = Omit<OperatorStateOptions, 'operatorId' | 'isPersistent'>;

class Planner {
  readonly scans: PlannedScan[] = [];
  readonly tables: PlannedScan[] = [];
  readonly states: OperatorState[] = [];
  readonly stateOwners = new Map<OperatorState, Operator>();
  readonly watermarkDelays = new Map<number, number>();
  readonly idleTimeouts = new Map<number, number>();
  readonly deletedStores: string[] = [];
  readonly #outputMode: OutputMode | undefined;
  /** A place for each stateful node met, filled with its stores once it is planned. */
  readonly #places: OperatorState[][] = [];
  readonly #isStreaming: boolean;
  readonly #numStreams: number;
  /** The watermark of the input of each operator that drops state by it. */
  readonly #inputWatermarks: ((queryMs: number) => number)[] = [];
  #numOperators = 0;

  constructor(plan: LogicalPlan, outputMode: OutputMode | undefined) {
    this.#outputMode = outputMode;
    this.#isStreaming = isStreaming(plan);
    this.#numStreams = nodesOf(plan).filter((node) => node.kind === 'scan' && node.relation.isStreaming).length;
  }

  waitsForWatermark(fromMs: number, toMs: number): boolean {
    return this.#inputWatermarks.some((inputMs) => inputMs(toMs) > inputMs(fromMs));
  }

  get statesTopDown(): OperatorState[][] {
    return this.#places.filter((stores) => stores.length > 0);
  }

  plan(node: LogicalPlan): Operator {
    const operator = this.#inView(node, this.#planNode(node));
    // The states of its inputs have their owners already.
    for (const state of this.states) if (!this.stateOwners.has(state)) this.stateOwners.set(state, operator);
    return operator;
  }

  /** The operator with the epoch it is to see: bounded where it reads a table, with its own watermarks where it keeps state. */
  #inView(node: LogicalPlan, operator: Operator): Operator {
    if (this.#isStreaming && !isStreaming(node)) {
      const worksOnRows = operator.kind === 'leaf' || operator.distribution.kind === 'any';
      return worksOnRows ? operator : withBoundedInput(operator);
    }
    const own = this.states.filter((state) => !this.stateOwners.has(state));
    if (own.length === 0) return operator;
    const inputMs = (queryMs: number): number => inputWatermarkMs(node, queryMs);
    // An aggregation in complete mode keeps its table whole; what stands below it does not.
    const keepsAll = this.#outputMode === 'complete' && node.kind === 'aggregate';
    if (!keepsAll && own.some(({ noDataBatches }) => noDataBatches === 'watermark'))
      this.#inputWatermarks.push(inputMs);
    const viewed = withInputWatermark(spilling(operator, own), inputMs);
    return keepsAll ? viewed : withEviction(viewed);
  }

  #planNode(node: LogicalPlan): Operator {
    switch (node.kind) {
      case 'scan':
        return this.#scan(node);
      case 'localRelation':
        return localRows(node);
      case 'range':
        return range(node);
      case 'project':
        if (node.expressions.some(isAsync)) return asyncProject(this.plan(node.child), node.expressions);
        if (node.child.kind === 'filter' && !isAsync(node.child.condition))
          return filterProject(this.plan(node.child.child), node.child.condition, node.expressions);
        return project(this.plan(node.child), node.expressions);
      case 'filter':
        return isAsync(node.condition)
          ? asyncFilter(this.plan(node.child), node.condition)
          : filter(this.plan(node.child), node.condition);
      case 'timeWindow':
        return timeWindow(this.plan(node.child), node);
      case 'sessionWindow':
        return sessionWindow(this.plan(node.child), node);
      case 'generate':
        return generate(this.plan(node.child), node);
      case 'expand':
        return expand(this.plan(node.child), node);
      case 'singleRow':
        return singleRow(this.plan(node.child), node);
      case 'recursion':
        return recursion(this.plan(node.anchor), this.plan(node.step), node);
      case 'recursionInput':
        return recursionInput(node);
      case 'window':
        return window(this.plan(node.child), node);
      case 'eventTimeWatermark':
        this.watermarkDelays.set(node.nodeId, node.delayMs);
        if (node.idleTimeoutMs !== undefined) this.idleTimeouts.set(node.nodeId, node.idleTimeoutMs);
        return eventTimeWatermark(this.plan(node.child), node);
      case 'aggregate':
        return this.#aggregate(node);
      case 'deduplicate':
        return this.#deduplicate(node);
      case 'join':
        return this.#join(node);
      case 'union':
        return union(
          node.children.map((child) => this.plan(child)),
          node.output,
        );
      case 'sort':
        return sort(this.plan(node.child), node.order);
      case 'limit':
        return this.#limit(node);
      case 'offset':
        return limit(this.plan(node.child), { offset: node.offset, limit: Number.POSITIVE_INFINITY });
      case 'collectMetrics':
        return this.#collectMetrics(node);
      case 'subqueryAlias':
        return this.plan(node.child);
      case 'typedFilter':
        return typedFilter(this.plan(node.child), node);
      case 'mapPartitions':
        return mapPartitions(this.plan(node.child), node);
      case 'appendKeys':
        return appendKeys(this.plan(node.child), node);
      case 'flatMapGroupsWithState':
        return this.#groupsWithState(node);
      case 'transformWithState':
        return this.#transformWithState(node);
    }
  }

  #scan({ relation, output }: LogicalPlan & { readonly kind: 'scan' }): Operator {
    if (this.#isStreaming && !relation.isStreaming) {
      const tableIndex = this.#numStreams + this.tables.length;
      this.tables.push({ scanIndex: tableIndex, relation });
      return tableScan(tableIndex, output, relation.description);
    }
    const scanIndex = this.scans.length;
    this.scans.push({ scanIndex, relation });
    return scan(scanIndex, output, relation.description);
  }

  #limit(node: LogicalPlan & { readonly kind: 'limit' }): Operator {
    if (this.#outputMode !== 'append' || !isStreaming(node))
      return limit(this.plan(node.child), { offset: 0, limit: node.limit });
    const place = this.#takePlace();
    const input = this.plan(node.child);
    const options = {
      operatorName: 'globalLimit',
      schema: STREAMING_LIMIT_STATE,
      evictionTimes: undefined,
      noDataBatches: 'never' as const,
    };
    return streamingLimit(input, node.limit, this.#state(node, place, options));
  }

  #aggregate(node: LogicalPlan & { readonly kind: 'aggregate' }): Operator {
    const place = this.#takePlace();
    const input = this.plan(node.child);
    const parts = aggregateParts(node.groupings, node.aggregates);
    const timeKey = eventTimeKey(node.groupings);
    if (sessionKey(node.groupings) >= 0) {
      const options = {
        operatorName: 'sessionWindowStateStoreSaveExec',
        schema: sessionStateSchema(parts),
        evictionTimes: sessionEvictionTimes(node.groupings, timeKey),
      };
      return sessionAggregate(input, parts, this.#state(node, place, options));
    }
    const state = this.#state(node, place, {
      operatorName: 'stateStoreSave',
      schema: aggregateStateSchema(parts),
      evictionTimes: timeKey < 0 ? undefined : (table, slots) => eventTimesOfKeys(table, timeKey, slots),
    });
    return aggregate(input, parts, state);
  }

  #collectMetrics(node: LogicalPlan & { readonly kind: 'collectMetrics' }): Operator {
    const parts = aggregateParts([], node.metrics);
    const schema = aggregateStateSchema(parts);
    const options = { operatorId: 0, operatorName: 'collectMetrics', schema, evictionTimes: undefined };
    const state = new OperatorState({ ...options, isPersistent: false });
    return collectMetrics(this.plan(node.child), node.name, parts, state);
  }

  #deduplicate(node: LogicalPlan & { readonly kind: 'deduplicate' }): Operator {
    const place = this.#takePlace();
    const input = this.plan(node.child);
    const timeKey = eventTimeKey(node.keys);
    const byExpiry = (table: StateTable, slots: Int32Array): BigInt64Array =>
      BigInt64Array.from(slots, (slot) => (table.values[0]?.get(slot) ?? 0n) as bigint);
    const byKey = (table: StateTable, slots: Int32Array): BigInt64Array => eventTimesOfKeys(table, timeKey, slots);
    const state = this.#state(node, place, {
      operatorName: node.withinWatermark ? 'dedupeWithinWatermark' : 'dedupe',
      schema: deduplicateStateSchema(node),
      evictionTimes: node.withinWatermark ? byExpiry : timeKey < 0 ? undefined : byKey,
    });
    return deduplicate(input, node, state);
  }

  #groupsWithState(node: LogicalPlan & { readonly kind: 'flatMapGroupsWithState' }): Operator {
    const place = this.#takePlace();
    const input = this.plan(node.child);
    const initial = node.initialState === undefined ? undefined : this.plan(node.initialState);
    const options = { operatorName: 'flatMapGroupsWithState', ...groupStateOptions(node) };
    return flatMapGroupsWithState(input, initial, node, this.#state(node, place, options));
  }

  #transformWithState(node: LogicalPlan & { readonly kind: 'transformWithState' }): Operator {
    const place = this.#takePlace();
    const input = this.plan(node.child);
    const initial = node.initialState === undefined ? undefined : this.plan(node.initialState);
    const operatorId = isStreaming(node) ? this.#numOperators++ : 0;
    const keys = schemaOf(node.grouping.keys.map(toAttribute));
    const stores = new ProcessorStores(keys, node.transform, (options) =>
      this.#store(node, { ...options, place, operatorId }),
    );
    this.deletedStores.push(...stores.deletedStores.map((name) => `${operatorId}/${name}`));
    return transformWithState(input, initial, node, stores);
  }

  #join(node: Join): Operator {
    if (!isStreamJoin(node)) return planHashJoin(node, this.plan(node.left), this.plan(node.right));
    const place = this.#takePlace();
    const left = this.plan(node.left);
    const right = this.plan(node.right);
    const operatorId = this.#numOperators++;
    return planStreamJoin(node, left, right, (options) => this.#store(node, { ...options, place, operatorId }));
  }

  #takePlace(): number {
    return this.#places.push([]) - 1;
  }

  /** The one store of an operator. */
  #state(node: LogicalPlan, place: number, options: StoreOptions): OperatorState {
    const operatorId = isStreaming(node) ? this.#numOperators++ : 0;
    return this.#store(node, { ...options, place, operatorId });
  }

  #store(
    node: LogicalPlan,
    options: StoreOptions & { readonly place: number; readonly operatorId: number },
  ): OperatorState {
    const isPersistent = isStreaming(node);
    const state = new OperatorState({ ...options, isPersistent });
    if (isPersistent) {
      this.states.push(state);
      this.#places[options.place]?.push(state);
    }
    return state;
  }
}

/** Splits a select list into the aggregate calls and what is computed of their results. */
function aggregateParts(groupings: readonly NamedExpression[], aggregates: readonly NamedExpression[]): AggregateParts {
  const calls = aggregateCallsOf(aggregates);
  const callOutput = calls.map((call): Attribute => {
    const { functionName: name, dataType, nullable } = call;
    return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable };
  });
  const byCall = new Map(calls.map((call, i) => [aggregateKey(call), callOutput[i] as Attribute]));
  const results = aggregates.map((expression) => replaceCalls(expression, byCall));
  return { groupings, calls, callOutput, results };
}

/** The select list of an aggregation with its calls replaced by the attributes that hold their results. */
function replaceCalls(expression: NamedExpression, byCall: ReadonlyMap<string, Attribute>): NamedExpression {
  const replace = (node: Expression): Expression => {
    const found = node.kind === 'aggregate' ? byCall.get(aggregateKey(node)) : undefined;
    return found ?? mapChildren(node, replace);
  };
  return expression.kind === 'attribute'
    ? toAttribute(expression)
    : { ...expression, child: replace(expression.child) };
}
