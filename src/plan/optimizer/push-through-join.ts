/**
 * Filters and joins: what a filter above a join, or the condition of the join, says of one side alone goes to that side where the type of
 * the join allows it; a filter above an inner join becomes part of its condition; an outer join whose null rows a filter drops becomes a
 * narrower one.
 */
import type { Expression } from '../../expressions/expression.ts';
import type { JoinType } from '../join-type.ts';
import type { Filter, Join, LogicalPlan } from '../logical-plan.ts';
import { isDeterministic, referencesOf } from '../../expressions/expression.ts';
import { conjunction, conjunctsOf, optionalConjunction } from '../conjuncts.ts';
import { idsOf, readsOnly } from '../join-keys.ts';
import { isLeftNullable, isLeftOnly, isRightNullable } from '../join-type.ts';
import { nullIntolerantColumns } from './null-intolerance.ts';

/** Pushes a filter down from where it stands. */
export type PushFilter = (filter: Filter) => LogicalPlan;

/** A filter above a join. */
export function pushFilterThroughJoin(filter: Filter, join: Join, push: PushFilter): LogicalPlan {
  const narrowed = { ...join, joinType: narrowedType(join, conjunctsOf(filter.condition)) };
  const { left, right, rest } = bySide(narrowed, conjunctsOf(filter.condition));
  const { joinType } = narrowed;
  const isInner = joinType === 'inner' || joinType === 'cross';
  const toLeft = joinType === 'rightOuter' || joinType === 'fullOuter' ? [] : left;
  const toRight = isInner || joinType === 'rightOuter' ? right : [];
  const toCondition = isInner ? rest.filter((conjunct) => isDeterministic(conjunct)) : [];
  const pushed = new Set([...toLeft, ...toRight, ...toCondition]);
  if (pushed.size === 0 && joinType === join.joinType) return filter;
  const condition = [...(join.condition === undefined ? [] : conjunctsOf(join.condition)), ...toCondition];
  const below: Join = {
    ...narrowed,
    left: filtered(join.left, toLeft, push),
    right: filtered(join.right, toRight, push),
    condition: optionalConjunction(condition),
  };
  const staying = conjunctsOf(filter.condition).filter((conjunct) => !pushed.has(conjunct));
  return staying.length === 0 ? below : { kind: 'filter', child: below, condition: conjunction(staying) };
}

/** The condition of a join: conjuncts over one side filter that side before the join. */
export function pushJoinCondition(join: Join, push: PushFilter): LogicalPlan {
  if (join.condition === undefined) return join;
  const conjuncts = conjunctsOf(join.condition);
  const { left, right } = bySide(join, conjuncts);
  const toLeft = isLeftFree(join.joinType) ? left : [];
  const toRight = isRightFree(join.joinType) ? right : [];
  const pushed = new Set([...toLeft, ...toRight]);
  if (pushed.size === 0) return join;
  const staying = conjuncts.filter((conjunct) => !pushed.has(conjunct));
  return {
    ...join,
    left: filtered(join.left, toLeft, push),
    right: filtered(join.right, toRight, push),
    condition: optionalConjunction(staying),
  };
}

/** True when a left row that fails the condition alone leaves no trace. */
export function isLeftFree(type: JoinType): boolean {
  return type === 'inner' || type === 'cross' || type === 'leftSemi' || type === 'rightOuter';
}

/** True when a right row that fails the condition alone leaves no trace. */
export function isRightFree(type: JoinType): boolean {
  return type === 'inner' || type === 'cross' || isLeftOnly(type) || type === 'leftOuter';
}

function filtered(side: LogicalPlan, conjuncts: readonly Expression[], push: PushFilter): LogicalPlan {
  if (conjuncts.length === 0) return side;
  return push({ kind: 'filter', child: side, condition: conjunction(conjuncts) });
}

interface BySide {
  readonly left: readonly Expression[];
  readonly right: readonly Expression[];
  readonly rest: readonly Expression[];
}

function bySide(join: Join, conjuncts: readonly Expression[]): BySide {
  const leftIds = idsOf(join, 'left');
  const rightIds = idsOf(join, 'right');
  const left: Expression[] = [];
  const right: Expression[] = [];
  const rest: Expression[] = [];
  for (const conjunct of conjuncts) {
    if (!isDeterministic(conjunct)) rest.push(conjunct);
    else if (readsOnly(conjunct, leftIds)) left.push(conjunct);
    else if (readsOnly(conjunct, rightIds)) right.push(conjunct);
    else rest.push(conjunct);
  }
  return { left, right, rest };
}

/** The type that gives the same rows above a filter which drops rows whose columns of one side are all null. */
function narrowedType(join: Join, conjuncts: readonly Expression[]): JoinType {
  const { joinType } = join;
  const drops = (side: 'left' | 'right'): boolean => {
    const ids = idsOf(join, side);
    return conjuncts.some(
      (conjunct) =>
        isDeterministic(conjunct) &&
        referencesOf(conjunct).size > 0 &&
        nullIntolerantColumns(conjunct).some(({ id }) => ids.has(id)),
    );
  };
  const needsRight = isRightNullable(joinType) && drops('right');
  const needsLeft = isLeftNullable(joinType) && drops('left');
  if (joinType === 'fullOuter')
    return needsLeft ? (needsRight ? 'inner' : 'leftOuter') : needsRight ? 'rightOuter' : joinType;
  return needsLeft || needsRight ? 'inner' : joinType;
}
