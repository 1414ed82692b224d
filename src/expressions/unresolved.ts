/**
 * Expressions as the user wrote them: names are text, functions are names. The nodes and fields correspond to Spark Connect's Expression
 * messages. The analyzer (plan/) turns them into the nodes of expression.ts.
 */
import type { DataType } from '../types/data-type.ts';
import type { UserFunction } from '../functions/user-function.ts';
import type { Value } from '../types/vector.ts';

/** `ansi` follows the session's setting (an error on bad input when it is on); `try` returns null. */
export type CastMode = 'ansi' | 'try';

export type UnresolvedExpression =
  | { readonly kind: 'literal'; readonly value: Value | null; readonly dataType: DataType }
  /** `a`, `a.b`, `` `a.b` `` split into parts; a trailing part may be a struct field. */
  | { readonly kind: 'unresolvedAttribute'; readonly nameParts: readonly string[] }
  | { readonly kind: 'unresolvedStar'; readonly target: readonly string[] }
  /** Every function and operator by Spark's name: `+`, `and`, `when`, `window`, `count`, `in`, `isnull`. */
  | {
      readonly kind: 'unresolvedFunction';
      readonly functionName: string;
      readonly arguments: readonly UnresolvedExpression[];
      readonly isDistinct: boolean;
      /** What is called, when it is a function of the user. */
      readonly definition?: UserFunction;
      /** It stands in FROM, so it has to make rows. */
      readonly isTableFunction?: true;
    }
  | {
      readonly kind: 'unresolvedExtractValue';
      readonly child: UnresolvedExpression;
      readonly extraction: UnresolvedExpression;
    }
  /** `x -> x + 1`, as an argument of a function that takes one. */
  | {
      readonly kind: 'lambdaFunction';
      readonly function: UnresolvedExpression;
      readonly argumentNames: readonly string[];
    }
  | { readonly kind: 'alias'; readonly child: UnresolvedExpression; readonly name: string }
  /** Several names, for a generator's columns. */
  | { readonly kind: 'multiAlias'; readonly child: UnresolvedExpression; readonly names: readonly string[] }
  | {
      readonly kind: 'cast';
      readonly child: UnresolvedExpression;
      readonly toType: DataType;
      readonly mode: CastMode;
      /** Written as a function, `int(a)`, which names do not show. */
      readonly isFunction?: true;
    }
  | {
      readonly kind: 'sortOrder';
      readonly child: UnresolvedExpression;
      readonly direction: 'ascending' | 'descending';
      readonly nullOrdering: 'nullsFirst' | 'nullsLast';
    }
  /** SQL text, parsed by the SQL front end during analysis. */
  | { readonly kind: 'expressionString'; readonly expression: string };
