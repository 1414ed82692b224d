/** CSV functions: one line of text as a struct and back. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { STRING, field, struct } from '../types/data-type.ts';
import { typeDdl } from '../types/schema.ts';
import { checkArgumentCount, notConstant, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { CsvOptions, cellOf, cellValue, splitCells } from './csv-text.ts';
import { defineScalar } from './define-function.ts';
import { typeOfCell } from './infer-type.ts';
import { optionsOf } from './option-map.ts';
import { schemaArgument } from './schema-argument.ts';

function optionType(args: readonly Argument[], index: number): readonly DataType[] {
  const arg = args[index];
  return arg === undefined ? [] : [arg.dataType];
}

const fromCsv = defineScalar({
  name: 'from_csv',
  doc: {
    usage: 'A line of CSV as a struct of the given schema.',
    example: "from_csv('1, 0.8', 'a INT, b DOUBLE')",
    result: '{1, 0.8}',
  },
  resolve: (args) => {
    checkArgumentCount('from_csv', args, 2, 3);
    if (!['string', 'void'].includes(present(args[0], 'a line').dataType.kind))
      throw unexpectedType('from_csv', args, 0, '"STRING"');
    if (args[1]?.dataType.kind !== 'string')
      throw new MillraceError('INVALID_SCHEMA.NON_STRING_LITERAL', { inputSchema: `"${args[1]?.sql ?? ''}"` });
    const type = schemaArgument('from_csv', args, 1);
    if (type.kind !== 'struct')
      throw new MillraceError('INVALID_SCHEMA.NON_STRUCT_TYPE', {
        inputSchema: `"${args[1]?.sql ?? ''}"`,
        dataType: quotedType(type),
      });
    const options = new CsvOptions(optionsOf(args[2]));
    const corrupt = type.fields.findIndex(({ name }) => name === options.corruptColumn);
    return {
      argumentTypes: [STRING, STRING, ...optionType(args, 2)],
      returnType: type,
      nullable: true,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([line], { timeZone }) => {
          if (typeof line !== 'string') return null;
          const cells = line === '' ? [] : splitCells(line, options);
          let isMalformed = line !== '' && cells.length !== type.fields.length - (corrupt < 0 ? 0 : 1);
          let at = 0;
          const values = type.fields.map(({ dataType }, i): Value | null => {
            if (i === corrupt) return null;
            const cell = cells[at++];
            if (cell === undefined || cell === options.nullValue) return null;
            const value = cellValue(cell, dataType, options, timeZone);
            if (value === undefined) isMalformed = true;
            return value ?? null;
          });
          if (isMalformed && options.mode === 'FAILFAST')
            throw new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', {
              badRecord: `[${values.map(String).join(',')}]`,
              failFastMode: 'FAILFAST',
            });
          if (corrupt >= 0 && isMalformed) values[corrupt] = line;
          return values;
        },
      },
    };
  },
});

const NESTED = new Set(['array', 'map', 'struct', 'binary']);

const toCsv = defineScalar({
  name: 'to_csv',
  doc: { usage: 'A struct as a line of CSV.', example: "to_csv(named_struct('a', 1, 'b', 2))", result: '1,2' },
  resolve: (args) => {
    checkArgumentCount('to_csv', args, 1, 2);
    const type = present(args[0], 'a struct').dataType;
    if (type.kind !== 'struct' || type.fields.some(({ dataType }) => NESTED.has(dataType.kind)))
      throw new MillraceError('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', {
        sqlExpr: quotedCall('to_csv', args),
        functionName: '`to_csv`',
        dataType: quotedType(type),
      });
    const options = new CsvOptions(optionsOf(args[1]));
    return {
      argumentTypes: [type, ...optionType(args, 1)],
      returnType: STRING,
      nullable: args.some((arg) => arg.nullable),
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([row], { timeZone }) =>
          type.fields
            .map(({ dataType }, i) =>
              cellOf((row as readonly (Value | null)[])[i] ?? null, dataType, options, timeZone),
            )
            .join(options.separator),
      },
    };
  },
});

const schemaOfCsv = defineScalar({
  name: 'schema_of_csv',
  doc: {
    usage: 'The schema of a line of CSV as DDL.',
    example: "schema_of_csv('1,abc')",
    result: 'STRUCT<_c0: INT, _c1: STRING>',
  },
  resolve: (args, { timeZone }) => {
    checkArgumentCount('schema_of_csv', args, 1, 2);
    const { literal } = present(args[0], 'a line');
    if (typeof literal !== 'string')
      throw notConstant('schema_of_csv', args, 0, { parameter: 'csv', type: '"STRING"' });
    const cells = splitCells(literal, new CsvOptions(optionsOf(args[1])));
    const ddl = typeDdl(struct(cells.map((cell, i) => field(`_c${i}`, typeOfCell(cell, timeZone)))));
    return {
      argumentTypes: [STRING, ...optionType(args, 1)],
      returnType: STRING,
      nullable: false,
      evaluator: { kind: 'row', nulls: 'pass', apply: () => ddl },
    };
  },
});

export const CSV_FUNCTIONS: readonly ScalarFunction[] = [fromCsv, toCsv, schemaOfCsv];
