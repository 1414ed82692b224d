/**
 * Aggregates over sliding frames by partial results: of every row, every two, four, eight … neighbouring rows. A frame is then merged from a
 * few of those, from left to right, so that the results are those of adding row by row wherever merging is exact; `isMergeable` says where
 * that is. All merges of a step are one call over columns.
 */
import type { AggregateSignature, EvaluationContext } from '../../functions/define-function.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { DataType } from '../../types/data-type.ts';
import { GrowableColumn } from '../../types/growable-column.ts';
import { valueAt } from '../../types/vector.ts';
import { sliceVector } from '../../types/vector-ops.ts';

/** Rows whose results are merged at a time. */
const CHUNK_ROWS = 32_768;
/** Frames of fewer rows are not worth it. */
const LEAST_FRAME_ROWS = 16;
const LEAST_ROWS = 32;
/** Whole numbers up to here are exact as doubles, in any order of adding. */
const EXACT_DOUBLE = 2 ** 53;

/** What gives the same value of doubles in any grouping, because it only keeps one or counts. */
const KEEPING = new Set('min max first first_value last last_value any_value count count_if max_by min_by'.split(' '));
const ADDING = new Set('sum avg mean try_sum try_avg'.split(' '));

interface SlidingCall {
  readonly functionName: string;
  readonly signature: AggregateSignature;
  readonly args: readonly Vector[];
}

/** The greatest number of rows in a frame of rows `start … end - 1`. */
export function longestFrame(start: number, end: number, from: Int32Array, until: Int32Array): number {
  let longest = 0;
  for (let row = start; row < end; row++) longest = Math.max(longest, (until[row] as number) - (from[row] as number));
  return longest;
}

/** True when frames of up to `frameRows` rows can be merged from parts, with the results and the errors of adding row by row. */
export function isMergeable(
  { functionName, signature, args }: SlidingCall,
  numRows: number,
  frameRows: number,
): boolean {
  if (signature.wantsRows === true || numRows < LEAST_ROWS || frameRows < LEAST_FRAME_ROWS) return false;
  if (!signature.bufferTypes.every(isSmall)) return false;
  if (KEEPING.has(functionName)) return true;
  const isFloat = ({ kind }: DataType): boolean => kind === 'double' || kind === 'float';
  if (args.some(({ type }) => isFloat(type))) return false;
  const bound = args.reduce((greatest, column) => Math.max(greatest, greatestSize(column)), 1) * frameRows;
  if (signature.bufferTypes.some(isFloat)) return ADDING.has(functionName) && bound < EXACT_DOUBLE;
  // An overflow in the middle of adding is an error, or NULL, whatever is added later.
  return (
    !ADDING.has(functionName) ||
    bound < (signature.bufferTypes.some(({ kind }) => kind === 'year_month_interval') ? 2 ** 31 : 2 ** 63)
  );
}

function isSmall({ kind }: DataType): boolean {
  return kind !== 'binary' && kind !== 'array' && kind !== 'map' && kind !== 'struct';
}

/** No value of a column is further from zero than this; 0 for columns without numbers that may overflow. */
function greatestSize(column: Vector): number {
  let greatest = 0;
  if (column.layout === 'long')
    for (let i = 0; i < column.length; i++) greatest = Math.max(greatest, Math.abs(Number(column.values[i])));
  else if (column.layout === 'int') return 2 ** 31;
  return greatest;
}

/** The results of the frames `from[row] … until[row] - 1` of rows `start … end - 1`, written to `results`; frames begin and end in these rows. */
export function mergeFrames(
  { signature, args }: SlidingCall,
  [start, end]: readonly [number, number],
  [from, until]: readonly [Int32Array, Int32Array],
  context: EvaluationContext,
  results: (Value | null)[],
): void {
  const tree = new FrameTree(signature, args, [start, end], longestFrame(start, end, from, until), context);
  for (let row = start; row < end; row += CHUNK_ROWS) {
    const last = Math.min(end, row + CHUNK_ROWS);
    const column = tree.merged(
      from.subarray(row, last).map((at) => at - start),
      until.subarray(row, last).map((at) => at - start),
    );
    for (let i = row; i < last; i++) results[i] = valueAt(column, i - row);
  }
}

class FrameTree {
  readonly #signature: AggregateSignature;
  readonly #context: EvaluationContext;
  readonly #buffers: readonly GrowableColumn[];
  /** Where the slots of each level begin; those of the results come last. */
  readonly #levels: number[] = [0];
  readonly #firstResult: number;

  constructor(
    signature: AggregateSignature,
    args: readonly Vector[],
    [start, end]: readonly [number, number],
    frameRows: number,
    context: EvaluationContext,
  ) {
    this.#signature = signature;
    this.#context = context;
    const numRows = end - start;
    for (let size = 1, slots = 0; size <= frameRows && size <= numRows; size *= 2) {
      slots += Math.floor(numRows / size);
      this.#levels.push(slots);
    }
    this.#firstResult = this.#levels.at(-1) as number;
    this.#buffers = signature.bufferTypes.map((type) => new GrowableColumn(type));
    for (const buffer of this.#buffers) buffer.ensureCapacity(this.#firstResult + Math.min(numRows, CHUNK_ROWS));
    for (let slot = 0; slot < this.#firstResult; slot++) signature.initialize(this.#buffers, slot);
    const rows = args.map((column) => sliceVector(column, start, end));
    signature.update(this.#buffers, numbersFrom(0, numRows), rows, numRows, context);
    for (let level = 1; level + 1 < this.#levels.length; level++) this.#build(level);
  }

  /** The results of frames, their rows counted from the first one of the tree. */
  merged(from: Int32Array, until: Int32Array): Vector {
    const numRows = from.length;
    const slots = numbersFrom(this.#firstResult, numRows);
    for (const slot of slots) this.#signature.initialize(this.#buffers, slot);
    const at = Int32Array.from(from);
    const targets = new Int32Array(numRows);
    const parts = new Int32Array(numRows);
    const highest = this.#levels.length - 2;
    for (;;) {
      let count = 0;
      for (let i = 0; i < numRows; i++) {
        const place = at[i] as number;
        const rest = (until[i] as number) - place;
        if (rest <= 0) continue;
        // The largest part that begins here and ends in the frame.
        const aligned = place === 0 ? highest : 31 - Math.clz32(place & -place);
        const level = Math.min(highest, aligned, 31 - Math.clz32(rest));
        targets[count] = slots[i] as number;
        parts[count++] = (this.#levels[level] as number) + (place >> level);
        at[i] = place + (1 << level);
      }
      if (count === 0) break;
      this.#merge(targets.subarray(0, count), parts.subarray(0, count));
    }
    return this.#signature.result(this.#buffers, slots, numRows, this.#context);
  }

  #build(level: number): void {
    const first = this.#levels[level] as number;
    const below = this.#levels[level - 1] as number;
    const slots = numbersFrom(first, (this.#levels[level + 1] as number) - first);
    for (const side of [0, 1])
      this.#merge(
        slots,
        slots.map((slot) => below + 2 * (slot - first) + side),
      );
  }

  #merge(targets: Int32Array, parts: Int32Array): void {
    const partials = this.#buffers.map((buffer) => buffer.toVector(parts, parts.length));
    this.#signature.merge(this.#buffers, targets, partials, targets.length);
  }
}

function numbersFrom(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => first + i);
}
