/**
 * Column batches in the form in which they move between threads: typed arrays that are transferred, not copied, and strings as ids of a
 * dictionary that the channel builds up text by text, so that a text crosses once per channel and epoch. Not for storing: that is
 * vector-codec.ts.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { DataType, StructType } from '../types/data-type.ts';
import type { StringVector, Value, Vector } from '../types/vector.ts';
import { assert, present, unreachable } from '../errors/assert.ts';
import { DictionaryRemaps } from '../types/dictionary-remaps.ts';
import { StringDictionary } from '../types/string-dictionary.ts';

/** A channel's dictionary is begun anew when it has so many texts. */
const MAX_TEXTS = 1 << 20;

type Numbers = Uint8Array | Int32Array | Float64Array | BigInt64Array;

type PackedVector =
  | { readonly kind: 'numbers'; readonly values: Numbers; readonly validity: Uint8Array | undefined }
  | { readonly kind: 'strings'; readonly ids: Int32Array; readonly validity: Uint8Array | undefined }
  | { readonly kind: 'struct'; readonly children: readonly PackedVector[]; readonly validity: Uint8Array | undefined }
  | { readonly kind: 'objects'; readonly values: readonly (Value | null)[]; readonly validity: Uint8Array | undefined };

/** A batch on its way; plain data for structured cloning. */
export interface Block {
  readonly numRows: number;
  readonly columns: readonly PackedVector[];
  /** Texts the channel's dictionary gets before this block is read, one after the other, and their lengths in bytes. */
  readonly texts: { readonly bytes: Uint8Array; readonly lengths: Uint32Array } | undefined;
  /** The dictionary is begun anew with this block. */
  readonly isFresh: boolean;
}

/** Packs the batches of one channel. */
export class BlockEncoder {
  /** The channel's dictionary. */
  readonly #sent = new DictionaryRemaps();
  #numAnnounced = 0;

  /**
   * The block of a batch, and what is to be transferred with it. The arrays of an `owned` batch are given away: nobody may use them
   * afterwards; those of others are copied.
   */
  encode(batch: ColumnBatch, owned: boolean): { readonly block: Block; readonly transfer: ArrayBuffer[] } {
    const isFresh = this.#sent.target.size > MAX_TEXTS;
    if (isFresh) {
      this.#sent.clear();
      this.#numAnnounced = 0;
    }
    const transfer = new Set<ArrayBuffer>();
    const columns = batch.columns.map((column) => this.#pack(column, batch.numRows, owned, transfer));
    const texts = this.#newTexts();
    if (texts !== undefined) for (const { buffer } of [texts.bytes, texts.lengths]) transfer.add(buffer);
    return { block: { numRows: batch.numRows, columns, texts, isFresh }, transfer: [...transfer] };
  }

  #pack(vector: Vector, numRows: number, owned: boolean, transfer: Set<ArrayBuffer>): PackedVector {
    const give = <A extends Numbers>(array: A): A => {
      const given = (owned && array.length === numRows && isWhole(array) ? array : array.slice(0, numRows)) as A;
      transfer.add(given.buffer as ArrayBuffer);
      return given;
    };
    const validity = vector.validity === undefined ? undefined : give(vector.validity);
    switch (vector.layout) {
      case 'boolean':
      case 'int':
      case 'double':
      case 'long':
        return { kind: 'numbers', values: give<Numbers>(vector.values), validity };
      case 'string': {
        const ids = this.#idsOf(vector, numRows);
        transfer.add(ids.buffer);
        return { kind: 'strings', ids, validity };
      }
      case 'struct': {
        const children = vector.children.map((child) => this.#pack(child, numRows, owned, transfer));
        return { kind: 'struct', children, validity };
      }
      case 'object':
        return { kind: 'objects', values: vector.values.slice(0, numRows), validity };
      default:
        return unreachable(vector);
    }
  }

  /** The ids of the rows' texts in the channel's dictionary; texts not there yet are added. */
  #idsOf(vector: StringVector, numRows: number): Int32Array<ArrayBuffer> {
    const { ids, dictionary, validity } = vector;
    const sent = this.#sent.idsOf(dictionary);
    const packed = new Int32Array(numRows);
    for (let row = 0; row < numRows; row++) {
      const id = ids[row] as number;
      const known = sent[id] as number;
      if (known > 0) packed[row] = known - 1;
      else if (validity === undefined || validity[row] === 1) packed[row] = this.#sent.add(dictionary, id, sent);
    }
    return packed;
  }

  #newTexts(): { bytes: Uint8Array<ArrayBuffer>; lengths: Uint32Array<ArrayBuffer> } | undefined {
    const from = this.#numAnnounced;
    const { target } = this.#sent;
    const { size } = target;
    if (size === from) return undefined;
    this.#numAnnounced = size;
    const lengths = new Uint32Array(size - from);
    for (let id = from; id < size; id++) lengths[id - from] = target.byteLength(id);
    const bytes = new Uint8Array(target.bytesFrom(from));
    return { bytes, lengths };
  }
}

/** Unpacks the blocks of one channel, in the order in which they were packed. */
export class BlockDecoder {
  #dictionary = new StringDictionary();

  decode(block: Block, schema: StructType): ColumnBatch {
    if (block.isFresh) this.#dictionary = new StringDictionary();
    this.#addTexts(block);
    const { numRows } = block;
    const columns = schema.fields.map(({ dataType }, i) =>
      this.#unpack(present(block.columns[i], 'a block has the columns of its schema'), dataType, numRows),
    );
    return { schema, numRows, columns };
  }

  #addTexts({ texts }: Block): void {
    if (texts === undefined) return;
    const { bytes, lengths } = texts;
    let at = 0;
    for (const length of lengths) {
      this.#dictionary.internBytes(bytes, at, at + length);
      at += length;
    }
  }

  #unpack(packed: PackedVector, type: DataType, length: number): Vector {
    const { validity } = packed;
    switch (packed.kind) {
      case 'strings': {
        if (this.#dictionary.size === 0) return emptyStrings(packed.ids, type, length, validity);
        return { layout: 'string', type, length, validity, ids: packed.ids, dictionary: this.#dictionary };
      }
      case 'struct': {
        assert(type.kind === 'struct', 'a packed struct has a struct type');
        const children = packed.children.map((child, i) =>
          this.#unpack(child, present(type.fields[i], 'a field per child').dataType, length),
        );
        return { layout: 'struct', type, length, validity, children };
      }
      case 'objects':
        return { layout: 'object', type, length, validity, values: packed.values };
      case 'numbers':
        return numbersVector(packed.values, type, length, validity);
      default:
        return unreachable(packed);
    }
  }
}

/** A column without any text: its ids must still be of a dictionary that has them. */
function emptyStrings(ids: Int32Array, type: DataType, length: number, validity: Uint8Array | undefined): Vector {
  const dictionary = new StringDictionary();
  dictionary.intern('');
  return { layout: 'string', type, length, validity, ids, dictionary };
}

function numbersVector(values: Numbers, type: DataType, length: number, validity: Uint8Array | undefined): Vector {
  if (values instanceof Uint8Array) return { layout: 'boolean', type, length, validity, values };
  if (values instanceof Int32Array) return { layout: 'int', type, length, validity, values };
  if (values instanceof Float64Array) return { layout: 'double', type, length, validity, values };
  return { layout: 'long', type, length, validity, values };
}

function isWhole(array: Numbers): boolean {
  return array.byteLength === array.buffer.byteLength && array.buffer instanceof ArrayBuffer;
}
