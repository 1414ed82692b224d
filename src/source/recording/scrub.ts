/**
 * Takes secrets out of rows before they are recorded. A scrubbed text or byte value becomes the begin of its SHA-256, so that equal values
 * stay equal and groups stay groups; values of other types become null. `value.user` means the field `user` of the JSON in the column
 * `value`; JSON that cannot be read is scrubbed as a whole.
 */
import { createHash } from 'node:crypto';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';

/** Replaces the values of one row, in the order of the schema; undefined where a column stays. */
export type Scrubber = readonly (((value: Value) => Value | null) | undefined)[];

const DIGEST_CHARACTERS = 16;

/** A scrubber for `columns` such as `['partitionKey', 'value.user']`; a column that is not there is `UNKNOWN_OPTION`. */
export function scrubberOf(schema: StructType, columns: readonly string[]): Scrubber {
  const paths = columns.map((column) => column.split('.'));
  for (const [name = '', ...rest] of paths) {
    const found = schema.fields.find((field) => field.name === name);
    const isText = found?.dataType.kind === 'string' || found?.dataType.kind === 'binary';
    if (found === undefined || (rest.length > 0 && !isText))
      throw new MillraceError('UNKNOWN_OPTION', {
        format: 'recordScrub',
        option: [name, ...rest].join('.'),
        proposal: schema.fields.map((field) => field.name).join(', '),
      });
  }
  return schema.fields.map(({ name }) => {
    const ofColumn = paths.filter(([first]) => first === name).map(([, ...rest]) => rest);
    if (ofColumn.length === 0) return undefined;
    return ofColumn.some((path) => path.length === 0) ? scrubbed : (value) => scrubFields(value, ofColumn);
  });
}

function scrubbed(value: Value): Value | null {
  if (typeof value === 'string') return digest(value);
  return value instanceof Uint8Array ? new TextEncoder().encode(digest(value)) : null;
}

function digest(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex').slice(0, DIGEST_CHARACTERS);
}

function scrubFields(value: Value, paths: readonly (readonly string[])[]): Value | null {
  const text = typeof value === 'string' ? value : new TextDecoder().decode(value as Uint8Array);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return scrubbed(value);
  }
  for (const path of paths) scrubPath(json, path);
  const clean = JSON.stringify(json);
  return typeof value === 'string' ? clean : new TextEncoder().encode(clean);
}

function scrubPath(json: unknown, [name, ...rest]: readonly string[]): void {
  if (name === undefined || typeof json !== 'object' || json === null) return;
  if (Array.isArray(json)) {
    for (const item of json) scrubPath(item, [name, ...rest]);
    return;
  }
  if (!Object.hasOwn(json, name)) return;
  const object = json as Record<string, unknown>;
  const inner = object[name];
  if (rest.length > 0) scrubPath(inner, rest);
  else object[name] = typeof inner === 'string' ? digest(inner) : null;
}
