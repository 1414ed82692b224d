/** Casts to and from text as Spark's: numbers, booleans, dates, and nested values written as `{1, a}`, `[1, 2]`, `{k -> v}`. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { plainText } from '../types/value-text.ts';

type Items = readonly (Value | null)[];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a value, as `CAST(value AS STRING)` gives it. */
export function textOfValue(type: DataType, value: Value, zone: string): string {
  switch (type.kind) {
    case 'binary':
      return decoder.decode(value as Uint8Array);
    case 'array':
      return `[${(value as Items).map((item) => textOrNull(type.elementType, item, zone)).join(', ')}]`;
    case 'struct':
      return `{${type.fields.map((field, i) => textOrNull(field.dataType, (value as Items)[i] ?? null, zone)).join(', ')}}`;
    case 'map': {
      const entries = (value as readonly Items[]).map(
        ([key, item]) =>
          `${textOrNull(type.keyType, key ?? null, zone)} -> ${textOrNull(type.valueType, item ?? null, zone)}`,
      );
      return `{${entries.join(', ')}}`;
    }
    default:
      return plainText(value, type, zone);
  }
}

function textOrNull(type: DataType, value: Value | null, zone: string): string {
  return value === null ? 'null' : textOfValue(type, value, zone);
}

/** Removes what Spark's casts ignore around a text: spaces and control characters. */
export function trimControl(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isIgnored(text.charCodeAt(start))) start++;
  while (end > start && isIgnored(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isIgnored(code: number): boolean {
  return code <= 0x20 || code === 0x7f;
}

/** The number of a text of 1 to 15 digits, perhaps behind a minus; undefined for any other text. */
function smallInteger(text: string): number | undefined {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const { length } = text;
  if (length === start || length - start > 15) return undefined;
  let value = 0;
  for (let i = start; i < length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return start === 1 ? 0 - value : value;
}

/** A whole number within the range, or undefined; with `allowFraction` digits behind a point are cut off. */
export function parseInteger(text: string, min: bigint, max: bigint, allowFraction: boolean): bigint | undefined {
  const small = smallInteger(text);
  if (small !== undefined) {
    const value = BigInt(small);
    return value < min || value > max ? undefined : value;
  }
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(trimControl(text));
  if (match === null) return undefined;
  const [whole, sign = '', digits = '', fraction] = match;
  if (!/\d/.test(whole) && !(allowFraction && whole.endsWith('.') && digits !== '')) return undefined;
  if (fraction !== undefined && !allowFraction) return undefined;
  const value = digits === '' ? 0n : BigInt(digits);
  const signed = sign === '-' ? -value : value;
  return signed < min || signed > max ? undefined : signed;
}

const JAVA_DOUBLE = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[dDfF]?$/;

/** A number as Java reads it, plus `inf`, `infinity` and `nan` in any case; undefined when it is none. */
export function parseDouble(text: string): number | undefined {
  const trimmed = trimControl(text);
  if (JAVA_DOUBLE.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ''));
  switch (trimmed.toLowerCase()) {
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Infinity;
    case '-inf':
    case '-infinity':
      return -Infinity;
    case 'nan':
      return NaN;
    default:
      return undefined;
  }
}

/** `t`, `true`, `y`, `yes`, `1` and their opposites, in any case; undefined for others. */
export function parseBoolean(text: string): boolean | undefined {
  const word = trimControl(text).toLowerCase();
  if (['t', 'true', 'y', 'yes', '1'].includes(word)) return true;
  return ['f', 'false', 'n', 'no', '0'].includes(word) ? false : undefined;
}
