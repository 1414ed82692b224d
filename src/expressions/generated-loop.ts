/**
 * Runs generated loops (generated-source.ts) over batches: compiles the text once per shape, hands in arrays, constants and ids of
 * texts, and gives the batch to the interpreter when the loop says so. Where code generation is forbidden there are no loops.
 */
import type { EvaluationContext } from '../functions/define-function.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { DataType } from '../types/data-type.ts';
import type { BooleanVector, Vector } from '../types/vector.ts';
import type { Attribute, Expression } from './expression.ts';
import type { LoopParts } from './generated-source.ts';
import { assert, present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { halvesOf } from '../types/long-halves.ts';
import { StringDictionary } from '../types/string-dictionary.ts';
import { layoutOf } from '../types/vector.ts';
import { withoutAlias } from './expression.ts';
import { loopSource } from './generated-source.ts';
import { canGenerate, isTooLarge } from './generated-support.ts';

type Evaluate = (batch: ColumnBatch, context: EvaluationContext) => Vector;
type Compile = (expression: Expression, input: readonly Attribute[]) => Evaluate;
type Numbers = Uint8Array | Int32Array | Float64Array;

/** Answers -1 when the interpreter has to do the batch, otherwise the number of rows found (of a predicate) or 0. */
type Loop = (
  numRows: number,
  rows: Int32Array | undefined,
  values: readonly (Numbers | undefined)[],
  validity: readonly (Uint8Array | undefined)[],
  textIds: readonly number[],
  result: Numbers,
  resultValidity: Uint8Array | undefined,
) => number;

/** Compiled text, for all expressions of the same shape. */
const factories = new Map<string, (constants: readonly unknown[]) => Loop>();
const MAX_FACTORIES = 1024;
/** Which inputs have nulls may differ from batch to batch; beyond so many combinations all count as having some. */
const MAX_VARIANTS = 8;
/** A loop that gave up in so many batches without an error is not worth trying. */
const MAX_DECLINED = 8;

interface Variant {
  readonly parts: LoopParts;
  readonly loop: Loop;
  /** The texts of a string result. */
  readonly dictionary: StringDictionary | undefined;
}

/** Where the rows are: all of a batch, or the first `count` of `rows`. */
export interface WantedRows {
  readonly rows: Int32Array | undefined;
  readonly count: number;
}

export class GeneratedLoop {
  readonly #expression: Expression;
  readonly #isPredicate: boolean;
  readonly #parts: LoopParts;
  readonly #inputs: readonly Evaluate[];
  readonly #variants = new Map<string, Variant>();
  #numDeclined = 0;

  /** The loop for an expression; undefined when there is none. `compile` makes the columns that are its inputs. */
  static of(
    expression: Expression,
    input: readonly Attribute[],
    compile: Compile,
    isPredicate = false,
  ): GeneratedLoop | undefined {
    const root = withoutAlias(expression);
    if (isTooLarge(root) || !canGenerate(root) || (isPredicate && root.dataType.kind !== 'boolean')) return undefined;
    const parts = loopSource(root, { isSelected: false, isPredicate });
    if (factoryOf(parts.source) === undefined) return undefined;
    return new GeneratedLoop(root, parts, { input, compile, isPredicate });
  }

  private constructor(
    expression: Expression,
    parts: LoopParts,
    how: { readonly input: readonly Attribute[]; readonly compile: Compile; readonly isPredicate: boolean },
  ) {
    this.#expression = expression;
    this.#isPredicate = how.isPredicate;
    this.#parts = parts;
    this.#inputs = parts.inputs.map(({ expression: input }) => how.compile(input, how.input));
  }

  /** True when all inputs are columns of the batch, so that rows that are not wanted cannot matter. */
  get readsColumnsOnly(): boolean {
    return this.#parts.inputs.every(({ expression }) => isColumn(expression));
  }

  /** The column of the wanted rows; undefined when the interpreter has to compute it. */
  evaluate(batch: ColumnBatch, wanted: WantedRows, context: EvaluationContext): Vector | undefined {
    const { dataType: type } = this.#expression;
    const { count } = wanted;
    const values = arrayOf(type, count);
    const filled = this.#run(batch, wanted, context, values, count);
    if (filled === undefined) return undefined;
    const { validity, variant } = filled;
    const layout = layoutOf(type);
    if (layout === 'string') {
      const dictionary = present(variant.dictionary, 'the texts of a string result');
      return { layout, type, length: count, validity, ids: values as Int32Array, dictionary };
    }
    assert(layout !== 'struct' && layout !== 'object', 'generated code makes numbers and texts');
    if (layout === 'long') {
      const longs = new BigInt64Array(values.buffer, 0, count);
      return { layout, type, length: count, validity, values: longs };
    }
    return { layout, type, length: count, validity, values } as BooleanVector;
  }

  /** The rows of a batch for which the predicate is true; undefined when the interpreter has to find them. */
  select(
    batch: ColumnBatch,
    context: EvaluationContext,
  ): { readonly rows: Int32Array; readonly count: number } | undefined {
    assert(this.#isPredicate, 'only predicates select rows');
    const rows = new Int32Array(batch.numRows);
    const found = this.#run(batch, { rows: undefined, count: batch.numRows }, context, rows, 0);
    return found && { rows, count: found.answer };
  }

  #run(
    batch: ColumnBatch,
    { rows, count }: WantedRows,
    context: EvaluationContext,
    result: Numbers,
    numResults: number,
  ): { readonly validity: Uint8Array | undefined; readonly variant: Variant; readonly answer: number } | undefined {
    if (this.#numDeclined >= MAX_DECLINED) return undefined;
    const columns = this.#columns(batch, context);
    if (columns === undefined) return undefined;
    const variant = this.#variantFor(columns, rows !== undefined);
    if (variant === undefined) return undefined;
    const { parts, loop } = variant;
    const validity = columns.map((column) => column.validity ?? allValid(batch.numRows));
    const textIds = parts.texts.map(({ input, text }) => {
      const column = columns[input];
      return column?.layout === 'string' ? column.dictionary.find(text) : -1;
    });
    const resultValidity = parts.mayBeNull && !this.#isPredicate ? new Uint8Array(numResults) : undefined;
    const answer = loop(count, rows, columns.map(numbersOf), validity, textIds, result, resultValidity);
    if (answer >= 0) return { validity: resultValidity, variant, answer };
    this.#numDeclined++;
    return undefined;
  }

  /** The inputs; undefined when one fails: the interpreter says which of several errors comes first. */
  #columns(batch: ColumnBatch, context: EvaluationContext): readonly Vector[] | undefined {
    try {
      return this.#inputs.map((evaluate) => evaluate(batch, context));
    } catch (error) {
      if (error instanceof MillraceError) return undefined;
      throw error;
    }
  }

  /** The loop for columns of which some have nulls. */
  #variantFor(columns: readonly Vector[], isSelected: boolean): Variant | undefined {
    let hasNulls = columns.map((column) => column.validity !== undefined);
    let key = `${isSelected ? 's' : 'a'}${hasNulls.map(Number).join('')}`;
    if (!this.#variants.has(key) && this.#variants.size >= MAX_VARIANTS) {
      hasNulls = columns.map(() => true);
      key = `${isSelected ? 's' : 'a'}all`;
    }
    const known = this.#variants.get(key);
    if (known !== undefined) return known;
    const shape = { isSelected, isPredicate: this.#isPredicate, nulls: { inputs: this.#parts.inputs, hasNulls } };
    const parts = loopSource(this.#expression, shape);
    const factory = factoryOf(parts.source);
    if (factory === undefined) return undefined;
    const dictionary = layoutOf(this.#expression.dataType) === 'string' ? dictionaryOf(parts.choices) : undefined;
    const variant = { parts, loop: factory(parts.constants), dictionary };
    this.#variants.set(key, variant);
    return variant;
  }
}

function factoryOf(source: string): ((constants: readonly unknown[]) => Loop) | undefined {
  const known = factories.get(source);
  if (known !== undefined) return known;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the body is made of generated identifiers and operators only
    const factory = new Function('K', source) as (constants: readonly unknown[]) => Loop;
    if (factories.size >= MAX_FACTORIES) factories.clear();
    factories.set(source, factory);
    return factory;
  } catch {
    // A host may forbid to make functions from text.
    return undefined;
  }
}

function dictionaryOf(texts: readonly string[]): StringDictionary {
  const dictionary = new StringDictionary();
  for (const text of texts) dictionary.intern(text);
  if (dictionary.size === 0) dictionary.intern('');
  return dictionary;
}

function isColumn(expression: Expression): boolean {
  return expression.kind === 'attribute' || (expression.kind === 'field' && isColumn(expression.child));
}

/** The array a loop writes values of a type to; longs by their halves. */
function arrayOf(type: DataType, count: number): Numbers {
  switch (layoutOf(type)) {
    case 'boolean':
      return new Uint8Array(count);
    case 'double':
      return new Float64Array(count);
    case 'long':
      return new Int32Array(count * 2);
    default:
      return new Int32Array(count);
  }
}

function numbersOf(vector: Vector): Numbers | undefined {
  switch (vector.layout) {
    case 'long':
      return halvesOf(vector.values);
    case 'string':
      return vector.ids;
    case 'struct':
    case 'object':
      return undefined;
    default:
      return vector.values;
  }
}

let ones = new Uint8Array(0);

/** Validity without nulls, for loops that read it all the same. */
function allValid(numRows: number): Uint8Array {
  if (ones.length < numRows) ones = new Uint8Array(Math.max(numRows, 1024)).fill(1);
  return ones;
}
