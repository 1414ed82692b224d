/** Functions of two arrays as sets: union, intersection, difference, overlap. Equal elements are counted once; NULL is an element. */
import type { ArrayType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, FunctionDoc, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BOOLEAN, VOID, array } from '../types/data-type.ts';
import { checkArgumentCount, quotedCall, quotedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { findElementType } from './type-rules.ts';
import { valueKey } from './value-key.ts';

type Items = readonly (Value | null)[];

/** The common type of two array arguments. */
function commonArrays(name: string, args: readonly Argument[]): readonly [ArrayType, ArrayType] {
  checkArgumentCount(name, args, 2, 2);
  const [left = VOID, right = VOID] = args.map((arg) => arg.dataType);
  const element =
    left.kind === 'array' && right.kind === 'array' ? findElementType(left.elementType, right.elementType) : undefined;
  if (left.kind !== 'array' || right.kind !== 'array' || element === undefined)
    throw new MillraceError('DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES', {
      sqlExpr: quotedCall(name, args),
      functionName: `\`${name}\``,
      arrayType: '"ARRAY"',
      leftType: quotedType(left),
      rightType: quotedType(right),
    });
  return [array(element, left.containsNull), array(element, right.containsNull)];
}

function setFunction(
  name: string,
  doc: FunctionDoc,
  containsNull: (left: boolean, right: boolean) => boolean,
  combine: (left: Items, right: Items) => Items,
): ScalarFunction {
  return defineScalar({
    name,
    doc,
    resolve: (args) => {
      const [left, right] = commonArrays(name, args);
      return {
        argumentTypes: [left, right],
        returnType: array(left.elementType, containsNull(left.containsNull, right.containsNull)),
        nullable: args.some((arg) => arg.nullable),
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([first, second]) => combine(first as Items, second as Items),
        },
      };
    },
  });
}

/** The elements whose key is not in `seen` yet, each once. */
function unseen(items: Items, seen: Set<string>): (Value | null)[] {
  return items.filter((item) => {
    const key = valueKey(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function keysOf(items: Items): Set<string> {
  return new Set(items.map(valueKey));
}

const overlap = defineScalar({
  name: 'arrays_overlap',
  doc: {
    usage: 'True when two arrays share an element; NULL when they might, because one holds NULL.',
    example: 'arrays_overlap(array(1, 2), array(2, 3))',
    result: 'true',
  },
  resolve: (args) => {
    const types = commonArrays('arrays_overlap', args);
    return {
      argumentTypes: types,
      returnType: BOOLEAN,
      nullable: args.some((arg) => arg.nullable) || types.some((type) => type.containsNull),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([first, second]) => {
          const [left, right] = [first as Items, second as Items];
          const keys = keysOf(left);
          if (right.some((item) => item !== null && keys.has(valueKey(item)))) return true;
          const isUnknown = left.length > 0 && right.length > 0 && (left.includes(null) || right.includes(null));
          return isUnknown ? null : false;
        },
      },
    };
  },
});

export const ARRAY_SET_FUNCTIONS: readonly ScalarFunction[] = [
  setFunction(
    'array_union',
    {
      usage: 'The elements of both arrays, each once.',
      example: 'array_union(array(1, 2), array(2, 3))',
      result: '[1, 2, 3]',
    },
    (left, right) => left || right,
    (left, right) => {
      const seen = new Set<string>();
      return [...unseen(left, seen), ...unseen(right, seen)];
    },
  ),
  setFunction(
    'array_intersect',
    {
      usage: 'The elements that are in both arrays, each once.',
      example: 'array_intersect(array(1, 2), array(2, 3))',
      result: '[2]',
    },
    (left, right) => left && right,
    (left, right) => {
      const others = keysOf(right);
      return unseen(left, new Set()).filter((item) => others.has(valueKey(item)));
    },
  ),
  setFunction(
    'array_except',
    {
      usage: 'The elements of the first array that are not in the second, each once.',
      example: 'array_except(array(1, 2), array(2, 3))',
      result: '[1]',
    },
    (left) => left,
    (left, right) => unseen(left, keysOf(right)),
  ),
  overlap,
];
