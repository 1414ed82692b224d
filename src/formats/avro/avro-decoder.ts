/** Decodes an Avro file block by block: its own schema says how, the columns wanted say what is kept. */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { DecodeRequest, Decoder, SchemaInferrer } from '../format.ts';
import type { AvroHeader } from './avro-container.ts';
import type { RecordReader } from './avro-rows.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { field, struct } from '../../types/data-type.ts';
import { mergeSchemas } from '../../types/merge-schemas.ts';
import { DecodedRows, wantedSchema } from '../decoded-rows.ts';
import { uncompressBlock } from './avro-codec.ts';
import { SYNC_BYTES, readAvroHeader } from './avro-container.ts';
import { parseAvroSchema, sparkTypeOf } from './avro-schema.ts';
import { recordReaderInto } from './avro-rows.ts';
import { AvroInput, avroReader } from './avro-values.ts';

const MAX_BLOCK_BYTES = 1 << 30;

export class AvroDecoder implements Decoder {
  readonly #wanted: StructType;
  readonly #rows: DecodedRows;
  #bytes: Uint8Array = new Uint8Array(0);
  #header: AvroHeader | undefined;
  #read: RecordReader | undefined;

  constructor(request: DecodeRequest) {
    this.#wanted = wantedSchema(request);
    this.#rows = new DecodedRows(request, { mode: 'FAILFAST', corruptColumn: '' });
  }

  push(block: Uint8Array): ColumnBatch[] {
    const batches: ColumnBatch[] = [];
    this.#bytes = Buffer.concat([this.#bytes, block]);
    this.#header ??= this.#begin();
    if (this.#header === undefined) return batches;
    while (this.#takeBlock(this.#header, batches));
    return batches;
  }

  finish(): ColumnBatch[] {
    if (this.#header === undefined || this.#bytes.length > 0) throw corrupt('it ends too early');
    const batches: ColumnBatch[] = [];
    this.#rows.flush(batches);
    return batches;
  }

  #begin(): AvroHeader | undefined {
    const header = readAvroHeader(this.#bytes);
    if (header === undefined) return undefined;
    const type = parseAvroSchema(header.schema);
    this.#read = recordReaderInto(type, this.#wanted, this.#rows.columns);
    // Says why, if it is no record.
    if (this.#read === undefined) avroReader(type, this.#wanted, 'record');
    this.#bytes = this.#bytes.subarray(header.sizeBytes);
    return header;
  }

  /** Decodes the block at the front; false when it is not complete. */
  #takeBlock({ codec, sync }: AvroHeader, batches: ColumnBatch[]): boolean {
    // Two numbers of at most ten bytes come first.
    const head = new AvroInput(this.#bytes);
    let numRecords: number;
    let sizeBytes: number;
    try {
      numRecords = head.int();
      sizeBytes = head.int();
    } catch (error) {
      if (this.#bytes.length < 20) return false;
      throw error;
    }
    if (numRecords < 0 || sizeBytes < 0 || sizeBytes > MAX_BLOCK_BYTES) throw corrupt(`a block of ${sizeBytes} bytes`);
    const start = head.position;
    const end = start + sizeBytes;
    if (end + SYNC_BYTES > this.#bytes.length) return false;
    if (Buffer.compare(this.#bytes.subarray(end, end + SYNC_BYTES), sync) !== 0)
      throw corrupt('a block without its mark');
    this.#decode(uncompressBlock(codec, this.#bytes.subarray(start, end)), numRecords, batches);
    this.#bytes = this.#bytes.subarray(end + SYNC_BYTES);
    return true;
  }

  #decode(bytes: Uint8Array, numRecords: number, batches: ColumnBatch[]): void {
    const input = new AvroInput(bytes);
    const rows = this.#rows;
    rows.startBlock(batches);
    const read = this.#read;
    if (read === undefined) throw corrupt('records that are no records');
    for (let i = 0; i < numRecords; i++) {
      rows.makeRoom(batches);
      read(input, rows.numRows);
      rows.numRows++;
    }
    if (input.position !== bytes.length) throw corrupt('a block longer than its records');
  }
}

/** The schema in the headers of files. */
export class AvroInferrer implements SchemaInferrer {
  #bytes: Uint8Array = new Uint8Array(0);
  #isKnown = false;
  #schema: StructType | undefined;

  push(block: Uint8Array): void {
    if (this.#isKnown) return;
    this.#bytes = Buffer.concat([this.#bytes, block]);
    const header = readAvroHeader(this.#bytes);
    if (header === undefined) return;
    this.#isKnown = true;
    const type = sparkTypeOf(parseAvroSchema(header.schema));
    const found = type.kind === 'struct' ? type : struct([field('value', type)]);
    this.#schema = this.#schema === undefined ? found : mergeSchemas(this.#schema, found);
  }

  endOfFile(): void {
    if (!this.#isKnown) throw corrupt('it ends too early');
    this.#bytes = new Uint8Array(0);
    this.#isKnown = false;
  }

  finish(): StructType {
    const { fields } = this.#schema ?? struct([]);
    return struct(fields.map((one) => field(one.name, one.dataType)));
  }
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'an Avro file', reason });
}
