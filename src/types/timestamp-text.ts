/**
 * Text to timestamps and dates exactly as Spark's cast reads them: missing parts, `T` or a space, fractions cut to microseconds, zones
 * behind the seconds, years of up to six digits. Patterns given by the user are date-time-pattern.ts.
 */
import { daysFromCivil, isValidDate, joinMicros, splitMicros } from './civil-time.ts';
import { findZone, zoneOf } from './time-zone.ts';

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;
const SECONDS_PER_DAY = 86_400;

/**
 * The microseconds of a timestamp text, or null when Spark's cast gives null (or an error under ANSI). A text without zone is local time
 * of `zone`. A text of only a time of day means today and needs `nowMicros`; without it the answer is null.
 */
export function parseTimestamp(text: string, zone: string, nowMicros?: bigint): bigint | null {
  const parts = new TimestampParts();
  if (!parts.read(text)) return null;
  const parsedZone = parts.zoneText === undefined ? zoneOf(zone) : findZone(parts.zoneText);
  if (parsedZone === undefined) return null;
  let localSeconds = parts.secondOfDay;
  if (!parts.isTimeOnly) localSeconds += parts.days * SECONDS_PER_DAY;
  else if (nowMicros === undefined) return null;
  else {
    const now = splitMicros(nowMicros).seconds;
    localSeconds += Math.floor((now + parsedZone.offsetSecondsAt(now)) / SECONDS_PER_DAY) * SECONDS_PER_DAY;
  }
  return within(joinMicros(parsedZone.utcSecondsOf(localSeconds), parts.micros));
}

/** As parseTimestamp for a timestamp without zone: a zone in the text is checked and ignored, a time of day alone gives null. */
export function parseTimestampNtz(text: string): bigint | null {
  const parts = new TimestampParts();
  if (!parts.read(text) || parts.isTimeOnly) return null;
  if (parts.zoneText !== undefined && findZone(parts.zoneText) === undefined) return null;
  return within(joinMicros(parts.days * SECONDS_PER_DAY + parts.secondOfDay, parts.micros));
}

/** True for the text of a timestamp that names a zone. */
export function namesZone(text: string): boolean {
  const parts = new TimestampParts();
  return parts.read(text) && parts.zoneText !== undefined;
}

/** The microseconds since midnight of a text that is only a time of day, without a zone; or null. */
export function readTimeOfDay(text: string): bigint | null {
  const parts = new TimestampParts();
  if (!parts.read(text) || !parts.isTimeOnly || parts.zoneText !== undefined) return null;
  return joinMicros(parts.secondOfDay, parts.micros);
}

/** The day number of a date text, or null; what follows a whole date after a space or `T` is ignored, as Spark does. */
export function parseDate(text: string): number | null {
  const end = trimmedEnd(text);
  let at = trimmedStart(text, end);
  if (at === end) return null;
  let sign = 1;
  const first = text.charCodeAt(at);
  if (first === MINUS || first === PLUS) {
    sign = first === MINUS ? -1 : 1;
    at++;
  }
  const parts: [number, number, number] = [1, 1, 1];
  let part = 0;
  let value = 0;
  let digits = 0;
  const isPartValid = (): boolean => (part === 0 ? digits >= 4 && digits <= 7 : digits > 0 && digits <= 2);
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === LETTER_T) break;
    if (part < 2 && code === MINUS) {
      if (!isPartValid()) return null;
      parts[part] = value;
      value = 0;
      digits = 0;
      part++;
    } else {
      if (code < ZERO || code > NINE) return null;
      value = value * 10 + code - ZERO;
      digits++;
    }
  }
  if (!isPartValid() || (part < 2 && at < end)) return null;
  parts[part] = value;
  const year = sign * parts[0];
  return isValidDate(year, parts[1], parts[2]) ? daysFromCivil(year, parts[1], parts[2]) : null;
}

const ZERO = 48;
const NINE = 57;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const SPACE = 32;
const DELETE = 127;
const LETTER_T = 84;

/** The parts of a text in the order they are read, behind the year. */
const DAY = 2;
const HOUR = 3;
const SECOND = 5;
const MICROS = 6;
const ZONE = 7;

/** Reads one text part by part; the fields are valid after `read` has returned true. */
class TimestampParts {
  days = 0;
  secondOfDay = 0;
  micros = 0;
  isTimeOnly = false;
  zoneText: string | undefined;
  readonly #values = [1, 1, 1, 0, 0, 0, 0, 0];
  #part = 0;
  #value = 0;
  #digits = 0;
  #fractionDigits = 0;

  read(text: string): boolean {
    const end = trimmedEnd(text);
    let at = trimmedStart(text, end);
    if (at === end) return false;
    const first = text.charCodeAt(at);
    const isSigned = first === MINUS || first === PLUS;
    if (isSigned) at++;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code >= ZERO && code <= NINE) this.#addDigit(code - ZERO);
      else if (at === 0 && code === LETTER_T) {
        this.isTimeOnly = true;
        this.#part = HOUR;
      } else if (this.#part === SECOND || this.#part === MICROS) {
        if (!this.#endPart()) return false;
        if (code === POINT && this.#part === MICROS) continue;
        this.#part = ZONE;
        this.zoneText = trimJava(text.slice(at, end));
        break;
      } else if (!this.#separate(code, isSigned)) return false;
    }
    return this.#endPart() && this.#combine(first === MINUS ? -1 : 1);
  }

  #addDigit(digit: number): void {
    if (this.#part === MICROS) this.#fractionDigits++;
    if (this.#part !== MICROS || this.#digits < 6) this.#value = this.#value * 10 + digit;
    this.#digits++;
  }

  /** Ends the part before a separator; the date wants `-`, then a space or `T`, the time wants `:`. */
  #separate(code: number, isSigned: boolean): boolean {
    const part = this.#part;
    if (part === 0 && code === COLON && !isSigned) {
      this.isTimeOnly = true;
      this.#part = HOUR;
      return this.#endPart();
    }
    const isExpected =
      part < DAY ? code === MINUS : part === DAY ? code === SPACE || code === LETTER_T : code === COLON;
    return isExpected && this.#endPart();
  }

  #endPart(): boolean {
    const digits = this.#digits;
    if (this.#part === 0 ? digits < 4 || digits > 6 : this.#part < MICROS && (digits < 1 || digits > 2)) return false;
    this.#values[this.#part++] = this.#value;
    this.#value = 0;
    this.#digits = 0;
    return true;
  }

  #combine(sign: number): boolean {
    const [absoluteYear = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0] = this.#values;
    if (hour > 23 || minute > 59 || second > 59) return false;
    this.secondOfDay = hour * 3600 + minute * 60 + second;
    this.micros = fraction * 10 ** Math.max(0, 6 - this.#fractionDigits);
    if (this.isTimeOnly) return true;
    const year = sign * absoluteYear;
    if (!isValidDate(year, month, day)) return false;
    this.days = daysFromCivil(year, month, day);
    return true;
  }
}

function within(micros: bigint): bigint | null {
  return micros >= MIN_LONG && micros <= MAX_LONG ? micros : null;
}

/** Spark trims white space and control characters of ASCII. */
function isTrimmed(code: number): boolean {
  return code <= SPACE || code === DELETE;
}

function trimmedEnd(text: string): number {
  let end = text.length;
  while (end > 0 && isTrimmed(text.charCodeAt(end - 1))) end--;
  return end;
}

function trimmedStart(text: string, end: number): number {
  let start = 0;
  while (start < end && isTrimmed(text.charCodeAt(start))) start++;
  return start;
}

/** Java's `String.trim`; the end of the text is trimmed already. */
function trimJava(text: string): string {
  let start = 0;
  while (start < text.length && text.charCodeAt(start) <= SPACE) start++;
  return text.slice(start);
}
