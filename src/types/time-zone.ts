/**
 * Time zones as java.time has them: fixed offsets and regions, offsets at an instant, and the instant of a local time. Region rules come
 * from Intl and are kept as a table of transitions per year, so that a lookup is a few comparisons; a local time in a gap moves forward
 * by the gap, one in an overlap takes the earlier offset.
 */
import { MillraceError } from '../errors/millrace-error.ts';

/** A zone; seconds are whole seconds since 1970-01-01, of UTC or of the local clock. */
export interface Zone {
  readonly id: string;
  /** Local time minus UTC at an instant. */
  offsetSecondsAt(utcSeconds: number): number;
  /** The instant of a local time. */
  utcSecondsOf(localSeconds: number): number;
}

/** The zone of a name Spark accepts (`UTC`, `+01:00`, `GMT-3`, `Europe/Berlin`, `PST`), or undefined. */
export function findZone(text: string): Zone | undefined {
  const known = zones.get(text);
  if (known !== undefined) return known;
  const zone = makeZone(text);
  if (zone !== undefined && zones.size < MAX_ZONES) zones.set(text, zone);
  return zone;
}

/** As findZone, but throws `INVALID_TIMEZONE` for an unknown name. */
export function zoneOf(text: string): Zone {
  if (text === lastName && lastZone !== undefined) return lastZone;
  const zone = findZone(text);
  if (zone === undefined) throw new MillraceError('INVALID_TIMEZONE', { timeZone: text });
  lastName = text;
  lastZone = zone;
  return zone;
}

const MAX_ZONES = 2000;
const zones = new Map<string, Zone>();
let lastName: string | undefined;
let lastZone: Zone | undefined;

/** Java's `ZoneId.SHORT_IDS`. */
const SHORT_IDS: ReadonlyMap<string, string> = new Map(
  `ACT Australia/Darwin,AET Australia/Sydney,AGT America/Argentina/Buenos_Aires,ART Africa/Cairo,AST America/Anchorage,BET America/Sao_Paulo,
BST Asia/Dhaka,CAT Africa/Harare,CNT America/St_Johns,CST America/Chicago,CTT Asia/Shanghai,EAT Africa/Addis_Ababa,ECT Europe/Paris,
IET America/Indiana/Indianapolis,IST Asia/Kolkata,JST Asia/Tokyo,MIT Pacific/Apia,NET Asia/Yerevan,NST Pacific/Auckland,PLT Asia/Karachi,
PNT America/Phoenix,PRT America/Puerto_Rico,PST America/Los_Angeles,SST Pacific/Guadalcanal,VST Asia/Ho_Chi_Minh,EST -05:00,MST -07:00,
HST -10:00`
    .split(/,\s*/)
    .map((pair): [string, string] => {
      const space = pair.indexOf(' ');
      return [pair.slice(0, space), pair.slice(space + 1)];
    }),
);

function makeZone(text: string): Zone | undefined {
  const padded = text.replace(/([+-])(\d):/, '$10$2:').replace(/([+-])(\d\d):(\d)$/, '$1$2:0$3');
  const id = SHORT_IDS.get(padded) ?? padded;
  if (id === 'Z' || id === 'UTC' || id === 'GMT' || id === 'UT') return new FixedZone(id, 0);
  if (/^[+-]/.test(id)) return fixedZone(id, id);
  const prefixed = /^(?:UTC|GMT|UT)([+-].*)$/.exec(id)?.[1];
  if (prefixed !== undefined) return fixedZone(id, prefixed);
  if (!/^[A-Za-z][A-Za-z0-9~/._+-]+$/.test(id)) return undefined;
  return regionZone(id);
}

function fixedZone(id: string, offset: string): Zone | undefined {
  const found = /^([+-])(\d{1,2})$|^([+-])(\d\d):?(\d\d)$|^([+-])(\d\d):(\d\d):(\d\d)$|^([+-])(\d\d)(\d\d)(\d\d)$/.exec(
    offset,
  );
  if (found === null) return undefined;
  const sign = offset.startsWith('-') ? -1 : 1;
  const hours = Number(found[2] ?? found[4] ?? found[7] ?? found[11]);
  const minutes = Number(found[5] ?? found[8] ?? found[12] ?? 0);
  const seconds = Number(found[9] ?? found[13] ?? 0);
  const total = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > 18 * 3600) return undefined;
  return new FixedZone(id, sign * total);
}

class FixedZone implements Zone {
  readonly id: string;
  readonly #offsetSeconds: number;

  constructor(id: string, offsetSeconds: number) {
    this.id = id;
    this.#offsetSeconds = offsetSeconds;
  }

  offsetSecondsAt(): number {
    return this.#offsetSeconds;
  }

  utcSecondsOf(localSeconds: number): number {
    return localSeconds - this.#offsetSeconds;
  }
}

function regionZone(id: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset', year: 'numeric' });
  } catch {
    return undefined;
  }
  // Java's names are case-sensitive, those of Intl are not.
  const known = format.resolvedOptions().timeZone;
  if (known !== id && known.toLowerCase() === id.toLowerCase()) return undefined;
  return new RegionZone(id, format);
}

const DAY = 86_400;
const SAMPLE_SECONDS = 5 * DAY;
/** Years 1 to 9999 are asked of Intl; before them a zone has its first offset. */
const FIRST_SECOND = startOfYear(1);
const END_SECOND = startOfYear(10_000);
/** 400 years of the Gregorian calendar are whole weeks, so rules repeat after them. */
const CYCLE_SECONDS = 146_097 * DAY;

/** The stretches of one year with one offset each: stretch i starts at `starts[i]` and ends where the next one starts. */
interface YearTable {
  readonly starts: readonly number[];
  readonly offsets: readonly number[];
}

class RegionZone implements Zone {
  readonly id: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, YearTable>();
  readonly #firstOffset: number;
  #from = 0;
  #to = 0;
  #offset = 0;

  constructor(id: string, format: Intl.DateTimeFormat) {
    this.id = id;
    this.#format = format;
    this.#firstOffset = this.#ask(FIRST_SECOND);
  }

  offsetSecondsAt(utcSeconds: number): number {
    if (utcSeconds >= this.#from && utcSeconds < this.#to) return this.#offset;
    return this.#find(utcSeconds);
  }

  utcSecondsOf(localSeconds: number): number {
    const guess = localSeconds - this.#offset;
    // More than a day inside one stretch no transition is near.
    if (guess - DAY >= this.#from && guess + DAY < this.#to) return guess;
    const before = this.offsetSecondsAt(localSeconds - DAY);
    const after = this.offsetSecondsAt(localSeconds + DAY);
    if (this.offsetSecondsAt(localSeconds - before) === before) return localSeconds - before;
    if (this.offsetSecondsAt(localSeconds - after) === after) return localSeconds - after;
    return localSeconds - before;
  }

  #find(utcSeconds: number): number {
    if (utcSeconds < FIRST_SECOND) return this.#firstOffset;
    if (utcSeconds >= END_SECOND) {
      const cycles = Math.ceil((utcSeconds - END_SECOND + 1) / CYCLE_SECONDS);
      return this.offsetSecondsAt(utcSeconds - cycles * CYCLE_SECONDS);
    }
    const year = new Date(utcSeconds * 1000).getUTCFullYear();
    let table = this.#years.get(year);
    if (table === undefined) {
      table = this.#read(year);
      this.#years.set(year, table);
    }
    let i = table.starts.length - 1;
    while (i > 0 && utcSeconds < (table.starts[i] as number)) i--;
    this.#from = table.starts[i] as number;
    this.#to = table.starts[i + 1] ?? startOfYear(year + 1);
    this.#offset = table.offsets[i] as number;
    return this.#offset;
  }

  /** Samples the year and halves every interval whose ends differ until the second of the transition is found. */
  #read(year: number): YearTable {
    const end = startOfYear(year + 1);
    let at = startOfYear(year);
    let offset = this.#ask(at);
    const starts = [at];
    const offsets = [offset];
    while (at < end - 1) {
      const next = Math.min(at + SAMPLE_SECONDS, end - 1);
      const nextOffset = this.#ask(next);
      if (nextOffset !== offset) {
        let low = at;
        let high = next;
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if (this.#ask(middle) === offset) low = middle;
          else high = middle;
        }
        offset = this.#ask(high);
        starts.push(high);
        offsets.push(offset);
        at = high;
      } else at = next;
    }
    return { starts, offsets };
  }

  #ask(utcSeconds: number): number {
    const text = this.#format.format(utcSeconds * 1000);
    const found = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    if (found?.[1] === undefined) return 0;
    const seconds = Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0);
    return found[1] === '-' ? -seconds : seconds;
  }
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1) / 1000;
}
