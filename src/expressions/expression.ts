/**
 * Resolved expressions: every column is an attribute with an id, every call knows its types and how it is computed. Made by the analyzer,
 * rewritten by the optimizer, turned into evaluators by compile.ts. Immutable.
 */
import type { AggregateSignature, ScalarEvaluator } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { WindowSignature } from '../functions/define-window-function.ts';
import type { CastMode, PlanReference } from './unresolved.ts';

/** A column of a relation. The id is unique in the process; two attributes are the same column when their ids are equal. */
export interface Attribute {
  readonly kind: 'attribute';
  readonly id: number;
  readonly name: string;
  /** Alias of the relation it comes from (`t` in `t.a`), empty when there is none. */
  readonly qualifier: readonly string[];
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** Watermark delay in ms when this is an event-time column (withWatermark, or a window of one). */
  readonly watermarkDelayMs?: number;
  /** A column of session windows; an aggregation by it merges those that meet. */
  readonly isSession?: true;
  /** A parameter of a lambda; Spark shows all of them by one name. */
  readonly isParameter?: true;
  /** Of a query around the one in which it is read. */
  readonly isOuter?: true | undefined;
  /** A using column of a join that is only found by its qualified name, and not by `*`. */
  readonly isHidden?: true | undefined;
}
export interface Literal {
  /** How names of columns show it, when not as its value. */
  readonly shownAs?: string;
  readonly kind: 'literal';
  readonly value: Value | null;
  readonly dataType: DataType;
  readonly nullable: boolean;
}
export interface ScalarCall {
  readonly kind: 'call';
  /** Spark's name in lower case, as `+` or `upper`. */
  readonly functionName: string;
  readonly arguments: readonly Expression[];
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly deterministic: boolean;
  readonly evaluator: ScalarEvaluator;
}
export interface Cast {
  readonly kind: 'cast';
  readonly child: Expression;
  readonly dataType: DataType;
  readonly mode: CastMode | 'legacy';
  readonly nullable: boolean;
  /** True when analysis inserted it; such a cast is not shown in column names. */
  readonly isImplicit?: true;
}
/** `CASE WHEN … END`; branches are evaluated only for the rows that reach them. `if` and `when` become this. */
export interface CaseWhen {
  readonly kind: 'case';
  readonly branches: readonly { readonly condition: Expression; readonly value: Expression }[];
  readonly otherwise: Expression;
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** The text of the call it was written as, as `nvl2(a, b, c)`. */
  readonly writtenAs?: string;
}
/** The first argument that is not null; later ones are evaluated only where needed. */
export interface Coalesce {
  readonly kind: 'coalesce';
  readonly arguments: readonly Expression[];
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** The text of the call it was written as, as `nvl(a, b)`. */
  readonly writtenAs?: string;
}
/** SQL's three-valued AND / OR; the right side is evaluated only where the left does not decide. */
export interface Logical {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** How the user wrote it, where that is no AND or OR. */
  readonly writtenAs?: string;
}
/** A field of a struct. */
export interface GetField {
  readonly kind: 'field';
  readonly child: Expression;
  readonly ordinal: number;
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
}
/** A named result; its `id` is the id of the attribute it defines. */
export interface Alias {
  readonly kind: 'alias';
  readonly id: number;
  readonly name: string;
  readonly child: Expression;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly watermarkDelayMs?: number;
  readonly isSession?: true;
}
/** An aggregate call; only inside Aggregate nodes. */
export interface AggregateCall {
  readonly kind: 'aggregate';
  readonly functionName: string;
  readonly arguments: readonly Expression[];
  readonly isDistinct: boolean;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly signature: AggregateSignature;
  /** `FILTER (WHERE …)`: the last argument says which rows count; the signature knows. */
  readonly hasFilter?: true;
  /** `IGNORE NULLS`, for the text. */
  readonly ignoresNulls?: true;
  /** The text of a call with WITHIN GROUP. */
  readonly writtenAs?: string;
}

/** Where a frame begins or ends. `rows` counts rows from the current one; `range` is the value of the sort key there. */
export type FrameBound =
  | { readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  | { readonly kind: 'rows'; readonly offset: number; readonly text: string }
  | { readonly kind: 'range'; readonly value: Expression; readonly text: string };

export interface WindowFrame {
  readonly unit: 'row' | 'range';
  readonly lower: FrameBound;
  readonly upper: FrameBound;
}

/** A function over the rows around a row. Lives in Window nodes only, once its plan is resolved. */
export interface WindowCall {
  readonly kind: 'window';
  readonly functionName: string;
  readonly arguments: readonly Expression[];
  readonly isDistinct: boolean;
  readonly computation:
    | { readonly kind: 'aggregate'; readonly signature: AggregateSignature }
    | { readonly kind: 'positional'; readonly signature: WindowSignature };
  readonly partition: readonly Expression[];
  readonly order: readonly SortOrder[];
  readonly frame: WindowFrame;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly hasFilter?: true;
  readonly ignoresNulls?: true;
  readonly writtenAs?: string;
}

/** The result of a query inside an expression; `plan` is a resolved one. Gone once the plan around it is rewritten into joins. */
export interface Subquery {
  readonly kind: 'subquery';
  readonly subqueryType: 'scalar' | 'exists' | 'in';
  readonly plan: PlanReference;
  /** The left side of IN. */
  readonly values: readonly Expression[];
  /** Columns of the plans around that the query reads. */
  readonly outer: readonly Attribute[];
  readonly dataType: DataType;
  readonly nullable: boolean;
}

/** A function written in SQL, as `x -> x + 1`: its body reads columns of the row and its parameters. */
export interface Lambda {
  readonly parameters: readonly Attribute[];
  readonly body: Expression;
}
/** A call that takes lambdas, as `transform(a, x -> x + 1)`. */
export interface HigherOrderCall {
  readonly kind: 'higherOrder';
  readonly functionName: string;
  /** What comes before the lambdas. */
  readonly arguments: readonly Expression[];
  readonly lambdas: readonly Lambda[];
  readonly dataType: DataType;
  readonly nullable: boolean;
}

export type Expression =
  | Attribute
  | Literal
  | ScalarCall
  | Cast
  | CaseWhen
  | Coalesce
  | Logical
  | GetField
  | Alias
  | AggregateCall
  | WindowCall
  | Subquery
  | HigherOrderCall;

/** An expression with a name: what Project and Aggregate put out. */
export type NamedExpression = Attribute | Alias;

export interface SortOrder {
  readonly child: Expression;
  readonly direction: 'ascending' | 'descending';
  readonly nullOrdering: 'nullsFirst' | 'nullsLast';
}

let lastId = 0;

/** A fresh attribute id. Ids only tell columns of one process apart; they are never stored. */
export function nextAttributeId(): number {
  lastId += 1;
  return lastId;
}

/** The attribute a named expression defines. */
export function toAttribute(expression: NamedExpression): Attribute {
  if (expression.kind === 'attribute') return expression;
  const { id, name, dataType, nullable } = expression;
  return { kind: 'attribute', id, name, qualifier: [], dataType, nullable, ...timeMarksOf(expression) };
}

/** What marks a column as an event time or a session, for its copies. */
export function timeMarksOf({
  watermarkDelayMs,
  isSession,
}: Pick<Attribute, 'watermarkDelayMs' | 'isSession'>): Pick<Attribute, 'watermarkDelayMs' | 'isSession'> {
  return {
    ...(watermarkDelayMs === undefined ? {} : { watermarkDelayMs }),
    ...(isSession === undefined ? {} : { isSession }),
  };
}

/** The direct children of an expression, in order. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'attribute':
    case 'literal':
      return [];
    case 'call':
    case 'coalesce':
    case 'aggregate':
      return expression.arguments;
    case 'cast':
    case 'field':
    case 'alias':
      return [expression.child];
    case 'case':
      return [...expression.branches.flatMap((branch) => [branch.condition, branch.value]), expression.otherwise];
    case 'logical':
      return [expression.left, expression.right];
    case 'higherOrder':
      return [...expression.arguments, ...expression.lambdas.map(({ body }) => body)];
    case 'window':
      return [
        ...expression.arguments,
        ...expression.partition,
        ...expression.order.map(({ child }) => child),
        ...[expression.frame.lower, expression.frame.upper].flatMap((one) => (one.kind === 'range' ? [one.value] : [])),
      ];
    case 'subquery':
      return [...expression.values, ...expression.outer];
  }
}

/** The same expression over other children: each direct child is replaced by `replace(child)`. */
export function mapChildren(expression: Expression, replace: (child: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'attribute':
    case 'literal':
      return expression;
    case 'call':
    case 'coalesce':
    case 'aggregate':
      return { ...expression, arguments: expression.arguments.map(replace) };
    case 'cast':
    case 'field':
    case 'alias':
      return { ...expression, child: replace(expression.child) };
    case 'case':
      return {
        ...expression,
        branches: expression.branches.map(({ condition, value }) => ({
          condition: replace(condition),
          value: replace(value),
        })),
        otherwise: replace(expression.otherwise),
      };
    case 'logical':
      return { ...expression, left: replace(expression.left), right: replace(expression.right) };
    case 'higherOrder':
      return {
        ...expression,
        arguments: expression.arguments.map(replace),
        lambdas: expression.lambdas.map(({ parameters, body }) => ({ parameters, body: replace(body) })),
      };
    case 'window':
      return {
        ...expression,
        arguments: expression.arguments.map(replace),
        partition: expression.partition.map(replace),
        order: expression.order.map((one) => ({ ...one, child: replace(one.child) })),
        frame: {
          ...expression.frame,
          lower: replaceBound(expression.frame.lower, replace),
          upper: replaceBound(expression.frame.upper, replace),
        },
      };
    case 'subquery':
      return { ...expression, values: expression.values.map(replace) };
  }
}

function replaceBound(bound: FrameBound, replace: (child: Expression) => Expression): FrameBound {
  return bound.kind === 'range' ? { ...bound, value: replace(bound.value) } : bound;
}

/** Rebuilds an expression bottom-up, replacing each node by `rewrite(node)`. */
export function transformUp(expression: Expression, rewrite: (node: Expression) => Expression): Expression {
  return rewrite(mapChildren(expression, (child) => transformUp(child, rewrite)));
}

/** Calls `visit` for the expression and everything below it. */
export function walk(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression);
  for (const child of childrenOf(expression)) walk(child, visit);
}

/** True when `test` holds of the expression or of one below it. */
export function someNode(expression: Expression, test: (node: Expression) => boolean): boolean {
  return test(expression) || childrenOf(expression).some((child) => someNode(child, test));
}

/** The expression below its names. */
export function withoutAlias(expression: Expression): Expression {
  return expression.kind === 'alias' ? withoutAlias(expression.child) : expression;
}

/** The ids of all attributes an expression reads; parameters of its lambdas are none. */
export function referencesOf(expression: Expression): Set<number> {
  const ids = new Set<number>();
  const bound = new Set<number>();
  walk(expression, (node) => {
    if (node.kind === 'attribute') ids.add(node.id);
    if (node.kind === 'higherOrder')
      for (const { parameters } of node.lambdas) for (const { id } of parameters) bound.add(id);
  });
  for (const id of bound) ids.delete(id);
  return ids;
}

/** False when the expression, or a part of it, may give another result for the same row. */
export function isDeterministic(expression: Expression): boolean {
  return !someNode(expression, (node) => node.kind === 'call' && !node.deterministic);
}
