/**
 * Schemas that are inferred from the data of a batch read. Inference reads files, transformations do not wait: the relation is marked
 * pending and resolved when the first action runs.
 */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { SourceRelation, UnresolvedPivot, UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { StructType } from '../types/data-type.ts';
import { withinStack } from '../errors/within-stack.ts';
import { unresolvedInputs } from '../plan/unresolved-plan.ts';

const pending = new WeakMap<SourceRelation, () => Promise<StructType>>();
const pendingPivots = new WeakMap<UnresolvedPivot, () => Promise<readonly UnresolvedExpression[]>>();
const inferred = new WeakMap<SourceRelation, Promise<SourceRelation>>();
/** What `inferred` has come to. */
const known = new WeakMap<SourceRelation, SourceRelation>();

/** Marks a relation whose schema `infer` will find. */
export function markPending(relation: SourceRelation, infer: () => Promise<StructType>): SourceRelation {
  pending.set(relation, infer);
  return relation;
}

/** Marks a pivot whose values `find` will find. */
export function markPendingPivot(
  pivot: UnresolvedPivot,
  find: () => Promise<readonly UnresolvedExpression[]>,
): UnresolvedPivot {
  pendingPivots.set(pivot, find);
  return pivot;
}

/** True when the plan reads a relation whose schema is not known yet. */
export function hasPendingSchema(plan: UnresolvedPlan): boolean {
  return withinStack(() => isPending(plan));
}

function isPending(plan: UnresolvedPlan): boolean {
  if (plan.kind === 'read' && pending.has(plan.relation)) return true;
  return pendingPivotOf(plan) !== undefined || unresolvedInputs(plan).some(isPending);
}

/** The same plan with all schemas known. */
export async function resolvePendingSchemas(plan: UnresolvedPlan): Promise<UnresolvedPlan> {
  if (!hasPendingSchema(plan)) return plan;
  if (plan.kind === 'read') return { kind: 'read', relation: await resolved(plan.relation) };
  const pivot = pendingPivotOf(plan);
  if (pivot !== undefined && plan.kind === 'aggregate') {
    const values = await pendingPivots.get(pivot)?.();
    return { ...plan, input: await resolvePendingSchemas(plan.input), pivot: { ...pivot, values } };
  }
  if ('left' in plan) {
    return { ...plan, left: await resolvePendingSchemas(plan.left), right: await resolvePendingSchemas(plan.right) };
  }
  if ('initialState' in plan && plan.initialState !== undefined) {
    const initialState = { ...plan.initialState, input: await resolvePendingSchemas(plan.initialState.input) };
    return { ...plan, input: await resolvePendingSchemas(plan.input), initialState };
  }
  return 'input' in plan ? { ...plan, input: await resolvePendingSchemas(plan.input) } : plan;
}

function pendingPivotOf(plan: UnresolvedPlan): UnresolvedPivot | undefined {
  return plan.kind === 'aggregate' && plan.pivot?.values === undefined ? plan.pivot : undefined;
}

/** The plan with the schemas an earlier action has found; some may still be pending. */
export function withInferredSchemas(plan: UnresolvedPlan): UnresolvedPlan {
  if (!hasPendingSchema(plan)) return plan;
  if (plan.kind === 'read') return { kind: 'read', relation: known.get(plan.relation) ?? plan.relation };
  if ('left' in plan) return { ...plan, left: withInferredSchemas(plan.left), right: withInferredSchemas(plan.right) };
  return 'input' in plan ? { ...plan, input: withInferredSchemas(plan.input) } : plan;
}

async function resolved(relation: SourceRelation): Promise<SourceRelation> {
  const infer = pending.get(relation);
  if (infer === undefined) return relation;
  const running = inferred.get(relation);
  if (running !== undefined) return running;
  const promise = infer().then((schema) => {
    const found = { ...relation, schema };
    known.set(relation, found);
    return found;
  });
  inferred.set(relation, promise);
  // A failed attempt is no answer: files may be there next time.
  promise.catch(() => inferred.delete(relation));
  return promise;
}
