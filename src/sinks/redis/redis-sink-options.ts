/** The options of the Redis sink, checked. */
import type { Options } from '../../types/options.ts';
import type { RedisAddress } from '../../storage/redis.ts';
import type { StructType } from '../../types/data-type.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { parseRedisUrl } from '../../storage/redis.ts';
import {
  invalidOption,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
  requiredOption,
} from '../../types/options.ts';

const NAME = 'redis';

export const REDIS_OPTION_NAMES: readonly string[] = [
  'path',
  'url',
  'dataType',
  'key',
  'keyColumn',
  'scoreColumn',
  'memberColumn',
  'maxLength',
  'ttl',
];

const DATA_TYPES = ['hash', 'stream', 'sortedSet'] as const;

export interface RedisSinkOptions {
  readonly address: RedisAddress;
  /** A hash per row, one stream, or one sorted set. */
  readonly dataType: (typeof DATA_TYPES)[number];
  /** Of the stream or sorted set; of hashes what their keys begin with, without the colon behind it. */
  readonly key: string;
  /** The columns whose values name a hash. */
  readonly keyColumns: readonly string[];
  /** Of sorted sets. */
  readonly scoreColumn: string | undefined;
  /** Of sorted sets; undefined: the row as JSON. */
  readonly memberColumn: string | undefined;
  /** About how many entries a stream keeps; 0: all. */
  readonly maxLength: number;
  /** Undefined: keys stay. */
  readonly ttlMs: number | undefined;
}

/** Reads and checks all options; throws typed errors that hold no secrets. `groupingColumns` name a hash when the option does not. */
export function redisSinkOptions(
  options: Options,
  schema: StructType,
  groupingColumns: readonly string[],
): RedisSinkOptions {
  const url = optionText(options, 'url') ?? requiredOption(NAME, options, 'path');
  const dataType = optionOneOf(NAME, options, 'dataType', DATA_TYPES) ?? 'hash';
  const named = (name: string): string | undefined => {
    const column = optionText(options, name);
    return column === undefined ? undefined : columnNamed(schema, column);
  };
  const scoreColumn = named('scoreColumn');
  if (dataType === 'sortedSet' && scoreColumn === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'scoreColumn', format: NAME });
  const keyText = optionText(options, 'keyColumn');
  const keyColumns =
    keyText === undefined ? groupingColumns : keyText.split(',').map((name) => columnNamed(schema, name.trim()));
  if (dataType === 'hash' && keyColumns.length === 0)
    throw new MillraceError('MISSING_OPTION', { option: 'keyColumn', format: NAME });
  const ttlMs = optionDuration(NAME, options, 'ttl', 's');
  if (ttlMs !== undefined && ttlMs < 1)
    throw invalidOption(NAME, 'ttl', optionText(options, 'ttl') ?? '', 'at least a millisecond');
  return {
    address: parseRedisUrl(url, { option: 'url', expected: 'redis://host:port/db' }),
    dataType,
    key: requiredOption(NAME, options, 'key'),
    keyColumns,
    scoreColumn,
    memberColumn: named('memberColumn'),
    maxLength: optionInt(NAME, options, 'maxLength', { min: 1 }) ?? 0,
    ttlMs,
  };
}

function columnNamed({ fields }: StructType, name: string): string {
  const found =
    fields.find((one) => one.name === name) ?? fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.name;
  const fieldNames = fields.map((one) => one.name).join(', ');
  throw new MillraceError('UNRESOLVED_COLUMN_AMONG_FIELD_NAMES', { colName: name, fieldNames });
}
