/** JSON functions. */
import type { DataType } from '../types/data-type.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { INTEGER, STRING, array } from '../types/data-type.ts';
import { jsonTextOfValue } from '../types/json-text.ts';
import { parseSchema, parseType } from '../types/schema.ts';
import { checkArgumentCount, quotedCall, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { evaluateJsonPath, parseJsonPath } from './json-path.ts';
import { parseJsonTree } from './json-tree.ts';
import { parseJson } from './json-value.ts';
import { text } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast } from './type-rules.ts';

/** A type or a list of columns, from a literal. */
function schemaOf(name: string, args: readonly Argument[], index: number): DataType {
  const { literal } = present(args[index], 'a schema argument');
  if (typeof literal !== 'string') {
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', {
      sqlExpr: quotedCall(name, args),
      inputName: '`schema`',
      inputType: '"STRING"',
      inputExpr: `"${args[index]?.sql ?? ''}"`,
    });
  }
  const isNested = /^\s*(array|map|struct)\s*</i.test(literal);
  return isNested ? parseType(literal) : parseSchema(literal);
}

const fromJson = defineScalar({
  name: 'from_json',
  doc: {
    usage: 'A JSON text as a struct, array or map of the given schema.',
    example: `from_json('{"a":1}', 'a INT')`,
    result: '{1}',
  },
  resolve: (args) => {
    checkArgumentCount('from_json', args, 2, 3);
    const [json, , options] = args;
    if (implicitCast(present(json, 'the JSON').dataType, STRING) === undefined)
      throw unexpectedType('from_json', args, 0, '"STRING"');
    const type = schemaOf('from_json', args, 1);
    return {
      argumentTypes: [STRING, STRING, ...(options === undefined ? [] : [options.dataType])],
      returnType: type,
      nullable: true,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([value], { timeZone }) => (typeof value === 'string' ? parseJson(value, type, timeZone) : null),
      },
    };
  },
});

const toJson = defineScalar({
  name: 'to_json',
  doc: {
    usage: 'A struct, array or map as JSON text; null fields are left out.',
    example: "to_json(named_struct('a', 1))",
    result: '{"a":1}',
  },
  resolve: (args) => {
    checkArgumentCount('to_json', args, 1, 2);
    const type = present(args[0], 'the value').dataType;
    if (type.kind !== 'struct' && type.kind !== 'array' && type.kind !== 'map') {
      throw new MillraceError('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA', {
        sqlExpr: quotedCall('to_json', args),
        schema: `"${args[0]?.dataType.kind === 'integer' ? 'INT' : type.kind.toUpperCase()}"`,
      });
    }
    return {
      argumentTypes: args.map((arg) => arg.dataType),
      returnType: STRING,
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([value = null], { timeZone }) =>
          value === null ? null : jsonTextOfValue(value, type, { zone: timeZone }),
      },
    };
  },
});

export const JSON_FUNCTIONS: readonly ScalarFunction[] = [
  fromJson,
  toJson,
  rowFunction({
    name: 'get_json_object',
    doc: {
      usage: 'What a JSON path finds in a JSON text.',
      example: `get_json_object('{"a":"b"}', '$.a')`,
      result: 'b',
    },
    parameters: [text, text],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([json, path]) => {
      const steps = parseJsonPath(path);
      const node = steps === undefined ? undefined : parseJsonTree(json);
      return steps === undefined || node === undefined ? null : evaluateJsonPath(node, steps);
    },
  }),
  rowFunction({
    name: 'json_array_length',
    doc: {
      usage: 'The number of elements of the outermost JSON array.',
      example: "json_array_length('[1,2]')",
      result: '2',
    },
    parameters: [text],
    returns: INTEGER,
    result: 'mayBeNull',
    apply: ([json]) => {
      const node = parseJsonTree(json);
      return node?.kind === 'array' ? node.items.length : null;
    },
  }),
  rowFunction({
    name: 'json_object_keys',
    doc: { usage: 'The keys of the outermost JSON object.', example: `json_object_keys('{"a":1}')`, result: '[a]' },
    parameters: [text],
    returns: array(STRING),
    result: 'mayBeNull',
    apply: ([json]) => {
      const node = parseJsonTree(json);
      return node?.kind === 'object' ? node.entries.map((entry) => entry.name) : null;
    },
  }),
];
