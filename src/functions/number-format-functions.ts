/** to_char and to_number with number formats; to_char of times and bytes is their own function. */
import type { DataType } from '../types/data-type.ts';
import type { Argument, ScalarFunction, ScalarSignature } from './define-function.ts';
import type { NumberFormat } from './number-format.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { DOUBLE, STRING, decimal, isFractional } from '../types/data-type.ts';
import { parseDecimal } from '../types/decimal.ts';
import { javaDouble } from '../types/number-text.ts';
import { checkArgumentCount, notConstant, quotedType, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { formatNumber, parseFormatted, parseNumberFormat } from './number-format.ts';
import { decimalOf, implicitCast } from './type-rules.ts';

/** The format of a call: a literal that is no NULL. */
function formatOf(name: string, args: readonly Argument[]): NumberFormat | undefined {
  const format = present(args[1], 'a format');
  if (implicitCast(format.dataType, STRING) === undefined) throw unexpectedType(name, args, 1, '"STRING"');
  if (format.literal === undefined) throw notConstant(name, args, 1, { parameter: 'format', type: '"STRING"' });
  return typeof format.literal === 'string' ? parseNumberFormat(format.literal) : undefined;
}

function mismatch(type: DataType, input: string, format: NumberFormat): MillraceError {
  return new MillraceError('INVALID_FORMAT.MISMATCH_INPUT', {
    inputType: quotedType(type),
    input,
    format: format.text,
  });
}

/** A text as a number. */
function toNumber(name: string, isTry: boolean): ScalarFunction {
  return defineScalar({
    name,
    doc: {
      usage: `The number of a text by a format${isTry ? '; NULL when it does not fit' : ''}.`,
      example: `${name}('12,454.8-', '99,999.9S')`,
      result: '-12454.8',
    },
    resolve: (args) => {
      checkArgumentCount(name, args, 2, 2);
      if (implicitCast(present(args[0], 'a text').dataType, STRING) === undefined)
        throw unexpectedType(name, args, 0, '"STRING"');
      const format = formatOf(name, args);
      return {
        argumentTypes: [STRING, STRING],
        returnType:
          format === undefined ? decimal(38, 18) : decimal(Math.max(format.precision, 1), format.fraction ?? 0),
        nullable: true,
        evaluator: {
          kind: 'row',
          nulls: 'propagate',
          apply: ([text]) => {
            if (format === undefined) return null;
            const unscaled = parseFormatted(text as string, format);
            if (unscaled !== undefined) return unscaled;
            if (isTry) return null;
            throw mismatch(STRING, text as string, format);
          },
        },
      };
    },
  });
}

/** A number as text; floats and texts count as decimals. */
function formattedNumber(name: string, args: readonly Argument[]): ScalarSignature {
  const given = present(args[0], 'a number').dataType;
  const type =
    given.kind === 'string' || given.kind === 'void' || (isFractional(given) && given.kind !== 'decimal')
      ? DOUBLE
      : decimalOf(given);
  if (type === undefined) throw unexpectedType(name, args, 0, '("NUMERIC" or "DATE" or "TIMESTAMP" or "BINARY")');
  const format = formatOf(name, args);
  return {
    argumentTypes: [type, STRING],
    returnType: STRING,
    nullable: args.some((arg) => arg.nullable) || format === undefined,
    evaluator: {
      kind: 'row',
      nulls: 'propagate',
      apply: ([value]) => {
        if (format === undefined) return null;
        if (typeof value === 'bigint') return formatNumber(value, type.kind === 'decimal' ? type.scale : 0, format);
        const parsed = parseDecimal(javaDouble(value as number));
        return parsed === undefined ? null : formatNumber(parsed.unscaled, parsed.scale, format);
      },
    },
  };
}

export const NUMBER_FORMAT_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'to_char',
    aliases: ['to_varchar'],
    doc: {
      usage: 'A number as text by a format; for times as date_format, for bytes as hex, base64 or decode.',
      example: "to_char(-12454.8, '99G999D9S')",
      result: '12,454.8-',
    },
    resolve: (args) => {
      checkArgumentCount('to_char', args, 2, 2);
      return formattedNumber('to_char', args);
    },
  }),
  toNumber('to_number', false),
  toNumber('try_to_number', true),
];

/** The function that to_char of a type stands for, for types that are no numbers; undefined for numbers. */
export function charFunctionOf(type: DataType, format: Argument['literal']): string | undefined {
  if (type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz') return 'date_format';
  if (type.kind !== 'binary') return undefined;
  const name = typeof format === 'string' ? format.trim().toLowerCase() : '';
  if (name === 'utf-8') return 'decode';
  if (name === 'base64' || name === 'hex') return name;
  throw new MillraceError('INVALID_PARAMETER_VALUE.BINARY_FORMAT', {
    parameter: '`format`',
    functionName: '`to_char`',
    invalidFormat: `'${String(format)}'`,
  });
}
