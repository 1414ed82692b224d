/**
 * Reads records of an Avro file straight into columns: one reader per field that leaves its value in the row under construction. Texts go to
 * the dictionary as bytes and longs as two halves; everything else takes the way over a value.
 */
import type { StructType } from '../../types/data-type.ts';
import type { ColumnBuffer } from '../column-buffer.ts';
import type { AvroType } from './avro-schema.ts';
import { utf8Text } from '../utf8.ts';
import { type AvroInput, avroReader, placeOf } from './avro-values.ts';

/** Reads a value into a row of its column. */
type FieldReader = (input: AvroInput, row: number) => void;

export type RecordReader = (input: AvroInput, row: number) => void;

const TWO_32 = 2 ** 32;

/** The reader of records as `wanted`, whose fields are `columns`; columns that are not in the file are null. Undefined: they are no records. */
export function recordReaderInto(
  type: AvroType,
  wanted: StructType,
  columns: readonly ColumnBuffer[],
): RecordReader | undefined {
  if (type.kind !== 'record') return undefined;
  const places = type.fields.map(({ name }) => placeOf(wanted, name));
  const readers = type.fields.map((field, i): FieldReader => {
    const column = columns[places[i] ?? -1];
    const dataType = wanted.fields[places[i] ?? -1]?.dataType;
    const path = `record.${field.name}`;
    if (column !== undefined && dataType !== undefined) return fieldReader(field.type, column, path);
    const pass = avroReader(field.type, undefined, path);
    return (input) => void pass(input);
  });
  const missing = columns.filter((_, place) => !places.includes(place));
  return (input, row) => {
    for (let i = 0; i < readers.length; i++) (readers[i] as FieldReader)(input, row);
    for (const column of missing) column.setNull(row);
  };
}

function fieldReader(type: AvroType, column: ColumnBuffer, path: string): FieldReader {
  if (type.kind === 'union' && type.branches.length === 2 && type.branches.some(({ kind }) => kind === 'null')) {
    const nullIndex = type.branches.findIndex(({ kind }) => kind === 'null');
    const other = type.branches[1 - nullIndex];
    if (other !== undefined && other.kind !== 'null') {
      const read = fieldReader(other, column, path);
      // Anything but the two branches is damage, which the reader of values reports.
      const readUnion = avroReader(type, column.type, path);
      return (input, row) => {
        const start = input.position;
        const index = input.int();
        if (index === nullIndex) column.setNull(row);
        else if (index === 1 - nullIndex) read(input, row);
        else {
          input.position = start;
          readUnion(input);
        }
      };
    }
  }
  if (type.kind === 'string' && column.type.kind === 'string') return textReader(column);
  if (type.kind === 'long' && column.type.kind === 'long') return longReader(column);
  const read = avroReader(type, column.type, path);
  return (input, row) => column.set(row, read(input));
}

function textReader(column: ColumnBuffer): FieldReader {
  return (input, row) => {
    const { bytes } = input;
    const length = input.int();
    const start = input.skip(length);
    const end = start + length;
    let isAscii = true;
    for (let i = start; i < end && isAscii; i++) isAscii = (bytes[i] as number) < 0x80;
    // Other texts are checked: a dictionary holds valid UTF-8 only.
    column.ints[row] = isAscii
      ? column.dictionary.internBytes(bytes, start, end)
      : column.dictionary.intern(utf8Text(bytes, start, end));
    column.validity[row] = 1;
  };
}

function longReader(column: ColumnBuffer): FieldReader {
  return (input, row) => {
    const start = input.position;
    const value = input.int();
    if (Number.isSafeInteger(value)) {
      column.longWords[2 * row] = value | 0;
      column.longWords[2 * row + 1] = Math.floor(value / TWO_32);
    } else {
      input.position = start;
      column.longs[row] = input.long();
    }
    column.validity[row] = 1;
  };
}
