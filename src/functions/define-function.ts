/**
 * What a function is: one literal with name, documentation, types and evaluation. Adding one is a literal in a group file of this folder
 * and a line in registry.ts; analysis, SQL, the DataFrame API and the documentation follow from it. Functions know columns and values,
 * never plans or expressions.
 */
import type { DataType } from '../types/data-type.ts';
import type { GrowableColumn } from '../types/growable-column.ts';
import type { Value, Vector } from '../types/vector.ts';

/** What evaluation may know besides its arguments; constant within one micro-batch. */
export interface EvaluationContext {
  /** The batch timestamp in µs since 1970-01-01 UTC; what current_timestamp() returns. */
  readonly batchTimestampMicros: bigint;
  /** `spark.sql.session.timeZone`, an IANA name or offset. */
  readonly timeZone: string;
  /** `spark.sql.ansi.enabled`: errors instead of nulls on overflow and bad casts. */
  readonly ansi: boolean;
  /** Seed of rand(), uuid() and the like; depends only on query and batch, so that a replay repeats. */
  readonly seed: number;
}

/** What analysis tells a function of an argument. */
export interface Argument {
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** The value when the argument is a literal (or folds to one); undefined otherwise. */
  readonly literal?: Value | null | undefined;
  /** It is written as a literal, and not only constant. */
  readonly isLiteral?: boolean;
  /** SQL text of the argument, for error messages. */
  readonly sql: string;
  /** The name when the argument is a column or has an alias; what struct() names its field. */
  readonly columnName?: string | undefined;
}

/**
 * How a resolved call is computed. `row` gets one row's values and must be pure; with `nulls: 'propagate'` it is not called when an
 * argument is null (the result is null). `columns` gets whole vectors of `numRows` rows and returns one; it must not keep or change them.
 */
export type ScalarEvaluator =
  | {
      readonly kind: 'row';
      readonly nulls: 'propagate' | 'pass';
      readonly apply: (values: readonly (Value | null)[], context: EvaluationContext) => Value | null;
      readonly slice?: SliceOfText;
    }
  | {
      readonly kind: 'columns';
      readonly apply: (columns: readonly Vector[], numRows: number, context: EvaluationContext) => Vector;
    }
  | AsyncEvaluator;

/** A call that is waited for: one row's values in, a promise of the value out. An operator of its own makes these calls. */
export interface AsyncEvaluator {
  readonly kind: 'async';
  /** At most so many calls at a time. */
  readonly concurrency: number;
  readonly apply: (values: readonly (Value | null)[], calls: AsyncCalls) => Promise<Value | null>;
}

/** What calls that are waited for get from the operator that makes them. */
export interface AsyncCalls {
  /** Aborted when the result is not wanted any more. */
  readonly signal: AbortSignal;
  /** Resolves after `ms`, at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Where a part of some bytes begins and ends. */
export interface TextPart {
  start: number;
  end: number;
}

/**
 * For a text whose result is a part of it: sets `part` to which of the UTF-8 bytes `bytes[start, end)` are the result of its row and answers
 * true, or false when `apply` has to say. The other arguments are in `values`, none of them null.
 */
export type SliceOfText = (
  bytes: Uint8Array,
  start: number,
  end: number,
  values: readonly (Value | null)[],
  part: TextPart,
) => boolean;

/** A function whose argument types are known. */
export interface ScalarSignature {
  /** The types the arguments are implicitly cast to before the call, one per argument. */
  readonly argumentTypes: readonly DataType[];
  readonly returnType: DataType;
  readonly nullable: boolean;
  readonly evaluator: ScalarEvaluator;
}

/** What analysis knows when it resolves a function: settings frozen for the query. */
export interface ResolveContext {
  readonly ansi: boolean;
  readonly timeZone: string;
  /** What current_user() answers. */
  readonly user?: string;
  /** What current_database() answers. */
  readonly database?: string;
  /** What TIMESTAMP means; a moment unless said. */
  readonly timestampType?: 'ltz' | 'ntz';
  /** `spark.sql.decimalOperations.allowPrecisionLoss` is off: results keep all digits behind the point, or are none. */
  readonly keepsScale?: boolean;
  /** A number for each call of a function that draws values, so that two calls in a query draw different ones. */
  readonly nextDraw?: () => number;
}

export interface FunctionDoc {
  /** One sentence of what it returns. */
  readonly usage: string;
  /** A SELECT expression that is run as a test, as `upper('ab')`. */
  readonly example: string;
  /** What the example prints, as `AB`. */
  readonly result: string;
}

/** A function of one row. `resolve` throws Spark's condition (WRONG_NUM_ARGS, DATATYPE_MISMATCH…) when the arguments do not fit. */
export interface ScalarFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: FunctionDoc;
  /** False for rand(), uuid() and the like; default true. */
  readonly deterministic?: false;
  readonly resolve: (args: readonly Argument[], context: ResolveContext) => ScalarSignature;
}

/**
 * An aggregate whose argument types are known. Its partial result is a row of `bufferTypes` columns per group; the columns are owned by
 * the caller, grown by the caller, and are what the state store keeps. `slots[i]` is the group of row i; the same slot may occur many
 * times. All calls are synchronous; `initialize` is called once for each new slot before anything else.
 */
export interface AggregateSignature {
  readonly argumentTypes: readonly DataType[];
  readonly returnType: DataType;
  readonly nullable: boolean;
  readonly bufferTypes: readonly DataType[];
  /** The result depends on the order of the rows, or partial results are as large as the rows: they are not made before rows are moved. */
  readonly wantsRows?: true;
  readonly initialize: (buffers: readonly GrowableColumn[], slot: number) => void;
  /** `initialize` leaves a fresh slot of a table, which is null and zero, as it is: there it need not be called. */
  readonly startsFresh?: boolean;
  readonly update: (
    buffers: readonly GrowableColumn[],
    slots: Int32Array,
    args: readonly Vector[],
    numRows: number,
    context: EvaluationContext,
  ) => void;
  /** Adds partial results (columns of `bufferTypes`) to the groups of `slots`. */
  readonly merge: (
    buffers: readonly GrowableColumn[],
    slots: Int32Array,
    partials: readonly Vector[],
    numRows: number,
  ) => void;
  /** The results of the first `count` entries of `slots`, in that order. */
  readonly result: (
    buffers: readonly GrowableColumn[],
    slots: Int32Array,
    count: number,
    context: EvaluationContext,
  ) => Vector;
}

/** A function of many rows. */
export interface AggregateFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: FunctionDoc;
  readonly resolve: (args: readonly Argument[], context: ResolveContext) => AggregateSignature;
}

/** Marks a literal as a scalar function; keeps the type and nothing else. */
export function defineScalar(definition: ScalarFunction): ScalarFunction {
  return definition;
}

/** Marks a literal as an aggregate function; keeps the type and nothing else. */
export function defineAggregate(definition: AggregateFunction): AggregateFunction {
  return definition;
}
