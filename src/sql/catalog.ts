/** Where a query finds what FROM names. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';

export interface Catalog {
  /** The plan of a view or table by the parts of its name, `undefined` when there is none. */
  relation(nameParts: readonly string[]): UnresolvedPlan | undefined;
  /** As `relation`, for the rows that are to come; absent where there are no tables. */
  stream?(nameParts: readonly string[]): UnresolvedPlan | undefined;
  /** The error for a name nothing has. */
  notFound(nameParts: readonly string[]): Error;
}
