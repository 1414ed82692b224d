/** Plans that several statements are built from. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import { assert } from '../errors/assert.ts';
import { struct } from '../types/data-type.ts';

const EMPTY_SCHEMA = struct([]);

/** What SELECT without FROM reads. */
export const ONE_ROW: UnresolvedPlan = {
  kind: 'localRelation',
  schema: EMPTY_SCHEMA,
  batches: [{ schema: EMPTY_SCHEMA, numRows: 1, columns: [] }],
};

/** The one row a table function like `explode(…)` is computed of. */
export const GENERATOR_INPUT: UnresolvedPlan = { kind: 'range', start: 0n, end: 1n, step: 1n };

export const STAR: UnresolvedExpression = { kind: 'unresolvedStar', target: [] };

type Select = UnresolvedPlan & { readonly kind: 'select' };

/** A SELECT without other clauses. */
export function selectOf(input: UnresolvedPlan, selectList: readonly UnresolvedExpression[]): Select {
  return { kind: 'select', input, selectList, grouping: undefined, having: undefined, isDistinct: false, order: [] };
}

/** Sorts a plan; the sort keys of a SELECT may also use what it does not select. */
export function ordered(plan: UnresolvedPlan, order: Select['order']): UnresolvedPlan {
  if (plan.kind === 'select' && !('all' in plan.order) && plan.order.length === 0) return { ...plan, order };
  return { ...selectOf(plan, [STAR]), order };
}

/** The plan without repeated rows. */
export function distinct(input: UnresolvedPlan): UnresolvedPlan {
  return { kind: 'deduplicate', input, columnNames: undefined, withinWatermark: false, isSqlDistinct: true };
}

/** All rows of the plans in order, as a tree of little depth. */
export function balancedUnion(plans: readonly UnresolvedPlan[]): UnresolvedPlan {
  const [first] = plans;
  assert(first !== undefined, 'a union has inputs');
  if (plans.length === 1) return first;
  const middle = Math.ceil(plans.length / 2);
  return {
    kind: 'union',
    left: balancedUnion(plans.slice(0, middle)),
    right: balancedUnion(plans.slice(middle)),
    byName: false,
    allowMissingColumns: false,
  };
}
