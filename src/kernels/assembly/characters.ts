/** Characters and words of JSON and CSV text, and runs of them found 16 bytes at a time. */

export const TAB: u32 = 0x09;
export const LINE_FEED: u32 = 0x0a;
export const CARRIAGE_RETURN: u32 = 0x0d;
export const SPACE: u32 = 0x20;
export const QUOTE: u32 = 0x22;
export const COMMA: u32 = 0x2c;
export const MINUS: u32 = 0x2d;
export const POINT: u32 = 0x2e;
export const ZERO: u32 = 0x30;
export const COLON: u32 = 0x3a;
export const OPEN_LIST: u32 = 0x5b;
export const BACKSLASH: u32 = 0x5c;
export const CLOSE_LIST: u32 = 0x5d;
export const OPEN_OBJECT: u32 = 0x7b;
export const CLOSE_OBJECT: u32 = 0x7d;

/** `true`, `fals` and `null` as little-endian words. */
export const WORD_TRUE: u32 = 0x65757274;
export const WORD_FALS: u32 = 0x736c6166;
export const WORD_NULL: u32 = 0x6c6c756e;

/** The position behind blanks and tabs. */
// @ts-ignore: decorator
@inline
export function skipBlanks(position: usize): usize {
  let p = position;
  while (load<u8>(p) == SPACE || load<u8>(p) == TAB) p++;
  return p;
}

/** A bit per byte at `position` that ends a plain run inside a string: quote, backslash, control character. */
// @ts-ignore: decorator
@inline
export function stringEnds(position: usize): u32 {
  const bytes = v128.load(position);
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      i8x16.le_u(bytes, i8x16.splat(0x1f)),
    ),
  );
}

/** The position of the first quote, backslash or control character. */
// @ts-ignore: decorator
@inline
export function endOfPlainText(position: usize): usize {
  let p = position;
  let ends = stringEnds(p);
  while (ends == 0) {
    p += 16;
    ends = stringEnds(p);
  }
  return p + ctz(ends);
}

/** The position behind the digits. */
// @ts-ignore: decorator
@inline
export function skipDigits(position: usize): usize {
  let p = position;
  while (true) {
    const digits: u32 = i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(p), i8x16.splat(0x30)), i8x16.splat(9)));
    if (digits != 0xffff) return p + ctz(~digits);
    p += 16;
  }
}

/** The number of `length` digits, 1 to 8. */
// @ts-ignore: decorator
@inline
export function eightDigits(position: usize, length: usize): u64 {
  let word = load<u64>(position) << (64 - (length << 3));
  word = ((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  word = ((word & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((word & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** The number of `length` digits, 1 to 19. */
// @ts-ignore: decorator
@inline
export function digitsValue(position: usize, length: usize): u64 {
  if (length <= 8) return eightDigits(position, length);
  if (length <= 16) return eightDigits(position, length - 8) * 100000000 + eightDigits(position + length - 8, 8);
  const rest = length - 16;
  const middle = eightDigits(position + rest, 8);
  return (eightDigits(position, rest) * 100000000 + middle) * 100000000 + eightDigits(position + length - 8, 8);
}

/** Compares bytes 16 to `length`, which is above 16. */
export function sameRest(one: usize, other: usize, length: usize): bool {
  for (let i: usize = 16; i + 8 < length; i += 8) if (load<u64>(one + i) != load<u64>(other + i)) return false;
  return load<u64>(one + length - 8) == load<u64>(other + length - 8);
}
