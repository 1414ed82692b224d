/** Functions of maps: entries, keys, joining, and the ways to make one from arrays, entries or text. */
import type { MapType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BOOLEAN, STRING, VOID, array, field, map, struct } from '../types/data-type.ts';
import { checkArgumentCount, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { anyArray, anyMap, elementTypeOf, optional, strictText } from './parameters.ts';
import { regexOf, splitText } from './pattern.ts';
import { rowFunction } from './row-function.ts';
import { findWiderType, findWiderTypeOf } from './type-rules.ts';
import { valueKey } from './value-key.ts';

type Items = readonly (Value | null)[];

/** The entries of a new map, checked: no key is NULL, none is there twice. */
export function checkedEntries(entries: readonly Items[]): readonly Items[] {
  const seen = new Set<string>();
  for (const [key = null] of entries) {
    if (key === null) throw new MillraceError('NULL_MAP_KEY', {});
    const name = valueKey(key);
    if (seen.has(name))
      throw new MillraceError('DUPLICATED_MAP_KEY', {
        key: String(key),
        mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"',
      });
    seen.add(name);
  }
  return entries;
}

const containsKey = defineScalar({
  name: 'map_contains_key',
  doc: { usage: 'True when the map has the key.', example: "map_contains_key(map('a', 1), 'a')", result: 'true' },
  resolve: (args) => {
    checkArgumentCount('map_contains_key', args, 2, 2);
    const [first = VOID, second = VOID] = args.map((arg) => arg.dataType);
    const isVoid = second.kind === 'void';
    const keyType = first.kind === 'map' && !isVoid ? findWiderType(first.keyType, second) : undefined;
    const mixesText = first.kind === 'map' && (first.keyType.kind === 'string') !== (second.kind === 'string');
    if (first.kind !== 'map' || keyType === undefined || mixesText) {
      if (isVoid)
        throw new MillraceError('DATATYPE_MISMATCH.NULL_TYPE', {
          sqlExpr: quotedCall('map_contains_key', args),
          functionName: '`map_contains_key`',
        });
      throw new MillraceError('DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES', {
        sqlExpr: quotedCall('map_contains_key', args),
        functionName: '`map_contains_key`',
        dataType: '"MAP"',
        leftType: quotedType(first),
        rightType: quotedType(second),
      });
    }
    return {
      argumentTypes: [map(keyType, first.valueType, first.valueContainsNull), keyType],
      returnType: BOOLEAN,
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([entries, key = null]) => {
          const wanted = valueKey(key);
          return (entries as readonly Items[]).some(([own = null]) => valueKey(own) === wanted);
        },
      },
    };
  },
});

/** The common type of map arguments. */
function commonMap(name: string, args: readonly Argument[]): MapType {
  const types = args.map((arg) => arg.dataType);
  const keyType = findWiderTypeOf(types.map((type) => (type.kind === 'map' ? type.keyType : VOID)));
  const valueType = findWiderTypeOf(types.map((type) => (type.kind === 'map' ? type.valueType : VOID)));
  if (args.length === 0) return map(STRING, STRING, false);
  if (types.some((type) => type.kind !== 'map') || keyType === undefined || valueType === undefined)
    throw new MillraceError('DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES', {
      sqlExpr: quotedCall(name, args),
      functionName: `\`${name}\``,
      dataType: `[${types.map(quotedType).join(', ')}]`,
    });
  return map(
    keyType,
    valueType,
    types.some((type) => type.kind === 'map' && type.valueContainsNull),
  );
}

const concat = defineScalar({
  name: 'map_concat',
  doc: {
    usage: 'One map of the entries of all.',
    example: "map_concat(map('a', 1), map('b', 2))",
    result: '{a -> 1, b -> 2}',
  },
  resolve: (args) => {
    const type = commonMap('map_concat', args);
    return {
      argumentTypes: args.map(() => type),
      returnType: type,
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: (maps) => checkedEntries((maps as readonly (readonly Items[])[]).flat()),
      },
    };
  },
});

const fromEntries = defineScalar({
  name: 'map_from_entries',
  doc: {
    usage: 'The map of an array of structs of key and value.',
    example: "map_from_entries(array(struct('a', 1)))",
    result: '{a -> 1}',
  },
  resolve: (args) => {
    checkArgumentCount('map_from_entries', args, 1, 1);
    const type = args[0]?.dataType ?? VOID;
    const entry = elementTypeOf(type);
    const [key, value] = entry.kind === 'struct' && entry.fields.length === 2 ? entry.fields : [];
    if (type.kind !== 'array' || key === undefined || value === undefined)
      throw unexpectedType('map_from_entries', args, 0, '"ARRAY" of pair "STRUCT"');
    return {
      argumentTypes: [type],
      returnType: map(key.dataType, value.dataType, value.nullable),
      nullable: args.some((arg) => arg.nullable) || type.containsNull,
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([entries]) => {
          const items = entries as readonly (Items | null)[];
          return items.includes(null) ? null : checkedEntries(items as readonly Items[]);
        },
      },
    };
  },
});

export const MAP_FUNCTIONS: readonly ScalarFunction[] = [
  containsKey,
  concat,
  fromEntries,
  rowFunction({
    name: 'map_entries',
    doc: {
      usage: 'The entries of a map as structs of key and value.',
      example: "map_entries(map('a', 1))",
      result: '[{a, 1}]',
    },
    parameters: [anyMap],
    returns: ([type]) =>
      type?.kind === 'map'
        ? array(
            struct([field('key', type.keyType, false), field('value', type.valueType, type.valueContainsNull)]),
            false,
          )
        : VOID,
    apply: ([entries]) => entries,
  }),
  rowFunction({
    name: 'map_from_arrays',
    doc: {
      usage: 'The map of an array of keys and an array of values.',
      example: "map_from_arrays(array('a', 'b'), array(1, 2))",
      result: '{a -> 1, b -> 2}',
    },
    parameters: [anyArray, anyArray],
    returns: ([keys, values]) =>
      map(elementTypeOf(keys), elementTypeOf(values), values?.kind === 'array' && values.containsNull),
    apply: ([keys, values]) => {
      if (keys.length !== values.length) throw new MillraceError('_LEGACY_ERROR_TEMP_2128', {});
      return checkedEntries(keys.map((key, i) => [key, values[i] ?? null]));
    },
  }),
  rowFunction({
    name: 'str_to_map',
    doc: {
      usage: 'The map in a text of pairs, cut by two regular expressions (by default a comma and a colon).',
      example: "str_to_map('a:1,b:2')",
      result: '{a -> 1, b -> 2}',
    },
    parameters: [strictText, optional(strictText), optional(strictText)],
    returns: map(STRING, STRING),
    apply: ([value, pairDelimiter, keyDelimiter]) => {
      const pairs = splitText(regexOf('str_to_map', pairDelimiter ?? ','), value, -1);
      const keyPattern = regexOf('str_to_map', keyDelimiter ?? ':');
      return checkedEntries(
        pairs.map((pair) => {
          const [key = '', rest] = splitText(keyPattern, pair, 2);
          return [key, rest ?? null];
        }),
      );
    },
  }),
];
