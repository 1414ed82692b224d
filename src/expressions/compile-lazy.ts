/**
 * `case`, `coalesce`, `and` and `or`: later parts are evaluated for the rows that reach them, when they may fail or read little;
 * otherwise for all rows. A part that sees some rows gets a batch of only the columns it reads.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { EvaluationContext } from '../functions/define-function.ts';
import type { BooleanVector, Vector } from '../types/vector.ts';
import type { Attribute, CaseWhen, Coalesce, Expression, Logical } from './expression.ts';
import { BOOLEAN } from '../types/data-type.ts';
import { concatVectors, gatherVector, nullVector } from '../types/vector-ops.ts';
import { mayFail } from './constant.ts';
import { referencesOf } from './expression.ts';

type Evaluate = (batch: ColumnBatch, context: EvaluationContext) => Vector;
type Compile = (expression: Expression, input: readonly Attribute[]) => Evaluate;
/** Evaluates for `rows` only; the result has `rows.length` values. */
type EvaluateSome = (batch: ColumnBatch, rows: Int32Array, context: EvaluationContext) => Vector;

/** Values of some rows on their way into one column. */
interface Part {
  readonly rows: Int32Array;
  readonly vector: Vector;
}

export function compileCase(expression: CaseWhen, input: readonly Attribute[], compile: Compile): Evaluate {
  const branches = expression.branches.map(({ condition, value }) => ({
    condition: compileSome(condition, input, compile),
    value: compileSome(value, input, compile),
  }));
  const otherwise = compileSome(expression.otherwise, input, compile);
  return (batch, context) => {
    const parts: Part[] = [];
    let rest = allRows(batch.numRows);
    for (const branch of branches) {
      if (rest.length === 0) break;
      const taken = split(branch.condition(batch, rest, context), rest);
      if (taken.yes.length > 0) parts.push({ rows: taken.yes, vector: branch.value(batch, taken.yes, context) });
      rest = taken.no;
    }
    if (rest.length > 0) parts.push({ rows: rest, vector: otherwise(batch, rest, context) });
    return assemble(expression.dataType, parts, batch.numRows);
  };
}

export function compileCoalesce(expression: Coalesce, input: readonly Attribute[], compile: Compile): Evaluate {
  const candidates = expression.arguments.map((argument) => compileSome(argument, input, compile));
  return (batch, context) => {
    const parts: Part[] = [];
    let rest = allRows(batch.numRows);
    for (const [i, candidate] of candidates.entries()) {
      if (rest.length === 0) break;
      const vector = candidate(batch, rest, context);
      const { validity } = vector;
      if (validity === undefined || i === candidates.length - 1) {
        parts.push({ rows: rest, vector });
        rest = new Int32Array(0);
      } else {
        const found = pickRows(rest.length, (row) => validity[row] === 1);
        parts.push({ rows: mapRows(found, rest), vector: gatherVector(vector, found, found.length) });
        rest = mapRows(
          pickRows(rest.length, (row) => validity[row] === 0),
          rest,
        );
      }
    }
    return assemble(expression.dataType, parts, batch.numRows);
  };
}

export function compileLogical(expression: Logical, input: readonly Attribute[], compile: Compile): Evaluate {
  const left = compile(expression.left, input);
  const deciding = expression.operator === 'and' ? 0 : 1;
  const right = compileSome(expression.right, input, compile);
  const isLazy = mayFail(expression.right);
  return (batch, context) => {
    const first = booleansOf(left(batch, context));
    if (!isLazy) return combine(first, booleansOf(right(batch, allRows(batch.numRows), context)), deciding);
    const open = pickRows(batch.numRows, (row) => !(isValid(first, row) && first.values[row] === deciding));
    if (open.length === 0) return first;
    const second = booleansOf(right(batch, open, context));
    const spread: BooleanVector = {
      layout: 'boolean',
      type: BOOLEAN,
      length: batch.numRows,
      values: new Uint8Array(batch.numRows),
      validity: second.validity === undefined ? undefined : new Uint8Array(batch.numRows).fill(1),
    };
    for (let i = 0; i < open.length; i++) {
      const row = open[i] as number;
      spread.values[row] = second.values[i] as number;
      if (spread.validity !== undefined && second.validity !== undefined)
        spread.validity[row] = second.validity[i] as number;
    }
    return combine(first, spread, deciding);
  };
}

/** Three-valued logic; `deciding` is the value that decides alone: 0 for AND, 1 for OR. */
function combine(left: BooleanVector, right: BooleanVector, deciding: 0 | 1): BooleanVector {
  const { length } = left;
  const values = new Uint8Array(length);
  if (left.validity === undefined && right.validity === undefined) {
    if (deciding === 0)
      for (let i = 0; i < length; i++) values[i] = (left.values[i] as number) & (right.values[i] as number);
    else for (let i = 0; i < length; i++) values[i] = (left.values[i] as number) | (right.values[i] as number);
    return { layout: 'boolean', type: BOOLEAN, length, values, validity: undefined };
  }
  const validity = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const leftValid = isValid(left, i);
    const rightValid = isValid(right, i);
    const decided = (leftValid && left.values[i] === deciding) || (rightValid && right.values[i] === deciding);
    validity[i] = decided || (leftValid && rightValid) ? 1 : 0;
    values[i] = validity[i] === 0 ? 0 : decided ? deciding : 1 - deciding;
  }
  return { layout: 'boolean', type: BOOLEAN, length, values, validity };
}

function isValid(vector: Vector, row: number): boolean {
  return vector.validity === undefined || vector.validity[row] === 1;
}

/** A column of type void (a literal NULL) counts as booleans that are all null. */
function booleansOf(vector: Vector): BooleanVector {
  return vector.layout === 'boolean' ? vector : (nullVector(BOOLEAN, vector.length) as BooleanVector);
}

function compileSome(expression: Expression, input: readonly Attribute[], compile: Compile): EvaluateSome {
  if (!mayFail(expression)) {
    const evaluate = compile(expression, input);
    return (batch, rows, context) => {
      const vector = evaluate(batch, context);
      return rows.length === batch.numRows ? vector : gatherVector(vector, rows, rows.length);
    };
  }
  const references = referencesOf(expression);
  const ordinals = [...input.keys()].filter((i) => references.has(input[i]?.id ?? -1));
  const evaluate = compile(
    expression,
    input.filter((column) => references.has(column.id)),
  );
  return (batch, rows, context) => {
    const isWhole = rows.length === batch.numRows;
    const columns = batch.columns
      .filter((_, i) => ordinals.includes(i))
      .map((column) => (isWhole ? column : gatherVector(column, rows, rows.length)));
    const fields = batch.schema.fields.filter((_, i) => ordinals.includes(i));
    return evaluate({ schema: { kind: 'struct', fields }, columns, numRows: rows.length }, context);
  };
}

function split(condition: Vector, rows: Int32Array): { readonly yes: Int32Array; readonly no: Int32Array } {
  const { values } = booleansOf(condition);
  const isTrue = (i: number): boolean => isValid(condition, i) && values[i] === 1;
  return {
    yes: mapRows(pickRows(rows.length, isTrue), rows),
    no: mapRows(
      pickRows(rows.length, (i) => !isTrue(i)),
      rows,
    ),
  };
}

function allRows(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  return rows;
}

function pickRows(count: number, wanted: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count);
  let found = 0;
  for (let i = 0; i < count; i++) if (wanted(i)) rows[found++] = i;
  return rows.subarray(0, found);
}

function mapRows(positions: Int32Array, rows: Int32Array): Int32Array {
  return positions.map((position) => rows[position] as number);
}

/** One column of `numRows` rows out of parts that together cover each row once. */
function assemble(type: Expression['dataType'], parts: readonly Part[], numRows: number): Vector {
  const [only] = parts;
  if (only === undefined) return nullVector(type, numRows);
  if (parts.length === 1) return only.vector;
  const joined = concatVectors(
    type,
    parts.map((part) => part.vector),
  );
  const positions = new Int32Array(numRows);
  let next = 0;
  for (const part of parts) for (const row of part.rows) positions[row] = next++;
  return gatherVector(joined, positions, numRows);
}
