/** The functions of `functions` that take a function of columns, which becomes a lambda of SQL. */
import type { ColumnOrName, ColumnOrValue } from './column.ts';
import { Column, call } from './column.ts';
import { literalOf } from './literal.ts';
import { named } from './named-column.ts';

/** A function of columns that becomes a lambda of SQL; its parameters are the elements. */
type ColumnFunction = (...columns: Column[]) => Column;

const LAMBDA_NAMES = ['x', 'y', 'z'];

/** The lambda of a function of columns; nested ones get names of their own. */
let numLambdas = 0;
function lambda(make: ColumnFunction): Column {
  numLambdas += 1;
  const argumentNames = LAMBDA_NAMES.slice(0, make.length).map((name) => `${name}_${numLambdas}`);
  const body = make(...argumentNames.map((name) => new Column({ kind: 'unresolvedAttribute', nameParts: [name] })));
  return new Column({ kind: 'lambdaFunction', function: body.expression, argumentNames });
}

/** The array of what a function makes of each element (and its index). */
export function transform(column: ColumnOrName, make: (element: Column, index: Column) => Column): Column {
  return call('transform', [named(column), lambda(make)]);
}

/** The elements of an array (with their index) for which the condition is true. */
export function filter(column: ColumnOrName, condition: (element: Column, index: Column) => Column): Column {
  return call('filter', [named(column), lambda(condition)]);
}

/** True when the condition is true for an element. */
export function exists(column: ColumnOrName, condition: (element: Column) => Column): Column {
  return call('exists', [named(column), lambda(condition)]);
}

/** True when the condition is true for all elements. */
export function forall(column: ColumnOrName, condition: (element: Column) => Column): Column {
  return call('forall', [named(column), lambda(condition)]);
}

/** Carries a value along the elements of an array, from a start value; `finish` makes the result of it. */
export function aggregate(
  column: ColumnOrName,
  initial: ColumnOrValue,
  merge: (carried: Column, element: Column) => Column,
  finish?: (carried: Column) => Column,
): Column {
  const rest = finish === undefined ? [] : [lambda(finish)];
  return call('aggregate', [
    named(column),
    initial instanceof Column ? initial : new Column(literalOf(initial)),
    lambda(merge),
    ...rest,
  ]);
}

/** The same as aggregate. */
export const reduce = aggregate;

/** The array of what a function makes of the elements of two arrays at the same position. */
export function zip_with(
  left: ColumnOrName,
  right: ColumnOrName,
  make: (left: Column, right: Column) => Column,
): Column {
  return call('zip_with', [named(left), named(right), lambda(make)]);
}

/** The entries of a map for which the condition is true. */
export function map_filter(column: ColumnOrName, condition: (key: Column, value: Column) => Column): Column {
  return call('map_filter', [named(column), lambda(condition)]);
}

/** The map with keys made of its entries. */
export function transform_keys(column: ColumnOrName, make: (key: Column, value: Column) => Column): Column {
  return call('transform_keys', [named(column), lambda(make)]);
}

/** The map with values made of its entries. */
export function transform_values(column: ColumnOrName, make: (key: Column, value: Column) => Column): Column {
  return call('transform_values', [named(column), lambda(make)]);
}

/** One map of the keys of two, its values made of both. */
export function map_zip_with(
  left: ColumnOrName,
  right: ColumnOrName,
  make: (key: Column, left: Column, right: Column) => Column,
): Column {
  return call('map_zip_with', [named(left), named(right), lambda(make)]);
}
