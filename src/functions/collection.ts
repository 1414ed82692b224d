/** Arrays, structs, maps and concat. */
import type { DataType, StructField } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { compareValues } from '../types/compare.ts';
import { BOOLEAN, INTEGER, LONG, STRING, VOID, array, field, map, struct } from '../types/data-type.ts';
import {
  checkArgumentCount,
  differentTypes,
  quotedCall,
  quotedType,
  unexpectedType,
  wrongNumArguments,
} from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { checkedEntries } from './map.ts';
import { anyArray, anyMap, boolean, elementTypeOf, int, optional, strictText } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { findWiderType, findWiderTypeOf, implicitCast } from './type-rules.ts';

type Items = readonly (Value | null)[];

function commonType(name: string, args: readonly Argument[]): DataType {
  if (args.length === 0) return VOID;
  const type = findWiderTypeOf(args.map((arg) => arg.dataType));
  if (type === undefined) throw differentTypes(name, args);
  return type;
}

const concat = defineScalar({
  name: 'concat',
  doc: { usage: 'Texts, binaries or arrays one after the other.', example: "concat('a', 'b')", result: 'ab' },
  resolve: (args) => {
    const isArray = args.some((arg) => arg.dataType.kind === 'array');
    const isBinary = args.length > 0 && args.every((arg) => arg.dataType.kind === 'binary');
    const type = isArray ? commonType('concat', args) : isBinary ? { kind: 'binary' as const } : STRING;
    for (const [i, arg] of args.entries())
      if (implicitCast(arg.dataType, type) === undefined)
        throw unexpectedType('concat', args, i, '("STRING" or "BINARY" or "ARRAY")');
    return {
      argumentTypes: args.map(() => type),
      returnType: type,
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: (values) =>
          isArray
            ? (values as readonly Items[]).flat()
            : isBinary
              ? new Uint8Array(Buffer.concat(values as readonly Uint8Array[]))
              : (values as readonly string[]).join(''),
      },
    };
  },
});

const makeArray = defineScalar({
  name: 'array',
  doc: { usage: 'An array of the arguments.', example: 'array(1, 2)', result: '[1, 2]' },
  resolve: (args) => {
    const type = commonType('array', args);
    return {
      argumentTypes: args.map(() => type),
      returnType: array(
        type,
        args.some((arg) => arg.nullable),
      ),
      nullable: false,
      evaluator: { kind: 'row', nulls: 'pass', apply: (values) => [...values] },
    };
  },
});

function structOf(
  fields: readonly StructField[],
  argumentTypes: readonly DataType[],
  pick: (values: Items) => Items,
): ReturnType<ScalarFunction['resolve']> {
  return {
    argumentTypes,
    returnType: struct(fields),
    nullable: false,
    evaluator: { kind: 'row', nulls: 'pass', apply: pick },
  };
}

const makeStruct = defineScalar({
  name: 'struct',
  doc: {
    usage: 'A struct of the arguments, named as the columns or else col1, col2 and so on.',
    example: 'struct(1, 2)',
    result: '{1, 2}',
  },
  resolve: (args) => {
    const fields = args.map((arg, i) => field(arg.columnName ?? `col${i + 1}`, arg.dataType, arg.nullable));
    return structOf(
      fields,
      args.map((arg) => arg.dataType),
      (values) => [...values],
    );
  },
});

const namedStruct = defineScalar({
  name: 'named_struct',
  doc: { usage: 'A struct of names and values in turn.', example: "named_struct('a', 1)", result: '{1}' },
  resolve: (args) => {
    if (args.length % 2 !== 0) {
      throw wrongNumArguments('named_struct', '2n (n > 0)', args.length);
    }
    const fields = args.flatMap((arg, i) => {
      if (i % 2 === 0) return [];
      const name = args[i - 1]?.literal;
      if (typeof name !== 'string') throw unexpectedType('named_struct', args, i - 1, '"STRING"');
      return [field(name, arg.dataType, arg.nullable)];
    });
    return structOf(
      fields,
      args.map((arg) => arg.dataType),
      (values) => values.filter((_, i) => i % 2 === 1),
    );
  },
});

const makeMap = defineScalar({
  name: 'map',
  doc: { usage: 'A map of keys and values in turn.', example: "map('a', 1)", result: '{a -> 1}' },
  resolve: (args) => {
    if (args.length % 2 !== 0) {
      throw wrongNumArguments('map', '2n (n > 0)', args.length);
    }
    const keys = args.filter((_, i) => i % 2 === 0);
    const values = args.filter((_, i) => i % 2 === 1);
    const keyType = commonType('map', keys);
    const valueType = commonType('map', values);
    return {
      argumentTypes: args.map((_, i) => (i % 2 === 0 ? keyType : valueType)),
      returnType: map(
        keyType,
        valueType,
        values.some((arg) => arg.nullable),
      ),
      nullable: false,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: (all) => checkedEntries(all.flatMap((value, i) => (i % 2 === 0 ? [[value, all[i + 1] ?? null]] : []))),
      },
    };
  },
});

function lookUp(entries: readonly Items[], keyType: DataType, key: Value): Value | null {
  return entries.find((entry) => compareValues(keyType, entry[0] ?? null, key) === 0)?.[1] ?? null;
}

function elementAt(name: string, isTry: boolean): ScalarFunction {
  return defineScalar({
    name,
    doc: {
      usage: `The element at a position of an array (from the end when negative) or of a key in a map${isTry ? ', NULL when there is none' : ''}.`,
      example: `${name}(array(1, 2), 2)`,
      result: '2',
    },
    resolve: (args, { ansi }) => {
      checkArgumentCount(name, args, 2, 2);
      const type = present(args[0], 'a collection').dataType;
      if (type.kind !== 'array' && type.kind !== 'map') throw unexpectedType(name, args, 0, '("ARRAY" or "MAP")');
      const keyType = type.kind === 'map' ? type.keyType : INTEGER;
      if (implicitCast(present(args[1], 'a key').dataType, keyType) === undefined)
        throw unexpectedType(name, args, 1, quotedType(keyType));
      return {
        argumentTypes: [type, keyType],
        returnType: type.kind === 'map' ? type.valueType : type.elementType,
        nullable: true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([collection, key]) =>
            type.kind === 'map'
              ? lookUp(collection as readonly Items[], keyType, key as Value)
              : itemAt(collection as Items, key as number, isTry || !ansi),
        },
      };
    },
  });
}

function itemAt(items: Items, position: number, lenient: boolean): Value | null {
  if (position === 0) throw new MillraceError('INVALID_INDEX_OF_ZERO', {});
  if (Math.abs(position) <= items.length) return items.at(position > 0 ? position - 1 : position) ?? null;
  if (lenient) return null;
  throw new MillraceError('INVALID_ARRAY_INDEX_IN_ELEMENT_AT', {
    indexValue: String(position),
    arraySize: String(items.length),
  });
}

/** An array and a value of its element type; `find` gets both. */
function search(
  name: string,
  doc: ScalarFunction['doc'],
  returns: DataType,
  find: (items: Items, value: Value, type: DataType) => Value | null,
): ScalarFunction {
  return defineScalar({
    name,
    doc,
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 2);
      const [first, second] = args.map((arg) => arg.dataType);
      if (first?.kind !== 'array') throw unexpectedType(name, args, 0, '"ARRAY"');
      const isText = (first.elementType.kind === 'string') !== (second?.kind === 'string');
      const type = second === undefined || isText ? undefined : findWiderType(first.elementType, second);
      if (type === undefined) {
        throw new MillraceError('DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES', {
          sqlExpr: quotedCall(name, args),
          functionName: `\`${name}\``,
          dataType: '"ARRAY"',
          leftType: quotedType(first),
          rightType: quotedType(second ?? VOID),
        });
      }
      return {
        argumentTypes: [array(type, first.containsNull), type],
        returnType: returns,
        nullable: args.some((arg) => arg.nullable) || first.containsNull,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([items, value]) => find(items as Items, value as Value, type),
        },
      };
    },
  });
}

function contains(items: Items, value: Value, type: DataType): boolean | null {
  if (items.some((item) => item !== null && compareValues(type, item, value) === 0)) return true;
  return items.includes(null) ? null : false;
}

function extremeItem(items: Items, type: DataType, sign: 1 | -1): Value | null {
  let best: Value | null = null;
  for (const item of items)
    if (item !== null && (best === null || compareValues(type, item, best) * sign < 0)) best = item;
  return best;
}

export const COLLECTION_FUNCTIONS: readonly ScalarFunction[] = [
  concat,
  makeArray,
  makeStruct,
  namedStruct,
  makeMap,
  elementAt('element_at', false),
  elementAt('try_element_at', true),
  rowFunction({
    name: 'get',
    doc: {
      usage: 'The element at a position from 0, NULL when there is none.',
      example: 'get(array(1, 2), 0)',
      result: '1',
    },
    parameters: [anyArray, int],
    returns: ([type]) => elementTypeOf(type),
    result: 'mayBeNull',
    apply: ([items, index]) => items[index] ?? null,
  }),
  rowFunction({
    name: 'size',
    aliases: ['cardinality'],
    doc: { usage: 'The number of elements of an array or map.', example: 'size(array(1, 2))', result: '2' },
    parameters: [{ required: '("ARRAY" or "MAP")', accept: (type) => anyArray.accept(type) ?? anyMap.accept(type) }],
    returns: INTEGER,
    nulls: 'pass',
    apply: ([items], _context, { ansi }) => (Array.isArray(items) ? items.length : ansi ? null : -1),
  }),
  rowFunction({
    name: 'array_size',
    doc: { usage: 'The number of elements of an array.', example: 'array_size(array(1, 2))', result: '2' },
    parameters: [anyArray],
    returns: INTEGER,
    apply: ([items]) => items.length,
  }),
  search(
    'array_contains',
    { usage: 'True when the array holds the value.', example: 'array_contains(array(1, 2), 2)', result: 'true' },
    BOOLEAN,
    contains,
  ),
  search(
    'array_position',
    {
      usage: 'The position of the value in the array, 0 when it is not there.',
      example: 'array_position(array(3, 2), 2)',
      result: '2',
    },
    LONG,
    (items, value, type) =>
      BigInt(items.findIndex((item) => item !== null && compareValues(type, item, value) === 0) + 1),
  ),
  rowFunction({
    name: 'array_join',
    doc: {
      usage: 'The texts of an array joined; NULLs are left out or replaced.',
      example: "array_join(array('a', 'b'), ',')",
      result: 'a,b',
    },
    parameters: [
      {
        required: '"ARRAY<STRING>"',
        accept: (type: DataType) => (type.kind === 'array' || type.kind === 'void' ? array(STRING) : undefined),
      },
      strictText,
      optional(strictText),
    ],
    returns: STRING,
    apply: ([items, separator, nullText]) =>
      (items as Items)
        .flatMap((item) => (item === null ? (nullText === undefined ? [] : [nullText]) : [item as string]))
        .join(separator),
  }),
  rowFunction({
    name: 'array_distinct',
    doc: { usage: 'The array without repeated elements.', example: 'array_distinct(array(1, 1, 2))', result: '[1, 2]' },
    parameters: [anyArray],
    returns: ([type]) => type ?? VOID,
    apply: ([items], _context, { types }) =>
      items.filter(
        (item, i) => items.findIndex((other) => compareValues(elementTypeOf(types[0]), item, other) === 0) === i,
      ),
  }),
  rowFunction({
    name: 'array_max',
    doc: { usage: 'The greatest element.', example: 'array_max(array(1, 2))', result: '2' },
    parameters: [anyArray],
    returns: ([type]) => elementTypeOf(type),
    result: 'mayBeNull',
    apply: ([items], _context, { returnType }) => extremeItem(items, returnType, -1),
  }),
  rowFunction({
    name: 'array_min',
    doc: { usage: 'The least element.', example: 'array_min(array(1, 2))', result: '1' },
    parameters: [anyArray],
    returns: ([type]) => elementTypeOf(type),
    result: 'mayBeNull',
    apply: ([items], _context, { returnType }) => extremeItem(items, returnType, 1),
  }),
  rowFunction({
    name: 'sort_array',
    doc: {
      usage: 'The array in ascending order, NULLs first; descending with false.',
      example: 'sort_array(array(2, 1))',
      result: '[1, 2]',
    },
    parameters: [anyArray, optional(boolean)],
    returns: ([type]) => type ?? VOID,
    apply: ([items, ascending], _context, { types }) =>
      items.toSorted((a, b) => compareValues(elementTypeOf(types[0]), a, b) * (ascending === false ? -1 : 1)),
  }),
  rowFunction({
    name: 'map_keys',
    doc: { usage: 'The keys of a map.', example: "map_keys(map('a', 1))", result: '[a]' },
    parameters: [anyMap],
    returns: ([type]) => array(type?.kind === 'map' ? type.keyType : VOID, false),
    apply: ([entries]) => entries.map((entry) => entry[0] ?? null),
  }),
  rowFunction({
    name: 'map_values',
    doc: { usage: 'The values of a map.', example: "map_values(map('a', 1))", result: '[1]' },
    parameters: [anyMap],
    returns: ([type]) => array(type?.kind === 'map' ? type.valueType : VOID),
    apply: ([entries]) => entries.map((entry) => entry[1] ?? null),
  }),
  rowFunction({
    name: 'array_compact',
    doc: { usage: 'The array without NULLs.', example: 'array_compact(array(1, NULL))', result: '[1]' },
    parameters: [anyArray],
    returns: ([type]) => array(elementTypeOf(type), false),
    apply: ([items]) => items.filter((item) => item !== null),
  }),
];
