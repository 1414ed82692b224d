/**
 * Makes joins of subqueries and of LATERAL joins, so that operators never see them: EXISTS and IN become semi and anti joins where they are
 * conditions of a filter, everything else a column that an outer join adds. decorrelate.ts lets the query give rows for all the rows
 * around it at once. Runs once, before the other rules.
 */
import type { Attribute, Expression, NamedExpression, Subquery } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import type { Filter, Join, LogicalPlan } from '../logical-plan.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { mapChildren, referencesOf, someNode } from '../../expressions/expression.ts';
import { makeOperatorCall } from '../../expressions/scalar-call.ts';
import { BOOLEAN } from '../../types/data-type.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { inputsOf, outputOf, withInputs } from '../logical-plan.ts';
import { expressionsOf, mapExpressions } from '../plan-expressions.ts';
import { containsAggregate } from '../resolve-expressions.ts';
import { splitAggregates } from '../split-aggregates.ts';
import { correlatedQuery, withEmptyGroups, type CorrelatedQuery } from './decorrelate.ts';
import { join, withMark } from './join-nodes.ts';
import { mayBeEqual, membershipValue } from './membership.ts';
import { pulledUp } from './pull-up-conditions.ts';
import { sinkSubqueries } from './sink-subqueries.ts';

/** The plan without subqueries; the same object when there are none. */
export function rewriteSubqueries(plan: LogicalPlan, context: ResolveContext): LogicalPlan {
  const inputs = inputsOf(plan).map((input) => rewriteSubqueries(input, context));
  const node = withInputs(plan, inputs);
  if (node.kind === 'join' && node.isLateral === true) return lateralJoin(node, context);
  if (!expressionsOf(node).some(containsSubquery)) return node;
  const sunk = node.kind === 'filter' ? sinkSubqueries(node) : node;
  return sunk === node ? new SubqueryRewriter(context).rewrite(node) : rewriteSubqueries(sunk, context);
}

function containsSubquery(expression: Expression): boolean {
  return someNode(expression, ({ kind }) => kind === 'subquery');
}

class SubqueryRewriter {
  readonly #context: ResolveContext;

  constructor(context: ResolveContext) {
    this.#context = context;
  }

  rewrite(node: LogicalPlan): LogicalPlan {
    switch (node.kind) {
      case 'filter':
        return this.#filter(node);
      case 'aggregate':
        return this.#aggregate(node);
      case 'join':
        return this.#join(node);
      case 'project':
      case 'sort':
      case 'window':
      case 'generate':
        return this.#overChild(node, node.child);
      default:
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `a subquery in ${node.kind}` });
    }
  }

  /** Conditions of the kinds joins have become joins; what remains is a filter over columns. */
  #filter({ child, condition }: Filter): LogicalPlan {
    const output = outputOf(child);
    let plan = child;
    const rest: Expression[] = [];
    for (const conjunct of conjunctsOf(withNotInside(condition, this.#context))) {
      const joined = this.#asJoin(conjunct, plan);
      if (joined === undefined) rest.push(conjunct);
      else plan = joined;
    }
    if (rest.length === 0) return plan;
    const attached = this.#attachAll(rest, plan);
    const filtered: LogicalPlan = {
      kind: 'filter',
      child: attached.plan,
      condition: conjunction(attached.expressions),
    };
    return attached.plan === plan ? filtered : { kind: 'project', child: filtered, expressions: output };
  }

  /** `EXISTS`, `IN` and `NOT EXISTS` as the join they are; undefined for anything else. */
  #asJoin(conjunct: Expression, left: LogicalPlan): LogicalPlan | undefined {
    const [negated] = conjunct.kind === 'call' && conjunct.functionName === 'not' ? conjunct.arguments : [];
    const subquery = negated ?? conjunct;
    if (subquery.kind !== 'subquery' || subquery.subqueryType === 'scalar') return undefined;
    if (subquery.values.some(containsSubquery)) return undefined;
    const isIn = subquery.subqueryType === 'in';
    const isNullAware = negated !== undefined && isIn && subquery.nullable;
    // With nulls, NOT IN is more than an anti join on equality.
    if (isNullAware && subquery.values.length === 1) return undefined;
    const joinType = negated === undefined ? 'leftSemi' : 'leftAnti';
    const right = rewriteSubqueries(subquery.plan as LogicalPlan, this.#context);
    const direct = pulledUp(right, left);
    const found = direct === undefined ? correlated(right, left, this.#context) : undefined;
    // A query that gives a row for every row around it.
    if (found?.emptyValues !== undefined && !isIn)
      return negated === undefined ? left : { kind: 'limit', child: left, limit: 0 };
    const filled = found?.emptyValues === undefined ? found : withEmptyGroups(found, left, this.#context);
    const query = present(direct ?? filled, 'the query, by itself or joined');
    const equalities = isNullAware
      ? mayBeEqual(subquery.values, query.output, this.#context)
      : isIn
        ? this.#equalities(subquery.values, query.output)
        : [];
    return join(left, query.plan, joinType, [...query.conditions, ...equalities]);
  }

  #equalities(values: readonly Expression[], columns: readonly Attribute[]): Expression[] {
    return values.map((value, i) =>
      makeOperatorCall('=', [value, present(columns[i], 'a column per value')], this.#context),
    );
  }

  /** Subqueries in the results of an aggregation are computed over its groups. */
  #aggregate(node: LogicalPlan & { readonly kind: 'aggregate' }): LogicalPlan {
    const isInside = (item: NamedExpression): boolean => {
      let inside = false;
      const visit = (part: Expression): void => {
        if (part.kind === 'aggregate' && containsSubquery(part)) inside = true;
        else mapChildren(part, (child) => (visit(child), child));
      };
      visit(item);
      return inside;
    };
    const isAbove = (item: NamedExpression): boolean => containsSubquery(item) && !isInside(item);
    const hasAbove = node.aggregates.some(isAbove);
    const groupedBySubquery = node.groupings.some(containsSubquery);
    if (!hasAbove || groupedBySubquery) return this.#overChild(node, node.child);
    const { below, above } = splitAggregates(node.aggregates, isAbove);
    const aggregate = { ...node, aggregates: below };
    const lower =
      below.some(containsAggregate) && below.some(containsSubquery)
        ? this.#overChild(aggregate, node.child)
        : aggregate;
    return this.#overChild({ kind: 'project', child: lower, expressions: above }, lower);
  }

  /** An inner join has its condition as a filter above it. */
  #join(node: Join): LogicalPlan {
    const { condition, joinType } = node;
    if (condition === undefined) return node;
    if (joinType !== 'inner' && joinType !== 'cross') return this.#outerJoin(node, condition);
    return this.#filter({ kind: 'filter', child: { ...node, condition: undefined }, condition });
  }

  /** Other joins get a column for each subquery on the side whose rows it reads, the right one if it reads none. */
  #outerJoin(node: Join, condition: Expression): LogicalPlan {
    const output = outputOf(node);
    const leftIds = new Set(outputOf(node.left).map(({ id }) => id));
    let { left, right } = node;
    const replace = (expression: Expression): Expression => {
      if (!containsSubquery(expression)) return expression;
      const isPart = expression.kind === 'logical';
      if (isPart) return mapChildren(expression, replace);
      const reads = referencesOf(expression);
      const readsLeft = [...reads].some((id) => leftIds.has(id));
      if (readsLeft && [...reads].some((id) => !leftIds.has(id)))
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a subquery over both sides of an outer join' });
      const attached = this.#attach(expression, readsLeft ? left : right);
      if (readsLeft) left = attached.plan;
      else right = attached.plan;
      return attached.expression;
    };
    const replaced = replace(condition);
    const joined: LogicalPlan = { ...node, left, right, condition: replaced };
    return { kind: 'project', child: joined, expressions: output };
  }

  /** The node over a child that has a column for each subquery; what it puts out stays the same. */
  #overChild(node: LogicalPlan, child: LogicalPlan): LogicalPlan {
    const output = outputOf(node);
    let plan = child;
    const replaced = mapExpressions(node, (expression) => {
      const attached = this.#attach(expression, plan);
      plan = attached.plan;
      return attached.expression;
    });
    const result = withInputs(replaced, [plan]);
    const isSame = outputOf(result).length === output.length;
    return isSame ? result : { kind: 'project', child: result, expressions: output };
  }

  #attachAll(
    expressions: readonly Expression[],
    child: LogicalPlan,
  ): { readonly plan: LogicalPlan; readonly expressions: readonly Expression[] } {
    let plan = child;
    const replaced = expressions.map((expression) => {
      const attached = this.#attach(expression, plan);
      plan = attached.plan;
      return attached.expression;
    });
    return { plan, expressions: replaced };
  }

  /** The expression with its subqueries replaced by columns of the plan. */
  #attach(expression: Expression, child: LogicalPlan): { readonly plan: LogicalPlan; readonly expression: Expression } {
    let plan = child;
    const replace = (node: Expression): Expression => {
      const [negated] = node.kind === 'call' && node.functionName === 'not' ? node.arguments : [];
      const isNegated = negated?.kind === 'subquery' && negated.subqueryType === 'in';
      const subquery = isNegated ? negated : node;
      if (subquery.kind !== 'subquery') return mapChildren(node, replace);
      const values = subquery.values.map(replace);
      const attached = this.#column({ ...subquery, values }, plan, isNegated);
      plan = attached.plan;
      return attached.expression;
    };
    const replaced = containsSubquery(expression) ? replace(expression) : expression;
    return { plan, expression: replaced };
  }

  #column(
    subquery: Subquery,
    left: LogicalPlan,
    isNegated: boolean,
  ): { readonly plan: LogicalPlan; readonly expression: Expression } {
    const right = rewriteSubqueries(subquery.plan as LogicalPlan, this.#context);
    const found = correlated(right, left, this.#context);
    const isFilled = subquery.subqueryType === 'in' && found.emptyValues !== undefined;
    const query = isFilled ? withEmptyGroups(found, left, this.#context) : found;
    switch (subquery.subqueryType) {
      case 'scalar':
        return scalarValue(query, left);
      case 'exists':
        return existence(query, left, this.#context);
      case 'in':
        return membershipValue(query, subquery.values, left, this.#context, isNegated);
    }
  }
}

/** The condition with NOT before its parts rather than before AND and OR, so that those which are subqueries show as they count. */
function withNotInside(condition: Expression, context: ResolveContext): Expression {
  if (!containsSubquery(condition)) return condition;
  if (condition.kind === 'logical')
    return {
      ...condition,
      left: withNotInside(condition.left, context),
      right: withNotInside(condition.right, context),
    };
  const [inner] = condition.kind === 'call' && condition.functionName === 'not' ? condition.arguments : [];
  if (inner?.kind === 'call' && inner.functionName === 'not')
    return withNotInside(present(inner.arguments[0], 'an operand'), context);
  if (inner?.kind !== 'logical') return condition;
  const [left, right] = [inner.left, inner.right].map((part) =>
    withNotInside(makeOperatorCall('not', [part], context), context),
  );
  return {
    ...inner,
    operator: inner.operator === 'and' ? 'or' : 'and',
    left: present(left, 'a left side'),
    right: present(right, 'a right side'),
  };
}

/** The query for all rows of `left`, and what joins the two. */
function correlated(right: LogicalPlan, left: LogicalPlan, context: ResolveContext): CorrelatedQuery {
  return correlatedQuery(right, left, context);
}

function scalarValue(
  query: CorrelatedQuery,
  left: LogicalPlan,
): { readonly plan: LogicalPlan; readonly expression: Expression } {
  const value = present(query.output[0], 'a scalar subquery has one column');
  const single: LogicalPlan = query.isSingle ? query.plan : { kind: 'singleRow', child: query.plan, keys: query.keys };
  const nullable = { ...value, nullable: true };
  const otherwise = query.emptyValues?.get(value.id);
  if (otherwise === undefined || (otherwise.kind === 'literal' && otherwise.value === null))
    return { plan: join(left, single, 'leftOuter', query.conditions), expression: nullable };
  const { marked, mark } = withMark(single);
  const isMissing = present(mark, 'a mark');
  const { dataType } = value;
  return {
    plan: join(left, marked, 'leftOuter', query.conditions),
    expression: {
      kind: 'coalesce',
      arguments: [
        {
          kind: 'case',
          branches: [{ condition: { ...isMissing, nullable: true }, value: nullable }],
          otherwise,
          dataType,
          nullable: true,
        },
      ],
      dataType,
      nullable: true,
    },
  };
}

function existence(
  query: CorrelatedQuery,
  left: LogicalPlan,
  context: ResolveContext,
): { readonly plan: LogicalPlan; readonly expression: Expression } {
  if (query.emptyValues !== undefined)
    return { plan: left, expression: { kind: 'literal', value: true, dataType: BOOLEAN, nullable: false } };
  const keys: LogicalPlan = { kind: 'project', child: query.plan, expressions: query.keys };
  const once: LogicalPlan =
    query.keys.length === 0
      ? { kind: 'limit', child: keys, limit: 1 }
      : { kind: 'deduplicate', child: keys, keys: query.keys, withinWatermark: false };
  const { marked, mark } = withMark(once);
  const expression = makeOperatorCall('isnotnull', [{ ...mark, nullable: true }], context);
  return { plan: join(left, marked, 'leftOuter', query.conditions), expression };
}

function lateralJoin(node: Join, context: ResolveContext): LogicalPlan {
  const { left, joinType, condition } = node;
  const query = correlated(rewriteSubqueries(node.right, context), left, context);
  const right = query.emptyValues === undefined ? query : withEmptyGroups(query, left, context);
  const conditions = [...right.conditions, ...(condition === undefined ? [] : conjunctsOf(condition))];
  const joined = join(left, right.plan, joinType === 'cross' ? 'inner' : joinType, conditions);
  const output = new Set(outputOf(node).map(({ id }) => id));
  return { kind: 'project', child: joined, expressions: outputOf(joined).filter(({ id }) => output.has(id)) };
}
