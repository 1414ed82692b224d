/** Plans that several statements are built from. */
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
