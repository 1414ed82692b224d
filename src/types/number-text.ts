/**
 * Numbers as Java prints them, which is what Spark's cast to string and its JSON and CSV writers print: `100.0`, `1.0E10`, `1.0E-5`, `NaN`.
 * Doubles have the shortest digits that read back (as Java from 19 on; Java 17 prints a superfluous digit for some values).
 */

/** Java's `Double.toString`. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value);
    return Number.isInteger(value) ? `${text}.0` : text;
  }
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return notFinite(value);
  const text = value.toExponential();
  // Java takes the best of all two-digit numbers where one digit would do: 4.9E-324.
  return scientific(/^-?\de/.test(text) ? value.toExponential(1) : text);
}

/** Java's `Float.toString` of a number that is a float. */
export function javaFloat(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return notFinite(value);
  if (Number.isInteger(value) && size < 1e7) return `${value}.0`;
  let digits = 1;
  while (digits < 8 && Math.fround(Number(value.toExponential(digits))) !== value) digits++;
  const text = value.toExponential(digits);
  if (size < 1e-3 || size >= 1e7) return scientific(text);
  const plain = String(Number(text));
  return plain.includes('.') ? plain : `${plain}.0`;
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
