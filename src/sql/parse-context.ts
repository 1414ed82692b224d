/** What the parser is told beside the text. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';

/** Values of `?` in order, or of `:name` by name. */
export type SqlParameters = readonly UnresolvedExpression[] | ReadonlyMap<string, UnresolvedExpression>;

export interface ParseContext {
  /** The zone of TIMESTAMP literals without one. */
  readonly timeZone: string;
  readonly parameters?: SqlParameters;
  /** What TIMESTAMP means before a text; a moment unless said. */
  readonly timestampType?: 'ltz' | 'ntz';
  /** `spark.sql.ansi.enabled`; on when it is not given. */
  readonly ansi?: boolean;
  /** `spark.sql.ansi.doubleQuotedIdentifiers`: what stands in double quotes is a name. */
  readonly quotesNames?: boolean;
  /** `spark.sql.parser.quotedRegexColumnNames`: names in backquotes within select lists are patterns of names. */
  readonly readsPatterns?: boolean;
  /** `spark.sql.legacy.parser.havingWithoutGroupByAsWhere`: HAVING without GROUP BY is WHERE. */
  readonly filtersByHaving?: boolean;
  /** `spark.sql.legacy.interval.enabled`: literals of intervals are calendar intervals. */
  readonly hasCalendarIntervals?: boolean;
  /** What a session variable stands for. */
  readonly variables?: ((nameParts: readonly string[]) => UnresolvedExpression | undefined) | undefined;
}
