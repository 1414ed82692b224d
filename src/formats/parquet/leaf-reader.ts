/**
 * The values of one leaf of a row group as columns: rows of a leaf that does not repeat, or whole records with their levels where it does.
 * A dictionary is converted once, then its rows are picked.
 */
import type { ColumnBuffer } from '../column-buffer.ts';
import type { LeafConversion } from './leaf-conversion.ts';
import type { DataPage, PageReader } from './page-reader.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import { assert } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { ColumnBuffer as Buffer } from '../column-buffer.ts';

/** The entries of some records. */
export interface Entries {
  readonly count: number;
  readonly definitions: Uint8Array;
  readonly repetitions: Uint8Array;
}

export class LeafReader {
  /** The definition level of a value. */
  readonly definition: number;
  readonly #pages: PageReader;
  readonly #convert: LeafConversion;
  #page: DataPage | undefined;
  /** Entries and values of the page taken so far. */
  #entriesTaken = 0;
  #valuesTaken = 0;
  /** The dictionary of the chunk as a column, for the texts of `#dictionaryTexts`. */
  #dictionary: ColumnBuffer | undefined;
  #dictionaryTexts: StringDictionary | undefined;

  constructor(pages: PageReader, definition: number, convert: LeafConversion) {
    this.#pages = pages;
    this.definition = definition;
    this.#convert = convert;
  }

  /** The next `count` rows into rows 0 … count-1; answers their definition levels, undefined when none is null. */
  readRows(column: ColumnBuffer, count: number): Uint8Array | undefined {
    let levels: Uint8Array | undefined;
    let filled = 0;
    while (filled < count) {
      const page = this.#current();
      const length = Math.min(count - filled, page.numEntries - this.#entriesTaken);
      const { definitions } = page;
      if (definitions === undefined) this.#take(page, length, column, filled);
      else {
        const from = this.#entriesTaken;
        levels ??= new Uint8Array(count).fill(this.definition);
        levels.set(definitions.subarray(from, from + length), filled);
        const present = countOf(definitions, from, from + length, this.definition);
        this.#take(page, present, column, filled);
        if (present < length) spread(column, filled, length, levels, this.definition, present);
      }
      this.#entriesTaken += length;
      filled += length;
    }
    return levels;
  }

  /** The next `count` records: their levels, and the values that are not null, one after the other, in `column`. */
  readRecords(column: ColumnBuffer, count: number): Entries {
    let definitions = new Uint8Array(count * 2);
    let repetitions = new Uint8Array(count * 2);
    let filled = 0;
    let numValues = 0;
    let numRecords = 0;
    for (;;) {
      const page = this.#currentOrNone();
      if (page === undefined) break;
      const from = this.#entriesTaken;
      let to = from;
      for (; to < page.numEntries; to++) {
        if (page.repetitions !== undefined && page.repetitions[to] !== 0) continue;
        if (numRecords === count) break;
        numRecords++;
      }
      const length = to - from;
      if (filled + length > definitions.length) {
        definitions = grown(definitions, filled + length);
        repetitions = grown(repetitions, filled + length);
      }
      if (page.definitions === undefined) definitions.fill(this.definition, filled, filled + length);
      else definitions.set(page.definitions.subarray(from, to), filled);
      if (page.repetitions !== undefined) repetitions.set(page.repetitions.subarray(from, to), filled);
      const present = page.definitions === undefined ? length : countOf(page.definitions, from, to, this.definition);
      column.grow(Math.max(numValues + present, count));
      this.#take(page, present, column, numValues);
      numValues += present;
      filled += length;
      this.#entriesTaken = to;
      if (to < page.numEntries) break;
    }
    if (numRecords < count) throw tooFew();
    return { count: filled, definitions, repetitions };
  }

  #current(): DataPage {
    const page = this.#currentOrNone();
    if (page === undefined) throw tooFew();
    return page;
  }

  #currentOrNone(): DataPage | undefined {
    if (this.#page !== undefined && this.#entriesTaken < this.#page.numEntries) return this.#page;
    this.#page = this.#pages.next();
    this.#entriesTaken = 0;
    this.#valuesTaken = 0;
    return this.#page;
  }

  #take({ values }: DataPage, count: number, column: ColumnBuffer, at: number): void {
    const from = this.#valuesTaken;
    this.#valuesTaken += count;
    if (values.kind === 'indexes') pick(this.#dictionaryColumn(column), values.values, from, count, column, at);
    else this.#convert(values, from, count, column, at);
  }

  #dictionaryColumn(column: ColumnBuffer): ColumnBuffer {
    const { dictionary } = this.#pages;
    assert(dictionary !== undefined, 'a page with indexes has a dictionary');
    if (this.#dictionary === undefined || (column.layout === 'string' && this.#dictionaryTexts !== column.dictionary)) {
      const texts = column.dictionary;
      const converted = new Buffer(column.type, () => texts);
      converted.startBatch(dictionary.count);
      this.#convert(dictionary.values, 0, dictionary.count, converted, 0);
      this.#dictionary = converted;
      this.#dictionaryTexts = texts;
    }
    return this.#dictionary;
  }
}

function pick(
  source: ColumnBuffer,
  indexes: Int32Array,
  from: number,
  count: number,
  column: ColumnBuffer,
  at: number,
): void {
  switch (column.layout) {
    case 'boolean':
      for (let i = 0; i < count; i++) column.booleans[at + i] = source.booleans[indexes[from + i] as number] as number;
      break;
    case 'int':
    case 'string': {
      const { ints } = column;
      const known = source.ints;
      for (let i = 0; i < count; i++) ints[at + i] = known[indexes[from + i] as number] as number;
      break;
    }
    case 'double': {
      const { doubles } = column;
      const known = source.doubles;
      for (let i = 0; i < count; i++) doubles[at + i] = known[indexes[from + i] as number] as number;
      break;
    }
    case 'long': {
      const { longWords } = column;
      const known = source.longWords;
      for (let i = 0; i < count; i++) {
        const index = 2 * (indexes[from + i] as number);
        longWords[2 * (at + i)] = known[index] as number;
        longWords[2 * (at + i) + 1] = known[index + 1] as number;
      }
      break;
    }
    default:
      for (let i = 0; i < count; i++) column.objects[at + i] = source.objects[indexes[from + i] as number] ?? null;
  }
}

/** Moves the `present` values at `at` to the rows that have one, from the end on, and makes the others null. */
function spread(
  column: ColumnBuffer,
  at: number,
  length: number,
  levels: Uint8Array,
  definition: number,
  present: number,
): void {
  let source = at + present - 1;
  const { ints, doubles, longWords, booleans, objects, layout } = column;
  for (let row = at + length - 1; row >= at; row--) {
    if (levels[row] !== definition) {
      column.setNull(row);
      continue;
    }
    if (source === row) return;
    if (layout === 'int' || layout === 'string') ints[row] = ints[source] as number;
    else if (layout === 'double') doubles[row] = doubles[source] as number;
    else if (layout === 'long') {
      longWords[2 * row] = longWords[2 * source] as number;
      longWords[2 * row + 1] = longWords[2 * source + 1] as number;
    } else if (layout === 'boolean') booleans[row] = booleans[source] as number;
    else objects[row] = objects[source] ?? null;
    source--;
  }
}

function countOf(levels: Uint8Array, start: number, end: number, level: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (levels[i] === level) count++;
  return count;
}

function grown(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}

function tooFew(): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'a Parquet column', reason: 'fewer rows than the footer says' });
}
