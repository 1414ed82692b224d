/**
 * UTF-8 at the edge of the formats: strict check, text of bytes, and the byte encoder all writers share. Valid input takes the platform's
 * fast paths; invalid input is read as Spark's JSON parser reads it.
 */
import { Buffer, isUtf8 } from 'node:buffer';

const REPLACING_DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Half a pair: in a pattern with flag u only lone ones match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Stands for an invalid sequence up to the byte that shows it; a noncharacter, which ends the token it is in. */
export const INVALID_SEQUENCE_MARK = '\uffff';

/** True when `bytes[start, end)` is valid UTF-8. */
export function isValidUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  return isUtf8(bytes.subarray(start, end));
}

/** The text of bytes; invalid sequences become U+FFFD. */
export function utf8Text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start < 64 && isAscii(bytes, start, end)) return asciiText(bytes, start, end);
  return REPLACING_DECODER.decode(
    isValidUtf8(bytes, start, end) ? bytes.subarray(start, end) : withoutSurrogates(bytes, start, end),
  );
}

/** An encoded surrogate is one invalid sequence to Java, not three. */
function withoutSurrogates(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = bytes.slice(start, end);
  for (let i = 0; i + 2 < copy.length; i++)
    if (copy[i] === 0xed && (copy[i + 1] as number) >= 0xa0 && ((copy[i + 2] as number) & 0xc0) === 0x80)
      copy.set([0xef, 0xbf, 0xbd], i);
  return copy;
}

/** The text of a JSON record: overlong forms and code points above U+10FFFF are taken, any other invalid sequence becomes a mark. */
export function lenientUtf8Text(bytes: Uint8Array, start: number, end: number): string {
  if (isValidUtf8(bytes, start, end)) return utf8Text(bytes, start, end);
  const parts: string[] = [];
  let position = start;
  while (position < end) {
    const lead = bytes[position] as number;
    const length =
      lead < 0x80 ? 1 : (lead & 0xe0) === 0xc0 ? 2 : (lead & 0xf0) === 0xe0 ? 3 : (lead & 0xf8) === 0xf0 ? 4 : 0;
    const code = codePointAt(bytes, position, end, length);
    if (code < 0) {
      parts.push(INVALID_SEQUENCE_MARK);
      position -= code;
      continue;
    }
    if (code < 0x1_0000) parts.push(String.fromCharCode(code));
    else {
      const above = code - 0x1_0000;
      parts.push(String.fromCharCode(0xd800 | (above >> 10), 0xdc00 | (above & 0x3ff)));
    }
    position += length;
  }
  return parts.join('');
}

/** The string as Java's UTF-8 encoder keeps it: each lone surrogate becomes `?`. */
export function wellFormedText(text: string): string {
  return LONE_SURROGATE.test(text) ? text.replaceAll(new RegExp(LONE_SURROGATE, 'gu'), '?') : text;
}

/** The code point of a sequence, or how many bytes of an invalid one have been read, negated. */
function codePointAt(bytes: Uint8Array, position: number, end: number, length: number): number {
  if (length === 0) return -1;
  let code = (bytes[position] as number) & (length === 1 ? 0x7f : 0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = position + i < end ? (bytes[position + i] as number) : 0;
    if ((next & 0xc0) !== 0x80) return -i - 1;
    code = (code << 6) | (next & 0x3f);
  }
  return length === 3 && code >= 0xd800 && code <= 0xdfff ? -length : code;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let i = start; i < end; i++) all |= bytes[i] as number;
  return all < 0x80;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
