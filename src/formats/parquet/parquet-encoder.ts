/**
 * Writes one Parquet file: gathers batches up to the size of a row group, writes its column chunks, and the footer with Spark's own schema, so
 * that Spark reads back the very types.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { Encoder } from '../format.ts';
import type { WrittenChunk } from './chunk-writer.ts';
import type { ParquetCodec } from './parquet-metadata.ts';
import type { ParquetWriteOptions } from './parquet-options.ts';
import type { LeafPart } from './shredding.ts';
import { present } from '../../errors/assert.ts';
import { schemaJson } from '../../types/schema.ts';
import { ByteWriter } from '../byte-writer.ts';
import { writeChunk } from './chunk-writer.ts';
import { flatPart, shred } from './shredding.ts';
import { SPARK_SCHEMA_KEY } from './spark-schema.ts';
import { writeFooter } from './write-footer.ts';
import { type WriteSchema, type WriteShape, layoutSchema } from './write-schema.ts';

const MAGIC = new TextEncoder().encode('PAR1');
/** A group of more rows has more pages, which no reader minds; this bounds what is kept in memory. */
const MAX_GROUP_ROWS = 1 << 20;

export interface WrittenGroup {
  readonly numRows: number;
  readonly chunks: readonly (Omit<WrittenChunk, 'bytes'> & { readonly offset: number; readonly sizeBytes: number })[];
}

export class ParquetEncoder implements Encoder {
  readonly #schema: StructType;
  readonly #layout: WriteSchema;
  readonly #codec: ParquetCodec;
  readonly #groupBytes: number;
  readonly #groups: WrittenGroup[] = [];
  #pending: ColumnBatch[] = [];
  #pendingRows = 0;
  #pendingBytes = 0;
  #offset = MAGIC.length;

  constructor(schema: StructType, options: ParquetWriteOptions) {
    this.#schema = schema;
    this.#layout = layoutSchema(schema, options.timestamps);
    this.#codec = options.codec;
    this.#groupBytes = options.blockBytes;
  }

  header(): Uint8Array {
    return MAGIC;
  }

  encode(batch: ColumnBatch): Uint8Array {
    if (batch.numRows === 0) return new Uint8Array(0);
    this.#pending.push(batch);
    this.#pendingRows += batch.numRows;
    this.#pendingBytes += batch.columns.reduce((sum, column) => sum + estimatedBytes(column), 0);
    const isFull = this.#pendingRows >= MAX_GROUP_ROWS || this.#pendingBytes >= this.#groupBytes;
    return isFull ? this.#flush() : new Uint8Array(0);
  }

  footer(): Uint8Array {
    const rest = this.#flush();
    const out = new ByteWriter();
    out.append(rest);
    const start = out.length;
    writeFooter(out, {
      elements: this.#layout.elements,
      groups: this.#groups,
      keyValues: [
        [SPARK_SCHEMA_KEY, schemaJson(this.#schema)],
        // Readers of other versions decide by this how old times are meant.
        ['org.apache.spark.version', '4.3.0'],
      ],
    });
    const length = out.length - start;
    for (let i = 0; i < 4; i++) out.byte((length >>> (8 * i)) & 0xff);
    out.append(MAGIC);
    return out.take();
  }

  #flush(): Uint8Array {
    if (this.#pendingRows === 0) return new Uint8Array(0);
    const parts: LeafPart[][] = this.#layout.leaves.map(() => []);
    for (const batch of this.#pending)
      this.#layout.shapes.forEach((shape, i) =>
        this.#addParts(parts, shape, present(batch.columns[i], 'a column per field')),
      );
    const chunks = this.#layout.leaves.map((leaf, i) => {
      const chunk = writeChunk(leaf, parts[i] ?? [], this.#codec);
      const offset = this.#offset;
      this.#offset += chunk.bytes.length;
      return { ...chunk, offset };
    });
    const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
    const numRows = this.#pendingRows;
    // The bytes of written chunks are not kept for the footer.
    this.#groups.push({
      numRows,
      chunks: chunks.map(({ bytes: { length }, ...chunk }) => ({ ...chunk, sizeBytes: length })),
    });
    this.#pending = [];
    this.#pendingRows = 0;
    this.#pendingBytes = 0;
    return bytes;
  }

  #addParts(parts: LeafPart[][], shape: WriteShape, vector: Vector): void {
    if (shape.kind === 'leaf') {
      parts[shape.leaf]?.push(flatPart(vector, shape.isNullable));
      return;
    }
    for (const [leaf, part] of shred(shape, vector, this.#layout.leaves)) parts[leaf]?.push(part);
  }
}

/** About what a column takes in the file before compression. */
function estimatedBytes(vector: Vector): number {
  switch (vector.layout) {
    case 'boolean':
      return vector.length / 8;
    case 'int':
    case 'string':
      return vector.length * 4;
    case 'struct':
      return vector.children.reduce((sum, child) => sum + estimatedBytes(child), 0);
    case 'object':
      return vector.length * 64;
    default:
      return vector.length * 8;
  }
}
