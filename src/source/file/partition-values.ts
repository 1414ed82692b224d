/**
 * Columns that come from the names of folders, `day=2026-01-01/hour=3/…`, not from the files.
 */
import type { DataType, StructField } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { INTEGER, LONG, STRING, field, simpleName } from '../../types/data-type.ts';
import { parseDate, parseTimestamp } from '../../types/timestamp-text.ts';

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

/** The columns the folders of these files make, in folder order: INT, BIGINT or STRING by their values. */
export function partitionFields(keys: readonly string[]): StructField[] {
  const texts = new Map<string, (string | undefined)[]>();
  for (const key of keys)
    for (const [name, text] of partitionFolders(key)) texts.set(name, [...(texts.get(name) ?? []), text]);
  return [...texts].map(([name, values]) => field(name, inferredType(values)));
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
    case 'float':
    case 'double':
      return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
    case 'date':
      return parseDate(text) ?? undefined;
    case 'timestamp':
      return parseTimestamp(text, timeZone) ?? undefined;
    default:
      return undefined;
  }
}

function inferredType(texts: readonly (string | undefined)[]): DataType {
  const known = texts.filter((text) => text !== undefined);
  if (known.length === 0 || !known.every((text) => /^-?\d{1,18}$/.test(text))) return STRING;
  return known.every((text) => Math.abs(Number(text)) <= 0x7fff_ffff) ? INTEGER : LONG;
}

/** `%XX` back to characters, as written by partitioned sinks. */
function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
