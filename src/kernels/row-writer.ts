/**
 * Rows as text by assembly/row-writer.ts: the caller says what surrounds the fields and gives the texts of values that the kernel does not
 * write itself. Texts of a dictionary are put into memory once and stay until the room is used up. The twins are the row-wise writers of
 * the encoders in formats.
 */
import type { StringDictionary } from '../types/string-dictionary.ts';
import type { KernelInstance } from './kernel-instance.ts';
import { assert } from '../errors/assert.ts';
import {
  FIELD_BYTES,
  FIELD_KIND,
  FIELD_LEAD,
  FIELD_LEAD_LENGTH,
  FIELD_NULL,
  FIELD_NULL_LENGTH,
  FIELD_VALIDITY,
  FIELD_VALUES,
  WRITE_CLOSE,
  WRITE_CLOSE_LENGTH,
  WRITE_END,
  WRITE_FIELDS,
  WRITE_FIRST_SKIP,
  WRITE_FROM,
  WRITE_NUM_FIELDS,
  WRITE_OPEN,
  WRITE_OPEN_LENGTH,
  WRITE_OUT,
  WRITE_OUT_END,
  WRITE_SKIPS_EMPTY,
  WRITE_TEXT,
  WRITE_TEXTS,
  WRITE_TO,
} from './kernel-layout.ts';

const JOB_BYTES = 64;
const MAX_FIELDS = 64;
const FRAME_BYTES = 64 << 10;
const MAX_CHUNK_ROWS = 2048;
/** Values of a chunk: rows × fields. */
const MAX_CHUNK_VALUES = 32_768;
const VALUE_BYTES = 9;
const MAX_TEXTS = 65_536;
const TEXT_BYTES = 2 << 20;
const OUT_BYTES = 256 << 10;
/** Copies go over the end of texts. */
const PADDING = 64;

/** What surrounds the fields of a row. */
export interface RowFrame {
  readonly open: Uint8Array;
  readonly close: Uint8Array;
  /** Bytes left out of the lead of the first field that is written. */
  readonly firstSkip: number;
  /** Whether a row without any text is left out. */
  readonly skipsEmpty: boolean;
}

/** Where a dictionary's texts are in the kernel's memory; the encoder keeps one per dictionary. */
export class TextSlots {
  /** Slot + 1 by id; 0 when the text is not there. */
  slots = new Int32Array(0);
  generation = -1;
}

/** Texts that may be written as they are. */
export interface PlainTexts {
  readonly dictionary: StringDictionary;
  /** 1 for each byte with which a text, or an empty one, is not plain. */
  readonly isSpecial: Uint8Array;
  /** The byte before and behind each text, if there is one. */
  readonly mark: number | undefined;
}

export interface RowField {
  /** One of the WRITE_ constants. */
  readonly kind: number;
  readonly lead: Uint8Array;
  /** Written for null behind the lead; undefined leaves the field out. */
  readonly nullText: Uint8Array | undefined;
  readonly validity: Uint8Array | undefined;
  /** Values of the kinds that the kernel writes. */
  readonly values?: Uint8Array | Int32Array | BigInt64Array;
  /** Texts by id, or by row when there are no ids. */
  readonly text?: (idOrRow: number) => Uint8Array;
  readonly ids?: Int32Array;
  readonly slots?: TextSlots;
  /** Spares `text` for plain ones. */
  readonly plain?: PlainTexts;
}

export class RowWriter {
  readonly #kernels: KernelInstance;
  readonly #job: number;
  readonly #fields: number;
  readonly #frame: number;
  readonly #values: number;
  readonly #texts: number;
  readonly #textBytes: number;
  readonly #out: number;
  #frameEnd = 0;
  #numTexts = 0;
  #textEnd = 0;
  #generation = 0;

  constructor(kernels: KernelInstance) {
    this.#kernels = kernels;
    this.#job = kernels.reserve(JOB_BYTES);
    this.#fields = kernels.reserve(MAX_FIELDS * FIELD_BYTES);
    this.#frame = kernels.reserve(FRAME_BYTES + PADDING);
    this.#values = kernels.reserve(MAX_CHUNK_VALUES * VALUE_BYTES + MAX_FIELDS * 16);
    this.#texts = kernels.reserve(MAX_TEXTS * 8);
    this.#textBytes = kernels.reserve(TEXT_BYTES + PADDING);
    this.#out = kernels.reserve(OUT_BYTES);
    this.#forgetTexts();
  }

  /** Writes rows and hands the text on in pieces; false when they are not for the kernel, and then what was handed on does not count. */
  write(frame: RowFrame, fields: readonly RowField[], numRows: number, append: (part: Uint8Array) => void): boolean {
    if (fields.length > MAX_FIELDS || !this.#setFrame(frame, fields)) return false;
    const kernels = this.#kernels;
    const job = this.#job;
    const chunkRows = Math.min(MAX_CHUNK_ROWS, Math.floor(MAX_CHUNK_VALUES / Math.max(1, fields.length) / 8) * 8);
    for (let from = 0; from < numRows; from += chunkRows) {
      const count = Math.min(chunkRows, numRows - from);
      if (this.#numTexts > MAX_TEXTS - MAX_CHUNK_VALUES || this.#textEnd > this.#textBytes + TEXT_BYTES / 2)
        this.#forgetTexts();
      for (const [i, field] of fields.entries()) if (!this.#setValues(i, field, from, count, chunkRows)) return false;
      kernels.setWord(job + WRITE_TO, count);
      for (let row = 0; row < count;) {
        kernels.setWord(job + WRITE_FROM, row);
        const next = kernels.exports.writeRows(job);
        if (next === row) return false;
        append(kernels.bytes.subarray(this.#out, kernels.word(job + WRITE_END)));
        row = next;
      }
    }
    return true;
  }

  #setFrame(frame: RowFrame, fields: readonly RowField[]): boolean {
    const setWord = (address: number, value: number): void => this.#kernels.setWord(address, value);
    const parts = [frame.open, frame.close, ...fields.flatMap(({ lead, nullText }) => [lead, nullText ?? []])];
    if (parts.reduce((sum, part) => sum + part.length, 0) > FRAME_BYTES) return false;
    const job = this.#job;
    this.#frameEnd = this.#frame;
    setWord(job + WRITE_OPEN, this.#placed(frame.open));
    setWord(job + WRITE_OPEN_LENGTH, frame.open.length);
    setWord(job + WRITE_CLOSE, this.#placed(frame.close));
    setWord(job + WRITE_CLOSE_LENGTH, frame.close.length);
    setWord(job + WRITE_FIRST_SKIP, frame.firstSkip);
    setWord(job + WRITE_SKIPS_EMPTY, frame.skipsEmpty ? 1 : 0);
    setWord(job + WRITE_NUM_FIELDS, fields.length);
    setWord(job + WRITE_FIELDS, this.#fields);
    setWord(job + WRITE_OUT, this.#out);
    setWord(job + WRITE_OUT_END, this.#out + OUT_BYTES);
    setWord(job + WRITE_TEXTS, this.#texts);
    fields.forEach(({ kind, lead, nullText }, i) => {
      const field = this.#fields + i * FIELD_BYTES;
      setWord(field + FIELD_KIND, kind);
      setWord(field + FIELD_LEAD, this.#placed(lead));
      setWord(field + FIELD_LEAD_LENGTH, lead.length);
      setWord(field + FIELD_NULL, nullText === undefined ? 0 : this.#placed(nullText));
      setWord(field + FIELD_NULL_LENGTH, nullText?.length ?? 0);
    });
    return true;
  }

  #placed(part: Uint8Array): number {
    const place = this.#frameEnd;
    this.#kernels.bytes.set(part, place);
    this.#frameEnd += part.length;
    return place;
  }

  /** Copies a chunk of a field in; false when its texts have no room. */
  #setValues(index: number, field: RowField, from: number, count: number, chunkRows: number): boolean {
    const kernels = this.#kernels;
    const address = this.#values + index * chunkRows * VALUE_BYTES;
    const validity = address + chunkRows * 8;
    const entry = this.#fields + index * FIELD_BYTES;
    kernels.setWord(entry + FIELD_VALUES, address);
    kernels.setWord(entry + FIELD_VALIDITY, field.validity === undefined ? 0 : validity);
    if (field.validity !== undefined) kernels.bytes.set(field.validity.subarray(from, from + count), validity);
    if (field.kind === WRITE_TEXT) return this.#setTexts(field, address >> 2, from, count);
    const { values } = field;
    if (values instanceof Uint8Array) kernels.bytes.set(values.subarray(from, from + count), address);
    else if (values instanceof Int32Array) kernels.words.set(values.subarray(from, from + count), address >> 2);
    else if (values !== undefined) kernels.longs.set(values.subarray(from, from + count), address >> 3);
    return true;
  }

  #setTexts({ text, ids, slots, validity, plain }: RowField, target: number, from: number, count: number): boolean {
    assert(text !== undefined, 'a text field gives its texts');
    const { words } = this.#kernels;
    if (slots !== undefined && slots.generation !== this.#generation) {
      slots.slots = new Int32Array(0);
      slots.generation = this.#generation;
    }
    let known = slots?.slots ?? new Int32Array(0);
    for (let i = 0; i < count; i++) {
      const row = from + i;
      if (validity !== undefined && validity[row] === 0) continue;
      const id = ids === undefined ? row : (ids[row] as number);
      let slot = slots === undefined ? 0 : (known[id] ?? 0);
      if (slot === 0) {
        slot = plain === undefined ? 0 : this.#addPlain(plain, id);
        if (slot === 0) slot = this.#add(text(id));
        if (slot === 0) return false;
        if (slots !== undefined) {
          if (id >= known.length) known = slots.slots = grown(known, id + 1);
          known[id] = slot;
        }
      }
      words[target + i] = slot - 1;
    }
    return true;
  }

  /** As #add for a text of a dictionary that is plain; 0 when it is not. */
  #addPlain({ dictionary, isSpecial, mark }: PlainTexts, id: number): number {
    const length = dictionary.byteLength(id);
    const start = this.#textEnd;
    if (length === 0 || this.#numTexts === MAX_TEXTS || start + length + 2 > this.#textBytes + TEXT_BYTES) return 0;
    const kernels = this.#kernels;
    const { bytes } = kernels;
    const first = mark === undefined ? start : start + 1;
    dictionary.copyTo(id, bytes, first);
    let end = first + length;
    let special = 0;
    for (let at = first; at < end; at++) special |= isSpecial[bytes[at] as number] as number;
    if (special !== 0) return 0;
    if (mark !== undefined) {
      bytes[start] = mark;
      bytes[end++] = mark;
    }
    const slot = this.#texts + this.#numTexts * 8;
    kernels.setWord(slot, start);
    kernels.setWord(slot + 4, end - start);
    this.#textEnd = end;
    return ++this.#numTexts;
  }

  /** Puts a text into memory; answers its slot + 1, or 0 when there is no room. */
  #add(text: Uint8Array): number {
    if (this.#numTexts === MAX_TEXTS || this.#textEnd + text.length > this.#textBytes + TEXT_BYTES) return 0;
    const kernels = this.#kernels;
    const slot = this.#texts + this.#numTexts * 8;
    kernels.bytes.set(text, this.#textEnd);
    kernels.setWord(slot, this.#textEnd);
    kernels.setWord(slot + 4, text.length);
    this.#textEnd += text.length;
    return ++this.#numTexts;
  }

  #forgetTexts(): void {
    this.#generation++;
    this.#numTexts = 0;
    this.#textEnd = this.#textBytes;
  }
}

function grown(slots: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, slots.length * 2, 256));
  larger.set(slots);
  return larger;
}

const writerOf = new WeakMap<KernelInstance, RowWriter>();

/** The row writer of an instance. */
export function rowWriter(kernels: KernelInstance): RowWriter {
  const known = writerOf.get(kernels);
  if (known !== undefined) return known;
  const writer = new RowWriter(kernels);
  writerOf.set(kernels, writer);
  return writer;
}
