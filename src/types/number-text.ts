/**
 * Numbers as Java prints them, which is what Spark's cast to string and its JSON and CSV writers print: `100.0`, `1.0E10`, `1.0E-5`, `NaN`.
 * The digits are those of Java 17, see java-digits.ts.
 */
import type { JavaDigits } from './java-digits.ts';
import { javaDigits } from './java-digits.ts';

/** Java's `Double.toString`. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    // Between these bounds the shortest digits are Java's, but for powers of two below 1.
    if (Number.isInteger(value)) return `${value}.0`;
    if (size > 1 || !isPowerOfTwo(size)) return String(value);
  }
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return notFinite(value);
  if (size >= MAX_EXACT || isPowerOfTwo(size)) return signed(value, digitsText(javaDigits(size, 53)));
  const text = value.toExponential();
  return scientific(/^-?\de/.test(text) ? value.toExponential(1) : text);
}

/** Java's `Float.toString` of a number that is a float. */
export function javaFloat(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return notFinite(value);
  if (Number.isInteger(value) && size < 1e7) return `${value}.0`;
  return signed(value, digitsText(javaDigits(size, 24)));
}

const MAX_EXACT = 2 ** 53;

function isPowerOfTwo(size: number): boolean {
  return 2 ** Math.round(Math.log2(size)) === size;
}

function signed(value: number, text: string): string {
  return value < 0 ? `-${text}` : text;
}

/** Plain from 0.001 to below 10 million, with an exponent otherwise; always a digit behind the point. */
function digitsText({ digits, exponent }: JavaDigits): string {
  if (exponent > 0 && exponent < 8) {
    const whole = digits.slice(0, exponent).padEnd(exponent, '0');
    return `${whole}.${digits.slice(exponent) || '0'}`;
  }
  if (exponent <= 0 && exponent > -3) return `0.${'0'.repeat(-exponent)}${digits}`;
  return `${digits.charAt(0)}.${digits.slice(1) || '0'}E${exponent - 1}`;
}

/** A decimal without exponent: `0.0000001`, `12.50`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Java's `BigDecimal.toString`, which turns to `1E-7` when six zeros follow the point; Spark's JSON prints it. */
export function javaDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  const exponent = digits.length - 1 - scale;
  if (scale === 0 || exponent >= -6) return decimalText(unscaled, scale);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${unscaled < 0n ? '-' : ''}${digits.charAt(0)}${fraction}E${exponent}`;
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** `1.5e+21` to `1.5E21`, zeros at the end of the fraction left out but one. */
function scientific(exponential: string): string {
  const at = exponential.indexOf('e');
  const digits = exponential.slice(0, at).replace(/(\.\d+?)0+$/, '$1');
  const exponent = exponential.slice(at + 1).replace('+', '');
  return `${digits}E${exponent}`;
}
