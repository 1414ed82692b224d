/** JSON functions. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { INTEGER, STRING, array, sqlName } from '../types/data-type.ts';
import { jsonTextOfValue } from '../types/json-text.ts';
import { typeDdl } from '../types/schema.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { typeOfJson } from './infer-type.ts';
import { type TimeFormats, formattersOf, timeFormats } from './json-formats.ts';
import { optionsOf } from './option-map.ts';
import { schemaArgument } from './schema-argument.ts';
import { evaluateJsonPath, parseJsonPath } from './json-path.ts';
import { parseJsonTree } from './json-tree.ts';
import { parseJson } from './json-value.ts';
import { strictText } from './parameters.ts';
import { rowFunction } from './row-function.ts';

/** What from_json does with malformed texts. */
interface ParseOptions {
  readonly mode: string;
  readonly corruptColumn: string;
  readonly formats: TimeFormats;
}

function parseOptions(options: Argument | undefined): ParseOptions {
  const given = optionsOf(options);
  return {
    mode: given.get('mode')?.toUpperCase() ?? 'PERMISSIVE',
    corruptColumn: given.get('columnnameofcorruptrecord') ?? '_corrupt_record',
    formats: timeFormats(given),
  };
}

/** Reads texts as values of a type; a struct's column for corrupt records gets the text of a malformed one. */
function jsonReader(
  type: DataType,
  { mode, corruptColumn, formats }: ParseOptions,
): (text: string, zone: string) => Value | null {
  const corruptIndex = type.kind === 'struct' ? type.fields.findIndex(({ name }) => name === corruptColumn) : -1;
  return (text, zone) => {
    if (mode === 'DROPMALFORMED') throw new MillraceError('PARSE_MODE_UNSUPPORTED', { funcName: '`from_json`', mode });
    const { value, isMalformed } = parseJson(text, type, zone, formats);
    if (isMalformed && mode === 'FAILFAST') {
      const badRecord = Array.isArray(value) ? `[${value.map(String).join(',')}]` : String(value);
      throw new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', { badRecord, failFastMode: mode });
    }
    if (corruptIndex < 0 || type.kind !== 'struct' || (value === null && !isMalformed)) return value;
    const fields: readonly (Value | null)[] = Array.isArray(value) ? value : type.fields.map(() => null);
    return fields.map((field, i) => (i === corruptIndex ? (isMalformed ? text : null) : field));
  };
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
    if (!['string', 'void'].includes(present(json, 'the JSON').dataType.kind))
      throw unexpectedType('from_json', args, 0, '"STRING"');
    if (args[1]?.literal === null || args[1]?.dataType.kind !== 'string')
      throw new MillraceError('INVALID_SCHEMA.NON_STRING_LITERAL', { inputSchema: `"${args[1]?.sql ?? ''}"` });
    const type = schemaArgument('from_json', args, 1);
    const read = jsonReader(type, parseOptions(options));
    return {
      argumentTypes: [STRING, STRING, ...(options === undefined ? [] : [options.dataType])],
      returnType: type,
      nullable: true,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([value], { timeZone }) => (typeof value === 'string' ? read(value, timeZone) : null),
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
    const options = optionsOf(args[1]);
    const formats = timeFormats(options);
    const zoneOption = options.get('timezone');
    const settings = {
      ignoreNullFields: options.get('ignorenullfields')?.toLowerCase() !== 'false',
      sortsKeys: options.get('sortkeys')?.toLowerCase() === 'true',
    };
    const type = present(args[0], 'the value').dataType;
    if (type.kind !== 'struct' && type.kind !== 'array' && type.kind !== 'map') {
      throw new MillraceError('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA', {
        sqlExpr: quotedCall('to_json', args),
        schema: `"${sqlName(type)}"`,
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
          value === null
            ? null
            : jsonTextOfValue(value, type, {
                ...settings,
                ...formattersOf(formats, zoneOption ?? timeZone),
                zone: zoneOption ?? timeZone,
              }),
      },
    };
  },
});

const schemaOfJson = defineScalar({
  name: 'schema_of_json',
  doc: {
    usage: 'The schema of a JSON text as DDL.',
    example: `schema_of_json('[{"col":0}]')`,
    result: 'ARRAY<STRUCT<col: BIGINT>>',
  },
  resolve: (args) => {
    checkArgumentCount('schema_of_json', args, 1, 2);
    const { literal } = present(args[0], 'a text');
    if (typeof literal !== 'string')
      throw notConstant('schema_of_json', args, 0, { parameter: 'json', type: '"STRING"' });
    const options = optionsOf(args[1]);
    const isLenient = options.get('allownumericleadingzeros')?.toLowerCase() === 'true';
    const node = parseJsonTree(isLenient ? literal.replaceAll(/(?<=[:[,\s]-?)0+(?=\d)/g, '') : literal);
    const ddl = node === undefined ? 'STRING' : typeDdl(typeOfJson(node));
    return {
      argumentTypes: [STRING, ...args.slice(1).map((arg) => arg.dataType)],
      returnType: STRING,
      nullable: false,
      evaluator: { kind: 'row', nulls: 'pass', apply: () => ddl },
    };
  },
});

export const JSON_FUNCTIONS: readonly ScalarFunction[] = [
  fromJson,
  toJson,
  schemaOfJson,
  rowFunction({
    name: 'get_json_object',
    doc: {
      usage: 'What a JSON path finds in a JSON text.',
      example: `get_json_object('{"a":"b"}', '$.a')`,
      result: 'b',
    },
    parameters: [strictText, strictText],
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
    parameters: [strictText],
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
    parameters: [strictText],
    returns: array(STRING),
    result: 'mayBeNull',
    apply: ([json]) => {
      const node = parseJsonTree(json);
      return node?.kind === 'object' ? node.entries.map((entry) => entry.name) : null;
    },
  }),
];
