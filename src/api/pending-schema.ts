/**
 * Schemas that are inferred from the data of a batch read. Inference reads files, transformations do not wait: the relation is marked
 * pending and resolved when the first action runs.
 */
import type { SourceRelation, UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { StructType } from '../types/data-type.ts';
import { unresolvedInputs } from '../plan/unresolved-plan.ts';

const pending = new WeakMap<SourceRelation, () => Promise<StructType>>();
const inferred = new WeakMap<SourceRelation, Promise<SourceRelation>>();

/** Marks a relation whose schema `infer` will find. */
export function markPending(relation: SourceRelation, infer: () => Promise<StructType>): SourceRelation {
  pending.set(relation, infer);
  return relation;
}

/** True when the plan reads a relation whose schema is not known yet. */
export function hasPendingSchema(plan: UnresolvedPlan): boolean {
  return (plan.kind === 'read' && pending.has(plan.relation)) || unresolvedInputs(plan).some(hasPendingSchema);
}

/** The same plan with all schemas known. */
export async function resolvePendingSchemas(plan: UnresolvedPlan): Promise<UnresolvedPlan> {
  if (!hasPendingSchema(plan)) return plan;
  if (plan.kind === 'read') return { kind: 'read', relation: await resolved(plan.relation) };
  if (plan.kind === 'union') {
    return { ...plan, left: await resolvePendingSchemas(plan.left), right: await resolvePendingSchemas(plan.right) };
  }
  if ('initialState' in plan && plan.initialState !== undefined) {
    const initialState = { ...plan.initialState, input: await resolvePendingSchemas(plan.initialState.input) };
    return { ...plan, input: await resolvePendingSchemas(plan.input), initialState };
  }
  return 'input' in plan ? { ...plan, input: await resolvePendingSchemas(plan.input) } : plan;
}

async function resolved(relation: SourceRelation): Promise<SourceRelation> {
  const infer = pending.get(relation);
  if (infer === undefined) return relation;
  const known = inferred.get(relation);
  if (known !== undefined) return known;
  const promise = infer().then((schema) => ({ ...relation, schema }));
  inferred.set(relation, promise);
  return promise;
}
