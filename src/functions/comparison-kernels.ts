/** Comparisons of two columns of one type. Strings of one dictionary, and strings with a constant, are compared by id. */
import type { DataType } from '../types/data-type.ts';
import type { StringVector, Vector } from '../types/vector.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { compareText, compareValues } from '../types/compare.ts';
import { valueAt } from '../types/vector.ts';
import { jointValidity } from './column-nulls.ts';

export type ComparisonOperator = '=' | '<' | '<=' | '>' | '>=' | '!=';

/** `left <operator> right`, null where either is null. */
export function compareColumns(operator: ComparisonOperator, left: Vector, right: Vector, numRows: number): Vector {
  const values = new Uint8Array(numRows);
  const validity = jointValidity(left, right, numRows);
  if (operator === '>' || operator === '>=') fill(operator === '>' ? '<' : '<=', right, left, numRows, values);
  else fill(operator, left, right, numRows, values);
  if (validity !== undefined)
    for (let i = 0; i < numRows; i++) values[i] = (values[i] as number) & (validity[i] as number);
  return { layout: 'boolean', type: BOOLEAN, length: numRows, values, validity };
}

type Direct = '=' | '!=' | '<' | '<=';

function fill(operator: Direct, left: Vector, right: Vector, numRows: number, values: Uint8Array): void {
  if (left.layout === 'int' && right.layout === 'int') fillInts(operator, left.values, right.values, numRows, values);
  else if (left.layout === 'long' && right.layout === 'long')
    fillLongs(operator, left.values, right.values, numRows, values);
  else if (left.layout === 'double' && right.layout === 'double')
    fillDoubles(operator, left.values, right.values, numRows, values);
  else if (left.layout === 'string' && right.layout === 'string') fillStrings(operator, left, right, numRows, values);
  else fillValues(operator, left, right, numRows, values);
}

function fillInts(operator: Direct, a: Int32Array, b: Int32Array, numRows: number, values: Uint8Array): void {
  if (operator === '=') for (let i = 0; i < numRows; i++) values[i] = a[i] === b[i] ? 1 : 0;
  else if (operator === '!=') for (let i = 0; i < numRows; i++) values[i] = a[i] === b[i] ? 0 : 1;
  else if (operator === '<') for (let i = 0; i < numRows; i++) values[i] = (a[i] as number) < (b[i] as number) ? 1 : 0;
  else for (let i = 0; i < numRows; i++) values[i] = (a[i] as number) <= (b[i] as number) ? 1 : 0;
}

function fillLongs(operator: Direct, a: BigInt64Array, b: BigInt64Array, numRows: number, values: Uint8Array): void {
  if (operator === '=') for (let i = 0; i < numRows; i++) values[i] = a[i] === b[i] ? 1 : 0;
  else if (operator === '!=') for (let i = 0; i < numRows; i++) values[i] = a[i] === b[i] ? 0 : 1;
  else if (operator === '<') for (let i = 0; i < numRows; i++) values[i] = (a[i] as bigint) < (b[i] as bigint) ? 1 : 0;
  else for (let i = 0; i < numRows; i++) values[i] = (a[i] as bigint) <= (b[i] as bigint) ? 1 : 0;
}

/** NaN equals NaN and is greater than every other number. */
function fillDoubles(operator: Direct, a: Float64Array, b: Float64Array, numRows: number, values: Uint8Array): void {
  for (let i = 0; i < numRows; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    const isEqual = x === y || (x !== x && y !== y);
    const isLess = x < y || (y !== y && x === x);
    values[i] = (operator === '=' ? isEqual : operator === '!=' ? !isEqual : isLess || (operator === '<=' && isEqual))
      ? 1
      : 0;
  }
}

function fillStrings(
  operator: Direct,
  left: StringVector,
  right: StringVector,
  numRows: number,
  values: Uint8Array,
): void {
  const isSmall = left.dictionary.size + right.dictionary.size < numRows;
  if (
    (operator === '=' || operator === '!=') &&
    (left.dictionary === right.dictionary || isConstant(right, numRows) || isConstant(left, numRows))
  ) {
    fillEqualIds(left, right, numRows, values, operator === '=' ? 1 : 0);
    return;
  }
  if (isConstant(right, numRows) && isSmall) {
    const constant = right.dictionary.text(0);
    const outcomes = outcomesOf(left, (text) => holds(operator, compareText(text, constant)));
    for (let i = 0; i < numRows; i++) values[i] = outcomes[left.ids[i] as number] as number;
    return;
  }
  for (let i = 0; i < numRows; i++) {
    if (left.validity?.[i] === 0 || right.validity?.[i] === 0) continue;
    const order = compareText(
      left.dictionary.text(left.ids[i] as number),
      right.dictionary.text(right.ids[i] as number),
    );
    values[i] = holds(operator, order) ? 1 : 0;
  }
}

/** A column whose dictionary holds one string has that string (or null) in every row. */
function isConstant(vector: StringVector, numRows: number): boolean {
  return numRows > 0 && vector.dictionary.size === 1;
}

function fillEqualIds(
  left: StringVector,
  right: StringVector,
  numRows: number,
  values: Uint8Array,
  ifEqual: 0 | 1,
): void {
  const other = 1 - ifEqual;
  if (left.dictionary === right.dictionary) {
    for (let i = 0; i < numRows; i++) values[i] = left.ids[i] === right.ids[i] ? ifEqual : other;
    return;
  }
  const [varying, constant] = isConstant(right, numRows) ? [left, right] : [right, left];
  const wanted = varying.dictionary.find(constant.dictionary.text(0));
  const { ids } = varying;
  for (let i = 0; i < numRows; i++) values[i] = ids[i] === wanted ? ifEqual : other;
}

function outcomesOf(vector: StringVector, test: (text: string) => boolean): Uint8Array {
  const outcomes = new Uint8Array(vector.dictionary.size);
  for (let id = 0; id < outcomes.length; id++) outcomes[id] = test(vector.dictionary.text(id)) ? 1 : 0;
  return outcomes;
}

function fillValues(operator: Direct, left: Vector, right: Vector, numRows: number, values: Uint8Array): void {
  const type: DataType = left.type;
  for (let i = 0; i < numRows; i++) {
    const a = valueAt(left, i);
    const b = valueAt(right, i);
    if (a !== null && b !== null) values[i] = holds(operator, compareValues(type, a, b)) ? 1 : 0;
  }
}

function holds(operator: Direct, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}
