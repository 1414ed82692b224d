/**
 * Lets a query that reads columns of a row around it give its rows for all those rows at once: the values of the columns become columns
 * of its own, its keys, by which a join finds the rows of each. Where the query compares each outer column with one of its own by `=`,
 * that one is the key; otherwise the query is computed beside the different values there are (a join with them is put below it).
 */
import type { Attribute, Expression, NamedExpression } from '../../expressions/expression.ts';
import type { ResolveContext } from '../../functions/define-function.ts';
import type { Filter, Join, LogicalPlan } from '../logical-plan.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  childrenOf,
  nextAttributeId,
  referencesOf,
  toAttribute,
  transformUp,
  withoutAlias,
} from '../../expressions/expression.ts';
import { sameType } from '../../types/data-type.ts';
import { aliasOf } from '../alias.ts';
import { conjunction, conjunctsOf } from '../conjuncts.ts';
import { isLeftOnly } from '../join-type.ts';
import { outputOf } from '../logical-plan.ts';
import { freeAttributes, mapExpressions } from '../plan-expressions.ts';
import { containsAggregate } from '../resolve-expressions.ts';
import { withSortedMaps } from '../sorted-maps.ts';
import { emptyResults } from './empty-results.ts';
import { rowsWithin } from './rows-within.ts';
import { sameValue } from './same-value.ts';

/** A query made independent of the rows around it. */
export interface CorrelatedQuery {
  readonly plan: LogicalPlan;
  /** The columns of the query itself, under the ids they had. */
  readonly output: readonly Attribute[];
  /** Columns of the plan that hold the values of outer columns. */
  readonly keys: readonly Attribute[];
  /** What joins the plan to the rows around it. */
  readonly conditions: readonly Expression[];
  /** Set when the query gives one row where the plan has none for a key, as `count(*)` does: the values of that row, by id. */
  readonly emptyValues: ReadonlyMap<number, Expression> | undefined;
  /** True when there is at most one row per key, by its form. */
  readonly isSingle: boolean;
}

/** The query for the rows of `outer`. */
export function correlatedQuery(query: LogicalPlan, outer: LogicalPlan, context: ResolveContext): CorrelatedQuery {
  const known = new Map(outputOf(outer).map((column) => [column.id, column]));
  const refs = freeAttributes(query).flatMap(({ id }) => known.get(id) ?? []);
  const output = outputOf(query);
  if (refs.length === 0) {
    const isSingle = isOneRow(query);
    return { plan: query, output, keys: [], conditions: [], emptyValues: undefined, isSingle };
  }
  const { plan, keys, emptyValues } = new Decorrelation(refs, outer, context).apply(query);
  const conditions = refs.map((ref, i) => sameValue(ref, keys[i] as Attribute, context));
  return { plan, output, keys, conditions, emptyValues, isSingle: emptyValues !== undefined };
}

/** The query with a row for each of the keys that would have given one of an empty group. */
export function withEmptyGroups(query: CorrelatedQuery, outer: LogicalPlan, context: ResolveContext): CorrelatedQuery {
  const known = new Map(outputOf(outer).map((column) => [column.id, column]));
  const refs = query.conditions.flatMap((one) => [...referencesOf(one)]).flatMap((id) => known.get(id) ?? []);
  const decorrelation = new Decorrelation(refs, outer, context);
  const { plan, keys } = decorrelation.filled({ plan: query.plan, keys: query.keys, emptyValues: query.emptyValues });
  const conditions = refs.map((ref, i) => sameValue(ref, keys[i] as Attribute, context));
  return { ...query, plan, keys, conditions, emptyValues: undefined };
}

function isOneRow(plan: LogicalPlan): boolean {
  if (plan.kind === 'aggregate') return plan.groupings.length === 0;
  if (plan.kind === 'limit') return plan.limit <= 1 || isOneRow(plan.child);
  return (plan.kind === 'project' || plan.kind === 'subqueryAlias' || plan.kind === 'sort') && isOneRow(plan.child);
}

interface Result {
  readonly plan: LogicalPlan;
  readonly keys: readonly Attribute[];
  readonly emptyValues: ReadonlyMap<number, Expression> | undefined;
}

class Decorrelation {
  readonly #refs: readonly Attribute[];
  readonly #ids: ReadonlySet<number>;
  readonly #outer: LogicalPlan;
  readonly #context: ResolveContext;

  constructor(refs: readonly Attribute[], outer: LogicalPlan, context: ResolveContext) {
    this.#refs = refs;
    this.#ids = new Set(refs.map(({ id }) => id));
    this.#outer = outer;
    this.#context = context;
  }

  /** The plan with the keys behind its own columns. */
  apply(plan: LogicalPlan): Result {
    if (!this.#isFree(plan)) return this.#besideValues(plan);
    switch (plan.kind) {
      case 'filter':
        return this.#filter(plan);
      case 'subqueryAlias':
        return this.apply(plan.child);
      case 'project':
        return this.#project(plan);
      case 'aggregate':
        return this.#aggregate(plan);
      case 'join':
        return this.#join(plan);
      case 'union':
        return this.#union(plan);
      case 'limit':
      case 'offset': {
        const { plan: child, keys } = this.#filledChild(plan.child);
        const limited = rowsWithin(child, keys, plan.kind === 'limit' ? [0, plan.limit] : [plan.offset, undefined]);
        return { plan: limited, keys, emptyValues: undefined };
      }
      case 'deduplicate': {
        const { plan: child, keys } = this.#filledChild(plan.child);
        return { plan: { ...plan, child, keys: [...plan.keys, ...keys] }, keys, emptyValues: undefined };
      }
      case 'singleRow': {
        const { plan: child, keys } = this.#filledChild(plan.child);
        return { plan: { ...plan, child, keys: [...plan.keys, ...keys] }, keys, emptyValues: undefined };
      }
      case 'window': {
        const { plan: child, keys } = this.#filledChild(plan.child);
        const window = this.#over(plan, keys) as typeof plan;
        const partition = [...window.partition, ...keys];
        const windowExpressions = window.windowExpressions.map((one) => withPartition(one, keys));
        return { plan: { ...window, child, partition, windowExpressions }, keys, emptyValues: undefined };
      }
      case 'generate': {
        const { plan: child, keys } = this.#filledChild(plan.child);
        const generate = this.#over(plan, keys) as typeof plan;
        return { plan: { ...generate, child, passed: [...plan.passed, ...keys] }, keys, emptyValues: undefined };
      }
      case 'sort': {
        const { plan: child, keys, emptyValues } = this.apply(plan.child);
        return { plan: { ...(this.#over(plan, keys) as typeof plan), child }, keys, emptyValues };
      }
      case 'expand': {
        const { plan: child, keys } = this.#filledChild(plan.child);
        const projections = plan.projections.map((list) => [...list.map((one) => this.#replaced(one, keys)), ...keys]);
        return {
          plan: { ...plan, child, projections, output: [...plan.output, ...keys] },
          keys,
          emptyValues: undefined,
        };
      }
      default:
        throw new MillraceError(
          'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_COLUMN_IS_NOT_ALLOWED_IN_PREDICATE',
          {
            treeNode: plan.kind,
          },
        );
    }
  }

  /** The result with the rows of empty groups, for nodes that need to see them. */
  filled(result: Result): Result {
    const { plan, keys, emptyValues } = result;
    if (emptyValues === undefined) return result;
    const values = this.#values();
    const own = outputOf(plan).filter(({ id }) => !keys.some((key) => key.id === id));
    const mark = aliasOf({ kind: 'literal', value: true, dataType: { kind: 'boolean' }, nullable: false }, 'found');
    const right: LogicalPlan = { kind: 'project', child: plan, expressions: [...outputOf(plan), mark] };
    const conditions = keys.map((key, i) => sameValue(values.keys[i] as Attribute, key, this.#context));
    const joined: LogicalPlan = {
      kind: 'join',
      left: values.plan,
      right,
      joinType: 'leftOuter',
      condition: conjunction(conditions),
    };
    const found: Attribute = { ...toAttribute(mark), nullable: true };
    const expressions = own.map((column): NamedExpression => {
      const otherwise = emptyValues.get(column.id) ?? nullOf(column);
      const child: Expression = {
        kind: 'case',
        branches: [{ condition: found, value: { ...column, nullable: true } }],
        otherwise,
        dataType: column.dataType,
        nullable: true,
      };
      return { kind: 'alias', id: column.id, name: column.name, child, dataType: column.dataType, nullable: true };
    });
    return {
      plan: { kind: 'project', child: joined, expressions: [...expressions, ...values.keys] },
      keys: values.keys,
      emptyValues: undefined,
    };
  }

  #filledChild(child: LogicalPlan): Result {
    return this.filled(this.apply(child));
  }

  #isFree(plan: LogicalPlan): boolean {
    return freeAttributes(plan).some(({ id }) => this.#ids.has(id));
  }

  /** The different values of the outer columns, under ids of their own. */
  #values(): { readonly plan: LogicalPlan; readonly keys: readonly Attribute[] } {
    const columns = this.#refs.map((ref): NamedExpression => {
      const { name, dataType, nullable } = ref;
      return { kind: 'alias', id: nextAttributeId(), name, child: ref, dataType, nullable };
    });
    const expressions = withSortedMaps(columns);
    const keys = expressions.map(toAttribute);
    const project: LogicalPlan = { kind: 'project', child: this.#outer, expressions };
    return { plan: { kind: 'deduplicate', child: project, keys, withinWatermark: false }, keys };
  }

  #besideValues(plan: LogicalPlan): Result {
    const { plan: values, keys } = this.#values();
    const joined: LogicalPlan = { kind: 'join', left: plan, right: values, joinType: 'inner', condition: undefined };
    return { plan: joined, keys, emptyValues: undefined };
  }

  #replaced(expression: Expression, keys: readonly Attribute[]): Expression {
    return transformUp(expression, (node) => {
      if (node.kind !== 'attribute') return node;
      const at = this.#refs.findIndex(({ id }) => id === node.id);
      return keys[at] ?? node;
    });
  }

  #over(plan: LogicalPlan, keys: readonly Attribute[]): LogicalPlan {
    return mapExpressions(plan, (expression) => this.#replaced(expression, keys));
  }

  #filter(plan: Filter): Result {
    const { child, condition } = plan;
    if (!this.#isFree(child)) {
      const direct = this.#byEquality(child, conjunctsOf(condition));
      if (direct !== undefined) return direct;
    }
    const below = this.#filledChild(child);
    return {
      plan: { kind: 'filter', child: below.plan, condition: this.#replaced(condition, below.keys) },
      keys: below.keys,
      emptyValues: undefined,
    };
  }

  /** Keys that are columns of the query itself: those its conditions say equal the outer ones. */
  #byEquality(child: LogicalPlan, conjuncts: readonly Expression[]): Result | undefined {
    const own = new Set(outputOf(child).map(({ id }) => id));
    const isOwn = (expression: Expression): boolean => {
      const ids = [...referencesOf(expression)];
      return ids.length > 0 && ids.every((id) => own.has(id));
    };
    const found = this.#refs.map(
      (ref) =>
        conjuncts.flatMap((one) => {
          if (one.kind !== 'call' || one.functionName !== '=') return [];
          const [left, right] = one.arguments as [Expression, Expression];
          const inner = left.kind === 'attribute' && left.id === ref.id ? right : left;
          const other = inner === left ? right : left;
          const fits = other.kind === 'attribute' && other.id === ref.id && isOwn(inner);
          return fits && sameType(inner.dataType, ref.dataType) ? [inner] : [];
        })[0],
    );
    if (found.includes(undefined)) return undefined;
    const aliases = found.flatMap((inner, i) =>
      inner === undefined ? [] : [aliasOf(inner, this.#refs[i]?.name ?? '')],
    );
    const keys = aliases.map(toAttribute);
    const project: LogicalPlan = { kind: 'project', child, expressions: [...outputOf(child), ...aliases] };
    const condition = conjunction(conjuncts.map((one) => this.#replaced(one, keys)));
    return { plan: { kind: 'filter', child: project, condition }, keys, emptyValues: undefined };
  }

  #project(plan: LogicalPlan & { readonly kind: 'project' }): Result {
    const below = this.apply(plan.child);
    const { keys, emptyValues } = below;
    const project = this.#over(plan, keys) as typeof plan;
    const expressions = [...project.expressions, ...keys];
    const readsKeys = project.expressions.some((one) =>
      [...referencesOf(one)].some((id) => keys.some((key) => key.id === id)),
    );
    // A value made of outer columns is not known where there is no row.
    if (emptyValues !== undefined && readsKeys) {
      const filled = this.filled(below);
      const over = this.#over(plan, filled.keys) as typeof plan;
      return {
        plan: { ...over, child: filled.plan, expressions: [...over.expressions, ...filled.keys] },
        keys: filled.keys,
        emptyValues: undefined,
      };
    }
    const empty =
      emptyValues &&
      new Map(
        project.expressions.map((one) => {
          const value = withoutAlias(one);
          return [
            one.id,
            transformUp(value, (node) => (node.kind === 'attribute' ? (emptyValues.get(node.id) ?? node) : node)),
          ] as const;
        }),
      );
    return { plan: { ...project, child: below.plan, expressions }, keys, emptyValues: empty };
  }

  #aggregate(plan: LogicalPlan & { readonly kind: 'aggregate' }): Result {
    const below = this.#filledChild(plan.child);
    const { keys } = below;
    const aggregate = this.#over(plan, keys) as typeof plan;
    const isGlobal = plan.groupings.length === 0;
    const readsKeys = isGlobal && aggregate.aggregates.some((one) => this.#readsOutside(one, keys));
    const result: Result = {
      plan: {
        ...aggregate,
        child: below.plan,
        groupings: [...aggregate.groupings, ...keys],
        aggregates: [...aggregate.aggregates, ...keys],
      },
      keys,
      emptyValues: isGlobal ? emptyResults(aggregate.aggregates, this.#context) : undefined,
    };
    if (!readsKeys) return result;
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'outer columns beside aggregates of a subquery' });
  }

  /** True when an outer column stands outside the aggregate calls. */
  #readsOutside(expression: Expression, keys: readonly Attribute[]): boolean {
    if (expression.kind === 'aggregate') return false;
    if (!containsAggregate(expression))
      return [...referencesOf(expression)].some((id) => keys.some((key) => key.id === id));
    return childrenOf(expression).some((child) => this.#readsOutside(child, keys));
  }

  #join(plan: Join): Result {
    const { left, right, joinType, condition } = plan;
    const isLeftFree = this.#isFree(left);
    const isRightFree = this.#isFree(right);
    const isInner = joinType === 'inner' || joinType === 'cross';
    if (joinType === 'fullOuter')
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'outer columns in a full outer join of a subquery' });
    const needsLeft = isLeftFree || !isRightFree || (!isInner && joinType !== 'rightOuter');
    const needsRight =
      isRightFree || (joinType === 'rightOuter' && condition !== undefined) || joinType === 'rightOuter';
    const newLeft = needsLeft ? this.#filledChild(left) : undefined;
    const newRight = needsRight ? this.#filledChild(right) : undefined;
    const keys = (joinType === 'rightOuter' ? newRight : newLeft)?.keys ?? newRight?.keys ?? [];
    const both =
      newLeft === undefined || newRight === undefined
        ? []
        : newLeft.keys.map((key, i) => sameValue(key, newRight.keys[i] as Attribute, this.#context));
    const conditions = [...(condition === undefined ? [] : [this.#replaced(condition, keys)]), ...both];
    const joined: Join = {
      kind: 'join',
      left: newLeft?.plan ?? left,
      right: newRight?.plan ?? right,
      joinType: joinType === 'cross' ? 'inner' : joinType,
      condition: conditions.length === 0 ? undefined : conjunction(conditions),
    };
    const own = isLeftOnly(joinType) ? outputOf(left) : outputOf(plan);
    return { plan: { kind: 'project', child: joined, expressions: [...own, ...keys] }, keys, emptyValues: undefined };
  }

  #union(plan: LogicalPlan & { readonly kind: 'union' }): Result {
    const children = plan.children.map((child) => {
      const { plan: below, keys } = this.#filledChild(child);
      return { kind: 'project', child: below, expressions: [...outputOf(child), ...keys] } as const;
    });
    const keys = this.#refs.map((ref): Attribute => ({ ...ref, id: nextAttributeId(), nullable: true }));
    return { plan: { ...plan, children, output: [...plan.output, ...keys] }, keys, emptyValues: undefined };
  }
}

/** The window call of a column with more keys to its partitions. */
function withPartition(column: NamedExpression, keys: readonly Attribute[]): NamedExpression {
  if (column.kind !== 'alias' || column.child.kind !== 'window') return column;
  return { ...column, child: { ...column.child, partition: [...column.child.partition, ...keys] } };
}

function nullOf({ dataType }: Attribute): Expression {
  return { kind: 'literal', value: null, dataType, nullable: true };
}
