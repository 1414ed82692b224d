/**
 * A column of a DataFrame as the user writes it: an expression that is resolved when the query is analyzed. Immutable; every method returns
 * a new column. Names are those of Spark's Scala API.
 */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { DataType } from '../types/data-type.ts';
import type { ValueOf } from '../types/ddl-row.ts';
import { parseNameParts } from '../plan/resolve-names.ts';
import { parseType } from '../types/schema.ts';
import { literalOf } from './literal.ts';

/** A column, or a value that becomes a literal. */
export type ColumnOrValue = Column | string | number | bigint | boolean | Date | Uint8Array | null | object;

/** A column, or the name of one. */
export type ColumnOrName = Column | string;

type SortOrderOf = Extract<UnresolvedExpression, { readonly kind: 'sortOrder' }>;

/** What `over` is given: partitioning, order and frame. */
export type WindowDefinition = Pick<
  Extract<UnresolvedExpression, { readonly kind: 'window' }>,
  'partitionSpec' | 'orderSpec' | 'frameSpec'
>;

declare const TYPE: unique symbol;

/** An expression over the columns of a DataFrame; made by `F.col`, `F.lit` and the functions of `F`. */
export class Column<out Name extends string = string, out Value = unknown> {
  /** The expression as written; what plans are built from. */
  readonly expression: UnresolvedExpression;
  /** The name in a result and the type of the values, where the compiler knows them. Never there at run time. */
  declare readonly [TYPE]?: { readonly name: Name; readonly value: Value };

  constructor(expression: UnresolvedExpression) {
    this.expression = expression;
  }

  /** Equality; null when either side is null. */
  eq(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('=', other);
  }

  neq(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('!=', other);
  }

  /** Equality in which null equals null. */
  eqNullSafe(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('<=>', other);
  }

  gt(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('>', other);
  }

  geq(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('>=', other);
  }

  lt(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('<', other);
  }

  leq(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('<=', other);
  }

  plus(other: ColumnOrValue): Column {
    return this.#binary('+', other);
  }

  minus(other: ColumnOrValue): Column {
    return this.#binary('-', other);
  }

  multiply(other: ColumnOrValue): Column {
    return this.#binary('*', other);
  }

  /** Division; of integers too it gives a DOUBLE. */
  divide(other: ColumnOrValue): Column {
    return this.#binary('/', other);
  }

  /** Remainder with the sign of the dividend. */
  mod(other: ColumnOrValue): Column {
    return this.#binary('%', other);
  }

  and(other: ColumnOrValue): Column {
    return this.#binary('and', other);
  }

  or(other: ColumnOrValue): Column {
    return this.#binary('or', other);
  }

  not(): Column {
    return call('not', [this]);
  }

  negate(): Column {
    return call('negative', [this]);
  }

  isNull(): Column {
    return call('isnull', [this]);
  }

  isNotNull(): Column {
    return call('isnotnull', [this]);
  }

  isNaN(): Column {
    return call('isnan', [this]);
  }

  /** True when the value is one of the given ones. */
  isin(...values: readonly ColumnOrValue[]): Column {
    return call('in', [this, ...values.flat()]);
  }

  /** Bounds included. */
  between(lower: ColumnOrValue, upper: ColumnOrValue): Column {
    return this.geq(lower).and(this.leq(upper));
  }

  /** SQL LIKE: `%` any text, `_` one character. */
  like(pattern: string): Column {
    return this.#binary('like', pattern);
  }

  /** True when the regular expression finds something. */
  rlike(pattern: string): Column {
    return this.#binary('rlike', pattern);
  }

  contains(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('contains', other);
  }

  startsWith(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('startswith', other);
  }

  endsWith(other: ColumnOrValue): Column<string, boolean | null> {
    return this.#binary('endswith', other);
  }

  /** Part of a string; positions count from 1. */
  substr(position: number, length: number): Column {
    return call('substring', [this, position, length]);
  }

  bitwiseAND(other: ColumnOrValue): Column {
    return this.#binary('&', other);
  }

  bitwiseOR(other: ColumnOrValue): Column {
    return this.#binary('|', other);
  }

  bitwiseXOR(other: ColumnOrValue): Column {
    return this.#binary('^', other);
  }

  /** Converts to a type, given as DDL text or DataType; a value that does not fit is an error in ANSI mode. */
  cast<Ddl extends string>(type: DataType | Ddl): Column<Name, ValueOf<Ddl> | null> {
    return this.#cast(type, 'ansi');
  }

  /** As cast, but null where the value does not fit. */
  tryCast<Ddl extends string>(type: DataType | Ddl): Column<Name, ValueOf<Ddl> | null> {
    return this.#cast(type, 'try');
  }

  /** A field of a struct. */
  getField(name: string): Column {
    return this.getItem(name);
  }

  /** A field of a struct, an element of an array (from 0) or the value of a map key. */
  getItem(key: ColumnOrValue): Column {
    return new Column({ kind: 'unresolvedExtractValue', child: this.expression, extraction: toExpression(key) });
  }

  /** A name; several names are for the columns of a generator, as `F.posexplode('xs').as('at', 'x')`. */
  as<Alias extends string, Others extends readonly string[]>(
    name: Alias,
    ...others: Others
  ): Column<Others extends readonly [] ? Alias : string, Value> {
    if (others.length > 0) return new Column({ kind: 'multiAlias', child: this.expression, names: [name, ...others] });
    return new Column({ kind: 'alias', child: this.expression, name });
  }

  /** The same as as. */
  alias<Alias extends string, Others extends readonly string[]>(
    name: Alias,
    ...others: Others
  ): Column<Others extends readonly [] ? Alias : string, Value> {
    return this.as(name, ...others);
  }

  asc(): Column {
    return this.#sorted('ascending', 'nullsFirst');
  }

  desc(): Column {
    return this.#sorted('descending', 'nullsLast');
  }

  ascNullsLast(): Column {
    return this.#sorted('ascending', 'nullsLast');
  }

  descNullsFirst(): Column {
    return this.#sorted('descending', 'nullsFirst');
  }

  /** The function over the rows of a window, as `F.sum('n').over(Window.partitionBy('k').orderBy('t'))`. */
  over(window: { readonly definition: WindowDefinition }): Column {
    return new Column({ kind: 'window', windowFunction: this.expression, ...window.definition });
  }

  /** Another branch after `F.when`. */
  when(condition: Column, value: ColumnOrValue): Column {
    return call('when', [...this.#branches(), condition, value]);
  }

  /** The value when no branch of `F.when` applies; null without it. */
  otherwise(value: ColumnOrValue): Column {
    return call('when', [...this.#branches(), value]);
  }

  #binary<V>(name: string, other: ColumnOrValue): Column<string, V> {
    return call(name, [this, other]);
  }

  #cast<V>(type: DataType | string, mode: 'ansi' | 'try'): Column<Name, V> {
    const toType = typeof type === 'string' ? parseType(type) : type;
    return new Column({ kind: 'cast', child: this.expression, toType, mode });
  }

  #sorted(direction: SortOrderOf['direction'], nullOrdering: SortOrderOf['nullOrdering']): Column {
    const child = this.expression.kind === 'sortOrder' ? this.expression.child : this.expression;
    return new Column({ kind: 'sortOrder', child, direction, nullOrdering });
  }

  #branches(): Column[] {
    const { expression } = this;
    const isWhen = expression.kind === 'unresolvedFunction' && expression.functionName === 'when';
    return isWhen ? expression.arguments.map((argument) => new Column(argument)) : [this];
  }
}

/** A call of a function by Spark's name; values become literals. */
export function call<V>(functionName: string, args: readonly ColumnOrValue[], isDistinct = false): Column<string, V> {
  return new Column({ kind: 'unresolvedFunction', functionName, arguments: args.map(toExpression), isDistinct });
}

/** The expression of a column, or a literal. */
export function toExpression(value: ColumnOrValue): UnresolvedExpression {
  return value instanceof Column ? value.expression : literalOf(value);
}

/** The expression a column or the name of one stands for; `*` and `t.*` are stars. */
export function columnExpression(column: ColumnOrName): UnresolvedExpression {
  if (column instanceof Column) return column.expression;
  if (column === '*') return { kind: 'unresolvedStar', target: [] };
  if (column.endsWith('.*')) return { kind: 'unresolvedStar', target: parseNameParts(column.slice(0, -2)) };
  return { kind: 'unresolvedAttribute', nameParts: parseNameParts(column) };
}
