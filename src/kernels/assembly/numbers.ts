/** Numbers of JSON text into columns. Each function answers the position behind the number, or 0 for one it does not read exactly. */
import { MINUS, POINT, ZERO, digitsValue, skipDigits } from './characters.ts';
import { COLUMN_MAX_DIGITS } from '../kernel-layout.ts';

/** Powers of ten that a double holds exactly. */
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
]);
const MAX_POWER: i32 = 22;
/** Whole numbers up to here are doubles. */
const MAX_EXACT: u64 = 1 << 53;

/** Reads a whole number of at most as many digits as the column says; `T` is i32 or i64. */
// @ts-ignore: decorator
@inline
export function readInteger<T>(column: usize, position: usize, target: usize): usize {
  const isNegative = load<u8>(position) == MINUS;
  const first = position + usize(isNegative);
  const end = skipDigits(first);
  const length = end - first;
  if (length - 1 >= <usize>load<u32>(column + COLUMN_MAX_DIGITS)) return 0;
  const next: u32 = load<u8>(end);
  if (next == POINT || (next | 0x20) == 0x65 || (length > 1 && load<u8>(first) == ZERO)) return 0;
  const value = <i64>digitsValue(first, length);
  store<T>(target, <T>(isNegative ? -value : value));
  return end;
}

/** Reads a number as a double where one multiplication or division of exact doubles gives it, so that it is rounded once. */
export function readDouble(position: usize, target: usize, isFloat: bool): usize {
  const isNegative = load<u8>(position) == MINUS;
  const first = position + usize(isNegative);
  let p = skipDigits(first);
  const wholeDigits = p - first;
  if (wholeDigits == 0 || wholeDigits > 18 || (wholeDigits > 1 && load<u8>(first) == ZERO)) return 0;
  let mantissa = digitsValue(first, wholeDigits);
  let exponent: i32 = 0;
  if (load<u8>(p) == POINT) {
    const fraction = p + 1;
    p = skipDigits(fraction);
    const length = p - fraction;
    if (length == 0 || wholeDigits + length > 18) return 0;
    mantissa = mantissa * powerOfTen(length) + digitsValue(fraction, length);
    exponent = -(<i32>length);
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    const sign: u32 = load<u8>(p + 1);
    const digits = p + (sign == 0x2b || sign == MINUS ? 2 : 1);
    p = skipDigits(digits);
    const length = p - digits;
    if (length == 0 || length > 3) return 0;
    const shift = <i32>digitsValue(digits, length);
    exponent += sign == MINUS ? -shift : shift;
  }
  if (mantissa > MAX_EXACT || exponent > MAX_POWER || exponent < -MAX_POWER) return 0;
  if (mantissa == 0 && isNegative) return 0;
  let value = <f64>mantissa;
  if (exponent < 0) value /= load<f64>(POWERS + (<usize>-exponent << 3));
  else value *= load<f64>(POWERS + (<usize>exponent << 3));
  if (isNegative) value = -value;
  store<f64>(target, isFloat ? <f64>(<f32>value) : value);
  return p;
}

/** 10 to the power of 0 to 18. */
// @ts-ignore: decorator
@inline
function powerOfTen(exponent: usize): u64 {
  return <u64>load<f64>(POWERS + (exponent << 3));
}
