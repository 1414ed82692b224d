/** Column names as types: what a misspelt name fails to compile against. Row types from DDL literals are types/ddl-row.ts. */

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
