/**
 * Row types from schema literals: `'time TIMESTAMP, action STRING'` types rows as `{ time: Timestamp | null; action: string | null }`,
 * nested types included. Types only; parsing at run time is schema.ts. A text the types cannot read gives `unknown` columns, never an error.
 */
import type { Decimal } from './decimal.ts';
import type { Row } from './row-codec.ts';
import type { Timestamp } from './timestamp.ts';

interface SqlTypes {
  boolean: boolean;
  tinyint: number;
  byte: number;
  smallint: number;
  short: number;
  int: number;
  integer: number;
  bigint: bigint;
  long: bigint;
  float: number;
  real: number;
  double: number;
  string: string;
  binary: Uint8Array;
  date: string;
  timestamp: Timestamp;
  timestamp_ltz: Timestamp;
  timestamp_ntz: Timestamp;
  time: string;
  decimal: Decimal;
  dec: Decimal;
  numeric: Decimal;
}

type Space = ' ' | '\n' | '\t';

type Trim<Text extends string> = Text extends `${Space}${infer Rest}`
  ? Trim<Rest>
  : Text extends `${infer Rest}${Space}`
    ? Trim<Rest>
    : Text;

/** As many elements as the text has of the character. */
type Count<
  Text extends string,
  Character extends string,
  Found extends unknown[] = [],
> = Text extends `${string}${Character}${infer Rest}` ? Count<Rest, Character, [...Found, 1]> : Found['length'];

type IsClosed<Text extends string> =
  Count<Text, '<'> extends Count<Text, '>'> ? (Count<Text, '('> extends Count<Text, ')'> ? true : false) : false;

/** The parts of a list between the commas that are in no bracket. */
type Split<
  Text extends string,
  Head extends string = '',
  Parts extends string[] = [],
> = Text extends `${infer Part},${infer Rest}`
  ? IsClosed<`${Head}${Part}`> extends true
    ? Split<Rest, '', [...Parts, Trim<`${Head}${Part}`>]>
    : Split<Rest, `${Head}${Part},`, Parts>
  : [...Parts, Trim<`${Head}${Text}`>];

type WithoutNotNull<Text extends string> = Text extends `${infer Type} ${'NOT' | 'not'} ${'NULL' | 'null'}${string}`
  ? Trim<Type>
  : Trim<Text>;

type IsNotNull<Text extends string> = Text extends `${string} ${'NOT' | 'not'} ${'NULL' | 'null'}${string}`
  ? true
  : false;

type FirstWord<Text extends string> = Text extends `${infer Word}(${string}`
  ? Trim<Word>
  : Text extends `${infer Word}${Space}${string}`
    ? Word
    : Text;

type Inner<Text extends string> = Text extends `${string}<${infer Rest}`
  ? Rest extends `${infer Body}>`
    ? Body
    : never
  : never;

type KeyAndValue<Parts extends string[]> = Parts extends [infer Key extends string, infer Value extends string]
  ? Map<TypeOf<Key>, TypeOf<Value> | null>
  : unknown;

type NestedTypeOf<Name extends string, Body extends string> = Name extends 'array'
  ? (TypeOf<Trim<Body>> | null)[]
  : Name extends 'map'
    ? KeyAndValue<Split<Body>>
    : Name extends 'struct'
      ? FieldsOf<Split<Body>>
      : unknown;

/** The type of a value of a type written in SQL, `BIGINT` or `ARRAY<STRING>`; null not included. */
type TypeOf<Text extends string> = Text extends `${infer Name}<${string}`
  ? NestedTypeOf<Lowercase<Trim<Name>>, Inner<Text>>
  : Lowercase<FirstWord<Trim<Text>>> extends keyof SqlTypes
    ? SqlTypes[Lowercase<FirstWord<Trim<Text>>>]
    : unknown;

/** `[name, type]` of a column: `a INT`, `a: INT` or with a name in backticks. */
type ColumnOf<Text extends string> = Text extends `\`${infer Name}\`${infer Type}`
  ? [Name, Trim<Type extends `:${infer Rest}` ? Rest : Type>]
  : Text extends `${infer Before}<${infer After}`
    ? NameAndType<Before, `<${After}`>
    : NameAndType<Text, ''>;

type NameAndType<Before extends string, After extends string> = Before extends `${infer Name}:${infer Type}`
  ? [Trim<Name>, `${Trim<Type>}${After}`]
  : Before extends `${infer Name}${Space}${infer Type}`
    ? [Name, `${Trim<Type>}${After}`]
    : [Before, 'unknown'];

type Cell<Definition extends string> =
  IsNotNull<Definition> extends true ? TypeOf<WithoutNotNull<Definition>> : TypeOf<WithoutNotNull<Definition>> | null;

type FieldsOf<Columns extends string[]> = {
  [Column in Columns[number] as ColumnOf<Column>[0]]: Cell<ColumnOf<Column>[1]>;
};

/** The rows of a schema written as a DDL literal; `Row` when the text is not a literal. */
export type RowOf<Ddl extends string> = string extends Ddl ? Row : FieldsOf<Split<Ddl>>;

/**
 * The values of a schema: of a single type, `BIGINT` or `ARRAY<STRING>`, that of the type; of columns, `n BIGINT, due TIMESTAMP`, an
 * object with a property each.
 */
export type ValueOf<Ddl extends string> = string extends Ddl
  ? unknown
  : IsSingleType<Trim<Ddl>> extends true
    ? TypeOf<Trim<Ddl>>
    : RowOf<Ddl>;

type IsSingleType<Text extends string> =
  Lowercase<Text> extends keyof SqlTypes
    ? true
    : Lowercase<Text> extends `${'array' | 'map' | 'struct'}<${string}` | `${'decimal' | 'dec' | 'numeric'}(${string}`
      ? true
      : false;

/** What may be given for a value of a column: everything from which nothing is lost, as a safe integer for BIGINT. */
export type InputOf<Value> = Value extends bigint
  ? bigint | number
  : Value extends Timestamp
    ? Date | string
    : Value extends Decimal
      ? Decimal | bigint | number | string
      : Value extends readonly (infer Item)[]
        ? readonly InputOf<Item>[]
        : Value extends Uint8Array | Map<unknown, unknown>
          ? Value
          : Value extends object
            ? RowInput<Value>
            : Value;

/** A row given to Millrace: columns that may be null may be left out. */
export type RowInput<T> = string extends keyof T
  ? Readonly<Record<string, unknown>>
  : { readonly [Column in keyof T as null extends T[Column] ? never : Column]: InputOf<T[Column]> } & {
      readonly [Column in keyof T as null extends T[Column] ? Column : never]?: InputOf<T[Column]> | undefined;
    };
