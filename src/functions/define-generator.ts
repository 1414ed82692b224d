/**
 * What a generator is: a function that makes any number of rows of one row, as `explode`. Defined like other functions by one literal in
 * generators.ts; analysis makes a plan node of it, so it may stand only in a select list or a LATERAL VIEW.
 */
import type { DataType } from '../types/data-type.ts';
import type { Vector } from '../types/vector.ts';
import type { Argument, FunctionDoc } from './define-function.ts';

/** A column a generator makes. */
export interface GeneratedColumn {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
}

/** The rows made of a batch: column values, and of which input row each row comes. Rows of one input row stand together, in order. */
export interface GeneratedRows {
  readonly rows: Int32Array;
  readonly count: number;
  readonly columns: readonly Vector[];
}

/** A generator whose argument types are known. */
export interface GeneratorSignature {
  readonly argumentTypes: readonly DataType[];
  readonly output: readonly GeneratedColumn[];
  /** Makes the rows of `numRows` rows; with `isOuter` a row of which nothing comes gives one row of nulls. Must not keep the vectors. */
  readonly generate: (columns: readonly Vector[], numRows: number, isOuter: boolean) => GeneratedRows;
}

/** `resolve` throws Spark's condition when the arguments do not fit. */
export interface GeneratorFunction {
  readonly name: string;
  readonly doc: FunctionDoc;
  /** True for `explode_outer` and the like. */
  readonly isOuter: boolean;
  readonly resolve: (args: readonly Argument[]) => GeneratorSignature;
}
