/** From what a database driver gives to the engine's values, by the type the column is read as. Times without a zone are UTC. */
import type { RawSqlValue } from '../../storage/jdbc/dialect.ts';
import type { DataType } from '../../types/data-type.ts';
import { parseDecimal, rescale } from '../../types/decimal.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../../types/timestamp-text.ts';
import type { Value } from '../../types/vector.ts';

/** The value, null for NULL, undefined when it cannot be read as the type. */
export function readSqlValue(raw: RawSqlValue, type: DataType): Value | null | undefined {
  if (raw === null) return null;
  switch (type.kind) {
    case 'boolean':
      return booleanOf(raw);
    case 'byte':
    case 'short':
    case 'integer':
      return wholeNumber(raw);
    case 'float':
      return Math.fround(Number(raw));
    case 'double':
      return Number(raw);
    case 'long':
      return typeof raw === 'bigint' ? raw : longOf(textOf(raw));
    case 'decimal':
      return decimalOf(textOf(raw), type.scale);
    case 'string':
      return textOf(raw);
    case 'binary':
      return bytesOf(raw);
    case 'date':
      return parseDate(withoutEra(textOf(raw))) ?? undefined;
    case 'timestamp':
      return parseTimestamp(withoutEra(textOf(raw)), 'UTC') ?? undefined;
    case 'timestamp_ntz':
      return parseTimestampNtz(withoutEra(textOf(raw))) ?? undefined;
    case 'array':
      return arrayOf(textOf(raw), type.elementType);
    default:
      return undefined;
  }
}

function booleanOf(raw: RawSqlValue): boolean | undefined {
  if (raw instanceof Uint8Array) return raw.some((byte) => byte !== 0);
  const text = String(raw).toLowerCase();
  if (text === 't' || text === 'true' || text === '1') return true;
  return text === 'f' || text === 'false' || text === '0' ? false : undefined;
}

function wholeNumber(raw: RawSqlValue): number | undefined {
  const value = Number(raw);
  return Number.isSafeInteger(value) ? value : undefined;
}

function longOf(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text)) : undefined;
}

function decimalOf(text: string, scale: number): bigint | undefined {
  const parsed = parseDecimal(text);
  return parsed === undefined ? undefined : rescale(parsed.unscaled, parsed.scale, scale);
}

function textOf(raw: RawSqlValue): string {
  return raw instanceof Uint8Array ? new TextDecoder().decode(raw) : String(raw);
}

/** PostgreSQL writes bytes as `\x00ff`. */
function bytesOf(raw: RawSqlValue): Uint8Array {
  if (raw instanceof Uint8Array) return raw;
  const text = String(raw);
  return Uint8Array.from(text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text));
}

/** PostgreSQL writes years before 1 as `0044-03-15 BC`; ISO counts a year 0. */
function withoutEra(text: string): string {
  if (!text.endsWith(' BC')) return text;
  const year = /^\d+/.exec(text)?.[0] ?? '';
  const rest = text.slice(year.length, -' BC'.length);
  return `${year === '0001' ? '0000' : `-${String(Number(year) - 1).padStart(4, '0')}`}${rest}`;
}

/** An array in PostgreSQL's text form, `{1,NULL,"a,b"}`; of more dimensions it is not read. */
function arrayOf(text: string, elementType: DataType): readonly (Value | null)[] | undefined {
  if (!/^\{[^{}]*\}$|^\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}$/.test(text)) return undefined;
  const values: (Value | null)[] = [];
  for (const match of text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g)) {
    const [, quotedText, bare] = match;
    const raw = quotedText?.replaceAll(/\\(.)/g, '$1') ?? (bare === 'NULL' ? null : (bare ?? ''));
    const value = readSqlValue(raw, elementType);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
