/** Texts with escapes, written without them into room the job gives. Surrogates and unknown escapes are left to the caller. */
import { BACKSLASH, QUOTE, stringEnds } from './characters.ts';
import { hexDigit } from './json-skip.ts';
import { JOB_TEXTS, JOB_TEXTS_END } from '../kernel-layout.ts';

/** What an escape writes at most, and a step of plain text. */
const STEP_BYTES: usize = 16;

/**
 * Unescapes the string that starts at `text` and has its first special character at `special`. Puts place and length into `span`; answers
 * the position behind the closing quote, or 0.
 */
export function unescapeText(job: usize, text: usize, special: usize, span: usize): usize {
  const start = <usize>load<u32>(job + JOB_TEXTS);
  const limit = <usize>load<u32>(job + JOB_TEXTS_END);
  if (start + (special - text) + STEP_BYTES > limit) return 0;
  memory.copy(start, text, special - text);
  let p = special;
  let to = start + (special - text);
  while (true) {
    if (to + STEP_BYTES > limit) return 0;
    const ends = stringEnds(p);
    if ((ends & 1) == 0) {
      v128.store(to, v128.load(p));
      const length: usize = ends == 0 ? 16 : ctz(ends);
      p += length;
      to += length;
      continue;
    }
    const code: u32 = load<u8>(p);
    if (code == QUOTE) break;
    if (code != BACKSLASH) return 0;
    const letter: u32 = load<u8>(p + 1);
    if (letter == 0x75) {
      const length = writeCode(p + 2, to);
      if (length == 0) return 0;
      to += length;
      p += 6;
      continue;
    }
    const plain = escapedLetter(letter);
    if (plain == 0) return 0;
    store<u8>(to, plain);
    to++;
    p += 2;
  }
  store<u32>(span, start);
  store<u32>(span + 4, to - start);
  store<u32>(job + JOB_TEXTS, to);
  return p + 1;
}

/** The character an escape letter stands for, or 0. */
function escapedLetter(letter: u32): u32 {
  switch (letter) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** Writes the character of four hexadecimal digits as UTF-8; answers its length, 0 for none and for surrogates. */
function writeCode(position: usize, to: usize): usize {
  let code: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const digit = hexDigit(load<u8>(position + i));
    if (digit < 0) return 0;
    code = (code << 4) | digit;
  }
  if (code < 0x80) {
    store<u8>(to, code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    store<u8>(to + 1, 0x80 | (code & 0x3f));
    return 2;
  }
  if (code >= 0xd800 && code <= 0xdfff) return 0;
  store<u8>(to, 0xe0 | (code >> 12));
  store<u8>(to + 1, 0x80 | ((code >> 6) & 0x3f));
  store<u8>(to + 2, 0x80 | (code & 0x3f));
  return 3;
}
