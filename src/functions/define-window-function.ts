/**
 * What a function of positions is: rank, row_number, lag and their kin, which look at the place of a row among the rows of its partition.
 * Aggregates over frames are no such functions: any aggregate works there.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { Argument, FunctionDoc, ResolveContext } from './define-function.ts';

/** One partition of sorted rows; all numbers are positions in the sorted columns. */
export interface PartitionRows {
  readonly start: number;
  /** Behind the last row. */
  readonly end: number;
  /** The first row with the same sort keys, by row. */
  readonly peerStart: Int32Array;
  /** Behind the last row with the same sort keys, by row. */
  readonly peerEnd: Int32Array;
  /** The frame of a row: from `frameStart[row]` until before `frameEnd[row]`. */
  readonly frameStart: Int32Array;
  readonly frameEnd: Int32Array;
}

/** How a function says which frame it has: one that is fixed, or the one the user wrote. */
export type FixedFrame =
  | { readonly kind: 'written' }
  /** From the first row of the partition to the current one. */
  | { readonly kind: 'running' }
  /** One row, so far from the current one. */
  | { readonly kind: 'offset'; readonly offset: number };

/** A window function whose argument types are known. */
export interface WindowSignature {
  readonly argumentTypes: readonly DataType[];
  readonly returnType: DataType;
  readonly nullable: boolean;
  readonly frame: FixedFrame;
  /** True when the function makes no sense without ORDER BY. */
  readonly wantsOrder: boolean;
  /** Writes the results of the rows of one partition to `results`, at the positions of the rows. */
  readonly compute: (rows: PartitionRows, args: readonly Vector[], results: (Value | null)[]) => void;
}

export interface WindowFunctionArgument extends Argument {
  /** False for columns and what is computed of them. */
  readonly isConstant: boolean;
}

/** A function that only works with OVER. */
export interface WindowFunction {
  readonly name: string;
  readonly doc: FunctionDoc;
  /** What errors print of the call without its arguments. */
  readonly resolve: (
    args: readonly WindowFunctionArgument[],
    ignoresNulls: boolean,
    context: ResolveContext,
  ) => WindowSignature;
  /** Arguments that are added where they are not written, for the text of the call. */
  readonly defaults?: readonly (number | null)[];
  /** True when IGNORE NULLS may stand behind it. */
  readonly takesNullsOption?: true;
}

/** Marks a literal as a window function; keeps the type and nothing else. */
export function defineWindowFunction(definition: WindowFunction): WindowFunction {
  return definition;
}
