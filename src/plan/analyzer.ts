/**
 * Resolves a plan: every name becomes an attribute, every function a typed call; what does not exist or does not fit is refused here with
 * Spark's error conditions. What a stream cannot do is checked afterwards, by unsupported-operations.ts.
 */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { AggregateLookup, AnalyzerContext, NameLookup } from './analyzer-context.ts';
import type { StructType } from '../types/data-type.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { GroupResolver } from './resolve-grouped.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, referencesOf, walk } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { DOUBLE, LONG, sqlName } from '../types/data-type.ts';
import { parseInterval } from '../types/interval.ts';
import { isStreaming, outputOf } from './logical-plan.ts';
import { resolveAggregate } from './resolve-aggregate.ts';
import { aliasOf } from './alias.ts';
import { containsAggregate, resolveExpression, resolveSelectList, resolveSortOrder } from './resolve-expressions.ts';
import { extractWindowCalls, refuseWindowCalls } from './extract-window-calls.ts';
import { resolveJoin } from './resolve-join.ts';
import {
  attributesNamed,
  findColumn,
  parseNameParts,
  quoteName,
  resolveColumn,
  unresolvedColumn,
} from './resolve-names.ts';
import { mentionsMetadata, metadataOf, withHiddenMetadata, withoutHiddenMetadata } from './metadata-column.ts';
import { resolveObserve } from './resolve-observe.ts';
import { resolveGroupsWithState, resolveMapPartitions, resolveTransformWithState } from './resolve-grouped.ts';
import { checkDrawn, checkedCondition } from './check-drawn.ts';
import { checkMapColumns } from './check-map-columns.ts';
import { distinctRows } from './distinct-rows.ts';
import { checkCondition, resolveSelect } from './resolve-select.ts';
import { resolveSetOperation } from './resolve-set-operation.ts';
import { recursionInput, resolveRecursion } from './resolve-recursion.ts';
import { resolveUnion } from './resolve-union.ts';
import { sqlTableCall } from './resolve-sql-function.ts';
import { resolveUnpivot } from './resolve-unpivot.ts';
import { WindowCalls } from './resolve-window.ts';
import { readsAggregates } from './generator-over-aggregates.ts';
import { GeneratorCalls, generatedColumns, generatorCall } from './resolve-generator.ts';

type Unresolved<Kind extends UnresolvedPlan['kind']> = UnresolvedPlan & { readonly kind: Kind };

/** What the analyzers of a query and of those inside it share. */
interface Shared {
  numWatermarks: number;
  /** How many calls draw values. */
  numDraws: number;
  /** What is observed under a name. */
  readonly observed: Map<string, UnresolvedPlan>;
  /** The columns of the recursions around, by their markers. */
  readonly recursions: Map<object, StructType>;
  /** Scans put out the column of files; decided by the whole query. */
  readsMetadata?: boolean;
}

/** Resolves plans of one query. Watermark nodes are numbered in the order they are met. */
export class Analyzer {
  readonly #context: AnalyzerContext;
  readonly #shared: Shared;

  constructor(
    context: AnalyzerContext,
    shared: Shared = { numWatermarks: 0, numDraws: 0, observed: new Map(), recursions: new Map() },
  ) {
    this.#shared = shared;
    const nextDraw = (): number => (shared.numDraws += 1);
    const analyzeSubquery: AnalyzerContext['analyzeSubquery'] = (plan, outer, ofGroups) =>
      this.#within(outer, ofGroups).analyze(plan);
    this.#context = { ...context, analyzeSubquery, nextDraw };
  }

  /** The analyzer of a query inside this one. */
  #within(outer: NameLookup, ofGroups?: AggregateLookup): Analyzer {
    return new Analyzer({ ...this.#context, outer, ofGroups, leftColumns: undefined, isLateral: false }, this.#shared);
  }

  /** The resolved plan. A relation used twice is resolved anew each time, with attributes of its own. */
  analyze(plan: UnresolvedPlan): LogicalPlan {
    this.#shared.readsMetadata ??= mentionsMetadata(plan);
    return withoutHiddenMetadata(this.#resolve(plan));
  }

  /** As analyze, with the hidden column of files where it can be named above. */
  #resolve(plan: UnresolvedPlan): LogicalPlan {
    switch (plan.kind) {
      case 'read': {
        const metadata = this.#shared.readsMetadata === true ? metadataOf(plan.relation) : [];
        const output = [...attributesOf(plan.relation.schema), ...metadata];
        return { kind: 'scan', relation: plan.relation, output };
      }
      case 'localRelation':
        return { ...plan, output: attributesOf(plan.schema) };
      case 'range':
        if (plan.step === 0n) throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: '`range`' });
        return { ...plan, output: [attribute('id', LONG, false)] };
      case 'sqlTableCall':
        return this.#sqlTableCall(plan);
      case 'project':
        return this.#project(plan);
      case 'filter':
        return this.#filter(plan);
      case 'aggregate':
        return resolveAggregate(plan, this.#resolve(plan.input), this.#context);
      case 'withColumns':
        return this.#withColumns(plan);
      case 'withColumnsRenamed':
        return this.#withColumnsRenamed(plan);
      case 'lateralView':
        return this.#lateralView(plan);
      case 'unpivot':
        return resolveUnpivot(plan, this.analyze(plan.input), this.#context);
      case 'recursion':
        return resolveRecursion(plan, this.#shared.recursions, (input) => this.analyze(input), this.#context);
      case 'recursionInput':
        return recursionInput(plan, this.#shared.recursions);
      case 'drop':
        return this.#drop(plan);
      case 'select':
        return resolveSelect(plan, this.#resolve(plan.input), this.#context);
      case 'subqueryAlias':
        return subqueryAlias(plan, this.#resolve(plan.input));
      case 'withWatermark':
        return this.#withWatermark(plan);
      case 'deduplicate':
        return this.#deduplicate(plan);
      case 'union':
        return resolveUnion(plan, this.analyze(plan.left), this.analyze(plan.right), this.#context);
      case 'setOperation':
        return resolveSetOperation(plan, this.analyze(plan.left), this.analyze(plan.right), this.#context);
      case 'sample':
        return this.#sample(plan);
      case 'observe':
        return this.#observe(plan);
      case 'join':
        return this.#join(plan);
      case 'sort':
        return this.#sort(plan);
      case 'limit':
        return { kind: 'limit', child: this.#resolve(plan.input), limit: nonNegative(plan.limit, 'limit') };
      case 'offset':
        return { kind: 'offset', child: this.#resolve(plan.input), offset: nonNegative(plan.offset, 'offset') };
      case 'typedFilter':
        return { kind: 'typedFilter', child: this.analyze(plan.input), predicate: plan.predicate };
      case 'mapPartitions':
        return resolveMapPartitions(plan, this.analyze(plan.input));
      case 'flatMapGroupsWithState':
        return resolveGroupsWithState(plan, this.#groupResolver());
      case 'transformWithState':
        return resolveTransformWithState(plan, this.#groupResolver());
    }
  }

  #scope(
    columns: readonly Attribute[],
    calls: { readonly windows?: WindowCalls; readonly generators?: GeneratorCalls } = {},
  ): ExpressionScope {
    return { columns, context: this.#context, parseExpression: this.#context.parseExpression, ...calls };
  }

  /** The right side of a LATERAL join sees the columns of the left one. */
  #join(plan: Unresolved<'join'>): LogicalPlan {
    const left = this.#resolve(plan.left);
    if (plan.isLateral !== true) return resolveJoin(plan, left, this.#resolve(plan.right), this.#context);
    if (plan.isNatural === true)
      throw new MillraceError('INCOMPATIBLE_JOIN_TYPES', { joinType1: 'LATERAL', joinType2: 'NATURAL' });
    if (plan.usingColumns.length > 0) throw new MillraceError('UNSUPPORTED_FEATURE.LATERAL_JOIN_USING', {});
    const { isLateral, outer } = this.#context;
    const columns = outputOf(left);
    const lookup: NameLookup = (parts) =>
      findColumn(parts, columns) ?? (isLateral === true ? undefined : outer?.(parts));
    const inner = new Analyzer(
      { ...this.#context, outer: lookup, leftColumns: columns, isLateral: true },
      this.#shared,
    );
    const right = inner.analyze(plan.right);
    if (plan.isNearest !== true) checkDrawn(left, right);
    return checkedCondition(resolveJoin(plan, left, right, this.#context));
  }

  #groupResolver(): GroupResolver {
    return {
      analyze: (input) => this.analyze(input),
      resolveList: (list, child) => {
        const windows = new WindowCalls();
        const expressions = resolveSelectList(list, this.#scope(outputOf(child), { windows }));
        return { child: windows.apply(child), expressions };
      },
    };
  }

  #project(plan: Unresolved<'project'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    const windows = new WindowCalls();
    const generators = new GeneratorCalls();
    const scope = this.#scope(outputOf(child), { windows, generators });
    const expressions = resolveSelectList(plan.expressions, scope);
    if (expressions.some(containsAggregate) || readsAggregates(generators)) {
      const aggregate = {
        input: plan.input,
        groupType: 'groupBy',
        groupingExpressions: [],
        aggregateExpressions: plan.expressions,
      } as const;
      return resolveAggregate({ kind: 'aggregate', ...aggregate }, child, this.#context);
    }
    const kept = withHiddenMetadata(expressions, child);
    return { kind: 'project', ...extractWindowCalls(kept, generators.apply(windows.apply(child))) };
  }

  #filter(plan: Unresolved<'filter'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    const condition = resolveExpression(plan.condition, this.#scope(outputOf(child)));
    if (containsAggregate(condition)) {
      const calls: string[] = [];
      walk(condition, (node) => {
        if (node.kind === 'aggregate') calls.push(expressionSql(node));
      });
      throw new MillraceError('INVALID_WHERE_CONDITION', {
        condition: `"${expressionSql(condition)}"`,
        expressionList: calls.join(', '),
      });
    }
    refuseWindowCalls(condition, 'WHERE');
    checkCondition(condition);
    return { kind: 'filter', child, condition };
  }

  /** Each row with a probability, drawn as rand() draws. */
  #sample(plan: Unresolved<'sample'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    if (plan.withReplacement) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'sample(withReplacement)' });
    const literal = (value: number | bigint): UnresolvedExpression => ({
      kind: 'literal',
      value,
      dataType: typeof value === 'bigint' ? LONG : DOUBLE,
    });
    const call = (functionName: string, ...args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
      kind: 'unresolvedFunction',
      functionName,
      arguments: args,
      isDistinct: false,
    });
    const drawn = call('<', call('rand', literal(BigInt(plan.seed))), literal(plan.fraction));
    return { kind: 'filter', child, condition: resolveExpression(drawn, this.#scope([])), isSample: true };
  }

  #withColumns(plan: Unresolved<'withColumns'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    const windows = new WindowCalls();
    const generators = new GeneratorCalls();
    const input = outputOf(child);
    const scope = this.#scope(input, { windows, generators });
    const added = new Map<string, NamedExpression>();
    for (const { name, child: expression } of plan.aliases) {
      const key = name.toLowerCase();
      const isThere = input.some((column) => column.name.toLowerCase() === key);
      if (plan.mustExist === true && !isThere) throw unresolvedColumn([name], input);
      if (added.has(key)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quoteName([key]) });
      const [column] = resolveSelectList([{ kind: 'alias', child: expression, name }], scope);
      added.set(key, present(column, 'a column per expression'));
    }
    const kept: NamedExpression[] = input.map((column) => added.get(column.name.toLowerCase()) ?? column);
    for (const [key, expression] of added)
      if (!input.some((column) => column.name.toLowerCase() === key)) kept.push(expression);
    return { kind: 'project', ...extractWindowCalls(kept, generators.apply(windows.apply(child))) };
  }

  #sqlTableCall({ definition, arguments: args }: Unresolved<'sqlTableCall'>): LogicalPlan {
    const analyze = (plan: UnresolvedPlan, outer: NameLookup): LogicalPlan => this.#within(outer).analyze(plan);
    return sqlTableCall(definition, args, this.#scope([]), { resolve: resolveExpression, analyze });
  }

  #lateralView(plan: Unresolved<'lateralView'>): LogicalPlan {
    const child = this.analyze(plan.input);
    const scope = this.#scope(outputOf(child));
    const args = plan.generator.arguments.map((argument) => resolveExpression(argument, scope));
    const call = generatorCall(plan.generator.functionName, args, this.#context, plan.generator.definition);
    const generator = { ...call, isOuter: call.isOuter || plan.isOuter };
    const names = plan.columnNames.length === 0 ? undefined : plan.columnNames;
    const generated = generatedColumns(generator, names).map((column) => ({ ...column, qualifier: [plan.alias] }));
    return { kind: 'generate', child, generator, passed: outputOf(child), generated };
  }

  #withColumnsRenamed(plan: Unresolved<'withColumnsRenamed'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    const renames = new Map([...plan.renames].map(([from, to]) => [from.toLowerCase(), to]));
    const expressions = outputOf(child).map((column) => {
      const to = renames.get(column.name.toLowerCase());
      return to === undefined ? column : aliasOf(column, to);
    });
    return { kind: 'project', child, expressions };
  }

  #drop(plan: Unresolved<'drop'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    const dropped = new Set(plan.columnNames.map((name) => name.toLowerCase()));
    return {
      kind: 'project',
      child,
      expressions: outputOf(child).filter((column) => !dropped.has(column.name.toLowerCase())),
    };
  }

  #withWatermark(plan: Unresolved<'withWatermark'>): LogicalPlan {
    const delayMs = watermarkDelayMs(plan.delayThreshold);
    const child = this.#resolve(plan.input);
    if (!isStreaming(child)) return child;
    const eventTime = resolveColumn(parseNameParts(plan.eventTime), outputOf(child));
    if (eventTime.kind !== 'attribute' || !isEventTimeType(eventTime)) {
      throw new MillraceError('EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', {
        eventName: quoteName([plan.eventTime]),
        eventType: `"${sqlName(eventTime.dataType)}"`,
      });
    }
    this.#shared.numWatermarks += 1;
    const node = {
      kind: 'eventTimeWatermark',
      child,
      eventTime,
      delayMs,
      nodeId: this.#shared.numWatermarks - 1,
    } as const;
    return plan.idleTimeout === undefined ? node : { ...node, idleTimeoutMs: watermarkDelayMs(plan.idleTimeout) };
  }

  #deduplicate(plan: Unresolved<'deduplicate'>): LogicalPlan {
    const child = this.analyze(plan.input);
    const columns = outputOf(child);
    const keys = (plan.columnNames ?? columns.map((column) => column.name)).flatMap((colName) => {
      const matches = attributesNamed(columns, colName);
      if (matches.length > 0) return matches;
      throw new MillraceError('UNRESOLVED_COLUMN_AMONG_FIELD_NAMES', {
        colName,
        fieldNames: columns.map((column) => column.name).join(', '),
      });
    });
    checkMapColumns(keys);
    if (plan.isSqlDistinct === true) return distinctRows(child);
    return { kind: 'deduplicate', child, keys, withinWatermark: plan.withinWatermark };
  }

  #observe(plan: Unresolved<'observe'>): LogicalPlan {
    const node = resolveObserve(plan, this.analyze(plan.input), this.#context);
    const known = this.#shared.observed.get(plan.name);
    if (known !== undefined && known !== plan)
      throw new MillraceError('DUPLICATED_METRICS_NAME', { metricName: plan.name });
    this.#shared.observed.set(plan.name, plan);
    return node;
  }

  /** Sorting by a column that the select list dropped is allowed, as in SQL: it is carried along and removed again. */
  #sort(plan: Unresolved<'sort'>): LogicalPlan {
    const child = this.#resolve(plan.input);
    const output = outputOf(child);
    const below = child.kind === 'project' ? outputOf(child.child) : [];
    const hidden = below.filter((column) => attributesNamed(output, column.name).length === 0);
    const order = plan.order.map((expression) => resolveSortOrder(expression, this.#scope([...output, ...hidden])));
    const used = new Set(order.flatMap(({ child: key }) => [...referencesOf(key)]));
    const carried = hidden.filter((column) => used.has(column.id));
    if (carried.length === 0 || child.kind !== 'project') return { kind: 'sort', child, order };
    const wide: LogicalPlan = { ...child, expressions: [...child.expressions, ...carried] };
    return { kind: 'project', child: { kind: 'sort', child: wide, order }, expressions: output };
  }
}

function subqueryAlias(plan: Unresolved<'subqueryAlias'>, child: LogicalPlan): LogicalPlan {
  const { alias: name, columnNames } = plan;
  const place = plan.within === undefined ? {} : { within: plan.within };
  if (columnNames === undefined) return { kind: 'subqueryAlias', child, name, ...place };
  const columns = outputOf(child);
  if (columns.length !== columnNames.length) {
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', {
      numTarget: String(columnNames.length),
      numExpr: String(columns.length),
    });
  }
  const expressions = columns.map((column, i) => aliasOf(column, columnNames[i] ?? column.name));
  return { kind: 'subqueryAlias', child: { kind: 'project', child, expressions }, name, ...place };
}

/** The watermark delay of `'10 seconds'` in ms; a month counts 31 days, as in Spark. */
export function watermarkDelayMs(text: string): number {
  const { months, days, micros } = parseInterval(text);
  const delayMs = months * 31 * 86_400_000 + days * 86_400_000 + Number(micros / 1000n);
  if (delayMs < 0) throw new MillraceError('NEGATIVE_WATERMARK_DELAY', { delay: text });
  return delayMs;
}

function isEventTimeType({ dataType }: Attribute): boolean {
  if (dataType.kind === 'timestamp') return true;
  return (
    dataType.kind === 'struct' &&
    dataType.fields.at(1)?.name === 'end' &&
    dataType.fields[1]?.dataType.kind === 'timestamp'
  );
}

function attribute(name: string, dataType: Attribute['dataType'], nullable: boolean): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable };
}

function attributesOf(schema: StructType): Attribute[] {
  return schema.fields.map((field) => attribute(field.name, field.dataType, field.nullable));
}

function nonNegative(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE', { name, expr: `"${value}"`, v: String(value) });
}
