/** Turns the rows of a batch into records: which columns, of which types, and what a row must have. */
import { MillraceError } from '../../errors/millrace-error.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { toDdl } from '../../types/schema.ts';
import { valueAt } from '../../types/vector.ts';
import type { KinesisSinkOptions } from './kinesis-sink-options.ts';
import type { UserRecord } from './put-entry.ts';

const MAX_KEY_CHARS = 256;

export class RecordColumns {
  readonly #options: KinesisSinkOptions;
  readonly #data: number;
  readonly #partitionKey: number;
  /** -1 when the query has no such column. */
  readonly #explicitHashKey: number;

  /** Refuses a schema that does not fit. */
  constructor(schema: StructType, options: KinesisSinkOptions) {
    this.#options = options;
    const { columns } = options;
    const find = (name: string): number =>
      schema.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
    const need = (name: string, types: readonly string[]): number => {
      const index = find(name);
      const field = schema.fields[index];
      if (field === undefined) throw unfit(schema, `there is no column ${name}`);
      if (!types.includes(field.dataType.kind))
        throw unfit(schema, `the column ${name} is neither ${types.join(' nor ').toUpperCase()}`);
      return index;
    };
    this.#data = need(columns.data, ['string', 'binary']);
    this.#partitionKey = need(columns.partitionKey, ['string']);
    this.#explicitHashKey = find(columns.explicitHashKey) < 0 ? -1 : need(columns.explicitHashKey, ['string']);
    const known = [this.#data, this.#partitionKey, this.#explicitHashKey];
    const other = schema.fields.find((_, i) => !known.includes(i));
    if (other !== undefined) throw unfit(schema, `the column ${other.name} has no place in a record`);
  }

  /** The record of a row. */
  recordAt(batch: ColumnBatch, row: number): UserRecord {
    const data = cell(batch, this.#data, row);
    const partitionKey = cell(batch, this.#partitionKey, row);
    const hashKey = this.#explicitHashKey < 0 ? null : cell(batch, this.#explicitHashKey, row);
    const { columns, maxRecordBytes } = this.#options;
    if (data === null) throw this.#invalid(`${columns.data} is null`);
    if (typeof partitionKey !== 'string' || partitionKey === '')
      throw this.#invalid(`${columns.partitionKey} is ${partitionKey === null ? 'null' : 'empty'}`);
    if (partitionKey.length > MAX_KEY_CHARS)
      throw this.#invalid(`${columns.partitionKey} has ${partitionKey.length} characters, more than ${MAX_KEY_CHARS}`);
    const explicitHashKey = typeof hashKey === 'string' ? hashKey : undefined;
    if (explicitHashKey !== undefined && !isHashKey(explicitHashKey))
      throw this.#invalid(`${columns.explicitHashKey} ${explicitHashKey} is no number from 0 to 2^128 - 1`);
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const sizeBytes = bytes.length + Buffer.byteLength(partitionKey);
    if (sizeBytes > maxRecordBytes)
      throw this.#invalid(`with key ${partitionKey} it has ${sizeBytes} bytes, more than ${maxRecordBytes}`);
    return { data: bytes, partitionKey, explicitHashKey };
  }

  #invalid(reason: string): MillraceError {
    return new MillraceError('KINESIS_RECORD_INVALID', { stream: this.#options.stream.name, reason });
  }
}

function cell(batch: ColumnBatch, column: number, row: number): string | Uint8Array | null {
  const vector = batch.columns[column];
  const value = vector === undefined ? null : valueAt(vector, row);
  return typeof value === 'string' || value instanceof Uint8Array ? value : null;
}

function isHashKey(text: string): boolean {
  return /^(?:0|[1-9]\d{0,38})$/.test(text) && BigInt(text) < 1n << 128n;
}

function unfit(schema: StructType, reason: string): MillraceError {
  return new MillraceError('KINESIS_SINK_COLUMNS', { reason, columns: toDdl(schema) });
}
