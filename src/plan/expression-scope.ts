/** What expressions of one node of a plan may refer to. */
import type { Attribute } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { AggregateLookup, AnalyzerContext, NameLookup } from './analyzer-context.ts';
import type { GeneratorCalls } from './resolve-generator.ts';
import type { WindowCalls } from './resolve-window.ts';

/** What expressions of one node may refer to. */
export interface ExpressionScope {
  readonly columns: readonly Attribute[];
  /** Columns an error about an unknown name may propose, where these are more than `columns`. */
  readonly suggestions?: readonly Attribute[];
  /** Asked before the columns, but not inside aggregate calls: there columns come first. */
  readonly preferred?: NameLookup | undefined;
  /** Asked for names that no column has. */
  readonly fallback?: NameLookup | undefined;
  /** What queries inside may read of the groups: their aggregates. */
  readonly ofGroups?: AggregateLookup;
  readonly context: AnalyzerContext;
  /** Takes window calls; absent where windows may not stand. */
  readonly windows?: WindowCalls;
  /** The call has OVER: what it aggregates are the results of other aggregates and window functions. */
  readonly isOverWindow?: boolean;
  /** Takes generators at the top of a select list's items; absent where none may stand. */
  readonly generators?: GeneratorCalls;
  /** True where `grouping` and `grouping_id` may stand; what they stand for is put in their place once the groupings are known. */
  readonly allowsGrouping?: true;
  /** Parses SQL text into an expression; absent until the SQL front end is there. */
  readonly parseExpression?: ((text: string) => UnresolvedExpression) | undefined;
}
