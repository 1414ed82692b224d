/** Statements of SQL, parsed. The session runs them: sql/ itself changes nothing. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';

export type Statement =
  | { readonly kind: 'query'; readonly plan: UnresolvedPlan }
  | {
      readonly kind: 'createView';
      readonly name: string;
      readonly plan: UnresolvedPlan;
      readonly isReplace: boolean;
    }
  | { readonly kind: 'dropView'; readonly nameParts: readonly string[]; readonly ifExists: boolean }
  /** DESCRIBE of a relation or query. */
  | { readonly kind: 'describe'; readonly plan: UnresolvedPlan }
  /** Views and memory tables whose names match the pattern, in which `*` is any text. */
  | { readonly kind: 'showTables'; readonly pattern: string | undefined; readonly what: 'tables' | 'views' }
  | { readonly kind: 'explain'; readonly plan: UnresolvedPlan; readonly mode: 'simple' | 'extended' | 'formatted' }
  /** SET without a value shows one; without a key all. */
  | { readonly kind: 'set'; readonly key: string | undefined; readonly value: string | undefined }
  | { readonly kind: 'reset'; readonly key: string | undefined };
