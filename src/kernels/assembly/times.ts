/** Timestamps and dates in ISO form, years 1 to 9999; the caller knows other forms. */
import { COLON, POINT, skipDigits } from './characters.ts';
import {
  COLUMN_IS_UTC,
  COLUMN_MINUTES,
  MINUTE_BYTES,
  MINUTE_LOCAL_MICROS,
  MINUTE_TEXT,
  MINUTE_UTC_MICROS,
} from '../kernel-layout.ts';

const UNKNOWN_TIME: i64 = i64.MIN_VALUE;
const MICROS_PER_MINUTE: i64 = 60_000_000;
const NO_DATE: i32 = i32.MIN_VALUE;
const DAYS_BEFORE_MONTH = memory.data<u16>([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]);
const DAYS_OF_MONTH = memory.data<u8>([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** Days since 1970 of `YYYY-MM-DD`, or NO_DATE. */
function daysAt(position: usize): i32 {
  const digits = load<u64>(position) ^ 0x2d30302d30303030;
  const last: u32 = load<u16>(position + 8) ^ 0x3030;
  if (((digits | (digits + 0x0006060006060606)) & 0xfff0f0fff0f0f0f0) != 0) return NO_DATE;
  if (((last | (last + 0x0606)) & 0xf0f0) != 0) return NO_DATE;
  const year = <i32>((digits & 15) * 1000 + ((digits >> 8) & 15) * 100 + ((digits >> 16) & 15) * 10 + ((digits >> 24) & 15));
  const month = <i32>(((digits >> 40) & 15) * 10 + ((digits >> 48) & 15));
  const day = (last & 15) * 10 + (last >> 8);
  if (year < 1 || month < 1 || month > 12 || day < 1) return NO_DATE;
  const isLeap: i32 = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 1 : 0;
  if (day > load<u8>(DAYS_OF_MONTH + month) + (month == 2 ? isLeap : 0)) return NO_DATE;
  const before = year - 1;
  const leapDays = (before >> 2) - before / 100 + before / 400 - 477;
  return (year - 1970) * 365 + leapDays + load<u16>(DAYS_BEFORE_MONTH + (month << 1)) + (month > 2 ? isLeap : 0) + day - 1;
}

/** Learns the minute `YYYY-MM-DD(T| )HH:MM` at `position` into `entry`; false when it is none. */
function learnMinute(column: usize, entry: usize, position: usize): bool {
  const separator: u32 = load<u8>(position + 10);
  if (separator != 0x54 && separator != 0x20) return false;
  const time = load<u64>(position + 8) >> 24;
  const digits = time ^ 0x30303a3030;
  if (((digits | (digits + 0x0606000606)) & 0xf0f0fff0f0) != 0) return false;
  const hour: u64 = (digits & 15) * 10 + ((digits >> 8) & 15);
  const minute: u64 = ((digits >> 24) & 15) * 10 + ((digits >> 32) & 15);
  if (hour > 23 || minute > 59) return false;
  const days = daysAt(position);
  if (days == NO_DATE) return false;
  const micros = (<i64>days * 1440 + <i64>hour * 60 + <i64>minute) * MICROS_PER_MINUTE;
  v128.store(entry + MINUTE_TEXT, v128.load(position));
  store<i64>(entry + MINUTE_UTC_MICROS, micros);
  store<i64>(entry + MINUTE_LOCAL_MICROS, load<i32>(column + COLUMN_IS_UTC) != 0 ? micros : UNKNOWN_TIME);
  return true;
}

/**
 * Reads `YYYY-MM-DD(T| )HH:MM:SS[.f{1,6}][Z]` at `text` into `target`; answers the position behind it, or 0 for any other form. What
 * comes next is the caller's to check. Times without zone can be read once the caller has said what the minute is in the session's zone.
 */
// @ts-ignore: decorator
@inline
export function readTimestamp(column: usize, text: usize, target: usize): usize {
  const entry = column + COLUMN_MINUTES + (<usize>load<u8>(text + 15) & 15) * MINUTE_BYTES;
  if (v128.any_true(v128.xor(v128.load(text), v128.load(entry + MINUTE_TEXT)))) {
    if (!learnMinute(column, entry, text)) return 0;
  }
  // `:SS.mmmZ` as one word.
  const digits = load<u64>(text + 16) ^ 0x5a3030302e30303a;
  if (((digits | (digits + 0x0006060600060600)) & 0xfff0f0f0fff0f0ff) == 0 && (digits & 0xff00) < 0x0600) {
    const millis =
      (<i32>(digits >> 8) & 15) * 10_000 +
      (<i32>(digits >> 16) & 15) * 1000 +
      (<i32>(digits >> 32) & 15) * 100 +
      (<i32>(digits >> 40) & 15) * 10 +
      (<i32>(digits >> 48) & 15);
    store<i64>(target, load<i64>(entry + MINUTE_UTC_MICROS) + <i64>millis * 1000);
    return text + 24;
  }
  return readSeconds(entry, text + 16, target);
}

/** The rest of a timestamp from `:SS` on, in its less usual forms. */
function readSeconds(entry: usize, position: usize, target: usize): usize {
  const seconds: u32 = load<u16>(position + 1) ^ 0x3030;
  if (load<u8>(position) != COLON || ((seconds | (seconds + 0x0606)) & 0xf0f0) != 0) return 0;
  const value = (seconds & 15) * 10 + (seconds >> 8);
  if (value > 59) return 0;
  let p = position + 3;
  let micros: i64 = 0;
  if (load<u8>(p) == POINT) {
    const fraction = p + 1;
    p = skipDigits(fraction);
    if (p == fraction || p > fraction + 6) return 0;
    for (let at = fraction; at < fraction + 6; at++) micros = micros * 10 + (at < p ? load<u8>(at) - 0x30 : 0);
  }
  const isUtc = load<u8>(p) == 0x5a;
  if (isUtc) p++;
  const minute = load<i64>(entry + (isUtc ? MINUTE_UTC_MICROS : MINUTE_LOCAL_MICROS));
  if (minute == UNKNOWN_TIME) return 0;
  store<i64>(target, minute + <i64>value * 1_000_000 + micros);
  return p;
}

/** Reads `YYYY-MM-DD`; answers the position behind it, or 0 for any other form. What comes next is the caller's to check. */
export function readDate(text: usize, target: usize): usize {
  const days = daysAt(text);
  if (days == NO_DATE) return 0;
  store<i32>(target, days);
  return text + 10;
}
