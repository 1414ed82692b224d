/** Functions that write values for people: format_string, format_number, mask, quote. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Argument, ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { DOUBLE, INTEGER, STRING, VOID, isNumeric } from '../types/data-type.ts';
import { decimalText } from '../types/number-text.ts';
import { plainText } from '../types/value-text.ts';
import { checkArgumentCount, notConstant, quotedCall, quotedType, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { formatJava } from './java-format.ts';
import { optional, strictText, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { implicitCast, isDateTime } from './type-rules.ts';

const formatString = defineScalar({
  name: 'format_string',
  aliases: ['printf'],
  doc: {
    usage: "The format with the arguments put in for its directives, as Java's String.format.",
    example: "format_string('%s is %d', 'it', 7)",
    result: 'it is 7',
  },
  resolve: (args) => {
    checkArgumentCount('format_string', args, 1, Infinity);
    if (implicitCast(args[0]?.dataType ?? VOID, STRING) === undefined)
      throw unexpectedType('format_string', args, 0, '"STRING"');
    const types = args.slice(1).map((arg) => arg.dataType);
    return {
      argumentTypes: [STRING, ...types],
      returnType: STRING,
      nullable: args[0]?.nullable === true,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([pattern = null, ...values]) =>
          pattern === null
            ? null
            : formatJava(
                pattern as string,
                values.map((value, i) => {
                  const type = types[i] ?? VOID;
                  return { value, type, text: printed(value, type) };
                }),
              ),
      },
    };
  },
});

/** A value as %s prints it: date and time as the numbers they are kept as, as in Spark. */
function printed(value: Value | null, type: DataType): string {
  if (value === null) return 'null';
  return isDateTime(type) ? String(value) : plainText(value, type, 'UTC');
}

/** The digits of a number, rounded half to even on its exact decimal value for doubles, and grouped by three. */
function grouped(value: number | bigint, type: DataType, places: number, isGrouped: boolean, minWhole: number): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  const exact = type.kind === 'decimal' ? decimalText(value as bigint, type.scale) : exactText(value);
  const isNegative = exact.startsWith('-');
  const [whole = '0', fraction = ''] = exact.replace('-', '').split('.');
  const kept = BigInt(whole + fraction.padEnd(places, '0').slice(0, places));
  const rest = fraction.slice(places);
  const isHalf = /^50*$/.test(rest);
  const isUp = isHalf ? kept % 2n === 1n : rest !== '' && rest.charAt(0) >= '5';
  const digits = (kept + (isUp ? 1n : 0n)).toString().padStart(places + 1, '0');
  const end = digits.length - places;
  const wholeDigits = digits
    .slice(0, end)
    .replace(/^0+(?=\d)/, '')
    .padStart(minWhole, '0');
  const shown = isGrouped ? wholeDigits.replaceAll(/\B(?=(\d{3})+$)/g, ',') : wholeDigits;
  return `${isNegative ? '-' : ''}${shown}${places > 0 ? `.${digits.slice(end)}` : ''}`;
}

/** Every digit of a double, as BigDecimal has them. */
function exactText(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  let scale = 0;
  let scaled = value;
  while (!Number.isInteger(scaled) && scale < 1074) {
    scaled *= 2;
    scale++;
  }
  return decimalText(BigInt(scaled) * 5n ** BigInt(scale), scale);
}

/** As many places as Java's formatter prints of a double. */
const MAX_PLACES = 340;

const formatNumber = defineScalar({
  name: 'format_number',
  doc: {
    usage: 'A number with grouped digits and a number of decimal places, or in a pattern such as #,##0.00.',
    example: 'format_number(12332.123456, 4)',
    result: '12,332.1235',
  },
  resolve: (args) => {
    checkArgumentCount('format_number', args, 2, 2);
    const [first = VOID, second = VOID] = args.map((arg) => arg.dataType);
    const type = isNumeric(first) ? first : first.kind === 'void' ? DOUBLE : undefined;
    if (type === undefined) throw unexpectedType('format_number', args, 0, '"NUMERIC"');
    const isPattern = second.kind === 'string';
    if (!isPattern && !['byte', 'short', 'integer', 'void'].includes(second.kind))
      throw unexpectedType('format_number', args, 1, '("INT" or "STRING")');
    return {
      argumentTypes: [type, isPattern ? STRING : INTEGER],
      returnType: STRING,
      nullable: true,
      evaluator: {
        kind: 'row',
        nulls: 'propagate',
        apply: ([value, format]) => numberText(value as number | bigint, type, format as number | string),
      },
    };
  },
});

function numberText(value: number | bigint, type: DataType, format: number | string): Value | null {
  if (typeof format === 'number')
    return format < 0 ? null : grouped(value, type, Math.min(format, MAX_PLACES), true, 1);
  const pattern = format === '' ? '#,###,###,###,###,###,##0' : format;
  const [whole = '', fraction = ''] = pattern.split('.');
  const minWhole = whole.replaceAll(/[^0]/g, '').length;
  const maxPlaces = fraction.replaceAll(/[^#0]/g, '').length;
  const minPlaces = fraction.replaceAll(/[^0]/g, '').length;
  const full = grouped(value, type, maxPlaces, whole.includes(','), minWhole);
  const [shown = '', places = ''] = full.split('.');
  const kept = places.slice(0, minPlaces) + places.slice(minPlaces).replace(/0+$/, '');
  const ownWhole = minWhole === 0 && /^-?0$/.test(shown) && kept !== '' ? shown.replace('0', '') : shown;
  return kept === '' ? ownWhole : `${ownWhole}.${kept}`;
}

/** One character by its class; null leaves the class as it is. */
function masked(value: string, classes: readonly (string | null)[]): string {
  const [upper = null, lower = null, digit = null, other = null] = classes;
  let result = '';
  for (const character of value) {
    const mask = /\p{Lu}/u.test(character)
      ? upper
      : /\p{Ll}/u.test(character)
        ? lower
        : /\p{Nd}/u.test(character)
          ? digit
          : other;
    result += mask ?? character;
  }
  return result;
}

const MASKS = ['upperChar', 'lowerChar', 'digitChar', 'otherChar'];

/** What stands for the characters of a class is a constant of one character. */
function checkMasks(args: readonly Argument[]): void {
  for (const [i, arg] of args.entries()) {
    if (i === 0) continue;
    const exprName = MASKS[i - 1] ?? '';
    if (arg.literal === undefined)
      throw notConstant('mask', args, i, { parameter: exprName, type: quotedType(arg.dataType) });
    if (arg.literal !== null && [...String(arg.literal)].length !== 1)
      throw new MillraceError('DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE', { sqlExpr: quotedCall('mask', args), exprName });
  }
}

export const FORMAT_FUNCTIONS: readonly ScalarFunction[] = [
  formatString,
  formatNumber,
  rowFunction({
    name: 'mask',
    doc: {
      usage:
        'The text with upper-case letters, lower-case letters, digits and others replaced; NULL leaves a class as it is.',
      example: "mask('abCD-8')",
      result: 'xxXX-n',
    },
    parameters: [strictText, optional(strictText), optional(strictText), optional(strictText), optional(strictText)],
    returns: STRING,
    nulls: 'pass',
    check: checkMasks,
    apply: ([value, upper, lower, digit, other]) => {
      if ((value as string | null) === null) return null;
      return masked(value, [
        upper === undefined ? 'X' : upper,
        lower === undefined ? 'x' : lower,
        digit === undefined ? 'n' : digit,
        other === undefined ? null : other,
      ]);
    },
  }),
  rowFunction({
    name: 'quote',
    doc: { usage: 'The text in single quotes, its own quotes escaped.', example: "quote('a')", result: "'a'" },
    parameters: [text],
    returns: STRING,
    apply: ([value]) => `'${value.replaceAll("'", String.raw`\'`)}'`,
  }),
];
