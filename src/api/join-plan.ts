/** The plan of `DataFrame.join` from what it is called with; data-frame.ts has its types. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import { joinTypeOf } from '../plan/join-type.ts';
import { Column } from './column.ts';

/** Names instead of a condition are columns both sides have; nothing at all means all pairs. */
export function joinPlan(
  left: UnresolvedPlan,
  right: UnresolvedPlan,
  on: Column | string | readonly string[] | undefined,
  how = 'inner',
): UnresolvedPlan {
  const joinCondition = on instanceof Column ? on.expression : undefined;
  const usingColumns = on === undefined || on instanceof Column ? [] : typeof on === 'string' ? [on] : on;
  return { kind: 'join', left, right, joinCondition, joinType: joinTypeOf(how), usingColumns };
}
