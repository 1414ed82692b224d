/**
 * The pages of one column chunk, one after the other: header, decompression, levels, and the values as their encoding has them. Versions 1
 * and 2 of data pages; every size is checked against the bytes of the chunk.
 */
import type { ColumnChunk } from './parquet-metadata.ts';
import type { RawValues } from './raw-values.ts';
import type { SchemaNode } from './schema-tree.ts';
import type { ThriftRecord } from './thrift-reader.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { uncompressPage } from './page-codec.ts';
import { PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY } from './parquet-metadata.ts';
import { readRaw } from './raw-values.ts';
import { bitWidthOf, constantHybrid, readHybrid } from './rle-levels.ts';
import { ThriftReader } from './thrift-reader.ts';

/** No page of a file in use is larger; what announces more is no page. */
const MAX_PAGE_BYTES = 1 << 30;
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;

/** A data page. Levels are undefined when all entries are at the highest (definition) or at 0 (repetition). */
export interface DataPage {
  /** Entries, nulls included. */
  readonly numEntries: number;
  readonly definitions: Uint8Array | undefined;
  readonly repetitions: Uint8Array | undefined;
  /** The values that are not null, or their indexes in the dictionary. */
  readonly values: RawValues | { readonly kind: 'indexes'; readonly values: Int32Array };
}

export class PageReader {
  /** Set when the chunk has a dictionary, once the first page is read. */
  dictionary: { readonly values: RawValues; readonly count: number } | undefined;
  readonly #node: SchemaNode;
  readonly #chunk: ColumnChunk;
  readonly #bytes: Uint8Array;
  #position = 0;
  #entriesLeft: number;

  /** `bytes` are those of the chunk. */
  constructor(node: SchemaNode, chunk: ColumnChunk, bytes: Uint8Array) {
    this.#node = node;
    this.#chunk = chunk;
    this.#bytes = bytes;
    this.#entriesLeft = chunk.numValues;
  }

  /** The next data page; undefined behind the last one. */
  next(): DataPage | undefined {
    while (this.#entriesLeft > 0) {
      const reader = new ThriftReader(this.#bytes, this.#position);
      const header = reader.readRecord();
      const size = header.int(3) ?? -1;
      const plainSize = header.int(2) ?? -1;
      const start = reader.position;
      if (size < 0 || size > this.#bytes.length - start || plainSize < 0 || plainSize > MAX_PAGE_BYTES)
        throw corrupt(
          `a page of ${size} bytes, ${plainSize} uncompressed, where ${this.#bytes.length - start} are left`,
        );
      this.#position = start + size;
      const body = this.#bytes.subarray(start, start + size);
      const page = this.#page(header, body, plainSize);
      if (page === undefined) continue;
      this.#entriesLeft -= page.numEntries;
      if (page.numEntries > 0) return page;
    }
    return undefined;
  }

  #page(header: ThriftRecord, body: Uint8Array, plainSize: number): DataPage | undefined {
    const { codec } = this.#chunk;
    switch (header.int(1)) {
      case DICTIONARY_PAGE:
        this.#readDictionary(header, uncompressPage(codec, body, plainSize));
        return undefined;
      case DATA_PAGE: {
        const data = header.record(5);
        if (data === undefined) throw corrupt('a data page without header');
        return this.#version1(data, uncompressPage(codec, body, plainSize));
      }
      case DATA_PAGE_V2: {
        const data = header.record(8);
        if (data === undefined) throw corrupt('a data page without header');
        return this.#version2(data, body, plainSize);
      }
      default:
        return undefined;
    }
  }

  #readDictionary(header: ThriftRecord, bytes: Uint8Array): void {
    // A value takes a bit at least.
    const count = checkedCount(header.record(7)?.int(1), bytes.length * 8);
    this.dictionary = { values: readRaw(this.#layout, PLAIN, bytes, 0, count), count };
  }

  #version1(header: ThriftRecord, bytes: Uint8Array): DataPage {
    const numEntries = checkedCount(header.int(1), this.#entriesLeft);
    const { repetition, definition } = this.#node;
    let position = 0;
    const levels = (max: number, usual: number, encoding: number | undefined): Uint8Array | undefined => {
      if (max === 0) return undefined;
      if (encoding !== undefined && encoding !== RLE)
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The Parquet encoding ${encoding} of levels` });
      const length =
        bytes.length - position < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(position, true);
      if (length < 0 || length > bytes.length - position - 4) throw corrupt('levels longer than their page');
      const start = position + 4;
      position = start + length;
      return readLevels({ bytes, start, end: position, max, usual }, numEntries);
    };
    const repetitions = levels(repetition, 0, header.int(4));
    const definitions = levels(definition, definition, header.int(3));
    return this.#dataPage({ numEntries, definitions, repetitions }, header.int(2) ?? PLAIN, bytes, position);
  }

  #version2(header: ThriftRecord, body: Uint8Array, plainSize: number): DataPage {
    const numEntries = checkedCount(header.int(1), this.#entriesLeft);
    const { repetition, definition } = this.#node;
    const repetitionBytes = header.int(6) ?? 0;
    const start = repetitionBytes + (header.int(5) ?? 0);
    if (repetitionBytes < 0 || start < repetitionBytes || start > body.length || start > plainSize)
      throw corrupt('levels longer than their page');
    const repetitions =
      repetition === 0
        ? undefined
        : readLevels({ bytes: body, start: 0, end: repetitionBytes, max: repetition, usual: 0 }, numEntries);
    const definitions =
      definition === 0
        ? undefined
        : readLevels(
            { bytes: body, start: repetitionBytes, end: start, max: definition, usual: definition },
            numEntries,
          );
    const isCompressed = header.flag(7) ?? true;
    const codec = isCompressed ? this.#chunk.codec : 'UNCOMPRESSED';
    const bytes = uncompressPage(codec, body.subarray(start), plainSize - start);
    return this.#dataPage({ numEntries, definitions, repetitions }, header.int(4) ?? PLAIN, bytes, 0);
  }

  #dataPage(levels: Omit<DataPage, 'values'>, encoding: number, bytes: Uint8Array, start: number): DataPage {
    const { numEntries, definitions } = levels;
    const count = definitions === undefined ? numEntries : countOf(definitions, this.#node.definition);
    const page = (values: DataPage['values']): DataPage => ({ ...levels, values });
    if (encoding !== RLE_DICTIONARY && encoding !== PLAIN_DICTIONARY)
      return page(readRaw(this.#layout, encoding, bytes, start, count));
    if (this.dictionary === undefined) throw corrupt('indexes without a dictionary');
    const indexes = new Int32Array(count);
    if (count > 0) {
      const bitWidth = bytes[start] ?? 0;
      readHybrid(bytes, start + 1, bytes.length, bitWidth, indexes, count);
      const limit = this.dictionary.count;
      for (let i = 0; i < count; i++)
        if ((indexes[i] as number) >>> 0 >= limit)
          throw corrupt(`index ${indexes[i]} in a dictionary of ${limit} values`);
    }
    return page({ kind: 'indexes', values: indexes });
  }

  get #layout(): {
    readonly physicalType: NonNullable<SchemaNode['element']['physicalType']>;
    readonly typeLength: number;
  } {
    const { physicalType, typeLength } = this.#node.element;
    return { physicalType: present(physicalType, 'a leaf has a physical type'), typeLength };
  }
}

function checkedCount(count: number | undefined, max: number): number {
  if (count === undefined || count < 0 || count > max) throw corrupt(`a page of ${count} values`);
  return count;
}

/** Levels up to `max`; undefined when all are `usual`. */
function readLevels(
  { bytes, start, end, max, usual }: { bytes: Uint8Array; start: number; end: number; max: number; usual: number },
  count: number,
): Uint8Array | undefined {
  const bitWidth = bitWidthOf(max);
  const constant = constantHybrid(bytes, start, end, bitWidth, count);
  if (constant === usual) return undefined;
  const levels = new Uint8Array(count);
  if (constant === undefined) readHybrid(bytes, start, end, bitWidth, levels, count);
  else levels.fill(constant);
  return levels;
}

function countOf(levels: Uint8Array, level: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] === level) count++;
  return count;
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'a Parquet column', reason });
}
