/**
 * The shape of a record: its field names in order with the exact bytes between the values. Records of one file mostly share one; the
 * generated decoder is made for a shape and notices every record that differs.
 */
import type { JsonByteReader } from './json-byte-reader.ts';

/** What kind of value was seen, to skip the likely kind first. */
export type SeenKind = 'string' | 'number' | 'word' | 'nested';

export interface ShapeField {
  /** The bytes from the end of the previous value to the start of this one, as `,"name":`. */
  readonly lead: Uint8Array;
  /** The place among the wanted columns, or -1. */
  readonly index: number;
  readonly seenKind: SeenKind;
}

export interface RecordShape {
  readonly fields: readonly ShapeField[];
  /** The bytes from the last value to the end of the line, as `}`. */
  readonly tail: Uint8Array;
}

/** A shape with more fields is not worth a generated decoder. */
const MAX_SHAPE_FIELDS = 200;

/** The shape of the record at `position`, or undefined when the record is not plain. */
export function learnShape(bytes: Uint8Array, position: number, reader: JsonByteReader): RecordShape | undefined {
  const fields: ShapeField[] = [];
  const names = new Set<number>();
  let leadStart = position;
  let p = reader.blanks(position);
  if (bytes[p] !== 0x7b) return undefined;
  for (;;) {
    p = reader.blanks(p + 1);
    if (bytes[p] !== 0x22 || fields.length === MAX_SHAPE_FIELDS) return undefined;
    const nameEnd = reader.skipString(p);
    if (nameEnd < 0 || bytes.subarray(p, nameEnd).includes(0x5c)) return undefined;
    const index = reader.indexOfName(p + 1, nameEnd - 1);
    if (index >= 0 && names.has(index)) return undefined;
    names.add(index);
    p = reader.blanks(nameEnd);
    if (bytes[p] !== 0x3a) return undefined;
    const start = reader.blanks(p + 1);
    const end = reader.skipValue(start);
    if (end < 0) return undefined;
    fields.push({ lead: bytes.slice(leadStart, start), index, seenKind: kindOf(bytes[start] as number) });
    leadStart = end;
    p = reader.blanks(end);
    if (bytes[p] === 0x7d) break;
    if (bytes[p] !== 0x2c) return undefined;
  }
  p = reader.blanks(p + 1);
  return { fields, tail: bytes.slice(leadStart, p) };
}

function kindOf(first: number): SeenKind {
  if (first === 0x22) return 'string';
  if (first === 0x7b || first === 0x5b) return 'nested';
  return first === 0x74 || first === 0x66 || first === 0x6e ? 'word' : 'number';
}
