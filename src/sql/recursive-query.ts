/** Makes the plan of a recursive WITH: where it begins, and the step that is taken from the rows of the step before. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { quoteName } from '../plan/resolve-names.ts';

export interface RecursiveQuery {
  readonly name: string;
  readonly columnNames: readonly string[] | undefined;
  readonly maxDepth: number | undefined;
  /** What its own name stands for inside the query. */
  readonly marker: object;
  readonly input: UnresolvedPlan;
}

/** The plan under its name; a query that does not read itself is one like any other. */
export function recursiveQuery({ name, columnNames, maxDepth, marker, input }: RecursiveQuery): UnresolvedPlan {
  if (!reads(input, marker)) return { kind: 'subqueryAlias', input, alias: name, columnNames };
  const union = unwrapped(input);
  const isDistinct = union.kind === 'deduplicate' && union.columnNames === undefined;
  const sides = isDistinct ? union.input : union;
  if (isDistinct) throw new MillraceError('UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE', {});
  if (sides.kind !== 'union' || sides.byName || reads(sides.left, marker))
    throw new MillraceError('INVALID_RECURSIVE_CTE', {});
  const plan: UnresolvedPlan = {
    kind: 'recursion',
    name: quoteName([name]),
    anchor: sides.left,
    step: sides.right,
    marker,
    maxDepth,
    columnNames,
  };
  return { kind: 'subqueryAlias', input: plan, alias: name, columnNames };
}

function unwrapped(plan: UnresolvedPlan): UnresolvedPlan {
  return plan.kind === 'subqueryAlias' ? unwrapped(plan.input) : plan;
}

/** True when the name stands anywhere in the plan, the queries inside its expressions included. */
function reads(part: unknown, marker: object): boolean {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return false;
  if ('kind' in part && part.kind === 'recursionInput' && 'marker' in part && part.marker === marker) return true;
  // Rows that are there already hold no names.
  if ('kind' in part && part.kind === 'localRelation') return false;
  return Object.values(part).some((inner) => reads(inner, marker));
}
