/** What the analyzer knows of the session and of the queries around the one it resolves. */
import type { Expression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';

/** What a name stands for; undefined when it knows none of the name. */
export type NameLookup = (parts: readonly string[]) => Expression | undefined;

/** What the analyzer is given. */
export interface AnalyzerContext extends ResolveContext {
  /** Parses SQL text into an expression; absent until the SQL front end is there. */
  readonly parseExpression?: ((text: string) => UnresolvedExpression) | undefined;
  /** Names of the queries around, asked for what a query itself does not have. */
  readonly outer?: NameLookup | undefined;
  /** Resolves a query inside an expression; `outer` knows the names around it. */
  readonly analyzeSubquery?: ((plan: UnresolvedPlan, outer: NameLookup) => LogicalPlan) | undefined;
}
