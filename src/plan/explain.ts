/** Plans as text, in the shape of Spark's explain: one line a node, children indented below. */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedGrouping, UnresolvedPlan } from './unresolved-plan.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { windowSpecText } from '../windows/window-spec.ts';
import { inputsOf } from './logical-plan.ts';
import { joinTypeText } from './join-type.ts';
import { unresolvedInputs } from './unresolved-plan.ts';
import { quoteName } from './resolve-names.ts';

/** A tree as text: `+- ` before the last child, `:- ` before the others. */
export function treeText<Node>(
  root: Node,
  line: (node: Node) => string,
  children: (node: Node) => readonly Node[],
): string {
  const lines: string[] = [];
  const visit = (node: Node, prefix: string, childPrefix: string): void => {
    lines.push(prefix + line(node));
    const below = children(node);
    below.forEach((child, i) => {
      const isLast = i === below.length - 1;
      visit(child, `${childPrefix}${isLast ? '+- ' : ':- '}`, `${childPrefix}${isLast ? '   ' : ':  '}`);
    });
  };
  visit(root, '', '');
  return lines.join('\n');
}

/** A resolved plan as text; attributes carry their ids, event-time columns their delay. */
export function logicalPlanText(plan: LogicalPlan): string {
  return treeText(plan, logicalLine, inputsOf);
}

/** A plan as the user wrote it. */
export function unresolvedPlanText(plan: UnresolvedPlan): string {
  return treeText(plan, unresolvedLine, unresolvedInputs);
}

function attributeText({ name, id, watermarkDelayMs }: Attribute): string {
  return `${name}#${id}${watermarkDelayMs === undefined ? '' : `-T${watermarkDelayMs}ms`}`;
}

function namedText(expression: NamedExpression): string {
  return expression.kind === 'attribute'
    ? attributeText(expression)
    : `${expressionSql(expression.child)} AS ${expression.name}#${expression.id}`;
}

function list(texts: readonly string[]): string {
  return `[${texts.join(', ')}]`;
}

function logicalLine(plan: LogicalPlan): string {
  switch (plan.kind) {
    case 'scan':
      return `${plan.relation.isStreaming ? 'StreamingRelation' : 'Relation'} ${plan.relation.description}, ${list(plan.output.map(attributeText))}`;
    case 'localRelation':
      return `LocalRelation ${list(plan.output.map(attributeText))}`;
    case 'range':
      return `Range (${plan.start}, ${plan.end}, step=${plan.step})`;
    case 'project':
      return `Project ${list(plan.expressions.map(namedText))}`;
    case 'filter':
      return `Filter ${expressionSql(plan.condition)}`;
    case 'timeWindow':
      return `TimeWindow ${expressionSql(plan.time)}, ${windowSpecText(plan.spec)} AS ${attributeText(plan.window)}`;
    case 'sessionWindow':
      return `SessionWindow ${expressionSql(plan.time)}, ${expressionSql(plan.gap)} AS ${attributeText(plan.window)}`;
    case 'generate':
      return `Generate ${plan.generator.functionName}(${plan.generator.arguments.map((argument) => expressionSql(argument)).join(', ')}), ${list(plan.passed.map(attributeText))}, ${plan.generator.isOuter}, ${list(plan.generated.map(attributeText))}`;
    case 'expand':
      return `Expand ${list(plan.projections.map((one) => list(one.map((part) => expressionSql(part)))))}, ${list(plan.output.map(attributeText))}`;
    case 'singleRow':
      return `SingleRow ${list(plan.keys.map(attributeText))}`;
    case 'recursion':
      return `Recursion ${list(plan.output.map(attributeText))}`;
    case 'recursionInput':
      return `RecursionInput ${list(plan.output.map(attributeText))}`;
    case 'window':
      return `Window ${list(plan.windowExpressions.map(namedText))}`;
    case 'aggregate':
      return `Aggregate ${list(plan.groupings.map(namedText))}, ${list(plan.aggregates.map(namedText))}`;
    case 'eventTimeWatermark':
      return `EventTimeWatermark ${attributeText(plan.eventTime)}, delay ${plan.delayMs} ms${plan.idleTimeoutMs === undefined ? '' : `, idle after ${plan.idleTimeoutMs} ms`}`;
    case 'deduplicate':
      return `${plan.withinWatermark ? 'DeduplicateWithinWatermark' : 'Deduplicate'} ${list(plan.keys.map(attributeText))}`;
    case 'union':
      return 'Union';
    case 'join':
      return `Join ${joinTypeText(plan.joinType)}${plan.condition === undefined ? '' : `, ${expressionSql(plan.condition)}`}`;
    case 'sort':
      return `Sort ${list(plan.order.map(({ child, direction }) => `${expressionSql(child)} ${direction === 'ascending' ? 'ASC' : 'DESC'}`))}`;
    case 'limit':
      return `GlobalLimit ${plan.limit}`;
    case 'offset':
      return `Offset ${plan.offset}`;
    case 'collectMetrics':
      return `CollectMetrics ${plan.name}, ${list(plan.metrics.map(namedText))}`;
    case 'subqueryAlias':
      return `SubqueryAlias ${plan.name}`;
    case 'typedFilter':
      return 'TypedFilter';
    case 'mapPartitions':
      return `MapPartitions ${plan.function.name}, ${list(plan.output.map(attributeText))}`;
    case 'appendKeys':
      return `AppendColumns ${list(plan.keys.map(attributeText))}`;
    case 'flatMapGroupsWithState': {
      const { outputMode, timeout } = plan.groups;
      return `FlatMapGroupsWithState ${list(plan.grouping.keys.map(namedText))}, ${list(plan.output.map(attributeText))}, ${outputMode}, ${timeout}`;
    }
    case 'transformWithState': {
      const { outputMode, timeMode } = plan.transform;
      return `TransformWithState ${list(plan.grouping.keys.map(namedText))}, ${list(plan.output.map(attributeText))}, ${outputMode}, ${timeMode}`;
    }
  }
}

function unresolvedLine(plan: UnresolvedPlan): string {
  switch (plan.kind) {
    case 'read':
      return `${plan.relation.isStreaming ? 'StreamingRelation' : 'Relation'} ${plan.relation.description}`;
    case 'localRelation':
      return `LocalRelation ${list(plan.schema.fields.map(({ name }) => name))}`;
    case 'range':
      return `Range (${plan.start}, ${plan.end}, step=${plan.step})`;
    case 'sqlTableCall':
      return `'UnresolvedTableValuedFunction [${plan.definition.name}], ${list(plan.arguments.map(unresolvedText))}`;
    case 'project':
      return `'Project ${list(plan.expressions.map(unresolvedText))}`;
    case 'filter':
      return `'Filter ${unresolvedText(plan.condition)}`;
    case 'aggregate':
      return `'Aggregate ${plan.groupType === 'groupBy' ? '' : `${plan.groupType} `}${list(plan.groupingExpressions.map(unresolvedText))}, ${list(plan.aggregateExpressions.map(unresolvedText))}`;
    case 'select':
      return `'Select ${plan.isDistinct ? 'DISTINCT ' : ''}${list(plan.selectList.map(unresolvedText))}${clausesText(plan)}`;
    case 'withColumns':
      return `'Project [*, ${plan.aliases.map(({ name, child }) => `${unresolvedText(child)} AS ${name}`).join(', ')}]`;
    case 'withColumnsRenamed':
      return `'Rename ${list([...plan.renames].map(([from, to]) => `${from} AS ${to}`))}`;
    case 'lateralView':
      return `'Generate ${unresolvedText(plan.generator)}, ${plan.isOuter}, ${plan.alias}, ${list(plan.columnNames)}`;
    case 'unpivot':
      return `'Unpivot ${list(plan.valueNames)}, ${plan.variableName}`;
    case 'recursion':
      return `'Recursion ${plan.name}`;
    case 'recursionInput':
      return `'RecursionInput ${plan.name}`;
    case 'drop':
      return `'Drop ${list(plan.columnNames)}`;
    case 'subqueryAlias':
      return `'SubqueryAlias ${plan.alias}`;
    case 'withWatermark':
      return `'EventTimeWatermark '${plan.eventTime}, ${plan.delayThreshold}`;
    case 'deduplicate':
      return `'${plan.withinWatermark ? 'DeduplicateWithinWatermark' : 'Deduplicate'} ${list(plan.columnNames ?? ['*'])}`;
    case 'union':
      return plan.byName ? "'UnionByName" : "'Union";
    case 'setOperation':
      return `'${plan.operation === 'intersect' ? 'Intersect' : 'Except'}${plan.isAll ? ' All' : ''}`;
    case 'sample':
      return `'Sample ${plan.fraction}, ${plan.withReplacement}, ${plan.seed}`;
    case 'observe':
      return `'CollectMetrics ${plan.name}, ${list(plan.metrics.map(unresolvedText))}`;
    case 'join':
      return `'Join ${joinTypeText(plan.joinType)}${joinText(plan)}`;
    case 'sort':
      return `'Sort ${list(plan.order.map(unresolvedText))}`;
    case 'limit':
      return `'GlobalLimit ${plan.limit}`;
    case 'offset':
      return `'Offset ${plan.offset}`;
    case 'typedFilter':
      return "'TypedFilter";
    case 'mapPartitions':
      return `'MapPartitions ${plan.function.name}`;
    case 'flatMapGroupsWithState':
      return `'FlatMapGroupsWithState ${groupingText(plan.grouping)}`;
    case 'transformWithState':
      return `'TransformWithState ${groupingText(plan.grouping)}`;
  }
}

function groupingText(grouping: UnresolvedGrouping): string {
  return grouping.kind === 'columns'
    ? list(grouping.expressions.map(unresolvedText))
    : `function ${list(grouping.function.key.schema.fields.map(({ name }) => name))}`;
}

function joinText({ joinCondition, usingColumns, isNatural }: UnresolvedPlan & { readonly kind: 'join' }): string {
  if (isNatural === true) return ', NATURAL';
  if (joinCondition !== undefined) return `, ${unresolvedText(joinCondition)}`;
  return usingColumns.length === 0 ? '' : `, USING ${list(usingColumns)}`;
}

function clausesText({ grouping, having, order }: UnresolvedPlan & { readonly kind: 'select' }): string {
  const listed = (clause: string, items: readonly UnresolvedExpression[] | 'all' | undefined): string =>
    items === undefined || items.length === 0
      ? ''
      : `, ${clause} ${items === 'all' ? 'ALL' : list(items.map(unresolvedText))}`;
  return `${listed('GROUP BY', grouping)}${listed('HAVING', having && [having])}${listed('ORDER BY', 'all' in order ? 'all' : order)}`;
}

/** An expression as the user wrote it, names marked with a quote. */
export function unresolvedText(expression: UnresolvedExpression): string {
  switch (expression.kind) {
    case 'literal':
      return expression.value === null ? 'NULL' : String(expression.value);
    case 'unresolvedAttribute':
      return `'${expression.nameParts.length === 1 ? expression.nameParts.join('.') : quoteName(expression.nameParts)}`;
    case 'unresolvedStar':
      return [...expression.target, '*'].join('.');
    case 'unresolvedFunction':
      return `'${expression.functionName}(${expression.isDistinct ? 'DISTINCT ' : ''}${expression.arguments.map(unresolvedText).join(', ')})`;
    case 'unresolvedExtractValue':
      return `${unresolvedText(expression.child)}[${unresolvedText(expression.extraction)}]`;
    case 'alias':
      return `${unresolvedText(expression.child)} AS ${expression.name}`;
    case 'multiAlias':
      return `${unresolvedText(expression.child)} AS (${expression.names.join(', ')})`;
    case 'cast':
      return `cast(${unresolvedText(expression.child)} as ${expression.toType.kind})`;
    case 'sortOrder':
      return `${unresolvedText(expression.child)} ${expression.direction === 'ascending' ? 'ASC' : 'DESC'}`;
    case 'namedArgument':
      return `${expression.key} => ${unresolvedText(expression.value)}`;
    case 'window':
      return `${unresolvedText(expression.windowFunction)} OVER (${[...expression.partitionSpec, ...expression.orderSpec].map(unresolvedText).join(', ')})`;
    case 'subquery':
      return `${expression.subqueryType}-subquery`;
    case 'lambdaFunction':
      return `lambda (${expression.argumentNames.join(', ')}) -> ${unresolvedText(expression.function)}`;
    case 'expressionString':
      return `'${expression.expression}`;
  }
}
