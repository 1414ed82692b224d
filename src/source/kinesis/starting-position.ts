/**
 * `startingPosition`: where a query without a checkpoint begins. One of TRIM_HORIZON (EARLIEST), LATEST, `AT_TIMESTAMP <ISO time>`, or
 * JSON with a position per shard as AWS's connector writes it.
 */
import { invalidOption } from '../../types/options.ts';
import type { IteratorPosition } from './kinesis-api.ts';

const FORMAT = 'kinesis';

/** The same position for all shards, or one per shard; shards that are not named start at TRIM_HORIZON. */
export type StartingPosition =
  | { readonly kind: 'everywhere'; readonly position: IteratorPosition }
  | { readonly kind: 'per-shard'; readonly positions: ReadonlyMap<string, IteratorPosition | 'SHARD_END'> };

/** Streaming queries start at LATEST by default, batch reads at TRIM_HORIZON; a batch read cannot start at LATEST. */
export function parseStartingPosition(text: string | undefined, isStreaming: boolean): StartingPosition {
  const trimmed = text?.trim() ?? (isStreaming ? 'LATEST' : 'TRIM_HORIZON');
  if (trimmed.startsWith('{')) return { kind: 'per-shard', positions: parseShards(trimmed) };
  const [word = '', ...rest] = trimmed.split(/\s+/);
  const type = word.toUpperCase();
  if (type === 'AT_TIMESTAMP') return { kind: 'everywhere', position: atTimestamp(rest.join(' '), trimmed) };
  if (rest.length === 0 && type === 'LATEST' && !isStreaming)
    throw invalidOption(FORMAT, 'startingPosition', trimmed, 'for a batch read anything but LATEST');
  if (rest.length === 0 && type === 'LATEST') return { kind: 'everywhere', position: { type: 'LATEST' } };
  if (rest.length === 0 && (type === 'TRIM_HORIZON' || type === 'EARLIEST'))
    return { kind: 'everywhere', position: { type: 'TRIM_HORIZON' } };
  throw invalidOption(
    FORMAT,
    'startingPosition',
    trimmed,
    'LATEST, TRIM_HORIZON, EARLIEST, AT_TIMESTAMP <ISO time with zone>, or JSON with a position per shard',
  );
}

/** An ISO time with a zone, or seconds or milliseconds since 1970. */
function atTimestamp(text: string, whole: string): IteratorPosition {
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const timestampMs = hasZone ? Date.parse(text) : /^\d+(\.\d+)?$/.test(text) ? epochMs(Number(text)) : Number.NaN;
  if (Number.isNaN(timestampMs))
    throw invalidOption(
      FORMAT,
      'startingPosition',
      whole,
      'AT_TIMESTAMP followed by a time such as 2026-01-31T08:00:00Z',
    );
  return { type: 'AT_TIMESTAMP', timestampMs };
}

/** Numbers this large can only be milliseconds (1e11 s is the year 5138). */
function epochMs(value: number): number {
  return value >= 1e11 ? value : value * 1000;
}

function parseShards(text: string): ReadonlyMap<string, IteratorPosition | 'SHARD_END'> {
  let shards: unknown;
  try {
    shards = JSON.parse(text);
  } catch {
    throw invalidOption(FORMAT, 'startingPosition', text, 'JSON with a position per shard');
  }
  const positions = new Map<string, IteratorPosition | 'SHARD_END'>();
  for (const [shardId, entry] of Object.entries(shards as object)) {
    if (shardId !== 'metadata') positions.set(shardId, shardPosition(entry, shardId));
  }
  return positions;
}

function shardPosition(entry: unknown, shardId: string): IteratorPosition | 'SHARD_END' {
  const { iteratorType, iteratorPosition } = (entry ?? {}) as {
    readonly iteratorType?: unknown;
    readonly iteratorPosition?: unknown;
  };
  const value = typeof iteratorPosition === 'string' ? iteratorPosition : '';
  switch (iteratorType) {
    case 'SHARD_END':
      return 'SHARD_END';
    case 'TRIM_HORIZON':
    case 'LATEST':
      return { type: iteratorType };
    case 'AT_TIMESTAMP':
      return atTimestamp(value, `${shardId}: AT_TIMESTAMP ${value}`);
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER':
      if (/^\d+$/.test(value)) return { type: iteratorType, sequenceNumber: value };
      break;
    default:
  }
  throw invalidOption(
    FORMAT,
    'startingPosition',
    `${shardId}: ${JSON.stringify(entry)}`,
    'iteratorType TRIM_HORIZON, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER or SHARD_END, with its iteratorPosition',
  );
}
