/**
 * `m[key]`, `a[index]` and `a.field` of an array of structs: the calls behind `[]` and dotted names. Not in the registry, as they have no
 * name a user could write; field access on a struct is an expression node of its own.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { ScalarFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { compareValues } from '../types/compare.ts';
import { array, isIntegral } from '../types/data-type.ts';
import { quotedType, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { implicitCast } from './type-rules.ts';

type Items = readonly (Value | null)[];

/** The value of a map's key (NULL when it is not there), or an array's element counted from 0. */
export const extractItem: ScalarFunction = defineScalar({
  name: '[]',
  doc: { usage: 'The value of a key, or the element at a position from 0.', example: "map('a', 1)['a']", result: '1' },
  resolve: (args, { ansi }) => {
    const [container, key] = args.map((arg) => arg.dataType);
    const type = present(container, 'a container');
    const keyType = present(key, 'a key');
    if (type.kind === 'map') {
      if (implicitCast(keyType, type.keyType) === undefined)
        throw unexpectedType('[]', args, 1, quotedType(type.keyType));
      return {
        argumentTypes: [type, type.keyType],
        returnType: type.valueType,
        nullable: true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([entries, wanted]) => lookUp(entries as readonly Items[], type.keyType, wanted as Value),
        },
      };
    }
    if (type.kind !== 'array' && type.kind !== 'struct')
      throw new MillraceError('INVALID_EXTRACT_BASE_FIELD_TYPE', {
        base: `"${args[0]?.sql ?? ''}"`,
        other: quotedType(type),
      });
    if (type.kind !== 'array' || !isIntegral(keyType)) throw unexpectedType('[]', args, 1, '"INTEGRAL"');
    return {
      argumentTypes: [type, keyType],
      returnType: type.elementType,
      nullable: true,
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([items, index]) => itemAt(items as Items, Number(index), ansi),
      },
    };
  },
});

/** One field of each struct of an array. */
export const extractFields: ScalarFunction = defineScalar({
  name: '.',
  doc: { usage: 'One field of each element.', example: "array(named_struct('a', 1)).a", result: '[1]' },
  resolve: (args) => {
    const [structs, name] = args;
    const type = present(structs, 'an array').dataType;
    const fields = type.kind === 'array' && type.elementType.kind === 'struct' ? type.elementType.fields : [];
    const wanted = String(name?.literal).toLowerCase();
    const ordinal = fields.findIndex((field) => field.name.toLowerCase() === wanted);
    const field = fields[ordinal];
    if (field === undefined || type.kind !== 'array') {
      throw new MillraceError('FIELD_NOT_FOUND', {
        fieldName: `\`${String(name?.literal)}\``,
        fields: fields.map((candidate) => `\`${candidate.name}\``).join(', '),
      });
    }
    return {
      argumentTypes: args.map((arg) => arg.dataType),
      returnType: array(field.dataType, type.containsNull || field.nullable),
      nullable: structs?.nullable ?? true,
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([items]) => (items as Items).map((item) => (item === null ? null : ((item as Items)[ordinal] ?? null))),
      },
    };
  },
});

function lookUp(entries: readonly Items[], keyType: DataType, wanted: Value): Value | null {
  const found = entries.find(([key = null]) => key !== null && compareValues(keyType, key, wanted) === 0);
  return found?.[1] ?? null;
}

function itemAt(items: Items, index: number, ansi: boolean): Value | null {
  if (index >= 0 && index < items.length) return items[index] ?? null;
  if (!ansi) return null;
  throw new MillraceError('INVALID_ARRAY_INDEX', { indexValue: String(index), arraySize: String(items.length) });
}
