/**
 * The rows a decoder has made so far: columns of the batch under construction, the parse mode, and the column for corrupt records.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Value } from '../types/vector.ts';
import type { ParseMode } from './json/json-options.ts';
import type { DecodeRequest } from './format.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { TARGET_BATCH_ROWS, columnBatch } from '../types/column-batch.ts';
import { type StructType, struct, sqlName } from '../types/data-type.ts';
import { ColumnBuffer } from './column-buffer.ts';
import { DictionaryPool } from './dictionary-pool.ts';

/** A row's values in the order of the wanted columns. */
export type RowValues = readonly (Value | null)[];

/** `rows` is undefined when nothing of a malformed record could be kept. */
export interface ParsedRecord {
  readonly rows: readonly RowValues[] | undefined;
  readonly isMalformed: boolean;
}

/** What happens to malformed records. */
export interface MalformedOptions {
  readonly mode: ParseMode;
  /** The column that gets their text, if it is among the wanted ones. */
  readonly corruptColumn: string;
}

const FIRST_ROWS = 1024;
const MAX_SHOWN_RECORD = 200;

export class DecodedRows {
  /** The columns wanted, in output order. */
  readonly schema: StructType;
  /** Rows of the batch under construction. */
  numRows = 0;
  capacity = 0;
  readonly columns: readonly ColumnBuffer[];
  /** Place of the column for corrupt records, -1 when it is not wanted. */
  readonly corruptIndex: number;
  readonly #options: MalformedOptions;
  #firstRows = FIRST_ROWS;

  constructor(request: DecodeRequest, options: MalformedOptions) {
    this.schema = wantedSchema(request);
    this.#options = options;
    const dictionaries = request.dictionaries ?? new DictionaryPool();
    this.columns = this.schema.fields.map(
      (field) => new ColumnBuffer(field.dataType, () => dictionaries.take(field.name)),
    );
    this.corruptIndex = this.schema.fields.findIndex((field) => field.name === options.corruptColumn);
    checkCorruptColumn(request.schema, options.corruptColumn);
  }

  get isFull(): boolean {
    return this.numRows >= this.capacity;
  }

  /** Call before decoding a block: bounds the memory of dictionaries. `usesCaches` when the columns' own caches of texts are used. */
  startBlock(batches: ColumnBatch[], usesCaches = false): void {
    if (this.columns.some((column) => column.isDictionaryFull)) this.flush(batches);
    if (usesCaches) for (const column of this.columns) column.fitCache();
  }

  /** Makes room for at least one more row; ends the batch when it is large enough. */
  makeRoom(batches: ColumnBatch[]): void {
    if (this.numRows >= TARGET_BATCH_ROWS) this.flush(batches);
    if (this.numRows < this.capacity) return;
    const isFresh = this.capacity === 0;
    this.capacity = isFresh ? this.#firstRows : Math.min(TARGET_BATCH_ROWS, this.capacity * 4);
    for (const column of this.columns)
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
    const corrupt = record.isMalformed && this.corruptIndex >= 0 ? text() : null;
    for (const row of record.rows ?? [undefined]) this.#addRow(row, corrupt, batches);
  }

  /** Ends the batch under construction, if it has rows. */
  flush(batches: ColumnBatch[]): void {
    if (this.numRows > 0) {
      const { numRows } = this;
      batches.push(
        columnBatch(
          this.schema,
          this.columns.map((column) => column.build(numRows)),
          numRows,
        ),
      );
    }
    // Another batch of this size is likely.
    if (this.capacity === TARGET_BATCH_ROWS) this.#firstRows = TARGET_BATCH_ROWS;
    this.numRows = 0;
    this.capacity = 0;
  }

  #addRow(row: RowValues | undefined, corrupt: string | null, batches: ColumnBatch[]): void {
    this.makeRoom(batches);
    this.columns.forEach((column, i) => {
      column.set(this.numRows, i === this.corruptIndex ? corrupt : (row?.[i] ?? null));
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
    actualType: `"${sqlName(field.dataType)}"`,
  });
}
