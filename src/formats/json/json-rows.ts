/**
 * The rows a JSON decoder has made so far: columns of the batch under construction, the parse mode, and the column for corrupt records.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DecodeRequest } from '../format.ts';
import type { ColumnKind, WantedColumn } from './json-byte-reader.ts';
import type { JsonReadOptions } from './json-options.ts';
import type { JsonRecordParser, JsonRow, ParsedRecord } from './json-record-parser.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { TARGET_BATCH_ROWS, columnBatch } from '../../types/column-batch.ts';
import { type DataType, type StructType, struct } from '../../types/data-type.ts';
import { JsonColumn } from './json-column.ts';

const FIRST_ROWS = 1024;
const MAX_SHOWN_RECORD = 200;

export class JsonRows {
  /** The columns wanted, in output order. */
  readonly schema: StructType;
  /** Rows of the batch under construction. */
  numRows = 0;
  capacity = 0;
  readonly #columns: readonly JsonColumn[];
  readonly #options: JsonReadOptions;
  readonly #corruptIndex: number;

  constructor(request: DecodeRequest, options: JsonReadOptions) {
    this.schema = wantedSchema(request);
    this.#options = options;
    this.#columns = this.schema.fields.map((field) => new JsonColumn(field.dataType));
    this.#corruptIndex = this.schema.fields.findIndex((field) => field.name === options.corruptColumn);
    checkCorruptColumn(request.schema, options.corruptColumn);
  }

  /** What the byte reader needs to know of the columns. */
  wantedColumns(parser: JsonRecordParser): WantedColumn[] {
    return this.schema.fields.map((field, i) => ({
      column: present(this.#columns[i], 'a column per field'),
      kind: kindOf(field.dataType, this.#options),
      name: i === this.#corruptIndex ? undefined : new TextEncoder().encode(field.name),
      converter: parser.converter(i),
    }));
  }

  get isFull(): boolean {
    return this.numRows >= this.capacity;
  }

  /** Call before decoding a block: bounds the memory of dictionaries. */
  startBlock(batches: ColumnBatch[]): void {
    if (this.#columns.some((column) => column.isDictionaryFull)) this.flush(batches);
    for (const column of this.#columns) column.fitCache();
  }

  /** Makes room for at least one more row; ends the batch when it is large enough. */
  makeRoom(batches: ColumnBatch[]): void {
    if (this.numRows >= TARGET_BATCH_ROWS) this.flush(batches);
    if (this.numRows < this.capacity) return;
    const isFresh = this.capacity === 0;
    this.capacity = isFresh ? FIRST_ROWS : Math.min(TARGET_BATCH_ROWS, this.capacity * 4);
    for (const column of this.#columns)
      if (isFresh) column.startBatch(this.capacity);
      else column.grow(this.capacity);
  }

  /** Adds the rows of a record as the parse mode says. `text` gives the record for the corrupt column. */
  addRecord(record: ParsedRecord, text: () => string, batches: ColumnBatch[]): void {
    const { mode } = this.#options;
    if (record.isMalformed && mode === 'FAILFAST') {
      const badRecord = text();
      throw new MillraceError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', {
        badRecord: badRecord.length > MAX_SHOWN_RECORD ? `${badRecord.slice(0, MAX_SHOWN_RECORD)}…` : badRecord,
        failFastMode: mode,
      });
    }
    if (record.isMalformed && mode === 'DROPMALFORMED') return;
    const corrupt = record.isMalformed && this.#corruptIndex >= 0 ? text() : null;
    for (const row of record.rows ?? [undefined]) this.#addRow(row, corrupt, batches);
  }

  /** Ends the batch under construction, if it has rows. */
  flush(batches: ColumnBatch[]): void {
    if (this.numRows > 0) {
      const { numRows } = this;
      batches.push(
        columnBatch(
          this.schema,
          this.#columns.map((column) => column.build(numRows)),
          numRows,
        ),
      );
    }
    this.numRows = 0;
    this.capacity = 0;
  }

  #addRow(row: JsonRow | undefined, corrupt: string | null, batches: ColumnBatch[]): void {
    this.makeRoom(batches);
    this.#columns.forEach((column, i) => {
      column.set(this.numRows, i === this.#corruptIndex ? corrupt : (row?.[i] ?? null));
    });
    this.numRows++;
  }
}

/** The columns wanted, as a schema; nested nullability does not matter to readers, everything read may be null. */
export function wantedSchema(request: DecodeRequest): StructType {
  const fields = new Map(request.schema.fields.map((field) => [field.name, field]));
  return struct(
    request.columns.map((name) => ({
      ...present(fields.get(name), 'a wanted column is in the schema'),
      nullable: true,
    })),
  );
}

/** The column for corrupt records must be a nullable string. */
export function checkCorruptColumn(schema: StructType, name: string): void {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined || (field.dataType.kind === 'string' && field.nullable)) return;
  throw new MillraceError('INVALID_CORRUPT_RECORD_TYPE', {
    columnName: `\`${name}\``,
    actualType: JSON.stringify(field.dataType.kind),
  });
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
