/**
 * Writes rows of columns as text: what comes before each field is given, numbers and times are made here, all other values are texts the
 * caller has put into memory before. JSON Lines and CSV differ only in those texts.
 */
import {
  FIELD_BYTES,
  FIELD_KIND,
  FIELD_LEAD,
  FIELD_LEAD_LENGTH,
  FIELD_NULL,
  FIELD_NULL_LENGTH,
  FIELD_VALIDITY,
  FIELD_VALUES,
  MAX_VALUE_BYTES,
  WRITE_BOOLEAN,
  WRITE_CLOSE,
  WRITE_CLOSE_LENGTH,
  WRITE_END,
  WRITE_FIELDS,
  WRITE_FIRST_SKIP,
  WRITE_FROM,
  WRITE_INTEGER,
  WRITE_LONG,
  WRITE_NUM_FIELDS,
  WRITE_OPEN,
  WRITE_OPEN_LENGTH,
  WRITE_OUT,
  WRITE_OUT_END,
  WRITE_QUOTED_TIME,
  WRITE_SKIPS_EMPTY,
  WRITE_TEXT,
  WRITE_TEXTS,
  WRITE_TO,
} from '../kernel-layout.ts';

const MICROS_PER_DAY: i64 = 86_400_000_000;
const digits = memory.data(24);
/** `YYYY-MM-DD` of the last day written. */
const dayText = memory.data(16);
let knownDay: i64 = -1;

/** Writes the rows of the job while there is room; answers the row behind the last one written. */
export function writeRows(job: usize): usize {
  const to = <usize>load<u32>(job + WRITE_TO);
  const fields = <usize>load<u32>(job + WRITE_FIELDS);
  const fieldsEnd = fields + <usize>load<u32>(job + WRITE_NUM_FIELDS) * FIELD_BYTES;
  const outEnd = <usize>load<u32>(job + WRITE_OUT_END);
  const openLength = <usize>load<u32>(job + WRITE_OPEN_LENGTH);
  const closeLength = <usize>load<u32>(job + WRITE_CLOSE_LENGTH);
  const firstSkip = <usize>load<u32>(job + WRITE_FIRST_SKIP);
  const skipsEmpty = load<u32>(job + WRITE_SKIPS_EMPTY) != 0;
  const texts = <usize>load<u32>(job + WRITE_TEXTS);
  let out = <usize>load<u32>(job + WRITE_OUT);
  let row = <usize>load<u32>(job + WRITE_FROM);
  for (; row < to; row++) {
    let p = out;
    if (p + openLength + MAX_VALUE_BYTES > outEnd) break;
    p = copied(p, load<u32>(job + WRITE_OPEN), openLength);
    let skip = firstSkip;
    let field = fields;
    for (; field < fieldsEnd; field += FIELD_BYTES) {
      const validity = <usize>load<u32>(field + FIELD_VALIDITY);
      const isNull = validity != 0 && load<u8>(validity + row) == 0;
      const nullText = <usize>load<u32>(field + FIELD_NULL);
      if (isNull && nullText == 0) continue;
      const kind = load<i32>(field + FIELD_KIND);
      const values = <usize>load<u32>(field + FIELD_VALUES);
      let text = nullText;
      let length: usize = 0;
      if (isNull) length = <usize>load<u32>(field + FIELD_NULL_LENGTH);
      else if (kind == WRITE_TEXT) {
        const slot = texts + (<usize>load<u32>(values + (row << 2)) << 3);
        text = <usize>load<u32>(slot);
        length = <usize>load<u32>(slot + 4);
      }
      const leadLength = <usize>load<u32>(field + FIELD_LEAD_LENGTH) - skip;
      if (p + leadLength + length + MAX_VALUE_BYTES > outEnd) break;
      p = copied(p, <usize>load<u32>(field + FIELD_LEAD) + skip, leadLength);
      skip = 0;
      p = isNull || kind == WRITE_TEXT ? copied(p, text, length) : writeValue(p, kind, values, row);
    }
    if (field < fieldsEnd || p + closeLength + MAX_VALUE_BYTES > outEnd) break;
    if (skipsEmpty && p == out + openLength) continue;
    out = copied(p, load<u32>(job + WRITE_CLOSE), closeLength);
  }
  store<u32>(job + WRITE_END, out);
  return row;
}

/** Copies 16 bytes at a time: up to 15 bytes behind the end change too. */
// @ts-ignore: decorator
@inline
function copied(to: usize, from: usize, length: usize): usize {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  return to + length;
}

// @ts-ignore: decorator
@inline
function writeValue(to: usize, kind: i32, values: usize, row: usize): usize {
  switch (kind) {
    case WRITE_INTEGER:
      return writeInteger(to, <i64>load<i32>(values + (row << 2)));
    case WRITE_LONG:
      return writeInteger(to, load<i64>(values + (row << 3)));
    case WRITE_BOOLEAN: {
      if (load<u8>(values + row) != 0) {
        store<u32>(to, 0x65757274);
        return to + 4;
      }
      store<u32>(to, 0x736c6166);
      store<u8>(to + 4, 0x65);
      return to + 5;
    }
    case WRITE_QUOTED_TIME: {
      store<u8>(to, 0x22);
      const end = writeTime(to + 1, load<i64>(values + (row << 3)));
      store<u8>(end, 0x22);
      return end + 1;
    }
    default:
      return writeTime(to, load<i64>(values + (row << 3)));
  }
}

function writeInteger(to: usize, value: i64): usize {
  let p = to;
  let rest = <u64>value;
  if (value < 0) {
    store<u8>(p, 0x2d);
    p++;
    rest = 0 - rest;
  }
  let at = digits + 20;
  while (rest > 0xffffffff) {
    at--;
    store<u8>(at, 0x30 + rest % 10);
    rest /= 10;
  }
  let small = <u32>rest;
  do {
    const quotient = small / 10;
    at--;
    store<u8>(at, 0x30 + (small - quotient * 10));
    small = quotient;
  } while (small != 0);
  const length = digits + 20 - at;
  v128.store(p, v128.load(at));
  store<u32>(p + 16, load<u32>(at + 16));
  return p + length;
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
function writeTime(to: usize, micros: i64): usize {
  const day = micros / MICROS_PER_DAY;
  if (day != knownDay) learnDay(day);
  v128.store(to, v128.load(dayText));
  const millis = <u32>((micros - day * MICROS_PER_DAY) / 1000);
  const seconds = millis / 1000;
  const minutes = seconds / 60;
  store<u8>(to + 10, 0x54);
  writeTwo(to + 11, minutes / 60);
  store<u8>(to + 13, 0x3a);
  writeTwo(to + 14, minutes % 60);
  store<u8>(to + 16, 0x3a);
  writeTwo(to + 17, seconds % 60);
  store<u8>(to + 19, 0x2e);
  const rest = millis % 1000;
  store<u8>(to + 20, 0x30 + rest / 100);
  writeTwo(to + 21, rest % 100);
  store<u8>(to + 23, 0x5a);
  return to + 24;
}

// @ts-ignore: decorator
@inline
function writeTwo(to: usize, value: u32): void {
  store<u8>(to, 0x30 + value / 10);
  store<u8>(to + 1, 0x30 + (value % 10));
}

/** Days since 1970 as a date: counted from March, so that the leap day is the last of its year. */
function learnDay(day: i64): void {
  knownDay = day;
  const shifted = <u32>day + 719_468;
  const era = shifted / 146_097;
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const month = (5 * dayOfYear + 2) / 153;
  const date = dayOfYear - (153 * month + 2) / 5 + 1;
  const year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0);
  writeTwo(dayText, year / 100);
  writeTwo(dayText + 2, year % 100);
  store<u8>(dayText + 4, 0x2d);
  writeTwo(dayText + 5, month < 10 ? month + 3 : month - 9);
  store<u8>(dayText + 7, 0x2d);
  writeTwo(dayText + 8, date);
}
