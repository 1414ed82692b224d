/** One line of CSV as cells and back, and cells as values, for from_csv and to_csv; the file format is formats/csv. */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { parseDecimal, fitsPrecision, rescale } from '../types/decimal.ts';
import { isoTimestamp } from '../types/json-text.ts';
import { compilePattern } from '../types/date-time-pattern.ts';
import { parseTime } from '../types/time-of-day.ts';
import { formatTimeBy, parseTimeBy } from '../types/time-pattern.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../types/timestamp-text.ts';
import { plainText } from '../types/value-text.ts';

/** The options of CSV that apply to one line, by Spark's names. */
export class CsvOptions {
  readonly #given: ReadonlyMap<string, string>;

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  get separator(): string {
    return this.#text('sep') ?? this.#text('delimiter') ?? ',';
  }

  get quote(): string {
    return this.#text('quote') ?? '"';
  }

  get escape(): string {
    return this.#text('escape') ?? '\\';
  }

  get nullValue(): string {
    return this.#text('nullValue') ?? '';
  }

  get quotesAll(): boolean {
    return this.#text('quoteAll')?.toLowerCase() === 'true';
  }

  get mode(): string {
    return this.#text('mode')?.toUpperCase() ?? 'PERMISSIVE';
  }

  get corruptColumn(): string {
    return this.#text('columnNameOfCorruptRecord') ?? '_corrupt_record';
  }

  zone(session: string): string {
    return this.#text('timeZone') ?? session;
  }

  trims(side: 'Leading' | 'Trailing'): boolean {
    return this.#text(`ignore${side}WhiteSpace`)?.toLowerCase() === 'true';
  }

  /** The pattern of a time type. */
  pattern(type: keyof typeof PATTERN_OPTIONS): string | undefined {
    return this.#text(PATTERN_OPTIONS[type]);
  }

  #text(name: string): string | undefined {
    return this.#given.get(name.toLowerCase());
  }
}

const PATTERN_OPTIONS = {
  date: 'dateFormat',
  timestamp: 'timestampFormat',
  timestamp_ntz: 'timestampNTZFormat',
  time: 'timeFormat',
} as const;

/** The cells of a line; a quoted cell may hold separators, undefined is an empty cell without quotes. */
export function splitCells(line: string, options: CsvOptions): (string | undefined)[] {
  const { separator, quote, escape } = options;
  const cells: (string | undefined)[] = [];
  let at = 0;
  for (;;) {
    let cell = '';
    let isQuoted = false;
    if (quote !== '' && line.startsWith(quote, at)) {
      isQuoted = true;
      for (at += quote.length; at < line.length && !line.startsWith(quote, at); at++) {
        if (escape !== '' && line.startsWith(escape, at) && at + 1 < line.length) at++;
        cell += line.charAt(at);
      }
      at += quote.length;
    }
    const end = line.indexOf(separator, at);
    cell += line.slice(at, end < 0 ? undefined : end);
    if (options.trims('Leading') && !isQuoted) cell = cell.trimStart();
    if (options.trims('Trailing') && !isQuoted) cell = cell.trimEnd();
    cells.push(cell === '' && !isQuoted ? undefined : cell);
    if (end < 0) return cells;
    at = end + separator.length;
  }
}

const BITS: Partial<Record<DataType['kind'], bigint>> = { byte: 7n, short: 15n, integer: 31n, long: 63n };

/** The value of a cell; undefined when it is none of the type. */
export function cellValue(cell: string, type: DataType, options: CsvOptions, sessionZone: string): Value | undefined {
  const zone = options.zone(sessionZone);
  switch (type.kind) {
    case 'string':
      return cell;
    case 'boolean':
      return /^true$/i.test(cell) ? true : /^false$/i.test(cell) ? false : undefined;
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return wholeNumber(cell, type.kind);
    case 'float':
    case 'double':
      return realNumber(cell, type.kind);
    case 'decimal': {
      const parsed = parseDecimal(cell.replaceAll(',', ''));
      const unscaled = parsed && rescale(parsed.unscaled, parsed.scale, type.scale);
      return unscaled !== undefined && fitsPrecision(unscaled, type.precision) ? unscaled : undefined;
    }
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return timeValue(cell, type.kind, options.pattern(type.kind), zone) ?? undefined;
    case 'time': {
      const pattern = options.pattern('time');
      const nanos = pattern === undefined ? parseTime(cell) : parseTimeBy(cell, pattern);
      return nanos ?? undefined;
    }
    default:
      return undefined;
  }
}

function wholeNumber(cell: string, kind: DataType['kind']): Value | undefined {
  if (!/^[+-]?\d+$/.test(cell)) return undefined;
  const value = BigInt(cell.replace('+', ''));
  const limit = 1n << (BITS[kind] ?? 63n);
  if (value >= limit || value < -limit) return undefined;
  return kind === 'long' ? value : Number(value);
}

function realNumber(cell: string, kind: 'float' | 'double'): Value | undefined {
  const text = cell.trim();
  const special = { NaN: NaN, Inf: Infinity, '-Inf': -Infinity, Infinity, '-Infinity': -Infinity }[text];
  const value = special ?? (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined);
  return value === undefined || kind === 'double' ? value : Math.fround(value);
}

function timeValue(
  cell: string,
  kind: 'date' | 'timestamp' | 'timestamp_ntz',
  pattern: string | undefined,
  zone: string,
): Value | null {
  if (pattern === undefined) {
    if (kind === 'date') return parseDate(cell);
    return kind === 'timestamp' ? parseTimestamp(cell, zone) : parseTimestampNtz(cell);
  }
  const micros = compilePattern(pattern).parse(cell, kind === 'timestamp' ? zone : 'UTC');
  return micros === null || kind !== 'date' ? micros : Number(micros / 86_400_000_000n);
}

/** The cell of a value, quoted where it has to be. */
export function cellOf(value: Value | null, type: DataType, options: CsvOptions, sessionZone: string): string {
  if (value === null) return options.nullValue;
  const text = textOf(value, type, options, options.zone(sessionZone));
  const { separator, quote, escape } = options;
  const needsQuotes =
    options.quotesAll || text === '' || text.includes(separator) || text.includes(quote) || /[\r\n]/.test(text);
  if (!needsQuotes || type.kind !== 'string') return text;
  const escaped = text.replaceAll(quote, () => escape + quote);
  return `${quote}${escaped}${quote}`;
}

function textOf(value: Value, type: DataType, options: CsvOptions, zone: string): string {
  const timePattern = type.kind === 'time' ? options.pattern('time') : undefined;
  if (timePattern !== undefined) return formatTimeBy(value as bigint, timePattern);
  if (type.kind !== 'date' && type.kind !== 'timestamp' && type.kind !== 'timestamp_ntz')
    return plainText(value, type, zone);
  const pattern = options.pattern(type.kind);
  if (pattern !== undefined) {
    const micros = type.kind === 'date' ? BigInt(value as number) * 86_400_000_000n : (value as bigint);
    return compilePattern(pattern).format(micros, type.kind === 'timestamp' ? zone : 'UTC');
  }
  return type.kind === 'date' ? plainText(value, type, zone) : isoTimestamp(value as bigint, type.kind, zone);
}
