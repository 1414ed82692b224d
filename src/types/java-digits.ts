/**
 * The decimal digits Java 17 prints for a double or float, which are not always the shortest: exact integers keep the digits of their long
 * value, powers of two have a narrower interval, and the ends of the interval are excluded. Exact and slow; number-text.ts calls it only
 * for values where the shortest digits may differ.
 */

/** The number is `0.digits × 10^exponent`; the digits do not end in superfluous zeros, but there are two of them in `E` notation. */
export interface JavaDigits {
  readonly digits: string;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/** The digits of a finite number above 0; `significantBits` is 53 for a double and 24 for a float. */
export function javaDigits(value: number, significantBits: 53 | 24): JavaDigits {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const rawExponent = Number((bits >> 52n) & 0x7ffn);
  let mantissa = bits & 0xf_ffff_ffff_ffffn;
  if (rawExponent > 0) mantissa |= 1n << 52n;
  let exponent = Math.max(rawExponent, 1) - 1075;
  while ((mantissa & 1n) === 0n) {
    mantissa >>= 1n;
    exponent++;
  }
  const numBits = mantissa.toString(2).length;
  const binaryExponent = numBits + exponent - 1;
  if (exponent >= 0 && binaryExponent <= 62)
    return integerDigits(mantissa << BigInt(exponent), binaryExponent - significantBits - 1);
  return generatedDigits(mantissa, exponent, binaryExponent, significantBitsOf(binaryExponent, significantBits));
}

/** Subnormal numbers have fewer bits. */
function significantBitsOf(binaryExponent: number, significantBits: 53 | 24): number {
  const smallest = significantBits === 53 ? -1074 : -149;
  return Math.min(significantBits, binaryExponent - smallest + 1);
}

/** An exact integer; digits below 2^`excessBits` mean nothing and are rounded away. */
function integerDigits(integer: bigint, excessBits: number): JavaDigits {
  const dropped = excessBits > 1 ? Math.floor(excessBits * Math.LOG10E * Math.LN2) : 0;
  const unit = 10n ** BigInt(dropped);
  const kept = integer / unit + (integer % unit >= unit / 2n && dropped > 0 ? 1n : 0n);
  const text = kept.toString();
  return { digits: text.replace(/0+$/, ''), exponent: text.length + dropped };
}

/** Digit by digit until the rest lies inside half a unit in the last place, the ends excluded. */
function generatedDigits(
  mantissa: bigint,
  exponent: number,
  binaryExponent: number,
  significantBits: number,
): JavaDigits {
  let decimalExponent = estimate(mantissa, binaryExponent);
  const halfUlpExponent = binaryExponent - significantBits - (mantissa === 1n ? 1 : 0);
  const shift = Math.max(0, -exponent, -halfUlpExponent);
  let rest = mantissa << BigInt(shift + exponent);
  let halfUlp = 1n << BigInt(shift + halfUlpExponent);
  let unit = 1n << BigInt(shift);
  if (decimalExponent >= 0) unit *= 10n ** BigInt(decimalExponent);
  else {
    rest *= 10n ** BigInt(-decimalExponent);
    halfUlp *= 10n ** BigInt(-decimalExponent);
  }
  const digits: number[] = [];
  const step = (): { low: boolean; high: boolean; digit: number } => {
    const digit = Number(rest / unit);
    rest = (rest % unit) * 10n;
    halfUlp *= 10n;
    return { low: rest < halfUlp, high: rest + halfUlp > unit * 10n, digit };
  };
  let state = step();
  if (state.digit === 0 && !state.high) decimalExponent--;
  else digits.push(state.digit);
  if (decimalExponent < -3 || decimalExponent >= 8) state = { ...state, low: false, high: false };
  while (!state.low && !state.high) {
    state = step();
    digits.push(state.digit);
  }
  const twice = rest * 2n;
  const isOdd = ((digits[digits.length - 1] as number) & 1) === 1;
  const isUp = state.high && (!state.low || twice > unit * 10n || (twice === unit * 10n && isOdd));
  const carried = isUp && roundUp(digits);
  return { digits: digits.join(''), exponent: decimalExponent + 1 + (carried ? 1 : 0) };
}

/** True when all digits were 9 and the number is now 1 followed by zeros, one place higher. */
function roundUp(digits: number[]): boolean {
  for (let i = digits.length - 1; i >= 0; i--) {
    if (digits[i] !== 9) {
      digits[i] = (digits[i] as number) + 1;
      return false;
    }
    digits[i] = 0;
  }
  digits[0] = 1;
  return true;
}

/** The decimal exponent, or one more: the tangent of the logarithm at 1.5. */
function estimate(mantissa: bigint, binaryExponent: number): number {
  const bits = mantissa.toString(2).length;
  const fraction = Number(mantissa) / 2 ** (bits - 1);
  return Math.floor((fraction - 1.5) * 0.289529654 + 0.176091259 + binaryExponent * 0.301029995663981);
}
