/**
 * JSON with one text per value: members sorted by name, no spaces. Digests of log entries are taken of it, so the same batch has the same
 * digest on every run.
 */
import { assert } from '../errors/assert.ts';

/** JSON as data; the same shape as the offsets of sources. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The canonical text of a value. Numbers must be finite. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number') assert(Number.isFinite(value), 'numbers in logs are finite');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // Loops that make no arrays: each batch writes names and sizes of all its state entries.
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const members = value as { readonly [key: string]: JsonValue };
  for (const name of sortedInPlace(Object.keys(members)))
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(members[name] ?? null)}`;
  return `{${text}}`;
}

const MAX_INSERTED = 32;

/** By insertion where there are few, which makes nothing. */
function sortedInPlace(names: string[]): string[] {
  if (names.length > MAX_INSERTED) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i] ?? '';
    let place = i;
    for (; place > 0 && (names[place - 1] ?? '') > name; place--) names[place] = names[place - 1] ?? '';
    names[place] = name;
  }
  return names;
}
