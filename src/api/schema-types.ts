/**
 * Row types from schema literals: `'time TIMESTAMP, action STRING'` types rows as `{ time: Timestamp | null; action: string | null }`.
 * Columns of nested or parameterised types are `unknown` in the type; the rows are right all the same. Types only.
 */
import type { Decimal } from '../types/decimal.ts';
import type { Row } from '../types/row-codec.ts';
import type { Timestamp } from '../types/timestamp.ts';

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
  decimal: Decimal;
  dec: Decimal;
  numeric: Decimal;
}

type Trim<Text extends string> = Text extends ` ${infer Rest}` | `\n${infer Rest}`
  ? Trim<Rest>
  : Text extends `${infer Rest} ` | `${infer Rest}\n`
    ? Trim<Rest>
    : Text;

type FirstWord<Text extends string> = Text extends `${infer Word} ${string}` ? Word : Text;

type TypeOf<Text extends string> =
  Lowercase<FirstWord<Trim<Text>>> extends keyof SqlTypes ? SqlTypes[Lowercase<FirstWord<Trim<Text>>>] : unknown;

type NullableTypeOf<Text extends string> =
  Uppercase<Text> extends `${string}NOT NULL${string}` ? TypeOf<Text> : TypeOf<Text> | null;

type NameOf<Column extends string> = Column extends `${infer Name}:${string}` ? Trim<Name> : FirstWord<Column>;

type DefinitionOf<Column extends string> = Column extends `${string}:${infer Type}`
  ? Type
  : Column extends `${string} ${infer Type}`
    ? Type
    : 'unknown';

type Fields<Text extends string> = Text extends `${infer Column},${infer Rest}`
  ? Trim<Column> | Fields<Rest>
  : Trim<Text>;

/** The rows of a schema written as a DDL literal; `Row` when the text is not a literal or has nested types. */
export type RowOf<Ddl extends string> = string extends Ddl
  ? Row
  : Ddl extends `${string}<${string}` | `${string}(${string}` | `${string}\`${string}`
    ? Row
    : { [Column in Fields<Ddl> as NameOf<Column>]: NullableTypeOf<DefinitionOf<Column>> };

/** The names of the columns of a row type, with fields of structs and stars; any text when the row is untyped. */
export type ColumnNameOf<T> = string extends keyof T
  ? string
  : (keyof T & string) | `${keyof T & string}.${string}` | '*';
