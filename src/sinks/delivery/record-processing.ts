/**
 * What happens to records on their way: the user's transform, the conversion of JSON text to columns, and the partition keys. A record that fails
 * goes to the errors with its reason; the others go on.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Row } from '../../types/row-codec.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { jsonFormat } from '../../formats/json/json-format.ts';
import { STRING, field, struct } from '../../types/data-type.ts';
import { jsonTextOfRow } from '../../types/json-text.ts';
import { batchFromRows, rowsOf } from '../../types/row-codec.ts';
import { plainText } from '../../types/value-text.ts';
import { gatherBatch } from '../../types/vector-ops.ts';
import { valueAt } from '../../types/vector.ts';

/** Makes the records to deliver of one: another, several, or none (it is dropped). What it throws sends the record to the errors. */
export type RecordTransform = (record: Row) => Row | readonly Row[] | null | undefined;

export type FailureType =
  | 'processing-failed'
  | 'format-conversion-failed'
  | 'dynamic-partitioning-failed'
  | 'http-endpoint-failed'
  | 'opensearch-failed';

/** A record that could not be delivered. */
export interface FailedRecord {
  readonly type: FailureType;
  /** The record as JSON text. */
  readonly raw: string;
  readonly code: string;
  readonly message: string;
}

/** Records of one prefix. */
export interface RecordGroup {
  /** Values of the partition keys. */
  readonly keys: ReadonlyMap<string, string>;
  readonly rows: ColumnBatch;
}

const CORRUPT = '_corrupt_record';

export class RecordProcessing {
  /** The columns that are delivered. */
  readonly schema: StructType;
  readonly #options: DeliveryOptions;
  readonly #transform: RecordTransform | undefined;

  constructor(input: StructType, options: DeliveryOptions, transform: RecordTransform | undefined) {
    this.schema = options.outputSchema ?? input;
    this.#options = options;
    this.#transform = transform;
  }

  /** The records of a batch that are to be delivered; what fails is added to `failed`. */
  process(batch: ColumnBatch, failed: FailedRecord[]): ColumnBatch {
    const transformed = this.#transform === undefined ? batch : this.#transformed(batch, this.#transform, failed);
    return this.#options.recordColumn === undefined
      ? transformed
      : this.#converted(transformed, this.#options.recordColumn, failed);
  }

  /** The records by the values of `columns`; one without a value fails. */
  grouped(batch: ColumnBatch, columns: readonly string[], failed: FailedRecord[]): readonly RecordGroup[] {
    if (columns.length === 0) return batch.numRows === 0 ? [] : [{ keys: new Map(), rows: batch }];
    const places = columns.map((name) => batch.schema.fields.findIndex((one) => one.name === name));
    const groups = new Map<string, { readonly keys: ReadonlyMap<string, string>; readonly rows: number[] }>();
    for (let row = 0; row < batch.numRows; row++) {
      const texts = places.map((place) => this.#keyText(batch, place, row));
      const missing = texts.findIndex((text) => text === undefined || text === '');
      if (missing >= 0) {
        failed.push({
          type: 'dynamic-partitioning-failed',
          raw: this.#textOf(batch, row),
          code: 'DynamicPartitioning.MissingPartitionKey',
          message: `The partition key ${columns[missing] ?? ''} is null or empty`,
        });
        continue;
      }
      const id = JSON.stringify(texts);
      const group = groups.get(id) ?? { keys: new Map(columns.map((name, i) => [name, texts[i] ?? ''])), rows: [] };
      groups.set(id, group);
      group.rows.push(row);
    }
    return [...groups.values()].map(({ keys, rows }) => ({
      keys,
      rows: gatherBatch(batch, Int32Array.from(rows), rows.length),
    }));
  }

  #keyText({ columns, schema }: ColumnBatch, place: number, row: number): string | undefined {
    const column = columns[place];
    const type = schema.fields[place]?.dataType;
    const value = column === undefined ? null : valueAt(column, row);
    return value === null || type === undefined ? undefined : plainText(value, type, this.#options.timeZone);
  }

  #transformed(batch: ColumnBatch, transform: RecordTransform, failed: FailedRecord[]): ColumnBatch {
    // A record column is read after the transform: until then the columns are those of the query.
    const schema = this.#options.recordColumn === undefined ? this.schema : batch.schema;
    const made: Row[] = [];
    rowsOf(batch).forEach((record, row) => {
      try {
        const result = transform(record);
        const records =
          result === null || result === undefined
            ? []
            : Array.isArray(result)
              ? (result as readonly Row[])
              : [result as Row];
        // What does not fit the columns fails here, record by record.
        batchFromRows(schema, records);
        made.push(...records);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        failed.push({ type: 'processing-failed', raw: this.#textOf(batch, row), code: 'Transform.Failed', message });
      }
    });
    return batchFromRows(schema, made);
  }

  /** JSON texts as columns. */
  #converted(batch: ColumnBatch, name: string, failed: FailedRecord[]): ColumnBatch {
    const place = batch.schema.fields.findIndex((one) => one.name === name);
    const column = batch.columns[place];
    const texts: string[] = [];
    for (let row = 0; row < batch.numRows; row++) {
      const value = column === undefined ? null : valueAt(column, row);
      const text =
        value instanceof Uint8Array ? new TextDecoder().decode(value) : typeof value === 'string' ? value : '';
      if (text.trim() !== '') texts.push(text.replaceAll(/[\r\n]/g, ' '));
      else failed.push(conversionFailure(text, 'The record is empty'));
    }
    const schema = struct([...this.schema.fields, field(CORRUPT, STRING)]);
    const decoder = jsonFormat.createDecoder({
      schema,
      columns: schema.fields.map((one) => one.name),
      options: new Map(),
      timeZone: this.#options.timeZone,
    });
    const decoded = [...decoder.push(new TextEncoder().encode(texts.join('\n'))), ...decoder.finish()];
    const good: Row[] = [];
    for (const part of decoded)
      for (const { [CORRUPT]: corrupt, ...row } of rowsOf(part))
        if (typeof corrupt === 'string')
          failed.push(conversionFailure(corrupt, 'The record is no JSON of the output schema'));
        else good.push(row);
    return batchFromRows(this.schema, good);
  }

  #textOf(batch: ColumnBatch, row: number): string {
    return jsonTextOfRow(batch, row, { zone: this.#options.timeZone });
  }
}

function conversionFailure(raw: string, message: string): FailedRecord {
  return { type: 'format-conversion-failed', raw, code: 'DataFormatConversion.ParseError', message };
}
