/**
 * Takes nested values apart into the entries of leaves: for each leaf the values that are not null, and per entry how far down the path a
 * value exists and where it repeats.
 */
import type { Value, Vector } from '../../types/vector.ts';
import type { VectorBuilder } from '../../types/vector-builder.ts';
import type { WriteShape, WrittenLeaf } from './write-schema.ts';
import { present } from '../../errors/assert.ts';
import { createBuilder } from '../../types/vector-builder.ts';
import { valueAt } from '../../types/vector.ts';

/** The entries a batch adds to a leaf. Levels are undefined where the leaf has none. */
export interface LeafPart {
  readonly numEntries: number;
  readonly definitions: Uint8Array | undefined;
  readonly repetitions: Uint8Array | undefined;
  /** Values by row, with nulls, where the leaf is a column itself; else only those that are not null. */
  readonly vector: Vector;
}

/** The part of a column that is a leaf itself. */
export function flatPart(vector: Vector, isNullable: boolean): LeafPart {
  const { length, validity } = vector;
  if (!isNullable) return { numEntries: length, definitions: undefined, repetitions: undefined, vector };
  const definitions = validity === undefined ? new Uint8Array(length).fill(1) : validity.subarray(0, length);
  return { numEntries: length, definitions, repetitions: undefined, vector };
}

/** The parts of the leaves below a nested column, by number of the leaf. */
export function shred(
  shape: WriteShape,
  vector: Vector,
  leaves: readonly WrittenLeaf[],
): ReadonlyMap<number, LeafPart> {
  const writers = new Map<number, EntryWriter>();
  const addLeaves = (one: WriteShape): void => {
    if (one.kind === 'leaf') writers.set(one.leaf, new EntryWriter(present(leaves[one.leaf], 'a leaf of the schema')));
    else for (const child of childrenOf(one)) addLeaves(child);
  };
  addLeaves(shape);
  const shredder = new Shredder(writers);
  for (let row = 0; row < vector.length; row++) shredder.add(shape, valueAt(vector, row), 0, 0);
  return new Map([...writers].map(([leaf, writer]) => [leaf, writer.finish()]));
}

function childrenOf(shape: Exclude<WriteShape, { readonly kind: 'leaf' }>): readonly WriteShape[] {
  return shape.kind === 'struct' ? shape.children : shape.items;
}

class Shredder {
  readonly #writers: ReadonlyMap<number, EntryWriter>;

  constructor(writers: ReadonlyMap<number, EntryWriter>) {
    this.#writers = writers;
  }

  /** `definition`: the level reached above; `repetition`: the level of the next entry. */
  add(shape: WriteShape, value: Value | null, repetition: number, definition: number): void {
    if (value === null) {
      this.#addNull(shape, repetition, definition);
      return;
    }
    const reached = definition + (shape.isNullable ? 1 : 0);
    if (shape.kind === 'leaf') {
      this.#writer(shape.leaf).add(value, repetition, reached);
      return;
    }
    const parts = value as readonly (Value | null)[];
    if (shape.kind === 'struct') {
      shape.children.forEach((child, i) => this.add(child, parts[i] ?? null, repetition, reached));
      return;
    }
    if (parts.length === 0) this.#addNull(shape, repetition, reached);
    parts.forEach((part, i) => {
      const items = shape.kind === 'map' ? (part as readonly (Value | null)[]) : [part];
      const level = i === 0 ? repetition : shape.repetition;
      shape.items.forEach((item, n) => this.add(item, items[n] ?? null, level, reached + 1));
    });
  }

  /** One entry without value for each leaf below. */
  #addNull(shape: WriteShape, repetition: number, definition: number): void {
    if (shape.kind === 'leaf') this.#writer(shape.leaf).add(null, repetition, definition);
    else for (const child of childrenOf(shape)) this.#addNull(child, repetition, definition);
  }

  #writer(leaf: number): EntryWriter {
    return present(this.#writers.get(leaf), 'a writer per leaf');
  }
}

class EntryWriter {
  readonly #leaf: WrittenLeaf;
  readonly #values: VectorBuilder;
  readonly #definitions: number[] = [];
  readonly #repetitions: number[] = [];

  constructor(leaf: WrittenLeaf) {
    this.#leaf = leaf;
    this.#values = createBuilder(leaf.type);
  }

  add(value: Value | null, repetition: number, definition: number): void {
    this.#definitions.push(definition);
    this.#repetitions.push(repetition);
    if (value !== null) this.#values.append(value);
  }

  finish(): LeafPart {
    const { definition, repetition } = this.#leaf;
    return {
      numEntries: this.#definitions.length,
      definitions: definition === 0 ? undefined : Uint8Array.from(this.#definitions),
      repetitions: repetition === 0 ? undefined : Uint8Array.from(this.#repetitions),
      vector: this.#values.build(),
    };
  }
}
