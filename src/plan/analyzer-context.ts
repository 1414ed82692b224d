/** What the analyzer knows of the session and of the queries around the one it resolves. */
import type { AggregateCall, Attribute, Expression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';

/** What a name stands for; undefined when it knows none of the name. */
export type NameLookup = (parts: readonly string[]) => Expression | undefined;

/** The column of the groups around that holds an aggregate of theirs, which a query inside HAVING reads. */
export type AggregateLookup = (call: AggregateCall) => Attribute;

/** How the clauses behind a select list may name its items. */
export interface ListNames {
  readonly groupByAlias: boolean;
  readonly groupByOrdinal: boolean;
  readonly orderByOrdinal: boolean;
}

/** What the analyzer is given. */
export interface AnalyzerContext extends ResolveContext {
  /** Parses SQL text into an expression; absent until the SQL front end is there. */
  readonly parseExpression?: ((text: string) => UnresolvedExpression) | undefined;
  /** All ways to name items when it is not given. */
  readonly listNames?: ListNames;
  /** The query is the right side of a LATERAL join: what is inside it does not see the names around it. */
  readonly isLateral?: boolean;
  /** Names of the queries around, asked for what a query itself does not have. */
  readonly outer?: NameLookup | undefined;
  /** The columns of the left side, for stars in the right side of a LATERAL join. */
  readonly leftColumns?: readonly Attribute[] | undefined;
  /** Resolves a query inside an expression; `outer` knows the names around it. */
  readonly analyzeSubquery?:
    | ((plan: UnresolvedPlan, outer: NameLookup, ofGroups?: AggregateLookup) => LogicalPlan)
    | undefined;
  /** Aggregates of the groups around; absent where there are none to read. */
  readonly ofGroups?: AggregateLookup | undefined;
}
