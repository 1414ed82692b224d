/** Functions that make an array from an array: put in, take out, cut, flatten, zip, and the ones that make one from numbers. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, FunctionDoc, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { compareValues } from '../types/compare.ts';
import { INTEGER, VOID, array, field, struct, isIntegral } from '../types/data-type.ts';
import { checkArgumentCount, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { checkLength } from './array-length.ts';
import { sequence } from './sequence.ts';
import { defineScalar } from './define-function.ts';
import { anyArray, anything, elementTypeOf, int } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { findElementType } from './type-rules.ts';
import { valueKey } from './value-key.ts';

type Items = readonly (Value | null)[];

/** A number of elements; text is none. */
const count = {
  ...int,
  accept: (type: DataType) => (isIntegral(type) || type.kind === 'void' ? int.accept(type) : undefined),
};

function differing(name: string, args: readonly Argument[], left: DataType, right: DataType): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES', {
    sqlExpr: quotedCall(name, args),
    functionName: `\`${name}\``,
    dataType: '"ARRAY"',
    leftType: quotedType(left),
    rightType: quotedType(right),
  });
}

/** The common element type of the array at `arrayAt` and the value at `valueAt`. */
function commonElement(name: string, args: readonly Argument[], valueAt: number): DataType {
  const [first = VOID] = args.map((arg) => arg.dataType);
  const value = args[valueAt]?.dataType ?? VOID;
  const type = first.kind === 'array' ? findElementType(first.elementType, value) : undefined;
  if (type !== undefined) return type;
  if (first.kind !== 'array' && name !== 'array_remove') throw unexpectedType(name, args, 0, '"ARRAY"');
  throw differing(name, args, first, value);
}

/** An array and a value of its element type make an array; the value may be NULL. */
function addition(name: string, doc: FunctionDoc, add: (items: Items, value: Value | null) => Items): ScalarFunction {
  return defineScalar({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 2);
      const type = commonElement(name, args, 1);
      const [first, second] = args;
      const containsNull = first?.dataType.kind === 'array' && first.dataType.containsNull;
      return {
        argumentTypes: [array(type, containsNull), type],
        returnType: array(type, containsNull || second?.nullable === true),
        nullable: first?.nullable === true,
        evaluator: {
          kind: 'row',
          nulls: 'pass',
          apply: ([items = null, value = null]) => (items === null ? null : add(items as Items, value)),
        },
      };
    },
  });
}

const insert = defineScalar({
  name: 'array_insert',
  doc: {
    usage: 'The array with a value put in at a position, from the end when negative; gaps are filled with NULL.',
    example: 'array_insert(array(1, 3), 2, 2)',
    result: '[1, 2, 3]',
  },
  resolve: (args) => {
    checkArgumentCount('array_insert', args, 3, 3);
    const [{ dataType: given } = { dataType: VOID }, , value] = args;
    if (given.kind !== 'array') throw differing('array_insert', args, given, value?.dataType ?? VOID);
    const type = commonElement('array_insert', args, 2);
    if (!['byte', 'short', 'integer', 'void'].includes(args[1]?.dataType.kind ?? ''))
      throw unexpectedType('array_insert', args, 1, '"INT"');
    return {
      argumentTypes: [array(type), INTEGER, type],
      returnType: array(type),
      nullable: args[0]?.nullable === true || args[1]?.nullable === true,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([items = null, position = null, value = null]) =>
          items === null || position === null ? null : inserted(items as Items, position as number, value),
      },
    };
  },
});

function inserted(items: Items, position: number, value: Value | null): Items {
  if (position === 0) throw new MillraceError('INVALID_INDEX_OF_ZERO', {});
  const length = Math.max(items.length + 1, Math.abs(position));
  checkLength('array_insert', length);
  const at = position > 0 ? position - 1 : length + position;
  if (position > 0) {
    const gap = Array.from({ length: Math.max(0, at - items.length) }, () => null);
    return [...items.slice(0, at), ...gap, value, ...items.slice(at)];
  }
  if (-position > items.length + 1) {
    const gap = Array.from({ length: length - items.length - 1 }, () => null);
    return [value, ...gap, ...items];
  }
  return [...items.slice(0, at), value, ...items.slice(at)];
}

const remove = defineScalar({
  name: 'array_remove',
  doc: {
    usage: 'The array without the elements equal to a value.',
    example: 'array_remove(array(1, 2, 1), 1)',
    result: '[2]',
  },
  resolve: (args) => {
    checkArgumentCount('array_remove', args, 2, 2);
    const type = commonElement('array_remove', args, 1);
    const containsNull = args[0]?.dataType.kind === 'array' && args[0].dataType.containsNull;
    return {
      argumentTypes: [array(type, containsNull), type],
      returnType: array(type, containsNull),
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([items, value = null]) => {
          const key = valueKey(value);
          return (items as Items).filter((item) => item === null || valueKey(item) !== key);
        },
      },
    };
  },
});

const zip = defineScalar({
  name: 'arrays_zip',
  doc: {
    usage: 'An array of structs with the elements at the same position; NULL where an array is shorter.',
    example: "arrays_zip(array(1, 2), array('a', 'b'))",
    result: '[{1, a}, {2, b}]',
  },
  resolve: (args) => {
    for (const [i, arg] of args.entries())
      if (arg.dataType.kind !== 'array') throw unexpectedType('arrays_zip', args, i, '"ARRAY"');
    const fields = args.map((arg, i) => field(arg.columnName ?? String(i), elementTypeOf(arg.dataType)));
    return {
      argumentTypes: args.map((arg) => arg.dataType),
      returnType: array(struct(fields), false),
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: (values) => {
          const arrays = values as readonly Items[];
          const length = Math.max(0, ...arrays.map((items) => items.length));
          return Array.from({ length }, (_, i) => arrays.map((items) => items[i] ?? null));
        },
      },
    };
  },
});

function sliced(items: Items, start: number, length: number): Items {
  if (start === 0)
    throw new MillraceError('INVALID_PARAMETER_VALUE.START', { parameter: '`start`', functionName: '`slice`' });
  if (length < 0)
    throw new MillraceError('INVALID_PARAMETER_VALUE.LENGTH', {
      parameter: '`length`',
      functionName: '`slice`',
      length: String(length),
    });
  const from = start > 0 ? start - 1 : items.length + start;
  return from < 0 ? [] : items.slice(from, from + length);
}

export const ARRAY_EDIT_FUNCTIONS: readonly ScalarFunction[] = [
  addition(
    'array_append',
    { usage: 'The array with a value at its end.', example: 'array_append(array(1), 2)', result: '[1, 2]' },
    (items, value) => [...items, value],
  ),
  addition(
    'array_prepend',
    { usage: 'The array with a value before it.', example: 'array_prepend(array(1), 2)', result: '[2, 1]' },
    (items, value) => [value, ...items],
  ),
  insert,
  remove,
  zip,
  sequence,
  rowFunction({
    name: 'array_repeat',
    doc: { usage: 'An array of a value a number of times.', example: "array_repeat('a', 2)", result: '[a, a]' },
    parameters: [anything, count],
    returns: ([type]) => array(type ?? VOID),
    nulls: 'pass',
    apply: ([value, times]) => {
      if ((times as number | null) === null) return null;
      checkLength('array_repeat', times);
      return Array.from({ length: Math.max(times, 0) }, () => value);
    },
  }),
  rowFunction({
    name: 'slice',
    doc: {
      usage: 'A part of an array from a position on, counted from the end when negative.',
      example: 'slice(array(1, 2, 3), 2, 2)',
      result: '[2, 3]',
    },
    parameters: [anyArray, int, int],
    returns: ([type]) => type ?? VOID,
    apply: ([items, start, length]) => sliced(items, start, length),
  }),
  rowFunction({
    name: 'flatten',
    doc: {
      usage: 'One array of the elements of an array of arrays; NULL when one of those is NULL.',
      example: 'flatten(array(array(1), array(2, 3)))',
      result: '[1, 2, 3]',
    },
    parameters: [
      {
        required: '"ARRAY" of "ARRAY"',
        accept: (type: DataType) => (elementTypeOf(type).kind === 'array' ? type : undefined),
      },
    ],
    returns: ([type]) => elementTypeOf(type),
    result: 'mayBeNull',
    apply: ([arrays]) => {
      const items = arrays as readonly (Items | null)[];
      return items.includes(null) ? null : (items as readonly Items[]).flat();
    },
  }),
  rowFunction({
    name: 'array_sort',
    doc: { usage: 'The array in ascending order, NULLs last.', example: 'array_sort(array(2, 1))', result: '[1, 2]' },
    parameters: [anyArray],
    returns: ([type]) => type ?? VOID,
    apply: ([items], _context, { types }) => {
      const type = elementTypeOf(types[0]);
      const present = items.filter((item) => item !== null).toSorted((a, b) => compareValues(type, a, b));
      return [...present, ...items.filter((item) => item === null)];
    },
  }),
];
