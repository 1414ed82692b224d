/**
 * Reads JSON values straight from bytes into columns, for plain records: strict JSON, no escapes in names, blanks only between tokens.
 * Every method takes the position of a value and answers the position behind it, or -1 for anything unusual; the caller then gives the
 * record to JsonRecordParser, so nothing here decides what a malformed record means. A record never reads past its line: a line feed
 * ends every loop. Works alone (where code generation is forbidden) and as the helper of generated decoders.
 */
import type { ColumnBuffer } from '../column-buffer.ts';
import type { JsonRecordParser } from './json-record-parser.ts';
import type { Converter } from './json-values.ts';
import { MAX_CACHED_BYTES, SLOT_WORDS } from '../column-buffer.ts';
import { BAD } from './json-values.ts';
import { parseTimestamp } from '../../types/timestamp-text.ts';
import { daysFromCivil, daysInMonth } from '../../types/civil-time.ts';
import { READ_PADDING } from '../read-padding.ts';
import { utf8Text } from '../utf8.ts';
import { assert } from '../../errors/assert.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Deeper nesting goes the general way, which knows the limit. */
const MAX_PLAIN_DEPTH = 100;
const MAX_PLAIN_NUMBER = 500;
const WORD_TRUE = 0x65757274;
const WORD_FALS = 0x736c6166;
const WORD_NULL = 0x6c6c756e;
const HASH_SEED = 0x9e3779b9 | 0;

/** How a column is read. */
export type ColumnKind = 'boolean' | 'integer' | 'long' | 'double' | 'string' | 'timestamp' | 'other';

/** A column wanted from the input. */
export interface WantedColumn {
  readonly column: ColumnBuffer;
  readonly kind: ColumnKind;
  /** The UTF-8 name; undefined for a column that is never in the input. */
  readonly name: Uint8Array | undefined;
  readonly converter: Converter;
}

export class JsonByteReader {
  readonly wanted: readonly WantedColumn[];
  readonly #parser: JsonRecordParser;
  readonly #timeZone: string;
  #bytes: Uint8Array = new Uint8Array(READ_PADDING);
  #view: DataView = new DataView(this.#bytes.buffer);
  /** For each wanted column the number of the record that had it last. */
  readonly #seenIn: Int32Array;
  #record = 0;
  #hasEscape = false;

  constructor(wanted: readonly WantedColumn[], parser: JsonRecordParser, timeZone: string) {
    this.wanted = wanted;
    this.#parser = parser;
    this.#timeZone = timeZone;
    this.#seenIn = new Int32Array(wanted.length);
  }

  /** The bytes to read from; they must have READ_PADDING spare bytes behind the last record. */
  attach(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes;
    this.#view = view;
  }

  /**
   * Reads the record at `position` into `row`; answers the start of the next one. `end` is the end of the record, or -1 when a line feed
   * (or CR LF) ends it.
   */
  record(position: number, row: number, end: number): number {
    const bytes = this.#bytes;
    let p = this.blanks(position);
    if (bytes[p] !== 0x7b) return -1;
    this.#record = (this.#record + 1) | 0;
    p = this.blanks(p + 1);
    if (bytes[p] === 0x7d) return this.#finish(p + 1, row, end);
    for (;;) {
      if (bytes[p] !== QUOTE) return -1;
      const nameEnd = this.skipString(p);
      if (nameEnd < 0 || this.#hasEscape) return -1;
      const index = this.indexOfName(p + 1, nameEnd - 1);
      p = this.blanks(nameEnd);
      if (bytes[p] !== 0x3a) return -1;
      p = this.blanks(p + 1);
      if (index < 0) p = this.skipValue(p);
      else {
        if (this.#seenIn[index] === this.#record) return -1;
        this.#seenIn[index] = this.#record;
        p = this.read(index, p, row);
      }
      if (p < 0) return -1;
      p = this.blanks(p);
      if (bytes[p] === 0x7d) return this.#finish(p + 1, row, end);
      if (bytes[p] !== 0x2c) return -1;
      p = this.blanks(p + 1);
    }
  }

  /** The place among the wanted columns of the name `bytes[start, end)`, or -1. */
  indexOfName(start: number, end: number): number {
    const bytes = this.#bytes;
    for (let index = 0; index < this.wanted.length; index++) {
      const name = this.wanted[index]?.name;
      if (name === undefined || name.length !== end - start) continue;
      let i = 0;
      while (i < name.length && name[i] === bytes[start + i]) i++;
      if (i === name.length) return index;
    }
    return -1;
  }

  /** Reads the value of a wanted column. */
  read(index: number, position: number, row: number): number {
    const wanted = this.wanted[index];
    assert(wanted !== undefined, 'a column is read by its index');
    const { column } = wanted;
    if (this.#view.getInt32(position, true) === WORD_NULL) {
      column.setNull(row);
      return position + 4;
    }
    const end = this.#readPlain(wanted, position, row);
    return end >= 0 ? end : this.#readOther(wanted, position, row);
  }

  /** The position behind blanks and tabs. */
  blanks(position: number): number {
    const bytes = this.#bytes;
    let p = position;
    while (bytes[p] === 0x20 || bytes[p] === 0x09) p++;
    return p;
  }

  /** Skips the string whose opening quote is at `position`. */
  skipString(position: number): number {
    const view = this.#view;
    this.#hasEscape = false;
    let p = position + 1;
    for (;;) {
      const word = view.getInt32(p, true);
      const special = specialBytes(word);
      if (special === 0) {
        p += 4;
        continue;
      }
      p += (31 - Math.clz32(special & -special)) >>> 3;
      const code = this.#bytes[p] as number;
      if (code === QUOTE) return p + 1;
      if (code !== BACKSLASH) return -1;
      this.#hasEscape = true;
      p = this.#skipEscape(p + 1);
      if (p < 0) return -1;
    }
  }

  /** Skips a value of any kind, checking that it is plain JSON. */
  skipValue(position: number): number {
    const bytes = this.#bytes;
    const code = bytes[position] as number;
    if (code === QUOTE) return this.skipString(position);
    if (code === 0x7b || code === 0x5b) return this.#skipNested(position);
    const word = this.#view.getInt32(position, true);
    if (word === WORD_TRUE || word === WORD_NULL) return position + 4;
    if (word === WORD_FALS && bytes[position + 4] === 0x65) return position + 5;
    return this.skipNumber(position);
  }

  /** Skips a number. */
  skipNumber(position: number): number {
    const bytes = this.#bytes;
    const first = bytes[position] === 0x2d ? position + 1 : position;
    let p = this.#digits(first);
    if (p === first || (bytes[first] === 0x30 && p > first + 1)) return -1;
    if (bytes[p] === 0x2e) {
      const fraction = p + 1;
      p = this.#digits(fraction);
      if (p === fraction) return -1;
    }
    if (((bytes[p] as number) | 0x20) === 0x65) {
      const sign = bytes[p + 1];
      const exponent = p + (sign === 0x2b || sign === 0x2d ? 2 : 1);
      p = this.#digits(exponent);
      if (p === exponent) return -1;
    }
    return p - position > MAX_PLAIN_NUMBER ? -1 : p;
  }

  /** Learns the minute of the timestamp text at `position` (16 bytes); false when it is none. */
  learnMinute(column: ColumnBuffer, position: number): boolean {
    const ms = minuteMs(this.#bytes, position);
    if (Number.isNaN(ms)) return false;
    const view = this.#view;
    column.minuteWord0 = view.getInt32(position, true);
    column.minuteWord1 = view.getInt32(position + 4, true);
    column.minuteWord2 = view.getInt32(position + 8, true);
    column.minuteWord3 = view.getInt32(position + 12, true);
    column.minuteUtcMs = ms;
    column.minuteLocalMs = Number.NaN;
    return true;
  }

  #finish(position: number, row: number, end: number): number {
    const bytes = this.#bytes;
    let p = this.blanks(position);
    if (end >= 0) {
      if (p !== end) return -1;
    } else {
      if (bytes[p] === 0x0d) p++;
      if (bytes[p] !== 0x0a) return -1;
      p++;
    }
    for (let index = 0; index < this.wanted.length; index++)
      if (this.#seenIn[index] !== this.#record) this.wanted[index]?.column.setNull(row);
    return p;
  }

  #readPlain({ column, kind }: WantedColumn, position: number, row: number): number {
    switch (kind) {
      case 'string':
        return this.#readString(column, position, row);
      case 'long':
      case 'integer':
        return this.#readInteger(column, position, row);
      case 'boolean':
        return this.#readBoolean(column, position, row);
      case 'timestamp':
        return this.#readTimestamp(column, position, row);
      case 'double': {
        const end = this.skipNumber(position);
        if (end < 0) return -1;
        column.doubles[row] = Number(utf8Text(this.#bytes, position, end));
        if (column.doubles[row] === 0 && end === position + 2) column.doubles[row] = 0;
        column.validity[row] = 1;
        return end;
      }
      default:
        return -1;
    }
  }

  /** Any other value: its source text goes through the converter of the column's type. */
  #readOther({ column, converter }: WantedColumn, position: number, row: number): number {
    const end = this.skipValue(position);
    // Spark does not skip what is inside a value of type VOID.
    if (end < 0 || (column.type.kind === 'void' && isClosing(this.#bytes[end - 1]))) return -1;
    const value = this.#parser.convertAlone(utf8Text(this.#bytes, position, end), converter);
    if (value === BAD) return -1;
    column.set(row, value);
    return end;
  }

  #readString(column: ColumnBuffer, position: number, row: number): number {
    if (this.#bytes[position] !== QUOTE) return -1;
    const end = this.skipString(position);
    if (end < 0 || this.#hasEscape) return -1;
    column.ints[row] = this.#intern(column, position + 1, end - 1);
    column.validity[row] = 1;
    return end;
  }

  #intern(column: ColumnBuffer, start: number, end: number): number {
    const view = this.#view;
    const length = end - start;
    if (length > MAX_CACHED_BYTES) return column.dictionary.internBytes(this.#bytes, start, end);
    const numWords = length >>> 2;
    let hash = HASH_SEED;
    for (let i = 0; i < numWords; i++) {
      hash = Math.imul(hash ^ view.getInt32(start + 4 * i, true), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    const rest = length & 3;
    const tail = rest === 0 ? 0 : view.getInt32(start + 4 * numWords, true) & (0xffff_ffff >>> (32 - 8 * rest));
    hash = Math.imul(hash ^ tail ^ length, 0x85ebca6b);
    hash ^= hash >>> 13;
    const { slots } = column;
    const slot = (hash & column.slotMask) * SLOT_WORDS;
    if (slots[slot + 1] === length && slots[slot + 2] === hash && slots[slot] !== 0) {
      let i = 0;
      while (i < numWords && slots[slot + 3 + i] === view.getInt32(start + 4 * i, true)) i++;
      if (i === numWords && (rest === 0 || slots[slot + 3 + i] === tail)) return (slots[slot] as number) - 1;
    }
    return column.internCached(this.#bytes, start, end, hash);
  }

  #readInteger(column: ColumnBuffer, position: number, row: number): number {
    const bytes = this.#bytes;
    const isNegative = bytes[position] === 0x2d;
    const first = isNegative ? position + 1 : position;
    let value = 0;
    let p = first;
    for (let code = bytes[p] as number; code >= 0x30 && code <= 0x39; code = bytes[++p] as number)
      value = value * 10 + code - 0x30;
    const code = bytes[p] as number;
    const kind = column.type.kind;
    const maxDigits = kind === 'long' ? 15 : kind === 'integer' ? 9 : kind === 'short' ? 4 : 2;
    if (p === first || p - first > maxDigits || code === 0x2e || (code | 0x20) === 0x65) return -1;
    if (bytes[first] === 0x30 && p > first + 1) return -1;
    if (isNegative) value = 0 - value;
    if (kind === 'long') {
      const high = Math.floor(value / 4_294_967_296);
      column.longWords[2 * row] = value - high * 4_294_967_296;
      column.longWords[2 * row + 1] = high;
    } else column.ints[row] = value;
    column.validity[row] = 1;
    return p;
  }

  #readBoolean(column: ColumnBuffer, position: number, row: number): number {
    const word = this.#view.getInt32(position, true);
    const isTrue = word === WORD_TRUE;
    if (!isTrue && (word !== WORD_FALS || this.#bytes[position + 4] !== 0x65)) return -1;
    column.booleans[row] = isTrue ? 1 : 0;
    column.validity[row] = 1;
    return position + (isTrue ? 4 : 5);
  }

  /** `"YYYY-MM-DD(T| )HH:MM:SS[.f{1,6}][Z]"` with the minute from the cache. */
  #readTimestamp(column: ColumnBuffer, position: number, row: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const text = position + 1;
    if (bytes[position] !== QUOTE) return -1;
    if (
      (view.getInt32(text, true) !== column.minuteWord0 ||
        view.getInt32(text + 4, true) !== column.minuteWord1 ||
        view.getInt32(text + 8, true) !== column.minuteWord2 ||
        view.getInt32(text + 12, true) !== column.minuteWord3 ||
        Number.isNaN(column.minuteUtcMs)) &&
      !this.learnMinute(column, text)
    )
      return -1;
    const seconds = twoDigits(bytes, text + 17);
    if (bytes[text + 16] !== 0x3a || seconds > 59 || seconds < 0) return -1;
    let p = text + 19;
    let micros = 0;
    if (bytes[p] === 0x2e) {
      const fraction = p + 1;
      p = this.#digits(fraction);
      if (p === fraction || p > fraction + 6) return -1;
      for (let i = 0; i < 6; i++)
        micros = micros * 10 + (fraction + i < p ? (bytes[fraction + i] as number) - 0x30 : 0);
    }
    const isUtc = bytes[p] === 0x5a;
    if (isUtc) p++;
    if (bytes[p] !== QUOTE) return -1;
    const minuteMs = isUtc ? column.minuteUtcMs : this.#localMinuteMs(column, text);
    if (Number.isNaN(minuteMs)) return -1;
    const value = (minuteMs + seconds * 1000) * 1000 + micros;
    const high = Math.floor(value / 4_294_967_296);
    column.longWords[2 * row] = value - high * 4_294_967_296;
    column.longWords[2 * row + 1] = high;
    column.validity[row] = 1;
    return p + 1;
  }

  /** The minute read as local time; NaN when the zone's offset there is not a matter of whole minutes. */
  #localMinuteMs(column: ColumnBuffer, text: number): number {
    if (Number.isNaN(column.minuteLocalMs)) {
      const micros = parseTimestamp(utf8Text(this.#bytes, text, text + 16), this.#timeZone);
      if (micros !== null && micros >= 0n && micros % 60_000_000n === 0n) column.minuteLocalMs = Number(micros / 1000n);
    }
    return column.minuteLocalMs;
  }

  #digits(position: number): number {
    const bytes = this.#bytes;
    let p = position;
    while ((bytes[p] as number) >= 0x30 && (bytes[p] as number) <= 0x39) p++;
    return p;
  }

  #skipEscape(position: number): number {
    const bytes = this.#bytes;
    switch (bytes[position]) {
      case 0x22:
      case 0x2f:
      case 0x5c:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return position + 1;
      case 0x75:
        for (let i = 1; i <= 4; i++) if (!isHex(bytes[position + i] as number)) return -1;
        return position + 5;
      default:
        return -1;
    }
  }

  /** Skips an object or array without recursion; a bit per level says which. */
  #skipNested(position: number): number {
    const bytes = this.#bytes;
    const isObject: boolean[] = [];
    let p = position;
    for (;;) {
      const code = bytes[p] as number;
      if (code === 0x7b || code === 0x5b) {
        if (isObject.length === MAX_PLAIN_DEPTH) return -1;
        isObject.push(code === 0x7b);
        p = this.blanks(p + 1);
        const isEmpty = bytes[p] === (code === 0x7b ? 0x7d : 0x5d);
        if (!isEmpty) {
          if (code === 0x7b) p = this.#skipName(p);
          if (p < 0) return -1;
          continue;
        }
      } else {
        p = this.skipValue(p);
        if (p < 0) return -1;
        p = this.blanks(p);
      }
      for (;;) {
        const inObject = isObject.at(-1) === true;
        if (bytes[p] === 0x2c) {
          p = this.blanks(p + 1);
          if (inObject) p = this.#skipName(p);
          if (p < 0) return -1;
          break;
        }
        if (bytes[p] !== (inObject ? 0x7d : 0x5d)) return -1;
        p++;
        isObject.pop();
        if (isObject.length === 0) return p;
        p = this.blanks(p);
      }
    }
  }

  /** Skips `"name" :` up to the value. */
  #skipName(position: number): number {
    if (this.#bytes[position] !== QUOTE) return -1;
    const end = this.skipString(position);
    if (end < 0) return -1;
    const colon = this.blanks(end);
    return this.#bytes[colon] === 0x3a ? this.blanks(colon + 1) : -1;
  }
}

/** The high bits of bytes that are a quote, a backslash or a control character; only the lowest set one is certain. */
function specialBytes(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (
    (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word)) &
    0x80808080
  );
}

function isClosing(code: number | undefined): boolean {
  return code === 0x7d || code === 0x5d;
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}

/** The number of two digits; NaN-free: -1 when they are none. */
function twoDigits(bytes: Uint8Array, position: number): number {
  const tens = (bytes[position] as number) - 0x30;
  const ones = (bytes[position + 1] as number) - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/** The instant of `YYYY-MM-DD(T| )HH:MM` as UTC; NaN when the text is not of this form or the year is not within 1970 to 2254. */
function minuteMs(bytes: Uint8Array, position: number): number {
  const separator = bytes[position + 10];
  if (bytes[position + 4] !== 0x2d || bytes[position + 7] !== 0x2d || bytes[position + 13] !== 0x3a) return Number.NaN;
  if (separator !== 0x54 && separator !== 0x20) return Number.NaN;
  const century = twoDigits(bytes, position);
  const decade = twoDigits(bytes, position + 2);
  const month = twoDigits(bytes, position + 5);
  const day = twoDigits(bytes, position + 8);
  const hour = twoDigits(bytes, position + 11);
  const minute = twoDigits(bytes, position + 14);
  const year = century * 100 + decade;
  if (Math.min(century, decade, hour, minute) < 0 || year < 1970 || year > 2254) return Number.NaN;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59) return Number.NaN;
  if (day > daysInMonth(year, month)) return Number.NaN;
  return daysFromCivil(year, month, day) * 86_400_000 + hour * 3_600_000 + minute * 60_000;
}
