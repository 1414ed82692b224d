/**
 * Columns and rows as types: what a misspelt name fails to compile against, and the rows that select, withColumn and agg give. Row types from
 * DDL literals are types/ddl-row.ts. Where names or types are not known, rows become untyped; never the other way round.
 */
import type { Row } from '../types/row-codec.ts';
import type { Timestamp } from '../types/timestamp.ts';
import type { Column } from './column.ts';

/**
 * The names of the columns of a row type: plain, qualified by an alias, fields of structs, stars; any text when the row is untyped. No
 * conditional type, so that a DataFrame of typed rows is a DataFrame.
 */
export type ColumnNameOf<T> =
  | (keyof T & string)
  | `${keyof T & string}.${string}`
  | `${string}.${keyof T & string}`
  | `${string}.*`
  | '*';

declare const REFERENCE: unique symbol;

/** Stands for the value of a column of the input, until the input is known. */
export interface Reference<Name extends string> {
  readonly [REFERENCE]: Name;
}

/** What a name in `F.col` stands for: a column; anything more than a plain name is not followed. */
export type ReferenceTo<Name extends string> = string extends Name
  ? unknown
  : Name extends `${string}.${string}` | '*'
    ? unknown
    : Reference<Name>;

/** The name a column written as `F.col(name)` has in a result. */
export type PlainName<Name extends string> = Name extends `${string}.${string}` | '*' ? string : Name;

type NameOf<C> = C extends Column<infer Name> ? Name : C extends `${string}.${string}` | '*' ? string : C & string;

type ValueOfColumn<T, C> =
  C extends Column<string, infer V>
    ? V extends Reference<infer Name>
      ? Name extends keyof T
        ? T[Name]
        : unknown
      : V
    : C extends keyof T
      ? T[C]
      : unknown;

type RowOfColumns<T, C> = { [One in C as NameOf<One>]: ValueOfColumn<T, One> };

/** Untyped as soon as the input is, or the name of one column is not known. */
type RowOfKnown<T, C> = string extends keyof T ? Row : string extends NameOf<C> ? Row : RowOfColumns<T, C>;

/** The rows of `select`. */
export type SelectedRow<T, C extends readonly unknown[]> = RowOfKnown<T, C[number]>;

/** The rows of `withColumns`: those columns replaced or added. */
export type ExtendedRow<T, Columns> = string extends keyof T | keyof Columns
  ? Row
  : {
      [Name in keyof T | keyof Columns]: Name extends keyof Columns
        ? ValueOfColumn<T, Columns[Name]>
        : Name extends keyof T
          ? T[Name]
          : never;
    };

/** The rows of `drop`. */
export type DroppedRow<T, Name> = string extends keyof T ? Row : { [Kept in Exclude<keyof T, Name>]: T[Kept] };

/** What `join` is given: a condition, or names of columns that both sides have. */
export type JoinKeys<T, U> = Column | (keyof T & keyof U & string) | readonly (keyof T & keyof U & string)[];

/** The types of join, as they may be written; in any letter case. */
type LeftOnlyJoin = 'semi' | 'leftsemi' | 'left_semi' | 'anti' | 'leftanti' | 'left_anti';
type LeftJoin = 'left' | 'leftouter' | 'left_outer';
type RightJoin = 'right' | 'rightouter' | 'right_outer';
type FullJoin = 'full' | 'outer' | 'fullouter' | 'full_outer';
type AnyJoin = 'inner' | 'cross' | LeftOnlyJoin | LeftJoin | RightJoin | FullJoin;

type NameIn<On> = On extends readonly (infer Name)[] ? Name : On extends Column ? never : On;

/** A column both sides are joined by comes out once: of an outer join, that of the side that always has a row. */
type ValueOfKey<T, U, Name extends keyof T & keyof U, How> = How extends RightJoin
  ? U[Name]
  : How extends FullJoin
    ? T[Name] | U[Name]
    : T[Name];

/** Null where a side may have no row. */
type ValueOfSide<Value, How, NullableIn> = How extends NullableIn ? Value | null : Value;

type RowOfBoth<T, U, On, How> = {
  [Name in keyof T | keyof U]: Name extends NameIn<On> & keyof T & keyof U
    ? ValueOfKey<T, U, Name, How>
    :
        | (Name extends keyof T ? ValueOfSide<T[Name], How, RightJoin | FullJoin> : never)
        | (Name extends keyof U ? ValueOfSide<U[Name], How, LeftJoin | FullJoin> : never);
};

/** The rows of `join`: untyped as soon as one side is, or the type of the join is not known. */
export type JoinedRow<T, U, On, How extends string> = string extends keyof T | keyof U
  ? Row
  : Lowercase<How> extends AnyJoin
    ? Lowercase<How> extends LeftOnlyJoin
      ? T
      : RowOfBoth<T, U, On, Lowercase<How>>
    : Row;

/** What is known after a join. What one side cannot do alone may be a table's, so it is forgotten. */
export type JoinedFacts<F extends Facts, G extends Facts> = string extends F | G
  ? string
  : (F | G) & ('known' | 'watermark');

/** The rows of an aggregation: grouping columns, then aggregates. */
export type AggregatedRow<T, Keys extends readonly unknown[], Aggregates> = RowOfKnown<T, Keys[number] | Aggregates>;

/**
 * What the compiler knows of a stream: `known` (its rows come from a schema written as a literal), `watermark`, `noAppend`, `noUpdate`.
 * Any `string`: nothing, so that everything is allowed until the query starts.
 */
export type Facts = string;

/** The output modes a query may run in. */
export type ModesOf<F extends Facts> = string extends F
  ? 'append' | 'update' | 'complete'
  : (F & 'noAppend' extends never ? 'append' : never) | (F & 'noUpdate' extends never ? 'update' : never) | 'complete';

/** A stream grouped by session windows has sessions that are not over yet, so it cannot say what changed. */
export interface SessionWindow {
  readonly start: Timestamp;
  readonly end: Timestamp;
  readonly [REFERENCE]: 'session';
}

type HasSession<Keys extends readonly unknown[]> =
  Extract<Keys[number], Column<string, SessionWindow>> extends never ? false : true;

/** What is known after an aggregation. */
export type AggregatedFacts<F extends Facts, Keys extends readonly unknown[]> = string extends F
  ? string
  : F | (F & 'watermark' extends never ? 'noAppend' : never) | (HasSession<Keys> extends true ? 'noUpdate' : never);
