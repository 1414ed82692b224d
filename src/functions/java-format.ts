/** Java's format strings, as format_string uses them: %[argument$][flags][width][.precision]conversion. */
import { MillraceError } from '../errors/millrace-error.ts';
import type { DataType } from '../types/data-type.ts';
import { isIntegral } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { decimalText } from '../types/number-text.ts';

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly conversion: string;
}

const DIRECTIVE = /%(\d+\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** A value to be printed: its text for %s, and its type. */
export interface FormatArgument {
  readonly value: Value | null;
  readonly type: DataType;
  readonly text: string;
}

/** The format with its directives replaced. Throws INVALID_PARAMETER_VALUE.PATTERN where Java throws an IllegalFormatException. */
export function formatJava(pattern: string, args: readonly FormatArgument[]): string {
  let next = 0;
  let last = -1;
  const replaced = pattern.replaceAll(
    DIRECTIVE,
    (whole: string, index?: string, flags = '', width?: string, precision?: string, conversion = '') => {
      const directive = {
        flags,
        width: Number(width ?? 0),
        precision: precision === undefined ? undefined : Number(precision),
        conversion,
      };
      if (conversion === '%') return pad('%', directive);
      if (conversion === 'n') return '\n';
      const at = index !== undefined ? Number.parseInt(index, 10) - 1 : flags.includes('<') ? last : next++;
      last = at;
      const argument = args[at];
      if (argument === undefined) throw invalid(whole, `no argument for ${whole}`);
      return formatted(directive, argument, whole);
    },
  );
  return replaced;
}

function invalid(directive: string, reason: string): MillraceError {
  return new MillraceError('INVALID_PARAMETER_VALUE.PATTERN', {
    parameter: '`strfmt`',
    functionName: '`format_string`',
    value: `'${directive}' (${reason})`,
  });
}

function formatted(directive: Directive, { value, type, text }: FormatArgument, whole: string): string {
  const { conversion, precision } = directive;
  const kind = conversion.toLowerCase();
  const upper = (result: string): string => (kind === conversion ? result : result.toUpperCase());
  if (kind === 'b')
    return pad(upper(cut(typeof value === 'boolean' ? String(value) : String(value !== null), precision)), directive);
  if (kind === 's') return pad(upper(cut(value === null ? 'null' : text, precision)), directive);
  if (value === null) return pad(upper('null'), directive);
  switch (kind) {
    case 'd':
      if (!isIntegral(type)) throw invalid(whole, `%d of ${type.kind}`);
      return number(String(value), directive);
    case 'x':
    case 'o':
      if (!isIntegral(type)) throw invalid(whole, `%${kind} of ${type.kind}`);
      return pad(upper(unsigned(value as number | bigint, type).toString(kind === 'x' ? 16 : 8)), directive, true);
    case 'c':
      return pad(typeof value === 'number' ? String.fromCodePoint(value) : text, directive);
    case 'f':
      return number(fixed(value, type, precision ?? 6, whole), directive);
    case 'e':
      return number(upper(exponent(Number(value), precision ?? 6)), directive);
    case 'g':
      return number(upper(general(Number(value), precision ?? 6)), directive);
    default:
      throw invalid(whole, 'unknown conversion');
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : text.slice(0, precision);
}

function unsigned(value: number | bigint, type: DataType): bigint {
  const bits = { byte: 8, short: 16, integer: 32 }[type.kind as string] ?? 64;
  return BigInt.asUintN(bits, BigInt(value));
}

function fixed(value: Value, type: DataType, places: number, whole: string): string {
  if (type.kind === 'decimal') return roundText(decimalText(value as bigint, type.scale), places);
  if (typeof value !== 'number' || isIntegral(type)) throw invalid(whole, `%f of ${type.kind}`);
  return Number.isFinite(value) ? roundText(plainText(value), places) : special(value);
}

function special(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** The shortest digits of a double without an exponent. */
function plainText(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? sign + digits.padEnd(point, '0')
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Decimal digits rounded half up to places. */
function roundText(text: string, places: number): string {
  const isNegative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const padded = fraction.padEnd(places + 1, '0');
  const kept = BigInt(whole + padded.slice(0, places));
  const rounded = (kept + (padded.charAt(places) >= '5' ? 1n : 0n)).toString().padStart(places + 1, '0');
  const result = places === 0 ? rounded : `${rounded.slice(0, -places)}.${rounded.slice(-places)}`;
  return isNegative ? `-${result}` : result;
}

function exponent(value: number, places: number): string {
  if (!Number.isFinite(value)) return special(value);
  return value.toExponential(Math.min(places, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number): string {
  if (!Number.isFinite(value)) return special(value);
  const digits = precision === 0 ? 1 : precision;
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 10 ** digits)) return exponent(value, digits - 1);
  const wholeDigits = magnitude < 1 ? 0 : Math.floor(Math.log10(magnitude)) + 1;
  const places =
    magnitude !== 0 && magnitude < 1
      ? digits - Math.floor(Math.log10(magnitude)) - 1
      : digits - Math.max(wholeDigits, 1);
  return roundText(plainText(value), Math.max(places, 0));
}

/** Sign, grouping, zeros and width of a number. */
function number(text: string, directive: Directive): string {
  const { flags, width } = directive;
  const isNegative = text.startsWith('-');
  let digits = isNegative ? text.slice(1) : text;
  if (flags.includes(',')) {
    const [whole = '', fraction] = digits.split('.');
    const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
    digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  }
  const isBracketed = isNegative && flags.includes('(');
  const sign = isBracketed ? '(' : isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const end = isBracketed ? ')' : '';
  if (flags.includes('0') && /^\d/.test(digits)) digits = digits.padStart(width - sign.length - end.length, '0');
  return pad(sign + digits + end, { ...directive, flags: flags.replaceAll('0', '') });
}

function pad(text: string, { flags, width }: Directive, isNumber = false): string {
  if (flags.includes('-')) return text.padEnd(width);
  return text.padStart(width, isNumber && flags.includes('0') ? '0' : ' ');
}
