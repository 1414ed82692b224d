/**
 * Puts the entries of several leaves together to the values of arrays, maps and structs inside them, by definition and repetition levels:
 * an entry says how far down the path a value exists, and at which repeating node it continues the record before.
 */
import type { Value, Vector } from '../../types/vector.ts';
import type { ColumnBuffer } from '../column-buffer.ts';
import type { Entries } from './leaf-reader.ts';
import { present } from '../../errors/assert.ts';
import { valueAt } from '../../types/vector.ts';

/** What a value is made of. Leaves are counted in the order of their cursors; the leaves of a shape lie side by side. */
export type RecordShape =
  | { readonly kind: 'leaf'; readonly definition: number; readonly leaf: number }
  | {
      readonly kind: 'struct';
      readonly definition: number;
      readonly repetition: number;
      readonly firstLeaf: number;
      readonly numLeaves: number;
      /** Undefined: not in the file, always null. */
      readonly items: readonly (RecordShape | undefined)[];
    }
  | {
      readonly kind: 'list' | 'map';
      readonly definition: number;
      /** The levels of the node that repeats. */
      readonly itemDefinition: number;
      readonly itemRepetition: number;
      readonly firstLeaf: number;
      readonly numLeaves: number;
      readonly items: readonly RecordShape[];
    };

/** Goes through the entries of a leaf. */
export class EntryCursor {
  readonly entries: Entries;
  readonly #values: Vector;
  readonly #definition: number;
  #entry = 0;
  #value = 0;

  constructor(entries: Entries, definition: number, column: ColumnBuffer) {
    let numValues = 0;
    for (let i = 0; i < entries.count; i++) if (entries.definitions[i] === definition) numValues++;
    this.entries = entries;
    this.#definition = definition;
    this.#values = column.build(numValues);
  }

  /** The next value of a shape, whose leaves are `cursors`. */
  read(shape: RecordShape, cursors: readonly EntryCursor[]): Value | null {
    switch (shape.kind) {
      case 'leaf':
        return at(cursors, shape.leaf).#take();
      case 'struct': {
        if (at(cursors, shape.firstLeaf).#level < shape.definition) return skip(shape, cursors);
        const isAlone = shape.items.every((item) => item === undefined);
        const fields = shape.items.map((item) => (item === undefined ? null : this.read(item, cursors)));
        if (isAlone) at(cursors, shape.firstLeaf).#passMarker(shape.repetition);
        return fields;
      }
      default: {
        const first = at(cursors, shape.firstLeaf);
        if (first.#level < shape.definition) return skip(shape, cursors);
        const values: (Value | null)[] = [];
        if (first.#level < shape.itemDefinition) {
          skip(shape, cursors);
          return values;
        }
        do {
          const items = shape.items.map((item) => this.read(item, cursors));
          values.push(shape.kind === 'map' ? items : (items[0] ?? null));
        } while (first.#repetition === shape.itemRepetition);
        return values;
      }
    }
  }

  get #level(): number {
    return this.entries.definitions[this.#entry] ?? 0;
  }

  /** The repetition level of the next entry; -1 behind the last. */
  get #repetition(): number {
    return this.#entry < this.entries.count ? (this.entries.repetitions[this.#entry] as number) : -1;
  }

  #take(): Value | null {
    const isValue = this.#level === this.#definition;
    this.#entry++;
    return isValue ? valueAt(this.#values, this.#value++) : null;
  }

  /** Passes the entries of a leaf that only says whether a struct is null. */
  #passMarker(repetition: number): void {
    do this.#take();
    while (this.#repetition > repetition);
  }

  static skipOne(cursor: EntryCursor): void {
    cursor.#take();
  }
}

/** Passes the one entry that each leaf of an absent or empty value has. */
function skip(shape: Exclude<RecordShape, { readonly kind: 'leaf' }>, cursors: readonly EntryCursor[]): null {
  for (let i = 0; i < shape.numLeaves; i++) EntryCursor.skipOne(at(cursors, shape.firstLeaf + i));
  return null;
}

function at(cursors: readonly EntryCursor[], index: number): EntryCursor {
  return present(cursors[index], 'a leaf of the shape');
}
