/**
 * Columns that come from the names of folders, `day=2026-01-01/hour=3/…`, not from the files.
 */
import type { DataType, DecimalType, StructField } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  DATE,
  DOUBLE,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  VOID,
  decimal,
  field,
  sameType,
  simpleName,
} from '../../types/data-type.ts';
import { decimalOfText } from '../../formats/text-values.ts';
import { parseTime } from '../../types/time-of-day.ts';
import { parseDate, parseTimestamp } from '../../types/timestamp-text.ts';

const FULL_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/;
const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__';

/** The `key=value` folders above a file; a value of undefined stands for null. */
export function partitionFolders(key: string): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const segment of key.split('/').slice(0, -1)) {
    const equals = segment.indexOf('=');
    if (equals <= 0) continue;
    const text = unescaped(segment.slice(equals + 1));
    values.set(unescaped(segment.slice(0, equals)), text === NULL_FOLDER ? undefined : text);
  }
  return values;
}

/**
 * The columns the folders of these files make, in folder order, with Spark's types: INT, BIGINT, a decimal beyond that, DOUBLE, DATE or
 * TIMESTAMP where all values are such, else STRING. `infersTypes` false: always STRING.
 */
export function partitionFields(keys: readonly string[], timeZone: string, infersTypes = true): StructField[] {
  const texts = new Map<string, Set<string | undefined>>();
  for (const key of keys)
    for (const [name, text] of partitionFolders(key)) {
      const known = texts.get(name) ?? new Set();
      texts.set(name, known.add(text));
    }
  return [...texts].map(([name, values]) => field(name, infersTypes ? inferredType([...values], timeZone) : STRING));
}

/** The value of a folder as a column of `type`. */
export function partitionValue(text: string | undefined, type: DataType, timeZone: string): Value | null {
  if (text === undefined) return null;
  const value = valueOf(text, type, timeZone);
  if (value !== undefined) return value;
  throw new MillraceError('CAST_INVALID_INPUT', {
    expression: `'${text}'`,
    sourceType: '"STRING"',
    targetType: `"${simpleName(type).toUpperCase()}"`,
  });
}

function valueOf(text: string, type: DataType, timeZone: string): Value | undefined {
  switch (type.kind) {
    case 'string':
      return text;
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'byte':
    case 'short':
    case 'integer':
      return /^[+-]?\d{1,10}$/.test(text) ? Number(text) : undefined;
    case 'long':
      return /^[+-]?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
    case 'decimal':
      return decimalOfText(text, type.precision, type.scale);
    case 'float':
    case 'double':
      if (text === 'NaN') return Number.NaN;
      return doubleOf(text.replace(/[df]$/i, ''));
    case 'date':
      return parseDate(text) ?? undefined;
    case 'timestamp':
      return parseTimestamp(text, timeZone) ?? undefined;
    case 'time':
      return parseTime(text) ?? undefined;
    case 'timestamp_ntz':
      return parseTimestamp(text, 'UTC') ?? undefined;
    default:
      return undefined;
  }
}

function doubleOf(text: string): number | undefined {
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/** All files have the same folder columns; else CONFLICTING_PARTITION_COLUMN_NAMES. `paths` are those of the folders that count. */
export function checkPartitionNames(paths: readonly string[], root: string): void {
  const lists = new Map<string, string>();
  for (const path of paths) {
    const names = [...partitionFolders(path).keys()].join(', ');
    if (names !== '') lists.set(names, lists.get(names) ?? `${root}/${path.slice(0, path.lastIndexOf('/'))}`);
  }
  if (lists.size <= 1) return;
  throw new MillraceError('CONFLICTING_PARTITION_COLUMN_NAMES', {
    distinctPartColLists: [...lists.keys()].map((names, i) => `Partition column name list #${i}: ${names}`).join('; '),
    suspiciousPaths: [...lists.values()].join('; '),
  });
}

function inferredType(texts: readonly (string | undefined)[], timeZone: string): DataType {
  let type: DataType | undefined;
  for (const text of texts) {
    if (text === undefined) continue;
    const found = typeOfText(text, timeZone);
    type = type === undefined ? found : wider(type, found);
  }
  return type ?? VOID;
}

function typeOfText(text: string, timeZone: string): DataType {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text.replace('+', ''));
    if (value >= -(2n ** 31n) && value < 2n ** 31n) return INTEGER;
    if (value >= -(2n ** 63n) && value < 2n ** 63n) return LONG;
    const digits = text.replace(/^[+-]?0*/, '').length;
    return digits <= 38 ? decimal(digits, 0) : DOUBLE;
  }
  const [, whole = '', exponent = ''] = /^[+-]?(\d+)e\+?(\d{1,2})$/i.exec(text) ?? [];
  if (whole !== '' && whole.length + Number(exponent) <= 38) return decimal(whole.length + Number(exponent), 0);
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[df]?$/i.test(text) || /^[+-]?(NaN|Infinity)$/.test(text)) return DOUBLE;
  if (parseDate(text) !== null && /^\d{4}-\d{2}-\d{2}$/.test(text)) return DATE;
  return FULL_TIME.test(text) && parseTimestamp(text, timeZone) !== null ? TIMESTAMP : STRING;
}

/** The type for values of two; numbers that would lose digits stay texts. */
function wider(left: DataType, right: DataType): DataType {
  if (sameType(left, right)) return left;
  const kinds = new Set([left.kind, right.kind]);
  if (left.kind === 'decimal' && right.kind === 'decimal') return left.precision > right.precision ? left : right;
  if (kinds.has('integer') && kinds.has('long')) return LONG;
  if (kinds.has('integer') && kinds.has('double')) return DOUBLE;
  if (kinds.has('decimal') && (kinds.has('integer') || kinds.has('long'))) {
    const { precision } = (left.kind === 'decimal' ? left : right) as DecimalType;
    return decimal(Math.max(precision, kinds.has('long') ? 20 : 10), 0);
  }
  return kinds.has('date') && kinds.has('timestamp') ? TIMESTAMP : STRING;
}

/** `%XX` back to characters, as written by partitioned sinks. */
function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
