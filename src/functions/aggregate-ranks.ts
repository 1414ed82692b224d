/**
 * Aggregates that need all values of a group at the end: percentiles, median, mode, and listagg. They keep the values, as collect_list does;
 * percentile_approx is exact here.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { AggregateFunction, AggregateSignature, Argument, FunctionDoc } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { compareValues } from '../types/compare.ts';
import {
  DOUBLE,
  INTEGER,
  LONG,
  STRING,
  array,
  dayTimeInterval,
  isAnsiInterval,
  isNumeric,
  yearMonthInterval,
} from '../types/data-type.ts';
import { decimalText } from '../types/number-text.ts';
import { valueAt } from '../types/vector.ts';
import { keeping } from './aggregate-keep.ts';
import { checkArgumentCount, notConstant, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { double } from './parameters.ts';
import { implicitCast } from './type-rules.ts';
import { valueKey, withPositiveZero } from './value-key.ts';

type Items = readonly (Value | null)[];

/** The percentages of a literal argument, with whether it was an array; checked to be within 0 and 1. */
function percentagesOf(
  name: string,
  args: readonly Argument[],
): { readonly values: readonly number[]; readonly isArray: boolean } {
  const arg = present(args[1], 'a percentage');
  const type = arg.dataType;
  const { literal } = arg;
  if (literal === undefined) throw notConstant(name, args, 1, { parameter: 'percentage', type: '"DOUBLE"' });
  if (literal === null)
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', {
      sqlExpr: quotedCall(name, args),
      exprName: 'percentage',
    });
  const isArray = type.kind === 'array';
  const element = type.kind === 'array' ? type.elementType : type;
  if (isArray && (literal as Items).includes(null))
    throw unexpectedType(name, args, 1, '("DOUBLE" or "ARRAY<DOUBLE>")');
  const numbers = (isArray ? (literal as Items) : [literal as Value]).map((value) =>
    element.kind === 'decimal' ? Number(decimalText(value as bigint, element.scale)) : Number(value),
  );
  for (const value of numbers)
    if (!(value >= 0 && value <= 1))
      throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
        sqlExpr: quotedCall(name, args),
        exprName: 'percentage',
        valueRange: '[0.0, 1.0]',
        currentValue: isArray ? numbers.map(doubleText).join(',') : `${doubleText(value)}D`,
      });
  return { values: numbers, isArray };
}

function doubleText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function sorted(values: Items, type: DataType): Items {
  return values.toSorted((a, b) => compareValues(type, a, b));
}

/** The value at a fraction of sorted doubles, between two neighbours where it falls there. */
function interpolated(values: readonly number[], fraction: number): number {
  const position = (values.length - 1) * fraction;
  const [low, high] = [Math.floor(position), Math.ceil(position)];
  const [left = 0, right = 0] = [values[low], values[high]];
  return low === high || left === right ? left : (high - position) * left + (position - low) * right;
}

/** The number as a value of an interval type, cut off; a number of other types as it is. */
function within(value: number, type: DataType): Value {
  if (type.kind === 'year_month_interval') return Math.trunc(value);
  return type.kind === 'day_time_interval' ? BigInt(Math.trunc(value)) : value;
}

function exactPercentile(
  name: string,
  args: readonly Argument[],
  values: readonly number[],
  isArray: boolean,
): AggregateSignature {
  const given = present(args[0], 'a column').dataType;
  const isInterval = isAnsiInterval(given);
  if (
    (!isInterval && double.accept(given) === undefined) ||
    !(isInterval || isNumeric(given) || given.kind === 'void' || given.kind === 'string')
  )
    throw unexpectedType(name, args, 0, '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")');
  const weight = args[2];
  const types = [
    isInterval ? given : DOUBLE,
    ...(args.length > 1 ? [present(args[1], 'a percentage').dataType] : []),
    ...(weight === undefined ? [] : [LONG]),
  ];
  const result = !isInterval ? DOUBLE : given.kind === 'year_month_interval' ? yearMonthInterval() : dayTimeInterval();
  const finish = (items: Items): Value => {
    const numbers = isInterval ? sorted(items, given).map(Number) : (sorted(items, DOUBLE) as readonly number[]);
    const found = values.map((value) => within(interpolated(numbers, value), given));
    return isArray ? found : (found[0] as number);
  };
  return keeping(types, isArray ? array(result, false) : result, finish, (row, columns) => {
    const weights = columns[2];
    if (weights === undefined) return 1;
    const count = Number(valueAt(weights, row) ?? 0n);
    if (count < 0)
      throw new MillraceError('NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION', {
        frequencyExpression: `"${weight?.sql ?? ''}"`,
        negativeValue: `${count}L`,
      });
    return count;
  });
}

const percentile = defineAggregate({
  name: 'percentile',
  doc: {
    usage: 'The exact value at a percentage (or array of them) of the sorted values, with an optional count per value.',
    example: 'percentile(c, 0.5) FROM VALUES (0), (10) AS t(c)',
    result: '5.0',
  },
  resolve: (args) => {
    checkArgumentCount('percentile', args, 2, 3);
    const { values, isArray } = percentagesOf('percentile', args);
    return exactPercentile('percentile', args, values, isArray);
  },
});

const median = defineAggregate({
  name: 'median',
  doc: { usage: 'The middle of the sorted values.', example: 'median(c) FROM VALUES (0), (10) AS t(c)', result: '5.0' },
  resolve: (args) => {
    checkArgumentCount('median', args, 1, 1);
    return exactPercentile('median', args, [0.5], false);
  },
});

const approximate = defineAggregate({
  name: 'percentile_approx',
  aliases: ['approx_percentile'],
  doc: {
    usage:
      'The value at a percentage (or array of them): the smallest one that so large a share of the values does not exceed.',
    example: 'percentile_approx(c, 0.5) FROM VALUES (0), (1), (2), (10) AS t(c)',
    result: '1',
  },
  resolve: (args) => {
    checkArgumentCount('percentile_approx', args, 2, 3);
    const type = present(args[0], 'a column').dataType;
    if (
      !isNumeric(type) &&
      !isAnsiInterval(type) &&
      !['date', 'timestamp', 'timestamp_ntz', 'void', 'string'].includes(type.kind)
    )
      throw unexpectedType(
        'percentile_approx',
        args,
        0,
        '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
      );
    const kept = type.kind === 'void' || type.kind === 'string' ? DOUBLE : type;
    const { values, isArray } = percentagesOf('percentile_approx', args);
    const finish = (items: Items): Value => {
      const ordered = sorted(items, kept);
      const found = values.map((value) => ordered[Math.max(0, Math.ceil(value * ordered.length) - 1)] ?? null);
      return isArray ? found : (found[0] as Value);
    };
    const types = [kept, present(args[1], 'a percentage').dataType, ...(args.length > 2 ? [INTEGER] : [])];
    return keeping(types, isArray ? array(kept, false) : kept, finish);
  },
});

const mode = defineAggregate({
  name: 'mode',
  doc: {
    usage: 'The most frequent value; with true the least of several.',
    example: 'mode(c) FROM VALUES (0), (10), (10) AS t(c)',
    result: '10',
  },
  resolve: (args) => {
    checkArgumentCount('mode', args, 1, 2);
    const type = present(args[0], 'a column').dataType;
    const isOrdered = args[1]?.literal === true;
    return keeping([type, ...args.slice(1).map((arg) => arg.dataType)], type, (items) => {
      const counts = new Map<string, { readonly value: Value | null; count: number }>();
      for (const item of isOrdered ? sorted(items, type) : items) {
        const key = valueKey(item);
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { value: item, count: 1 });
        else known.count += 1;
      }
      let best: { readonly value: Value | null; count: number } | undefined;
      for (const entry of counts.values()) if (best === undefined || entry.count > best.count) best = entry;
      return best === undefined || best.value === null ? null : withPositiveZero(best.value);
    });
  },
});

const LISTAGG_DOC: FunctionDoc = {
  usage: 'All texts that are not NULL, joined by a delimiter.',
  example: "listagg(c, ',') FROM VALUES ('a'), ('b') AS t(c)",
  result: 'a,b',
};

const listagg = defineAggregate({
  name: 'listagg',
  aliases: ['string_agg'],
  doc: LISTAGG_DOC,
  resolve: (args) => {
    checkArgumentCount('listagg', args, 1, 2);
    const [value, delimiter] = args;
    const type = present(value, 'a column').dataType;
    if (implicitCast(type, STRING) === undefined) throw unexpectedType('listagg', args, 0, '("STRING" or "BINARY")');
    if (delimiter !== undefined && delimiter.literal === undefined)
      throw notConstant('listagg', args, 1, { parameter: 'delimiter', type: quotedType(delimiter.dataType) });
    const separator = typeof delimiter?.literal === 'string' ? delimiter.literal : '';
    return keeping([STRING, ...(delimiter === undefined ? [] : [STRING])], STRING, (items) => items.join(separator));
  },
});

export const RANKING: readonly AggregateFunction[] = [percentile, median, approximate, mode, listagg];
