/**
 * Calls row functions over columns. A deterministic function of one string column (and constants) is called once per distinct string
 * and its results are kept beside the dictionary; everything else is called once per row.
 */
import type { EvaluationContext, ScalarEvaluator } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { StringVector, Value, Vector } from '../types/vector.ts';
import { GrowableColumn } from '../types/growable-column.ts';
import { StringDictionary } from '../types/string-dictionary.ts';
import { createBuilder } from '../types/vector-builder.ts';
import { nullVector } from '../types/vector-ops.ts';
import { valueAt } from '../types/vector.ts';

type RowEvaluator = ScalarEvaluator & { readonly kind: 'row' };
type EvaluateColumns = (columns: readonly Vector[], numRows: number, context: EvaluationContext) => Vector;

/** What is known of a call before rows come. */
export interface RowCall {
  readonly returnType: DataType;
  readonly evaluator: RowEvaluator;
  /** Per argument: it has the same value in every row of the query. */
  readonly isConstantArgument: readonly boolean[];
  readonly isDeterministic: boolean;
}

/** The evaluation of a row function over columns. */
export function evaluateRows(call: RowCall): EvaluateColumns {
  const varying = call.isConstantArgument.flatMap((isConstant, i) => (isConstant ? [] : [i]));
  const [only] = varying;
  const memo =
    call.isDeterministic && varying.length === 1 && only !== undefined ? new DictionaryMemo(call, only) : undefined;
  return (columns, numRows, context) => {
    const column = only === undefined ? undefined : columns[only];
    if (memo !== undefined && column?.layout === 'string') return memo.evaluate(columns, column, numRows, context);
    return evaluateEachRow(call, columns, numRows, context);
  };
}

function evaluateEachRow(
  { returnType, evaluator }: RowCall,
  columns: readonly Vector[],
  numRows: number,
  context: EvaluationContext,
): Vector {
  const builder = createBuilder(returnType);
  const readers = columns.map(readerOf);
  const { apply } = evaluator;
  const propagate = evaluator.nulls === 'propagate';
  for (let row = 0; row < numRows; row++) {
    let hasNull = false;
    const values: (Value | null)[] = [];
    for (const read of readers) {
      const value = read(row);
      hasNull ||= value === null;
      values.push(value);
    }
    builder.append(propagate && hasNull ? null : apply(values, context));
  }
  return builder.build();
}

/** Reads values of one column without asking for its layout each time. */
function readerOf(vector: Vector): (row: number) => Value | null {
  if (vector.layout === 'struct' || vector.layout === 'boolean') return (row) => valueAt(vector, row);
  const { validity } = vector;
  if (vector.layout === 'string') {
    const { ids, dictionary } = vector;
    return (row) => (validity !== undefined && validity[row] === 0 ? null : dictionary.text(ids[row] as number));
  }
  const { values } = vector;
  return (row) => (validity !== undefined && validity[row] === 0 ? null : (values[row] ?? null));
}

const MAX_KEPT_STRINGS = 1 << 20;
/** Room for parts is made at once when the rows of a batch may use so much of the dictionary. */
const ROWS_PER_PART = 4;

/** Results of a function per string of a dictionary. */
interface Known {
  /** 1 where the result of the string id is known. */
  done: Uint8Array;
  readonly results: GrowableColumn;
  /** For string results: the ids of the results in `texts`, -1 for null. */
  textIds: Int32Array;
  readonly texts: StringDictionary;
}

class DictionaryMemo {
  readonly #call: RowCall;
  readonly #varying: number;
  #known = new WeakMap<StringDictionary, Known>();
  #forNull: Value | null | undefined;
  #contextKey = '';

  constructor(call: RowCall, varying: number) {
    this.#call = call;
    this.#varying = varying;
  }

  evaluate(columns: readonly Vector[], column: StringVector, numRows: number, context: EvaluationContext): Vector {
    this.#forgetOnChange(context);
    if (numRows === 0) return nullVector(this.#call.returnType, 0);
    const constants = columns.map((vector, i) => (i === this.#varying ? null : valueAt(vector, 0)));
    const { validity, dictionary } = column;
    const known = this.#knownOf(dictionary, numRows);
    const isText = this.#call.returnType.kind === 'string';
    this.#learn(column, constants, known, numRows, context);
    const nullValue = validity === undefined ? null : this.#valueOfNull(constants, context);
    if (nullValue !== null) return this.#withNullValue(column, known, nullValue, numRows, isText);
    return isText ? pickTexts(this.#call.returnType, column, known, numRows) : pickResults(column, known, numRows);
  }

  /** Computes the results of the strings that are not known yet. */
  #learn(
    { ids, validity, dictionary }: StringVector,
    constants: readonly (Value | null)[],
    known: Known,
    numRows: number,
    context: EvaluationContext,
  ): void {
    const isText = this.#call.returnType.kind === 'string';
    const cutter = isText ? this.#cutter(constants, dictionary, known) : undefined;
    for (let row = 0; row < numRows; row++) {
      const id = ids[row] as number;
      if (known.done[id] === 1 || (validity !== undefined && validity[row] === 0)) continue;
      if (cutter?.(id) === true) continue;
      const value = this.#apply(constants, dictionary.text(id), context);
      if (isText) known.textIds[id] = value === null ? -1 : known.texts.intern(value as string);
      else known.results.set(id, value);
      known.done[id] = 1;
    }
  }

  /** Where the result is a part of the text: notes it from the bytes and answers true, if that can be. */
  #cutter(
    constants: readonly (Value | null)[],
    dictionary: StringDictionary,
    known: Known,
  ): ((id: number) => boolean) | undefined {
    const { slice } = this.#call.evaluator;
    if (slice === undefined || this.#varying !== 0 || constants.includes(null, 1)) return undefined;
    const { offsets, bytes } = dictionary.contents();
    const { textIds, texts, done } = known;
    const part = { start: 0, end: 0 };
    return (id) => {
      if (!slice(bytes, offsets[id] as number, offsets[id + 1] as number, constants, part)) return false;
      textIds[id] = texts.internBytes(bytes, part.start, part.end);
      done[id] = 1;
      return true;
    };
  }

  #apply(constants: readonly (Value | null)[], text: string | null, context: EvaluationContext): Value | null {
    const values = constants.with(this.#varying, text);
    const { evaluator } = this.#call;
    return evaluator.nulls === 'propagate' && values.includes(null) ? null : evaluator.apply(values, context);
  }

  #valueOfNull(constants: readonly (Value | null)[], context: EvaluationContext): Value | null {
    if (this.#forNull === undefined) this.#forNull = this.#apply(constants, null, context);
    return this.#forNull;
  }

  #withNullValue(column: StringVector, known: Known, nullValue: Value, numRows: number, isText: boolean): Vector {
    const builder = createBuilder(this.#call.returnType);
    for (let row = 0; row < numRows; row++) {
      const id = column.ids[row] as number;
      if (column.validity?.[row] === 0) builder.append(nullValue);
      else if (!isText) builder.append(known.results.get(id));
      else builder.append((known.textIds[id] as number) < 0 ? null : known.texts.text(known.textIds[id] as number));
    }
    return builder.build();
  }

  #knownOf(dictionary: StringDictionary, numRows: number): Known {
    const found = this.#known.get(dictionary);
    const isPart = this.#call.evaluator.slice !== undefined;
    const known = found ?? {
      done: new Uint8Array(0),
      results: new GrowableColumn(this.#call.returnType),
      textIds: new Int32Array(0),
      // Parts of texts are about as many as the texts.
      texts: new StringDictionary(isPart && dictionary.size <= numRows * ROWS_PER_PART ? dictionary : undefined),
    };
    if (found === undefined && dictionary.size < MAX_KEPT_STRINGS) this.#known.set(dictionary, known);
    if (known.done.length < dictionary.size) {
      const size = Math.max(dictionary.size, known.done.length * 2);
      const done = new Uint8Array(size);
      done.set(known.done);
      known.done = done;
      const textIds = new Int32Array(size).fill(-1);
      textIds.set(known.textIds);
      known.textIds = textIds;
      known.results.ensureCapacity(size);
    }
    return known;
  }

  #forgetOnChange(context: EvaluationContext): void {
    const key = `${context.timeZone} ${context.ansi}`;
    if (key === this.#contextKey) return;
    this.#contextKey = key;
    this.#known = new WeakMap();
    this.#forNull = undefined;
  }
}

function pickResults(column: StringVector, known: Known, numRows: number): Vector {
  const vector = known.results.toVector(column.ids, numRows);
  const nulls = column.validity;
  if (nulls === undefined) return vector;
  const validity = vector.validity ?? nulls.slice(0, numRows);
  for (let i = 0; i < numRows; i++) if (nulls[i] === 0) validity[i] = 0;
  return { ...vector, validity };
}

function pickTexts(type: DataType, column: StringVector, known: Known, numRows: number): Vector {
  const ids = new Int32Array(numRows);
  let validity = column.validity?.slice(0, numRows);
  for (let i = 0; i < numRows; i++) {
    if (validity !== undefined && validity[i] === 0) continue;
    const id = known.textIds[column.ids[i] as number] as number;
    if (id >= 0) ids[i] = id;
    else {
      validity ??= new Uint8Array(numRows).fill(1);
      validity[i] = 0;
    }
  }
  if (known.texts.size === 0) known.texts.intern('');
  return { layout: 'string', type, length: numRows, validity, ids, dictionary: known.texts };
}
