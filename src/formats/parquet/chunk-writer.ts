/**
 * Writes a column chunk: a dictionary page where it pays, data pages of version 1 with levels and values, and the statistics by which readers
 * leave out row groups.
 */
import type { ParquetCodec } from './parquet-metadata.ts';
import type { LeafPart } from './shredding.ts';
import type { WrittenLeaf } from './write-schema.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type ChunkDictionary, chunkDictionary } from './dictionary-encoding.ts';
import { compressPage } from './page-codec.ts';
import { PLAIN, RLE, RLE_DICTIONARY } from './parquet-metadata.ts';
import { bitWidthOf, writeHybrid } from './rle-levels.ts';
import { type WrittenStatistics, chunkStatistics } from './write-statistics.ts';
import { ThriftWriter } from './thrift-writer.ts';
import { writePlain } from './value-encoding.ts';

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

/** A chunk that was written, offsets counted from its beginning. */
export interface WrittenChunk {
  readonly leaf: WrittenLeaf;
  readonly codec: ParquetCodec;
  readonly bytes: Uint8Array;
  readonly numValues: number;
  readonly plainBytes: number;
  readonly hasDictionary: boolean;
  readonly dataOffset: number;
  readonly statistics: WrittenStatistics;
}

/** Writes the parts of a leaf as one chunk, a page per part. */
export function writeChunk(leaf: WrittenLeaf, parts: readonly LeafPart[], codec: ParquetCodec): WrittenChunk {
  const out = new PagedWriter(codec);
  const dictionary = chunkDictionary(
    leaf,
    parts.map(({ vector }) => vector),
  );
  if (dictionary !== undefined) out.dictionaryPage(dictionary);
  const dataOffset = out.length;
  parts.forEach((part, i) => out.dataPage(leaf, part, dictionary, dictionary?.indexes[i]));
  return {
    leaf,
    codec,
    numValues: parts.reduce((sum, { numEntries }) => sum + numEntries, 0),
    plainBytes: out.plainBytes,
    hasDictionary: dictionary !== undefined,
    dataOffset,
    statistics: chunkStatistics(leaf, parts),
    bytes: out.finish(),
  };
}

class PagedWriter {
  /** Of all pages before compression, headers included. */
  plainBytes = 0;
  readonly #codec: ParquetCodec;
  readonly #out = new ByteWriter();
  readonly #page = new ByteWriter();

  constructor(codec: ParquetCodec) {
    this.#codec = codec;
  }

  get length(): number {
    return this.#out.length;
  }

  finish(): Uint8Array {
    return this.#out.take();
  }

  dictionaryPage({ page, size }: ChunkDictionary): void {
    this.#append(DICTIONARY_PAGE, page, (writer) =>
      writer.record(7, (header) => {
        header.int32(1, size);
        header.int32(2, PLAIN);
      }),
    );
  }

  dataPage(
    leaf: WrittenLeaf,
    part: LeafPart,
    dictionary: ChunkDictionary | undefined,
    indexes: Int32Array | undefined,
  ): void {
    const out = this.#page;
    const { definitions, repetitions, numEntries, vector } = part;
    if (repetitions !== undefined) writeLevels(out, repetitions, numEntries, leaf.repetition);
    if (definitions !== undefined) writeLevels(out, definitions, numEntries, leaf.definition);
    if (dictionary === undefined || indexes === undefined) writePlain(out, leaf, vector, 0, vector.length);
    else {
      const bitWidth = bitWidthOf(dictionary.size - 1);
      out.byte(bitWidth);
      writeHybrid(out, indexes, indexes.length, bitWidth);
    }
    this.#append(DATA_PAGE, out.take(), (writer) =>
      writer.record(5, (header) => {
        header.int32(1, numEntries);
        header.int32(2, dictionary === undefined ? PLAIN : RLE_DICTIONARY);
        header.int32(3, RLE);
        header.int32(4, RLE);
      }),
    );
  }

  #append(type: number, page: Uint8Array, header: (writer: ThriftWriter) => void): void {
    const compressed = compressPage(this.#codec, page);
    const start = this.#out.length;
    new ThriftWriter(this.#out).struct((writer) => {
      writer.int32(1, type);
      writer.int32(2, page.length);
      writer.int32(3, compressed.length);
      header(writer);
    });
    this.plainBytes += this.#out.length - start + page.length;
    this.#out.append(compressed);
  }
}

/** Levels with their length in bytes before them. */
function writeLevels(out: ByteWriter, levels: Uint8Array, count: number, max: number): void {
  const start = out.length;
  for (let i = 0; i < 4; i++) out.byte(0);
  writeHybrid(out, levels, count, bitWidthOf(max));
  const size = out.length - start - 4;
  for (let i = 0; i < 4; i++) out.bytes[start + i] = (size >>> (8 * i)) & 0xff;
}
