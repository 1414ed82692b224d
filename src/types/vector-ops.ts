/**
 * Selecting, slicing, joining and making vectors and batches, layout by layout, without going through single values. What operators use
 * to filter, repartition and limit. Not for computing new values: those are kernels and functions.
 */
import type { ColumnBatch } from './column-batch.ts';
import type { DataType, StructType } from './data-type.ts';
import type { ObjectVector, StringVector, StructVector, Value, Vector } from './vector.ts';
import { assert, present, unreachable } from '../errors/assert.ts';
import { StringDictionary } from './string-dictionary.ts';
import { layoutOf } from './vector.ts';

/** Rows `rows[0 … count-1]` of a vector, in that order, repeats allowed; a row of -1 gives null (outer joins). */
export function gatherVector(vector: Vector, rows: Int32Array, count: number): Vector {
  for (let i = 0; i < count; i++) if ((rows[i] as number) < 0) return gatherOptional(vector, rows, count);
  return gatherPresent(vector, rows, count);
}

/** The batch of rows `rows[0 … count-1]`; as gatherVector for every column. */
export function gatherBatch(batch: ColumnBatch, rows: Int32Array, count: number): ColumnBatch {
  return {
    schema: batch.schema,
    numRows: count,
    columns: batch.columns.map((column) => gatherVector(column, rows, count)),
  };
}

/** Rows `start … end-1`; shares the arrays of the vector. */
export function sliceVector(vector: Vector, start: number, end: number): Vector {
  assert(start >= 0 && start <= end && end <= vector.length, 'a slice lies inside its vector');
  const { type } = vector;
  const length = end - start;
  const validity = vector.validity?.subarray(start, end);
  switch (vector.layout) {
    case 'boolean':
      return { layout: vector.layout, type, length, validity, values: vector.values.subarray(start, end) };
    case 'int':
      return { layout: vector.layout, type, length, validity, values: vector.values.subarray(start, end) };
    case 'double':
      return { layout: vector.layout, type, length, validity, values: vector.values.subarray(start, end) };
    case 'long':
      return { layout: vector.layout, type, length, validity, values: vector.values.subarray(start, end) };
    case 'string':
      return { ...vector, length, validity, ids: vector.ids.subarray(start, end) };
    case 'struct':
      return { ...vector, length, validity, children: vector.children.map((child) => sliceVector(child, start, end)) };
    case 'object':
      return { layout: vector.layout, type, length, validity, values: vector.values.slice(start, end) };
    default:
      return unreachable(vector);
  }
}

/** Rows `start … end-1` of a batch; shares the arrays of the columns. */
export function sliceBatch(batch: ColumnBatch, start: number, end: number): ColumnBatch {
  if (start === 0 && end === batch.numRows) return batch;
  return {
    schema: batch.schema,
    numRows: end - start,
    columns: batch.columns.map((column) => sliceVector(column, start, end)),
  };
}

/** The rows of all batches in order. Every batch must have column types equal to those of `schema`. */
export function concatBatches(schema: StructType, batches: readonly ColumnBatch[]): ColumnBatch {
  const filled = batches.filter((batch) => batch.numRows > 0);
  const [only] = filled;
  if (only === undefined) return emptyBatch(schema);
  if (filled.length === 1) return { schema, numRows: only.numRows, columns: only.columns };
  const numRows = filled.reduce((sum, batch) => sum + batch.numRows, 0);
  const columns = schema.fields.map((field, i) =>
    concatVectors(
      field.dataType,
      filled.map((batch) => present(batch.columns[i], 'a batch to concatenate has the columns of the schema')),
    ),
  );
  return { schema, numRows, columns };
}

/** The values of all vectors in order; all must have the layout of `type`. */
export function concatVectors(type: DataType, vectors: readonly Vector[]): Vector {
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const layout = layoutOf(type);
  assert(
    vectors.every((vector) => vector.layout === layout),
    'vectors to concatenate have the layout of their type',
  );
  const validity = concatValidity(vectors, length);
  switch (layout) {
    case 'boolean':
      return { layout, type, length, validity, values: joinArrays(vectors, new Uint8Array(length)) };
    case 'int':
      return { layout, type, length, validity, values: joinArrays(vectors, new Int32Array(length)) };
    case 'double':
      return { layout, type, length, validity, values: joinArrays(vectors, new Float64Array(length)) };
    case 'long':
      return { layout, type, length, validity, values: joinArrays(vectors, new BigInt64Array(length)) };
    case 'string':
      return concatStrings(type, vectors as readonly StringVector[], length, validity);
    case 'struct': {
      assert(type.kind === 'struct', 'a struct vector has a struct type');
      const parts = vectors as readonly StructVector[];
      const children = type.fields.map((field, i) =>
        concatVectors(
          field.dataType,
          parts.map((part) => present(part.children[i], 'a struct vector has a child per field')),
        ),
      );
      return { layout, type, length, validity, children };
    }
    case 'object':
      return {
        layout,
        type,
        length,
        validity,
        values: (vectors as readonly ObjectVector[]).flatMap((v) => takeValues(v)),
      };
    default:
      return unreachable(layout);
  }
}

/** A column that holds the same value (or null) in every row. */
export function constantVector(type: DataType, value: Value | null, length: number): Vector {
  if (value === null) return nullVector(type, length);
  const layout = layoutOf(type);
  const validity = undefined;
  switch (layout) {
    case 'boolean':
      return { layout, type, length, validity, values: new Uint8Array(length).fill(value === true ? 1 : 0) };
    case 'int':
      return { layout, type, length, validity, values: new Int32Array(length).fill(value as number) };
    case 'double':
      return { layout, type, length, validity, values: new Float64Array(length).fill(value as number) };
    case 'long':
      return { layout, type, length, validity, values: new BigInt64Array(length).fill(value as bigint) };
    case 'string': {
      const dictionary = new StringDictionary();
      dictionary.intern(value as string);
      return { layout, type, length, validity, ids: new Int32Array(length), dictionary };
    }
    case 'struct': {
      assert(type.kind === 'struct', 'a struct vector has a struct type');
      const values = value as readonly (Value | null)[];
      const children = type.fields.map((field, i) => constantVector(field.dataType, values[i] ?? null, length));
      return { layout, type, length, validity, children };
    }
    case 'object':
      return { layout, type, length, validity, values: Array.from({ length }, () => value) };
    default:
      return unreachable(layout);
  }
}

/** A column of nulls. */
export function nullVector(type: DataType, length: number): Vector {
  const layout = layoutOf(type);
  const validity = new Uint8Array(length);
  switch (layout) {
    case 'boolean':
      return { layout, type, length, validity, values: new Uint8Array(length) };
    case 'int':
      return { layout, type, length, validity, values: new Int32Array(length) };
    case 'double':
      return { layout, type, length, validity, values: new Float64Array(length) };
    case 'long':
      return { layout, type, length, validity, values: new BigInt64Array(length) };
    case 'string': {
      const dictionary = new StringDictionary();
      dictionary.intern('');
      return { layout, type, length, validity, ids: new Int32Array(length), dictionary };
    }
    case 'struct': {
      assert(type.kind === 'struct', 'a struct vector has a struct type');
      const children = type.fields.map((field) => nullVector(field.dataType, length));
      return { layout, type, length, validity, children };
    }
    case 'object':
      return { layout, type, length, validity, values: Array.from({ length }, () => null) };
    default:
      return unreachable(layout);
  }
}

/** A batch of no rows. */
export function emptyBatch(schema: StructType): ColumnBatch {
  const columns = schema.fields.map((field) => ({ ...nullVector(field.dataType, 0), validity: undefined }));
  return { schema, numRows: 0, columns };
}

function gatherPresent(vector: Vector, rows: Int32Array, count: number): Vector {
  const { type } = vector;
  const length = count;
  const validity = gatherValidity(vector.validity, rows, count);
  switch (vector.layout) {
    case 'boolean':
      return { layout: 'boolean', type, length, validity, values: pickBytes(vector.values, rows, count) };
    case 'int':
      return { layout: 'int', type, length, validity, values: pickInts(vector.values, rows, count) };
    case 'double':
      return { layout: 'double', type, length, validity, values: pickDoubles(vector.values, rows, count) };
    case 'long':
      return { layout: 'long', type, length, validity, values: pickLongs(vector.values, rows, count) };
    case 'string':
      return { ...vector, length, validity, ids: pickInts(vector.ids, rows, count) };
    case 'struct':
      return {
        ...vector,
        length,
        validity,
        children: vector.children.map((child) => gatherPresent(child, rows, count)),
      };
    case 'object': {
      const values: (Value | null)[] = [];
      for (let i = 0; i < count; i++) values.push(vector.values[rows[i] as number] ?? null);
      return { layout: 'object', type, length, validity, values };
    }
    default:
      return unreachable(vector);
  }
}

function gatherOptional(vector: Vector, rows: Int32Array, count: number): Vector {
  if (vector.length === 0) return nullVector(vector.type, count);
  const inside = new Int32Array(count);
  for (let i = 0; i < count; i++) inside[i] = Math.max(rows[i] as number, 0);
  return withNulls(gatherPresent(vector, inside, count), rows, count);
}

/** The freshly gathered vector with nulls where `rows` is negative; structs become null as a whole and in their fields. */
function withNulls(vector: Vector, rows: Int32Array, count: number): Vector {
  const validity = vector.validity ?? new Uint8Array(count).fill(1);
  for (let i = 0; i < count; i++) if ((rows[i] as number) < 0) validity[i] = 0;
  if (vector.layout !== 'struct') return { ...vector, validity };
  return { ...vector, validity, children: vector.children.map((child) => withNulls(child, rows, count)) };
}

function gatherValidity(validity: Uint8Array | undefined, rows: Int32Array, count: number): Uint8Array | undefined {
  if (validity === undefined) return undefined;
  const gathered = new Uint8Array(count);
  let numValid = 0;
  for (let i = 0; i < count; i++) {
    const valid = validity[rows[i] as number] as number;
    gathered[i] = valid;
    numValid += valid;
  }
  return numValid === count ? undefined : gathered;
}

// One function per array class: a shared one would be megamorphic.
function pickBytes(source: Uint8Array, rows: Int32Array, count: number): Uint8Array {
  const target = new Uint8Array(count);
  for (let i = 0; i < count; i++) target[i] = source[rows[i] as number] as number;
  return target;
}

function pickInts(source: Int32Array, rows: Int32Array, count: number): Int32Array {
  const target = new Int32Array(count);
  for (let i = 0; i < count; i++) target[i] = source[rows[i] as number] as number;
  return target;
}

function pickDoubles(source: Float64Array, rows: Int32Array, count: number): Float64Array {
  const target = new Float64Array(count);
  for (let i = 0; i < count; i++) target[i] = source[rows[i] as number] as number;
  return target;
}

function pickLongs(source: BigInt64Array, rows: Int32Array, count: number): BigInt64Array {
  const target = new BigInt64Array(count);
  for (let i = 0; i < count; i++) target[i] = source[rows[i] as number] as bigint;
  return target;
}

function concatValidity(vectors: readonly Vector[], length: number): Uint8Array | undefined {
  if (vectors.every((vector) => vector.validity === undefined)) return undefined;
  const validity = new Uint8Array(length);
  let offset = 0;
  for (const vector of vectors) {
    if (vector.validity === undefined) validity.fill(1, offset, offset + vector.length);
    else validity.set(vector.validity.subarray(0, vector.length), offset);
    offset += vector.length;
  }
  return validity;
}

interface WritableArray {
  set(source: unknown, offset: number): void;
}

function joinArrays<A extends WritableArray>(vectors: readonly Vector[], target: A): A {
  let offset = 0;
  for (const vector of vectors) {
    assert('values' in vector && ArrayBuffer.isView(vector.values), 'the layout keeps its values in a typed array');
    target.set(vector.values.subarray(0, vector.length), offset);
    offset += vector.length;
  }
  return target;
}

function takeValues(vector: ObjectVector): readonly (Value | null)[] {
  return vector.values.length === vector.length ? vector.values : vector.values.slice(0, vector.length);
}

/** Strings of one dictionary keep it; otherwise the used strings are interned into a new one, each once per source dictionary. */
function concatStrings(
  type: DataType,
  vectors: readonly StringVector[],
  length: number,
  validity: Uint8Array | undefined,
): Vector {
  const ids = new Int32Array(length);
  const first = vectors[0]?.dictionary;
  const shared = first !== undefined && vectors.every((vector) => vector.dictionary === first);
  const dictionary = shared ? first : new StringDictionary();
  const remaps = new Map<StringDictionary, Int32Array>();
  let offset = 0;
  for (const vector of vectors) {
    if (shared) ids.set(vector.ids.subarray(0, vector.length), offset);
    else {
      const remap = remaps.get(vector.dictionary) ?? new Int32Array(vector.dictionary.size).fill(-1);
      remaps.set(vector.dictionary, remap);
      remapIds(vector, dictionary, remap, ids.subarray(offset, offset + vector.length));
    }
    offset += vector.length;
  }
  if (dictionary.size === 0) dictionary.intern('');
  return { layout: 'string', type, length, validity, ids, dictionary };
}

function remapIds(vector: StringVector, dictionary: StringDictionary, remap: Int32Array, target: Int32Array): void {
  const { validity } = vector;
  for (let i = 0; i < vector.length; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    const id = vector.ids[i] as number;
    let mapped = remap[id] as number;
    if (mapped < 0) {
      mapped = dictionary.internFrom(vector.dictionary, id);
      remap[id] = mapped;
    }
    target[i] = mapped;
  }
}
