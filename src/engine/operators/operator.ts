/**
 * The contract of a physical operator: it turns the column batches of one epoch (a micro-batch, or the whole of a batch query) into other
 * column batches. An epoch is an Observable that completes; operators are pure between epochs, but for those that own state.
 */
import type { Observable, OperatorFunction } from 'rxjs';
import type { Attribute, Expression } from '../../expressions/expression.ts';
import type { EvaluationContext } from '../../functions/define-function.ts';
import type { OutputMode } from '../../sinks/sink.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { EpochMetrics } from '../metrics.ts';
import { isDeterministic } from '../../expressions/expression.ts';
import { struct } from '../../types/data-type.ts';

/** What an operator may know of the epoch it works in. */
export interface Epoch {
  readonly batchId: number;
  /** `batch`: the input is bounded, everything is put out at the end and no state is kept. */
  readonly outputMode: OutputMode | 'batch';
  readonly context: EvaluationContext;
  /** Rows at or below this are late: the watermark of the previous batch, in ms. */
  readonly lateWatermarkMs: number;
  /** State at or below this is evicted: the watermark of this batch, in ms. */
  readonly evictionWatermarkMs: number;
  /** The rows of a source for this epoch; `scanIndex` counts the scans of the plan from 0, left to right. */
  readonly input: (scanIndex: number, columns: readonly string[]) => Observable<ColumnBatch>;
  readonly metrics: EpochMetrics;
  /** Resolves when whoever takes the rows keeps up; for operators that put out much at their end. */
  readonly mayEmit?: () => Promise<void>;
  /** The batch has other epochs too (Trigger.RealTime): what they changed is not put out again. */
  readonly isPartOfBatch?: boolean;
  /** Counts the batches an operator has taken in and not yet put out, so that no more are read than fit. */
  readonly holding?: { readonly produced: () => void; readonly consumed: () => void };
  /** Resolves after `ms`, at once when `signal` is aborted; never rejects. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Aborted when the query is stopped: what is waited for outside then fails with its reason, and the batch is run at the next start. */
  readonly stopped?: AbortSignal;
  /** True when somebody wants to see the rows that are dropped as late; operators then report them to the metrics. */
  readonly tracksLateRows?: boolean;
  /** The streaming query and its run; absent in a batch query. */
  readonly query?: { readonly id: string; readonly runId: string };
}

/**
 * Where the rows of an operator's inputs have to be. `any`: it works row by row, wherever they are. `clustered`: rows with equal keys are
 * in one place, `keys` giving the expressions of each input. `single`: all rows are in one place, the coordinator.
 */
export type Distribution =
  | { readonly kind: 'any' }
  | { readonly kind: 'clustered'; readonly keys: readonly (readonly Expression[])[] }
  | { readonly kind: 'single'; readonly reason: string };

export const ANYWHERE: Distribution = { kind: 'any' };

/** Where an operator that computes these expressions row by row can work. */
export function placeOfRows(expressions: readonly Expression[]): Distribution {
  return expressions.every(isDeterministic)
    ? ANYWHERE
    : { kind: 'single', reason: 'a function gives every row a value of its own' };
}

/**
 * How an operator that wants its rows in one place can have less of them to move: `before` runs where the rows are, `process` in place of
 * the operator's own over what `before` puts out.
 */
export interface Reduction {
  /** As explain prints it. */
  readonly name: string;
  /** The work of one epoch next to the rows. */
  before(epoch: Epoch): OperatorFunction<ColumnBatch, ColumnBatch>;
  /** The kinds of batches `before` puts out, told apart by their schema object. The first columns are the keys the rows are moved by. */
  readonly shapes: readonly StructType[];
  readonly numKeys: number;
  /** The work of one epoch over those batches, each with one of `shapes` as its schema. */
  process(epoch: Epoch): OperatorFunction<ColumnBatch, ColumnBatch>;
}

/** An operator that takes the batches of its inputs as one stream, input after input. */
export interface Transform {
  readonly kind: 'transform';
  readonly distribution: Distribution;
  /** As explain prints it, `Filter` or `StateStoreSave`. */
  readonly name: string;
  readonly inputs: readonly Operator[];
  /** What `process` really reads, when it does the work of its inputs as well; default `inputs`, which explain shows. */
  readonly reads?: readonly Operator[];
  readonly output: readonly Attribute[];
  /** What it does in one line, for explain; without names of secrets. */
  readonly detail: string;
  /** For operators that are not `any`; absent where rows are moved as they are. */
  readonly reduction?: Reduction;
  /** The work of one epoch. Must not emit after complete; may flush on complete; errors go down the Observable. */
  process(epoch: Epoch): OperatorFunction<ColumnBatch, ColumnBatch>;
}

/** An operator that must tell its inputs apart, as a join. */
export interface Combine {
  readonly kind: 'combine';
  readonly distribution: Distribution;
  readonly name: string;
  readonly inputs: readonly Operator[];
  readonly output: readonly Attribute[];
  readonly detail: string;
  /** For operators that are not `clustered`: what their state is partitioned by, of each input. */
  readonly stateKeys?: readonly (readonly Expression[])[];
  /** The work of one epoch over the streams of `inputs`, in their order; subscribes to each once, in the order it likes. */
  combine(epoch: Epoch, inputs: readonly Observable<ColumnBatch>[]): Observable<ColumnBatch>;
}

/** An operator that starts a pipeline. */
export interface Leaf {
  readonly kind: 'leaf';
  /** Which scan of the plan it is; undefined when it reads no source. */
  readonly scanIndex?: number;
  readonly name: string;
  readonly inputs: readonly [];
  readonly output: readonly Attribute[];
  readonly detail: string;
  read(epoch: Epoch): Observable<ColumnBatch>;
}

export type Operator = Transform | Combine | Leaf;

/** The operators whose batches an operator takes. */
export function readsOf(operator: Operator): readonly Operator[] {
  return (operator.kind === 'transform' ? operator.reads : undefined) ?? operator.inputs;
}

/** The schema of an operator's batches. */
export function schemaOf(output: readonly Attribute[]): StructType {
  return struct(output.map(({ name, dataType, nullable }) => ({ name, dataType, nullable })));
}
