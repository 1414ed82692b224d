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
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(',')}]`;
  const members = value as { readonly [key: string]: JsonValue };
  const texts = Object.keys(members)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(members[name] ?? null)}`);
  return `{${texts.join(',')}}`;
}
