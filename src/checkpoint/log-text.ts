/**
 * What offset log and commit log have in common: entries named by batch id, a version line first, JSON behind it. Integrity of the bytes
 * is the store's business; here is checked that they mean something.
 */
import { hash } from 'node:crypto';
import { MillraceError } from '../errors/millrace-error.ts';
import type { JsonValue } from './canonical-json.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

const VERSION_LINE = /^v(\d+)$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A log entry as lines, the version line left out; CHECKPOINT_CORRUPT or INVALID_LOG_VERSION when it is none of ours. */
export function logLines(store: CheckpointStore, name: string, bytes: Uint8Array): string[] {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw corruptEntry(store, name, { expected: 'UTF-8 text', found: 'other bytes' }, cause);
  }
  const [first = '', ...lines] = text.split('\n');
  const version = VERSION_LINE.exec(first)?.[1];
  if (version === undefined)
    throw corruptEntry(store, name, { expected: 'the version line v1', found: first.slice(0, 40) });
  if (version !== '1')
    throw new MillraceError('INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION', { maxSupportedVersion: '1', version });
  return lines;
}

/** The bytes of a log entry. */
export function logBytes(lines: readonly string[]): Uint8Array {
  return encoder.encode(['v1', ...lines].join('\n'));
}

/** A line as JSON object; CHECKPOINT_CORRUPT when it is none. */
export function logObject(store: CheckpointStore, name: string, line: string | undefined): Record<string, JsonValue> {
  const value = logJson(store, name, line);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw corruptEntry(store, name, { expected: 'a JSON object', found: (line ?? 'nothing').slice(0, 40) });
  return value as Record<string, JsonValue>;
}

/** A line as JSON; CHECKPOINT_CORRUPT when it is none. */
export function logJson(store: CheckpointStore, name: string, line: string | undefined): JsonValue {
  try {
    return JSON.parse(line ?? '') as JsonValue;
  } catch (cause) {
    throw corruptEntry(store, name, { expected: 'JSON', found: (line ?? 'nothing').slice(0, 40) }, cause);
  }
}

/** A member of an entry that must be of this JavaScript type. */
export function logMember<Kind extends 'number' | 'string' | 'object'>(
  entry: { readonly store: CheckpointStore; readonly name: string; readonly members: Record<string, JsonValue> },
  member: string,
  kind: Kind,
): Kind extends 'number' ? number : Kind extends 'string' ? string : Record<string, JsonValue> {
  const value = entry.members[member];
  if (typeof value !== kind || value === null)
    throw corruptEntry(entry.store, entry.name, {
      expected: `${member} as ${kind}`,
      found: JSON.stringify(value) ?? 'nothing',
    });
  return value as never;
}

/** CHECKPOINT_CORRUPT for an entry. */
export function corruptEntry(
  store: CheckpointStore,
  name: string,
  what: { readonly expected: string; readonly found: string },
  cause?: unknown,
): MillraceError<'CHECKPOINT_CORRUPT'> {
  return new MillraceError('CHECKPOINT_CORRUPT', { name, location: store.location, ...what }, { cause });
}

/** The batch ids of a log, ascending; entries that are not named by a number are none. */
export async function logBatchIds(store: CheckpointStore, folder: string): Promise<number[]> {
  const names = await store.list(folder);
  return names
    .map((name) => name.slice(folder.length))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
