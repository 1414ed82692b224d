/**
 * Skips JSON values, checking that they are plain: strict JSON with blanks and tabs only between tokens. Every function answers the position
 * behind the value or 0; a line feed ends every loop, so nothing reads past its line.
 */
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  MINUS,
  OPEN_LIST,
  OPEN_OBJECT,
  POINT,
  QUOTE,
  WORD_FALS,
  WORD_NULL,
  WORD_TRUE,
  ZERO,
  endOfPlainText,
  skipBlanks,
  skipDigits,
} from './characters.ts';

/** Deeper nesting and longer numbers are left to the caller, who knows the limits. */
const MAX_DEPTH: usize = 100;
const MAX_NUMBER: usize = 500;
/** A byte per open level: its closing bracket. */
const levels = memory.data(128);

/** Skips the string whose opening quote is before `position`. */
export function skipStringRest(position: usize): usize {
  let p = position;
  while (true) {
    p = endOfPlainText(p);
    const code: u32 = load<u8>(p);
    if (code == QUOTE) return p + 1;
    if (code != BACKSLASH) return 0;
    p = skipEscape(p + 1);
    if (p == 0) return 0;
  }
}

/** Skips what follows a backslash. */
function skipEscape(position: usize): usize {
  switch (load<u8>(position)) {
    case 0x22:
    case 0x2f:
    case 0x5c:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return position + 1;
    case 0x75: {
      for (let i: usize = 1; i <= 4; i++) if (hexDigit(load<u8>(position + i)) < 0) return 0;
      return position + 5;
    }
    default:
      return 0;
  }
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(code: u32): i32 {
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Skips a value of any kind. */
export function skipValue(position: usize): usize {
  const code: u32 = load<u8>(position);
  if (code == OPEN_OBJECT || code == OPEN_LIST) return skipNested(position);
  return skipScalar(position);
}

/** Skips a string, number or word. */
export function skipScalar(position: usize): usize {
  if (load<u8>(position) == QUOTE) return skipStringRest(position + 1);
  const word = load<u32>(position);
  if (word == WORD_TRUE || word == WORD_NULL) return position + 4;
  if (word == WORD_FALS && load<u8>(position + 4) == 0x65) return position + 5;
  return skipNumber(position);
}

/** Skips a number. */
export function skipNumber(position: usize): usize {
  const first = load<u8>(position) == MINUS ? position + 1 : position;
  let p = skipDigits(first);
  if (p == first || (load<u8>(first) == ZERO && p > first + 1)) return 0;
  if (load<u8>(p) == POINT) {
    const fraction = p + 1;
    p = skipDigits(fraction);
    if (p == fraction) return 0;
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    const sign: u32 = load<u8>(p + 1);
    const exponent = p + (sign == 0x2b || sign == MINUS ? 2 : 1);
    p = skipDigits(exponent);
    if (p == exponent) return 0;
  }
  return p - position > MAX_NUMBER ? 0 : p;
}

/** Skips an object or array without recursion. */
function skipNested(position: usize): usize {
  let depth: usize = 0;
  let p = position;
  while (true) {
    const code: u32 = load<u8>(p);
    if (code == OPEN_OBJECT || code == OPEN_LIST) {
      if (depth == MAX_DEPTH) return 0;
      const close = code + 2;
      store<u8>(levels + depth, close);
      depth++;
      p = skipBlanks(p + 1);
      if (load<u8>(p) != close) {
        if (code == OPEN_OBJECT) {
          p = skipName(p);
          if (p == 0) return 0;
        }
        continue;
      }
    } else {
      p = skipScalar(p);
      if (p == 0) return 0;
      p = skipBlanks(p);
    }
    while (true) {
      const close: u32 = load<u8>(levels + depth - 1);
      const next: u32 = load<u8>(p);
      if (next == COMMA) {
        p = skipBlanks(p + 1);
        if (close == CLOSE_OBJECT) {
          p = skipName(p);
          if (p == 0) return 0;
        }
        break;
      }
      if (next != close) return 0;
      p++;
      depth--;
      if (depth == 0) return p;
      p = skipBlanks(p);
    }
  }
}

/** Skips `"name" :` up to the value. */
function skipName(position: usize): usize {
  if (load<u8>(position) != QUOTE) return 0;
  const end = skipStringRest(position + 1);
  if (end == 0) return 0;
  const colon = skipBlanks(end);
  return load<u8>(colon) == COLON ? skipBlanks(colon + 1) : 0;
}
