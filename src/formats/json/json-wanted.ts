/** Says how each column of a decoder is read from JSON bytes. */
import type { DataType } from '../../types/data-type.ts';
import type { DecodedRows } from '../decoded-rows.ts';
import type { ColumnKind, WantedColumn } from './json-byte-reader.ts';
import type { JsonReadOptions } from './json-options.ts';
import type { JsonRecordParser } from './json-record-parser.ts';
import { present } from '../../errors/assert.ts';

/** The columns of a decoder as the byte reader needs them. */
export function wantedColumns(rows: DecodedRows, parser: JsonRecordParser, options: JsonReadOptions): WantedColumn[] {
  return rows.schema.fields.map((field, i) => ({
    column: present(rows.columns[i], 'a column per field'),
    kind: kindOf(field.dataType, options),
    name: i === rows.corruptIndex ? undefined : new TextEncoder().encode(field.name),
    converter: parser.converter(i),
  }));
}

function kindOf(type: DataType, options: JsonReadOptions): ColumnKind {
  switch (type.kind) {
    case 'boolean':
    case 'long':
    case 'double':
    case 'string':
      return type.kind;
    case 'byte':
    case 'short':
    case 'integer':
      return 'integer';
    case 'timestamp':
      return options.timestampFormat === undefined ? 'timestamp' : 'other';
    default:
      return 'other';
  }
}
