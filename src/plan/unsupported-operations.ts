/**
 * What a stream cannot do: checks a resolved plan against the output mode before the query starts, and refuses with Spark's conditions.
 */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { StructType } from '../types/data-type.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { checkJoinKeys, checkStreamingJoin, isStreamJoin } from './check-streaming-join.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { isEventTime } from './join-watermarks.ts';
import { toAttribute, walk } from '../expressions/expression.ts';
import { checkGroupedFunctions } from './check-grouped-functions.ts';
import { inputsOf, isStreaming, outputOf } from './logical-plan.ts';
import { aggregateCallsOf } from './resolve-aggregate.ts';

type OutputMode = 'append' | 'update' | 'complete';

/** Throws when a streaming plan cannot run in this output mode. */
export function checkStreamingPlan(plan: LogicalPlan, outputMode: OutputMode): void {
  const aggregates = nodesOf(plan).filter((node) => node.kind === 'aggregate' && isStreaming(node));
  if (outputMode === 'complete' && aggregates.length === 0) {
    throw new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', {
      outputMode,
      operation: 'no streaming aggregations',
    });
  }
  checkGroupedFunctions(plan, outputMode);
  checkStatefulChain(plan, outputMode);
  checkScans(plan);
  for (const node of nodesOf(plan)) if (isStreaming(node)) checkNode(node, outputMode);
  nodesOf(plan).forEach(checkExpressions);
  for (const node of nodesOf(plan)) if (isStateful(node) && node.kind !== 'aggregate') checkEventTimes(node);
}

/** One event time decides what is late and what is dropped; Spark notices a second one when it plans its first batch. Not for aggregations. */
function checkEventTimes(node: LogicalPlan): void {
  for (const columns of inputsOf(node).map(outputOf)) {
    const times = new Map(columns.filter(isEventTime).map((column) => [column.id, column]));
    if (times.size <= 1) continue;
    const eventTimeCols = [...times.values()].map(({ name, watermarkDelayMs }) => `${name}-T${watermarkDelayMs}ms`);
    throw new MillraceError(
      'MULTIPLE_EVENT_TIME_COLUMNS',
      { eventTimeCols: `(${eventTimeCols.join(',')})` },
      { hint: 'Keep one of them: leave the others out with select or drop before this operation.' },
    );
  }
}

/** Throws when a join of a resolved plan cannot run on a stream; before the optimizer, which may make another type of it. */
export function checkStreamingJoins(plan: LogicalPlan, outputMode: OutputMode): void {
  for (const node of nodesOf(plan)) if (node.kind === 'join' && isStreaming(node)) checkStreamingJoin(node, outputMode);
}

/** Throws when a batch action is asked of a plan that reads a stream. */
export function checkBatchPlan(plan: LogicalPlan): void {
  if (!isStreaming(plan)) {
    if (nodesOf(plan).some((node) => node.kind === 'deduplicate' && node.withinWatermark))
      throw unsupported('dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets');
    checkScans(plan);
    return;
  }
  throw unsupported(
    'Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow definition within a Spark Declarative Pipeline.',
  );
}

/** All nodes of a plan, parents first. */
export function nodesOf(plan: LogicalPlan): LogicalPlan[] {
  return [plan, ...inputsOf(plan).flatMap(nodesOf)];
}

function unsupported(msg: string): MillraceError {
  return new MillraceError('_LEGACY_ERROR_TEMP_3102', { msg });
}

/** Refuses ids that count the rows of one run: a stream has no first row. */
function checkExpressions(node: LogicalPlan): void {
  const expressions =
    node.kind === 'project'
      ? node.expressions
      : node.kind === 'aggregate'
        ? [...node.groupings, ...node.aggregates]
        : node.kind === 'filter'
          ? [node.condition]
          : [];
  for (const expression of expressions) {
    walk(expression, (part) => {
      if (part.kind === 'call' && part.functionName === 'monotonically_increasing_id')
        throw unsupported(
          'Expression(s): monotonically_increasing_id() is not supported with streaming DataFrames/Datasets',
        );
    });
  }
}

/** Refuses relations whose columns cannot be told apart, and files of which only the column for malformed records is read. */
function checkScans(plan: LogicalPlan): void {
  for (const node of nodesOf(plan)) {
    if (node.kind !== 'scan') continue;
    const { schema, format, options } = node.relation;
    checkColumnNames(schema);
    const corruptColumn = options.get('columnnameofcorruptrecord') ?? '_corrupt_record';
    const [first, ...others] = node.output;
    if (['json', 'csv'].includes(format) && first?.name === corruptColumn && others.length === 0)
      throw new MillraceError('UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN', {});
  }
}

function checkColumnNames(schema: StructType): void {
  const names = schema.fields.map((field) => field.name.toLowerCase());
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: `\`${repeated}\`` });
}

function checkNode(node: LogicalPlan, outputMode: OutputMode): void {
  switch (node.kind) {
    case 'aggregate':
      checkAggregate(node, outputMode);
      return;
    case 'sort':
      if (outputMode === 'complete' && hasAggregateBelow(node)) return;
      throw unsupported(
        'Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode',
      );
    case 'limit':
      if (outputMode === 'update')
        throw unsupported('Limits are not supported on streaming DataFrames/Datasets in Update output mode');
      return;
    case 'offset':
      throw unsupported('Offset is not supported on streaming DataFrames/Datasets');
    case 'union':
      if (node.children.some((child) => !isStreaming(child))) {
        throw unsupported('Union between streaming and batch DataFrames/Datasets is not supported');
      }
      return;
    case 'filter':
      if (node.isSample === true) throw unsupported('Sampling is not supported on streaming DataFrames/Datasets');
      return;
    case 'join':
      checkJoinKeys(node);
      return;
    case 'deduplicate':
      checkDeduplicate(node);
      return;
    case 'eventTimeWatermark':
      if (nodesOf(node.child).some(({ kind }) => kind === 'eventTimeWatermark'))
        throw new MillraceError('_LEGACY_ERROR_TEMP_3076', {});
      return;
    default:
  }
}

function checkAggregate(node: LogicalPlan & { readonly kind: 'aggregate' }, outputMode: OutputMode): void {
  if (aggregateCallsOf(node.aggregates).some((call) => call.isDistinct)) {
    throw unsupported(
      'Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.',
    );
  }
  const isSession = node.groupings.some((grouping) => grouping.isSession === true);
  if (isSession && outputMode === 'update') {
    throw new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', {
      outputMode,
      operation: 'session window streaming aggregations',
    });
  }
  const hasWatermark = node.groupings.some((grouping) => grouping.watermarkDelayMs !== undefined);
  if (outputMode === 'append' && !hasWatermark) {
    throw new MillraceError(
      'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
      { outputMode, operation: 'streaming aggregations without watermark' },
      {
        hint: 'Group by a window of the event-time column and call withWatermark on that column before groupBy, or use outputMode("update").',
      },
    );
  }
  const timeKeys = node.groupings.filter((grouping) => grouping.watermarkDelayMs !== undefined);
  if (timeKeys.length > 1 && outputMode !== 'complete') throw multipleEventTimes(timeKeys);
  if (isSession && node.groupings.length === 1) throw new MillraceError('_LEGACY_ERROR_TEMP_3068', {});
}

/** Spark takes one event-time column per operator, and cannot say which of several it is to be. */
function multipleEventTimes(columns: readonly NamedExpression[]): MillraceError {
  const eventTimeCols = columns
    .map(({ name, id, watermarkDelayMs }) => `${name}#${id}-T${watermarkDelayMs}ms`)
    .join(',');
  return new MillraceError(
    'MULTIPLE_EVENT_TIME_COLUMNS',
    { eventTimeCols: `(${eventTimeCols})` },
    { hint: 'Group by one of them only, or cast the other to another type.' },
  );
}

function checkDeduplicate(node: LogicalPlan & { readonly kind: 'deduplicate' }): void {
  const timeKeys = node.keys.filter((key) => key.watermarkDelayMs !== undefined);
  if (timeKeys.length > 1) throw multipleEventTimes(timeKeys);
  const hasWatermark = outputOf(node.child).some((column) => column.watermarkDelayMs !== undefined);
  if (node.withinWatermark && !hasWatermark) {
    throw unsupported(
      'dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark',
    );
  }
}

const STATEFUL: ReadonlySet<LogicalPlan['kind']> = new Set([
  'aggregate',
  'deduplicate',
  'flatMapGroupsWithState',
  'transformWithState',
]);
/** Nodes whose rows are new rows, whatever the output mode. */
const PUTS_OUT_NEW_ROWS: ReadonlySet<LogicalPlan['kind']> = new Set(['deduplicate', 'join']);

/** What an aggregation puts out in update and complete mode is no stream of new rows: no other stateful operator may take it. */
function checkStatefulChain(plan: LogicalPlan, outputMode: OutputMode): void {
  const stateful = nodesOf(plan).filter(isStateful);
  const chained = stateful.some((node) =>
    stateful.some((other) => other !== node && !PUTS_OUT_NEW_ROWS.has(other.kind) && nodesOf(node).includes(other)),
  );
  if (chained && outputMode !== 'append') {
    throw unsupported(
      "Detected pattern of possible 'correctness' issue due to global watermark. The query contains stateful operation which can emit rows " +
        'older than the current watermark plus allowed late record delay, which are "late rows" in downstream stateful operations and these ' +
        'rows can be discarded. Please refer the programming guide doc for more details.',
    );
  }
}

/** True for a node that keeps rows from batch to batch. */
function isStateful(node: LogicalPlan): boolean {
  if (node.kind === 'join') return isStreamJoin(node);
  return STATEFUL.has(node.kind) && isStreaming(node);
}

function hasAggregateBelow(plan: LogicalPlan): boolean {
  return nodesOf(plan).some((node) => node.kind === 'aggregate');
}

/**
 * The names of the columns that identify a row of the result in update mode: the grouping columns that are still in the output. Empty
 * when the query does not aggregate, or when a grouping column was dropped.
 */
export function keyColumnsOf(plan: LogicalPlan): readonly string[] {
  const keys = keyAttributes(plan);
  return keys.map(({ name }) => name);
}

function keyAttributes(plan: LogicalPlan): readonly Attribute[] {
  switch (plan.kind) {
    case 'aggregate': {
      const groupings = plan.groupings.map(toAttribute);
      const output = outputOf(plan);
      const kept = groupings.flatMap(({ id }) => output.filter((column) => column.id === id).slice(0, 1));
      return kept.length === groupings.length ? kept : [];
    }
    case 'project': {
      const below = keyAttributes(plan.child);
      const kept = below.flatMap(({ id }) => renamed(id, plan.expressions));
      return kept.length === below.length ? kept : [];
    }
    case 'filter':
    case 'typedFilter':
    case 'sort':
    case 'limit':
    case 'offset':
    case 'eventTimeWatermark':
    case 'subqueryAlias':
    case 'timeWindow':
    case 'sessionWindow':
    case 'collectMetrics':
      return keyAttributes(plan.child);
    default:
      return [];
  }
}

/** The output attribute that carries the column with this id unchanged. */
function renamed(id: number, expressions: readonly NamedExpression[]): Attribute[] {
  const found = expressions.find((expression) =>
    expression.kind === 'attribute'
      ? expression.id === id
      : expression.child.kind === 'attribute' && expression.child.id === id,
  );
  return found === undefined ? [] : [toAttribute(found)];
}
