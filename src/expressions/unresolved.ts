/**
 * Expressions as the user wrote them: names are text, functions are names. The nodes and fields correspond to Spark Connect's Expression
 * messages. The analyzer (plan/) turns them into the nodes of expression.ts.
 */
import type { DataType } from '../types/data-type.ts';
import type { UserFunction } from '../functions/user-function.ts';
import type { SqlFunction } from './sql-function.ts';
import type { Value } from '../types/vector.ts';

/** `ansi` follows the session's setting (an error on bad input when it is on); `try` returns null. */
export type CastMode = 'ansi' | 'try';

/** A plan inside an expression: plan/ knows its nodes, expressions only carry it. */
export interface PlanReference {
  readonly kind: string;
}

/** Where a window frame begins or ends; offsets are counted from the current row, those before it are negative. */
export type UnresolvedFrameBound =
  | { readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  | { readonly kind: 'offset'; readonly value: UnresolvedExpression };

export interface UnresolvedFrame {
  readonly unit: 'row' | 'range';
  readonly lower: UnresolvedFrameBound;
  readonly upper: UnresolvedFrameBound;
}

export type UnresolvedExpression =
  | {
      readonly kind: 'literal';
      readonly value: Value | null;
      readonly dataType: DataType;
      /** How names of columns show it, when not as its value: a session variable. */
      readonly shownAs?: string;
    }
  /** `a`, `a.b`, `` `a.b` `` split into parts; a trailing part may be a struct field. */
  | {
      readonly kind: 'unresolvedAttribute';
      readonly nameParts: readonly string[];
      /** What the name stands for when no column has it: a session variable. */
      readonly otherwise?: UnresolvedExpression;
    }
  | {
      readonly kind: 'unresolvedStar';
      readonly target: readonly string[];
      /** `* EXCEPT (a, b.c)`: columns, or fields of columns, that are left out. */
      readonly except?: readonly (readonly string[])[];
      /** Only columns whose names match, whatever the case of their letters: Hive's `` `(a)?+.+` ``. */
      readonly pattern?: string;
      /** Only the column at this place, counted from 1. */
      readonly position?: number;
    }
  /** Every function and operator by Spark's name: `+`, `and`, `when`, `window`, `count`, `in`, `isnull`. */
  | {
      readonly kind: 'unresolvedFunction';
      readonly functionName: string;
      readonly arguments: readonly UnresolvedExpression[];
      readonly isDistinct: boolean;
      /** What is called, when it is a function of the user. */
      readonly definition?: UserFunction | SqlFunction;
      /** It stands in FROM, so it has to make rows. */
      readonly isTableFunction?: true;
      /** Written as `(a, b)`. */
      readonly isRow?: true;
      /** `FILTER (WHERE …)` of an aggregate. */
      readonly filter?: UnresolvedExpression;
      /** `WITHIN GROUP (ORDER BY …)` of an aggregate. */
      readonly orderWithin?: readonly UnresolvedExpression[];
      /** `IGNORE NULLS`. */
      readonly ignoresNulls?: true;
    }
  /** `name => value` among the arguments of a call. */
  | { readonly kind: 'namedArgument'; readonly key: string; readonly value: UnresolvedExpression }
  /** `function OVER (PARTITION BY … ORDER BY … frame)`. */
  | {
      readonly kind: 'window';
      readonly windowFunction: UnresolvedExpression;
      readonly partitionSpec: readonly UnresolvedExpression[];
      readonly orderSpec: readonly UnresolvedExpression[];
      readonly frameSpec: UnresolvedFrame | undefined;
    }
  /** A query as a value, as a condition (EXISTS), or as the right side of IN, whose left side is `values`. */
  | {
      readonly kind: 'subquery';
      readonly subqueryType: 'scalar' | 'exists' | 'in';
      readonly plan: PlanReference;
      readonly values: readonly UnresolvedExpression[];
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
