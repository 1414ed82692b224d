/**
 * Turns a resolved expression into a function from a batch to a column: a generated loop where there is one (generated-loop.ts), otherwise
 * the interpreter. There column kernels get whole columns; row functions are called per row, or once per distinct string where that is
 * enough. Parts of `case`, `coalesce`, `and`, `or` that may fail see only the rows that reach them.
 */
import type { EvaluationContext } from '../functions/define-function.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Vector } from '../types/vector.ts';
import type { Attribute, Cast, Expression, GetField, ScalarCall } from './expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { assert, present } from '../errors/assert.ts';
import { constantVector, gatherVector, nullVector } from '../types/vector-ops.ts';
import { valueAt } from '../types/vector.ts';
import { compileCast } from './cast.ts';
import { compileHigherOrder } from './compile-higher-order.ts';
import { compileCase, compileCoalesce, compileLogical } from './compile-lazy.ts';
import { isConstant } from './constant.ts';
import { referencesOf } from './expression.ts';
import { GeneratedLoop } from './generated-loop.ts';
import { isTooLarge } from './generated-support.ts';
import { type ValueSet, isLongList, testMembers, valueSetOf } from './in-list.ts';
import { evaluateRows } from './row-evaluation.ts';

/** Computes one column from a batch. */
export type Evaluator = (batch: ColumnBatch, context: EvaluationContext) => Vector;

/** The rows a predicate selects: the first `count` entries of `rows`. */
export interface Selection {
  readonly rows: Int32Array;
  readonly count: number;
}

type Compile = (expression: Expression, input: readonly Attribute[]) => Evaluator;
type Predicate = (batch: ColumnBatch, context: EvaluationContext) => Selection;

/** The evaluator of an expression over batches whose columns are `input`, in that order. */
export function compileExpression(expression: Expression, input: readonly Attribute[]): Evaluator {
  if (expression.kind !== 'literal' && isConstant(expression))
    return compileConstant(expression, input, compileExpression);
  if (isTooLarge(expression)) return interpretExpression(expression, input);
  const loop = GeneratedLoop.of(expression, input, compileExpression);
  if (loop === undefined) return compileNode(expression, input, compileExpression);
  const interpret = whenNeeded(() => interpretExpression(expression, input));
  return (batch, context) =>
    loop.evaluate(batch, { rows: undefined, count: batch.numRows }, context) ?? interpret()(batch, context);
}

/** As compileExpression, without generated code: the oracle of the generated loops, and what decides when they do not. */
export function interpretExpression(expression: Expression, input: readonly Attribute[]): Evaluator {
  if (expression.kind !== 'literal' && isConstant(expression))
    return compileConstant(expression, input, interpretExpression);
  return compileNode(expression, input, interpretExpression);
}

/** The selection of the rows for which the boolean expression is true. */
export function compilePredicate(expression: Expression, input: readonly Attribute[]): Predicate {
  const loop = isConstant(expression) ? undefined : GeneratedLoop.of(expression, input, compileExpression, true);
  const evaluate = whenNeeded(() =>
    loop === undefined ? compileExpression(expression, input) : interpretExpression(expression, input),
  );
  return (batch, context) => loop?.select(batch, context) ?? trueRows(evaluate()(batch, context));
}

/** The evaluator of an expression for selected rows only: as over a batch of these rows, without making that batch. */
export function compileSelected(
  expression: Expression,
  input: readonly Attribute[],
): (batch: ColumnBatch, selection: Selection, context: EvaluationContext) => Vector {
  const loop = isConstant(expression) ? undefined : GeneratedLoop.of(expression, input, compileExpression);
  const selectedLoop = loop?.readsColumnsOnly === true ? loop : undefined;
  const references = referencesOf(expression);
  const ordinals = [...input.keys()].filter((i) => references.has(input[i]?.id ?? -1));
  const attributes = input.filter((column) => references.has(column.id));
  const evaluate = whenNeeded(() => compileExpression(expression, attributes));
  return (batch, selection, context) => {
    const isWhole = selection.count === batch.numRows;
    const wanted = { rows: isWhole ? undefined : selection.rows, count: selection.count };
    const computed = selectedLoop?.evaluate(batch, wanted, context);
    if (computed !== undefined) return computed;
    const columns = ordinals.map((ordinal) => {
      const column = present(batch.columns[ordinal], 'a batch has a column per attribute');
      return isWhole ? column : gatherVector(column, selection.rows, selection.count);
    });
    const fields = ordinals.map((ordinal) => present(batch.schema.fields[ordinal], 'a field per column'));
    return evaluate()({ schema: { kind: 'struct', fields }, columns, numRows: selection.count }, context);
  };
}

function whenNeeded<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function trueRows(vector: Vector): Selection {
  const { length, validity } = vector;
  const rows = new Int32Array(length);
  // A null condition of type void is never true.
  if (vector.layout !== 'boolean') return { rows, count: 0 };
  const { values } = vector;
  let count = 0;
  if (validity === undefined) {
    for (let i = 0; i < length; i++) {
      rows[count] = i;
      count += values[i] as number;
    }
    return { rows, count };
  }
  for (let i = 0; i < length; i++) {
    rows[count] = i;
    count += (values[i] as number) & (validity[i] as number);
  }
  return { rows, count };
}

function compileNode(expression: Expression, input: readonly Attribute[], compile: Compile): Evaluator {
  switch (expression.kind) {
    case 'attribute':
      return compileAttribute(expression, input);
    case 'literal': {
      const { value, dataType } = expression;
      return cachedByLength((length) => constantVector(dataType, value, length));
    }
    case 'alias':
      return compile(expression.child, input);
    case 'call':
      return compileCall(expression, input, compile);
    case 'cast':
      return compileCastNode(expression, input, compile);
    case 'field':
      return compileField(expression, input, compile);
    case 'case':
      return compileCase(expression, input, compile);
    case 'coalesce':
      return compileCoalesce(expression, input, compile);
    case 'logical':
      return compileLogical(expression, input, compile);
    case 'higherOrder':
      return compileHigherOrder(expression, input, compile);
    case 'aggregate':
      assert(false, 'aggregate calls are evaluated by the aggregate operator');
      break;
    case 'window':
      assert(false, 'window calls are evaluated by the window operator');
      break;
    case 'subquery':
      assert(false, 'subqueries are rewritten into joins');
  }
}

function compileAttribute(attribute: Attribute, input: readonly Attribute[]): Evaluator {
  const index = input.findIndex((column) => column.id === attribute.id);
  assert(index >= 0, `the column ${attribute.name} is part of the input`);
  return (batch) => present(batch.columns[index], 'a batch has a column per attribute');
}

/** Evaluated on the first batch, on one row; later batches get the same value. */
function compileConstant(expression: Expression, input: readonly Attribute[], compile: Compile): Evaluator {
  const evaluate = compileNode(expression, input, compile);
  let vectorOfLength: Evaluator | undefined;
  return (batch, context) => {
    if (batch.numRows === 0) return nullVector(expression.dataType, 0);
    if (vectorOfLength === undefined) {
      const value = valueAt(evaluate({ ...batch, numRows: 1 }, context), 0);
      vectorOfLength = cachedByLength((length) => constantVector(expression.dataType, value, length));
    }
    return vectorOfLength(batch, context);
  };
}

/** Remembers the last vector: most batches have the same number of rows. */
function cachedByLength(make: (length: number) => Vector): Evaluator {
  let last: Vector | undefined;
  return (batch) => {
    if (last === undefined || last.length !== batch.numRows) last = make(batch.numRows);
    return last;
  };
}

function compileCall(call: ScalarCall, input: readonly Attribute[], compile: Compile): Evaluator {
  return isLongList(call) ? compileInList(call, input, compile) : compilePlainCall(call, input, compile);
}

/** `a IN (…)` by a set of the values; what cannot be computed before a row asks for it is compared one by one. */
function compileInList(call: ScalarCall, input: readonly Attribute[], compile: Compile): Evaluator {
  const [tested, ...candidates] = call.arguments;
  const column = compile(present(tested, 'a tested value'), input);
  let set: ValueSet | 'none' | undefined;
  const compare = whenNeeded(() => compilePlainCall(call, input, compile));
  return (batch, context) => {
    set ??= valueSetOf(candidates, (candidate) => {
      const evaluate = compileNode(candidate, [], interpretExpression);
      return valueAt(evaluate({ schema: { kind: 'struct', fields: [] }, columns: [], numRows: 1 }, context), 0);
    });
    return set === 'none' ? compare()(batch, context) : testMembers(column(batch, context), set, batch.numRows);
  };
}

function compilePlainCall(call: ScalarCall, input: readonly Attribute[], compile: Compile): Evaluator {
  const args = call.arguments.map((argument) => compile(argument, input));
  const { evaluator } = call;
  if (evaluator.kind === 'async')
    throw new MillraceError('ASYNC_FUNCTION_PLACEMENT', { funcName: `\`${call.functionName}\`` });
  if (evaluator.kind === 'columns') {
    return (batch, context) =>
      evaluator.apply(
        args.map((evaluate) => evaluate(batch, context)),
        batch.numRows,
        context,
      );
  }
  const isConstantArgument = call.arguments.map((argument) => argument.kind === 'literal' || isConstant(argument));
  const evaluateCall = evaluateRows({
    returnType: call.dataType,
    evaluator,
    isConstantArgument,
    isDeterministic: call.deterministic,
  });
  return (batch, context) =>
    evaluateCall(
      args.map((evaluate) => evaluate(batch, context)),
      batch.numRows,
      context,
    );
}

function compileCastNode(cast: Cast, input: readonly Attribute[], compile: Compile): Evaluator {
  const child = compile(cast.child, input);
  const convert = compileCast(cast.child.dataType, cast.dataType, cast.mode);
  return (batch, context) => convert(child(batch, context), context);
}

function compileField(field: GetField, input: readonly Attribute[], compile: Compile): Evaluator {
  const child = compile(field.child, input);
  return (batch, context) => {
    const parent = child(batch, context);
    if (parent.layout !== 'struct') return nullVector(field.dataType, batch.numRows);
    const vector = present(parent.children[field.ordinal], 'a struct has the field');
    if (parent.validity === undefined) return vector;
    const validity = parent.validity.slice(0, batch.numRows);
    const own = vector.validity;
    if (own !== undefined)
      for (let i = 0; i < validity.length; i++) validity[i] = (validity[i] as number) & (own[i] as number);
    return { ...vector, validity };
  };
}
