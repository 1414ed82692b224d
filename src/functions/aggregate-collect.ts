/** collect_list, collect_set, max_by and min_by: aggregates that keep values. */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { AggregateFunction, AggregateSignature, Argument, FunctionDoc } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { compareValues } from '../types/compare.ts';
import { array, field, struct } from '../types/data-type.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { valueAt } from '../types/vector.ts';
import { checkArgumentCount, quotedCall } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { valueKey, withPositiveZero } from './value-key.ts';

type Items = readonly (Value | null)[];

/** Appends values to the list of each slot. They are gathered per slot first, so that each list is copied once per call. */
export function collectLists(
  buffer: GrowableColumn,
  slots: Int32Array,
  numRows: number,
  valuesOf: (row: number) => Items,
  isDistinct: boolean,
): void {
  const added = new Map<number, ValueList>();
  for (let i = 0; i < numRows; i++) {
    const values = valuesOf(i);
    if (values.length === 0) continue;
    const slot = slots[i] as number;
    let list = added.get(slot);
    if (list === undefined) added.set(slot, (list = new ValueList((buffer.get(slot) ?? []) as Items, isDistinct)));
    for (const value of values) list.add(value);
  }
  for (const [slot, { values }] of added) buffer.set(slot, values);
}

/** A list that grows; a distinct one leaves out values it has. */
class ValueList {
  readonly values: (Value | null)[];
  readonly #keys: Set<string> | undefined;

  constructor(values: Items, isDistinct: boolean) {
    this.values = [...values];
    this.#keys = isDistinct ? new Set(values.map(valueKey)) : undefined;
  }

  add(value: Value | null): void {
    const size = this.#keys?.size;
    if (size !== undefined && this.#keys?.add(valueKey(value)).size === size) return;
    this.values.push(value);
  }
}

/** An aggregate that gathers the elements `elementsOf` each argument in an array. */
export function collecting(
  argumentType: DataType,
  elementType: DataType,
  elementsOf: (value: Value | null) => Items,
  isDistinct: boolean,
): AggregateSignature {
  const returnType = array(elementType, false);
  const append =
    (itemsOf: (value: Value | null) => Items): AggregateSignature['merge'] =>
    ([buffer], slots, [column], numRows) => {
      const values = present(column, 'one column');
      const rowsOf = (row: number): Items => itemsOf(valueAt(values, row));
      collectLists(present(buffer, 'one buffer'), slots, numRows, rowsOf, isDistinct);
    };
  return {
    argumentTypes: [argumentType],
    returnType,
    nullable: false,
    bufferTypes: [returnType],
    wantsRows: true,
    initialize: ([buffer], slot) => buffer?.set(slot, []),
    update: append(elementsOf),
    merge: append((list) => (list ?? []) as Items),
    result: ([buffer], slots, count) => present(buffer, 'one buffer').toVector(slots, count),
  };
}

function collector(name: string, aliases: readonly string[], isDistinct: boolean, doc: FunctionDoc): AggregateFunction {
  return defineAggregate({
    name,
    aliases,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 1, 1);
      const type = present(args[0], 'one argument').dataType;
      const elementsOf = (value: Value | null): Items =>
        value === null ? [] : [isDistinct ? withPositiveZero(value) : value];
      return collecting(type, type, elementsOf, isDistinct);
    },
  });
}

/** The value beside the greatest (`sign` -1) or least (`sign` 1) of the second argument; the last of equals wins, as in Spark. */
function extremeBy(name: string, sign: 1 | -1, doc: FunctionDoc): AggregateFunction {
  return defineAggregate({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 3);
      if (args.length === 3) return severalBy(name, args, sign);
      const [valueType, orderType] = args.map((arg) => arg.dataType);
      const ordering = present(orderType, 'an ordering');
      const keep = (
        [values, orders]: readonly GrowableColumn[],
        slots: Int32Array,
        columns: readonly Vector[],
        numRows: number,
      ): void => {
        const [value, order] = columns;
        for (let i = 0; i < numRows; i++) {
          const candidate = valueAt(present(order, 'ordering'), i);
          if (candidate === null) continue;
          const slot = slots[i] as number;
          const kept = orders?.get(slot) ?? null;
          if (kept !== null && compareValues(ordering, candidate, kept) * sign > 0) continue;
          orders?.set(slot, candidate);
          values?.setFrom(slot, present(value, 'value'), i);
        }
      };
      const type = present(valueType, 'a value');
      return {
        argumentTypes: [type, ordering],
        returnType: type,
        nullable: true,
        bufferTypes: [type, ordering],
        initialize: (buffers, slot) => buffers.forEach((buffer) => buffer.set(slot, null)),
        update: keep,
        merge: keep,
        result: ([values], slots, count) => present(values, 'values').toVector(slots, count),
      };
    },
  });
}

/** The values of the first rows by the second argument, as many as the third says. */
function severalBy(name: string, args: readonly Argument[], sign: 1 | -1): AggregateSignature {
  const [valueType, orderType, countType] = args.map((arg) => arg.dataType);
  const [type, ordering] = [present(valueType, 'a value'), present(orderType, 'an ordering')];
  const limit = Number(args[2]?.literal ?? 0);
  if (!(limit > 0))
    throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
      sqlExpr: quotedCall(name, args),
      exprName: 'k',
      valueRange: '[1, 100000]',
      currentValue: String(limit),
    });
  const kept = struct([field('value', type), field('order', ordering)]);
  const keep = (buffer: GrowableColumn, slot: number, added: Items): void => {
    const all = [...((buffer.get(slot) ?? []) as Items), ...added] as readonly Items[];
    const sorted = all.toSorted((a, b) => compareValues(ordering, a[1] ?? null, b[1] ?? null) * sign);
    buffer.set(slot, sorted.slice(0, limit));
  };
  return {
    argumentTypes: [type, ordering, present(countType, 'a count')],
    returnType: array(type),
    nullable: true,
    bufferTypes: [array(kept, false)],
    initialize: ([buffer], slot) => buffer?.set(slot, []),
    update: ([buffer], slots, [values, orders], numRows) => {
      for (let row = 0; row < numRows; row++) {
        const order = valueAt(present(orders, 'ordering'), row);
        if (order === null) continue;
        keep(present(buffer, 'one buffer'), slots[row] as number, [[valueAt(present(values, 'values'), row), order]]);
      }
    },
    merge: ([buffer], slots, [partial], numRows) => {
      for (let row = 0; row < numRows; row++)
        keep(
          present(buffer, 'one buffer'),
          slots[row] as number,
          (valueAt(present(partial, 'one column'), row) ?? []) as Items,
        );
    },
    result: ([buffer], slots, count) =>
      vectorOf(
        array(type),
        Array.from({ length: count }, (_, i) => {
          const pairs = (buffer?.get(slots[i] as number) ?? []) as readonly Items[];
          return pairs.length === 0 ? null : pairs.map((pair) => pair[0] ?? null);
        }),
      ),
  };
}

export const COLLECTING: readonly AggregateFunction[] = [
  collector('collect_list', ['array_agg'], false, {
    usage: 'All values that are not NULL, as an array.',
    example: 'collect_list(5)',
    result: '[5]',
  }),
  collector('collect_set', [], true, {
    usage: 'All different values that are not NULL, as an array.',
    example: 'collect_set(5)',
    result: '[5]',
  }),
  extremeBy('max_by', -1, {
    usage: 'The value of the row in which the second argument is greatest.',
    example: "max_by('a', 1)",
    result: 'a',
  }),
  extremeBy('min_by', 1, {
    usage: 'The value of the row in which the second argument is least.',
    example: "min_by('a', 1)",
    result: 'a',
  }),
];
