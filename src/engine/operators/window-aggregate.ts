/**
 * Aggregates over the frames of rows. Frames that begin with the partition grow row by row and are added to; those of a whole partition are
 * computed at once; frames up to its end are built backwards where the order of adding does not show; those that slide are merged from parts
 * where that is exact (frame-tree.ts), and computed anew elsewhere.
 */
import type { WindowFrame } from '../../expressions/expression.ts';
import type { AggregateSignature, EvaluationContext } from '../../functions/define-function.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { Frames, Partitions } from './window-frames.ts';
import { GrowableColumn } from '../../types/growable-column.ts';
import { gatherVector, sliceVector } from '../../types/vector-ops.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { valueAt } from '../../types/vector.ts';
import { isMergeable, longestFrame, mergeFrames } from './frame-tree.ts';

/** The aggregate of a call. */
interface WindowAggregate {
  readonly functionName: string;
  readonly signature: AggregateSignature;
}

export function aggregateOverFrames(
  { functionName, signature }: WindowAggregate,
  frame: WindowFrame,
  args: readonly Vector[],
  partitions: Partitions,
  frames: Frames,
  context: EvaluationContext,
): Vector {
  const work = new FrameAggregation(signature, args, partitions.numRows, context);
  const isFromStart = frame.lower.kind === 'unboundedPreceding';
  const isToEnd = frame.upper.kind === 'unboundedFollowing';
  if (isFromStart && isToEnd) return work.wholePartitions(partitions);
  partitions.starts.forEach((start, i) => {
    const end = partitions.starts[i + 1] ?? partitions.numRows;
    if (isFromStart) work.growing(start, end, frames);
    else if (isToEnd && isOrderFree(signature, args)) work.shrinking(start, end, frames);
    else if (
      isMergeable(
        { functionName, signature, args },
        end - start,
        longestFrame(start, end, frames.frameStart, frames.frameEnd),
      )
    )
      work.merging(functionName, start, end, frames);
    else work.sliding(start, end, frames);
  });
  return work.results();
}

/** Sums of floating-point numbers depend on the order of adding. */
function isOrderFree(signature: AggregateSignature, args: readonly Vector[]): boolean {
  const isFloat = (kind: string): boolean => kind === 'double' || kind === 'float';
  return (
    signature.wantsRows !== true &&
    !args.some(({ type }) => isFloat(type.kind)) &&
    !signature.bufferTypes.some(({ kind }) => isFloat(kind))
  );
}

class FrameAggregation {
  readonly #signature: AggregateSignature;
  readonly #args: readonly Vector[];
  readonly #context: EvaluationContext;
  readonly #buffers: readonly GrowableColumn[];
  readonly #values: (Value | null)[];
  /** Slot 0 for as many rows as are added at once. */
  readonly #zeros: Int32Array;

  constructor(signature: AggregateSignature, args: readonly Vector[], numRows: number, context: EvaluationContext) {
    this.#signature = signature;
    this.#args = args;
    this.#context = context;
    this.#buffers = signature.bufferTypes.map((type) => new GrowableColumn(type));
    this.#values = Array.from<null>({ length: numRows }).fill(null);
    this.#zeros = new Int32Array(numRows);
  }

  results(): Vector {
    return vectorOf(this.#signature.returnType, this.#values);
  }

  wholePartitions({ starts, numRows }: Partitions): Vector {
    const { initialize, update, result } = this.#signature;
    for (const buffer of this.#buffers) buffer.ensureCapacity(starts.length);
    const slots = new Int32Array(numRows);
    starts.forEach((start, slot) => {
      initialize(this.#buffers, slot);
      slots.fill(slot, start, starts[slot + 1] ?? numRows);
    });
    update(this.#buffers, slots, this.#args, numRows, this.#context);
    const all = Int32Array.from({ length: starts.length }, (_, slot) => slot);
    return gatherVector(result(this.#buffers, all, all.length, this.#context), slots, numRows);
  }

  growing(start: number, end: number, { frameEnd }: Frames): void {
    this.#start();
    let added = start;
    let last: Value | null | undefined;
    for (let row = start; row < end; row++) {
      const until = frameEnd[row] as number;
      if (until > added) {
        this.#add(added, until);
        added = until;
        last = undefined;
      }
      if (last === undefined) last = this.#result();
      this.#values[row] = last;
    }
  }

  shrinking(start: number, end: number, { frameStart }: Frames): void {
    this.#start();
    let from = end;
    let last: Value | null | undefined;
    for (let row = end - 1; row >= start; row--) {
      const first = frameStart[row] as number;
      if (first < from) {
        this.#add(first, from);
        from = first;
        last = undefined;
      }
      if (last === undefined) last = this.#result();
      this.#values[row] = last;
    }
  }

  merging(functionName: string, start: number, end: number, { frameStart, frameEnd }: Frames): void {
    const call = { functionName, signature: this.#signature, args: this.#args };
    mergeFrames(call, [start, end], [frameStart, frameEnd], this.#context, this.#values);
  }

  sliding(start: number, end: number, { frameStart, frameEnd }: Frames): void {
    for (let row = start; row < end; row++) {
      const from = frameStart[row] as number;
      const until = frameEnd[row] as number;
      if (row > start && from === frameStart[row - 1] && until === frameEnd[row - 1]) {
        this.#values[row] = this.#values[row - 1] ?? null;
        continue;
      }
      this.#start();
      if (until > from) this.#add(from, until);
      this.#values[row] = this.#result();
    }
  }

  #start(): void {
    for (const buffer of this.#buffers) buffer.ensureCapacity(1);
    this.#signature.initialize(this.#buffers, 0);
  }

  #add(from: number, until: number): void {
    const numRows = until - from;
    const columns = this.#args.map((column) => sliceVector(column, from, until));
    this.#signature.update(this.#buffers, this.#zeros.subarray(0, numRows), columns, numRows, this.#context);
  }

  #result(): Value | null {
    return valueAt(this.#signature.result(this.#buffers, this.#zeros, 1, this.#context), 0);
  }
}
