/** Writes an Avro file as Spark does: the schema in the header, blocks of some thousand records, each closed by the file's mark. */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { Encoder } from '../format.ts';
import { createHash } from 'node:crypto';
import { assert } from '../../errors/assert.ts';
import { valueAt } from '../../types/vector.ts';
import { ByteWriter } from '../byte-writer.ts';
import { decimalBytes } from '../decimal-bytes.ts';
import { compressBlock } from './avro-codec.ts';
import { AVRO_MAGIC, SYNC_BYTES } from './avro-container.ts';
import { avroSchemaOf } from './avro-schema.ts';

const BLOCK_RECORDS = 4096;
const encoder = new TextEncoder();
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

type Writer = (out: ByteWriter, value: Value) => void;

export interface AvroWriteOptions {
  readonly codec: string;
  readonly recordName: string;
  readonly recordNamespace: string;
}

export class AvroEncoder implements Encoder {
  readonly #schemaText: string;
  readonly #codec: string;
  readonly #sync: Uint8Array;
  readonly #fields: readonly Writer[];
  readonly #isNullable: readonly boolean[];
  readonly #records = new ByteWriter();

  constructor(schema: StructType, { codec, recordName, recordNamespace }: AvroWriteOptions) {
    this.#schemaText = JSON.stringify(avroSchemaOf(schema, recordName, recordNamespace));
    this.#codec = codec;
    // A mark that follows from the schema: a file written again has the same bytes.
    this.#sync = createHash('sha256').update(`${codec}\n${this.#schemaText}`).digest().subarray(0, SYNC_BYTES);
    this.#fields = schema.fields.map(({ dataType }) => writerOf(dataType));
    this.#isNullable = schema.fields.map(({ nullable, dataType }) => nullable && dataType.kind !== 'void');
  }

  header(): Uint8Array {
    const out = new ByteWriter();
    out.append(AVRO_MAGIC);
    writeLong(out, 2);
    for (const text of ['avro.schema', this.#schemaText, 'avro.codec', this.#codec]) writeText(out, text);
    writeLong(out, 0);
    out.append(this.#sync);
    return out.take();
  }

  encode(batch: ColumnBatch): Uint8Array {
    const out = new ByteWriter();
    for (let start = 0; start < batch.numRows; start += BLOCK_RECORDS) {
      const end = Math.min(batch.numRows, start + BLOCK_RECORDS);
      for (let row = start; row < end; row++) this.#writeRow(batch, row);
      const block = compressBlock(this.#codec, this.#records.take());
      writeLong(out, end - start);
      writeLong(out, block.length);
      out.append(block);
      out.append(this.#sync);
    }
    return out.take();
  }

  footer(): Uint8Array {
    return new Uint8Array(0);
  }

  #writeRow({ columns }: ColumnBatch, row: number): void {
    columns.forEach((column, i) => {
      writeNullable(this.#records, this.#fields[i], valueAt(column, row), this.#isNullable[i] === true);
    });
  }
}

/** The branch of the union, value first, then the value. */
function writeNullable(out: ByteWriter, write: Writer | undefined, value: Value | null, isNullable: boolean): void {
  if (isNullable) writeLong(out, value === null ? 1 : 0);
  if (value !== null) write?.(out, value);
}

function writerOf(type: DataType): Writer {
  switch (type.kind) {
    case 'void':
      return () => undefined;
    case 'boolean':
      return (out, value) => out.byte(value === true ? 1 : 0);
    case 'byte':
    case 'short':
    case 'integer':
    case 'date':
      return (out, value) => writeLong(out, value as number);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return (out, value) => writeBigLong(out, value as bigint);
    case 'float':
      return (out, value) => {
        scratch.setFloat32(0, value as number, true);
        out.append(scratchBytes.subarray(0, 4));
      };
    case 'double':
      return (out, value) => {
        scratch.setFloat64(0, value as number, true);
        out.append(scratchBytes);
      };
    case 'string':
      return (out, value) => writeText(out, value as string);
    case 'binary':
      return (out, value) => writeBytes(out, value as Uint8Array);
    case 'decimal':
      return decimalWriter(decimalBytes(type.precision));
    case 'array': {
      const write = writerOf(type.elementType);
      return (out, value) =>
        writeItems(out, value as readonly (Value | null)[], (item) =>
          writeNullable(out, write, item, type.containsNull),
        );
    }
    case 'map': {
      const write = writerOf(type.valueType);
      return (out, value) =>
        writeItems(out, value as readonly (Value | null)[], (entry) => {
          const [key, item] = entry as readonly [string, Value | null];
          writeText(out, key);
          writeNullable(out, write, item, type.valueContainsNull);
        });
    }
    case 'struct': {
      const fields = type.fields.map((one) => ({
        write: writerOf(one.dataType),
        isNullable: one.nullable && one.dataType.kind !== 'void',
      }));
      return (out, value) =>
        fields.forEach(({ write, isNullable }, i) =>
          writeNullable(out, write, (value as readonly (Value | null)[])[i] ?? null, isNullable),
        );
    }
    case 'time':
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
      // The schema has refused them.
      return () => assert(false, 'Avro has no intervals and times of day');
    default:
      return type;
  }
}

function writeItems(out: ByteWriter, items: readonly (Value | null)[], write: (item: Value | null) => void): void {
  if (items.length > 0) writeLong(out, items.length);
  for (const item of items) write(item);
  writeLong(out, 0);
}

function decimalWriter(size: number): Writer {
  return (out, value) => {
    out.reserve(size);
    let rest = value as bigint;
    for (let i = size - 1; i >= 0; i--) {
      out.bytes[out.length + i] = Number(BigInt.asUintN(8, rest));
      rest >>= 8n;
    }
    out.length += size;
  };
}

function writeText(out: ByteWriter, text: string): void {
  writeBytes(out, encoder.encode(text));
}

function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  writeLong(out, bytes.length);
  out.append(bytes);
}

/** A whole number up to 2^52 in size, in zigzag form. */
function writeLong(out: ByteWriter, value: number): void {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.byte((rest % 128) | 0x80);
  out.byte(rest);
}

function writeBigLong(out: ByteWriter, value: bigint): void {
  const small = Number(value);
  if (Math.abs(small) < 2 ** 52) {
    writeLong(out, small);
    return;
  }
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest >= 128n; rest >>= 7n) out.byte(Number(rest & 0x7fn) | 0x80);
  out.byte(Number(rest));
}
