/**
 * What a stream cannot do: checks a resolved plan against the output mode before the query starts, and refuses with Spark's conditions.
 */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { StructType } from '../types/data-type.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { toAttribute, walk } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { repeatedName } from '../types/schema.ts';
import { checkGroupedFunction } from './check-grouped-functions.ts';
import { unsupported } from './unsupported.ts';
import { checkJoinKeys, checkStreamingJoin, isStreamJoin } from './check-streaming-join.ts';
import { isEventTime } from './join-watermarks.ts';
import { inputsOf, isStreaming, outputOf } from './logical-plan.ts';
import { aggregateCallsOf } from './resolve-aggregate.ts';
import { quoteName } from './resolve-names.ts';

type OutputMode = 'append' | 'update' | 'complete';

/**
 * Throws when an analyzed streaming plan cannot run in this output mode: Spark's checks in Spark's order. Without `refusesLateChains` what
 * may lose rows between stateful operators is let through.
 */
export function checkStreamingPlan(
  plan: LogicalPlan,
  outputMode: OutputMode,
  { refusesLateChains = true }: { readonly refusesLateChains?: boolean } = {},
): void {
  const nodes = nodesOf(plan);
  checkOutputMode(nodes.find(isStreamingAggregate), outputMode);
  for (const node of nodesUp(plan)) {
    if (isStreaming(node)) checkNode(node, plan, outputMode);
    checkExpressions(node);
  }
  if (refusesLateChains) checkStatefulChain(nodes, outputMode);
}

/** Throws for what Spark notices in an optimized plan, when it plans its first batches. */
export function checkPlannedStream(plan: LogicalPlan, outputMode: OutputMode): void {
  checkScans(plan);
  for (const node of nodesOf(plan)) {
    if (!isStreaming(node)) continue;
    if (node.kind === 'join') checkJoinKeys(node);
    if (node.kind === 'aggregate') checkPlannedAggregate(node, outputMode);
    else if (isStateful(node)) checkEventTimes(inputsOf(node).map(outputOf));
    if (node.kind === 'deduplicate') checkEventTimes([node.keys]);
    if (node.kind === 'eventTimeWatermark' && nodesOf(node.child).some(({ kind }) => kind === 'eventTimeWatermark'))
      throw new MillraceError('_LEGACY_ERROR_TEMP_3076', {}, { hint: 'Call withWatermark once on each stream.' });
  }
}

/** One event time decides what is late and what is dropped. */
function checkEventTimes(inputs: readonly (readonly NamedExpression[])[]): void {
  for (const columns of inputs) {
    // The same column under two names is one.
    const idOf = (column: NamedExpression): number =>
      column.kind === 'alias' && column.child.kind === 'attribute' ? column.child.id : column.id;
    const times = new Map(columns.filter(isEventTime).map((column) => [idOf(column), column]));
    if (times.size <= 1) continue;
    const eventTimeCols = [...times.values()].map(({ name, watermarkDelayMs }) => `${name}-T${watermarkDelayMs}ms`);
    throw new MillraceError(
      'MULTIPLE_EVENT_TIME_COLUMNS',
      { eventTimeCols: `(${eventTimeCols.join(',')})` },
      { hint: 'Keep one of them: leave the others out with select or drop before this operation.' },
    );
  }
}

/** Throws when a batch action is asked of a plan that reads a stream. */
export function checkBatchPlan(plan: LogicalPlan): void {
  if (!isStreaming(plan)) {
    if (nodesOf(plan).some((node) => node.kind === 'deduplicate' && node.withinWatermark))
      throw unsupported(
        'dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets',
        'Use dropDuplicates on a table.',
      );
    checkScans(plan);
    return;
  }
  throw unsupported(
    'Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow definition within a Spark Declarative Pipeline.',
    'Write writeStream…start() instead of the action; session.read instead of session.readStream reads what is there now.',
  );
}

/** All nodes of a plan, parents first. */
export function nodesOf(plan: LogicalPlan): LogicalPlan[] {
  const nodes: LogicalPlan[] = [];
  const visit = (node: LogicalPlan): void => {
    nodes.push(node);
    inputsOf(node).forEach(visit);
  };
  visit(plan);
  return nodes;
}

/** All nodes of a plan, inputs first. */
function nodesUp(plan: LogicalPlan): LogicalPlan[] {
  const nodes: LogicalPlan[] = [];
  const visit = (node: LogicalPlan): void => {
    inputsOf(node).forEach(visit);
    nodes.push(node);
  };
  visit(plan);
  return nodes;
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
          'Use a column of the source that tells rows apart, or uuid().',
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
  const repeated = repeatedName(schema.fields.map(({ name }) => name));
  if (repeated !== undefined) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: `\`${repeated}\`` });
}

/** What the top-most aggregation of a stream says to the output mode. */
function checkOutputMode(aggregate: Aggregate | undefined, outputMode: OutputMode): void {
  const refused = (operation: string, hint: string): MillraceError =>
    new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', { outputMode, operation }, { hint });
  if (aggregate === undefined) {
    if (outputMode === 'complete')
      throw refused('no streaming aggregations', 'Use outputMode("append"), or aggregate with groupBy.');
    return;
  }
  if (outputMode === 'append' && !aggregate.groupings.some(isEventTime)) {
    throw refused(
      'streaming aggregations without watermark',
      'Group by a window of the event-time column and call withWatermark on that column before groupBy, or use outputMode("update").',
    );
  }
  if (outputMode === 'update' && aggregate.groupings.some(({ isSession }) => isSession === true))
    throw refused(
      'session window streaming aggregations',
      'Use outputMode("append") with withWatermark on the event-time column, or outputMode("complete").',
    );
}

function checkNode(node: LogicalPlan, plan: LogicalPlan, outputMode: OutputMode): void {
  switch (node.kind) {
    case 'aggregate':
      if (aggregateCallsOf(node.aggregates).some((call) => call.isDistinct))
        throw unsupported(
          'Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.',
          'Use approx_count_distinct, size(collect_set(…)), or dropDuplicates before groupBy.',
        );
      return;
    case 'sort':
      if (outputMode === 'complete' && nodesOf(node).some(isStreamingAggregate)) return;
      throw unsupported(
        'Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode',
        'Sort each batch in foreachBatch, or sort an aggregation with outputMode("complete").',
      );
    case 'limit':
      if (outputMode === 'update')
        throw unsupported(
          'Limits are not supported on streaming DataFrames/Datasets in Update output mode',
          'Use outputMode("append"), or limit each batch in foreachBatch.',
        );
      return;
    case 'offset':
      throw unsupported(
        'Offset is not supported on streaming DataFrames/Datasets',
        'Leave rows out with a filter, or take the offset of each batch in foreachBatch.',
      );
    case 'union':
      if (node.children.every(isStreaming)) return;
      throw unsupported(
        'Union between streaming and batch DataFrames/Datasets is not supported',
        'Read the table as a stream too, with session.readStream.',
      );
    case 'filter':
      if (node.isSample === true) {
        throw unsupported(
          'Sampling is not supported on streaming DataFrames/Datasets',
          'Filter by a hash of a key, as where("pmod(hash(key), 10) = 0").',
        );
      }
      return;
    case 'join':
      checkStreamingJoin(node, outputMode);
      return;
    case 'window':
      throw windowFunctions(node);
    case 'deduplicate':
      if (!node.withinWatermark || outputOf(node.child).some(isEventTime)) return;
      throw unsupported(
        'dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark',
        'Call withWatermark before it and keep the event-time column.',
      );
    case 'flatMapGroupsWithState':
    case 'transformWithState':
      checkGroupedFunction(node, plan, outputMode);
      return;
    default:
  }
}

function windowFunctions({ windowExpressions }: LogicalPlan & { readonly kind: 'window' }): MillraceError {
  const calls = windowExpressions.flatMap((one) => (one.kind === 'alias' && one.child.kind === 'window' ? [one] : []));
  const texts = calls.map(({ child }) => expressionSql(child).toUpperCase());
  const columnName = calls.map(({ name }) => quoteName([name])).join(',');
  const windowFunc = texts.map((text) => text.slice(0, text.indexOf(' OVER ('))).join(',');
  const windowSpec = texts.map((text) => text.slice(text.indexOf(' OVER (') + 6)).join(',');
  return new MillraceError(
    'NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING',
    { windowFunc, columnName, windowSpec },
    {
      hint: 'Group by window(time, …) or by keys, use transformWithState, or rank the rows of each batch in foreachBatch.',
    },
  );
}

function checkPlannedAggregate(node: Aggregate, outputMode: OutputMode): void {
  const { groupings } = node;
  if (outputMode === 'append' && !groupings.some(isEventTime))
    throw new MillraceError(
      'UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK',
      { outputMode, statefulOperator: 'aggregations' },
      {
        hint: 'Group every aggregation by a window of the event time; of a window by window_time or window(window, …).',
      },
    );
  if (outputMode !== 'complete') checkEventTimes([groupings]);
  if (groupings.length === 1 && groupings[0]?.isSession === true)
    throw new MillraceError('_LEGACY_ERROR_TEMP_3068', {}, { hint: 'Group by another column beside session_window.' });
}

const LATE_CHAIN =
  "Detected pattern of possible 'correctness' issue due to global watermark. The query contains stateful operation which can emit rows " +
  'older than the current watermark plus allowed late record delay, which are "late rows" in downstream stateful operations and these ' +
  'rows can be discarded. Please refer the programming guide doc for more details. If you understand the possible risk of correctness ' +
  'issue and still need to run the query, you can disable this check by setting the config ' +
  '`spark.sql.streaming.statefulOperator.checkCorrectness.enabled` to false.';

/** Rows older than the watermark may come out of an aggregation beyond append mode, and of timeouts: no stateful operator may take them. */
function checkStatefulChain(nodes: readonly LogicalPlan[], outputMode: OutputMode): void {
  const emitsLateRows = (node: LogicalPlan): boolean => {
    if (isStreamingAggregate(node)) return outputMode !== 'append';
    return node.kind === 'flatMapGroupsWithState' && isStreaming(node) && node.groups.timeout === 'EventTimeTimeout';
  };
  for (const node of nodes.filter(takesLateRows))
    if (nodesOf(node).some((below) => below !== node && emitsLateRows(below)))
      throw unsupported(
        LATE_CHAIN,
        'Use outputMode("append") with a watermark for the operation below, or let a second query read the rows of the first.',
      );
}

/** True for a node that drops late rows, and state by the watermark. */
function takesLateRows(node: LogicalPlan): boolean {
  if (node.kind === 'deduplicate') return isStreaming(node) && (node.withinWatermark || node.keys.some(isEventTime));
  return isStateful(node);
}

type Aggregate = LogicalPlan & { readonly kind: 'aggregate' };

/** DISTINCT, which Spark computes as an aggregation, is none to its checks. */
function isStreamingAggregate(node: LogicalPlan): node is Aggregate {
  return node.kind === 'aggregate' && node.isDistinct !== true && isStreaming(node);
}

const STATEFUL: ReadonlySet<LogicalPlan['kind']> = new Set([
  'aggregate',
  'deduplicate',
  'flatMapGroupsWithState',
  'transformWithState',
]);

/** True for a node that keeps rows from batch to batch. */
function isStateful(node: LogicalPlan): boolean {
  if (node.kind === 'join') return isStreamJoin(node);
  return STATEFUL.has(node.kind) && isStreaming(node);
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
