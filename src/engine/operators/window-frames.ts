/** Finds the frame of every row: from which sorted row until before which one. */
import type { FrameBound, SortOrder, WindowFrame } from '../../expressions/expression.ts';
import type { Value, Vector } from '../../types/vector.ts';
import { assert } from '../../errors/assert.ts';
import { valueAt } from '../../types/vector.ts';
import { valueComparison } from './row-order.ts';

/** Sorted rows cut into partitions. */
export interface Partitions {
  readonly starts: readonly number[];
  readonly numRows: number;
  readonly peerStart: Int32Array;
  readonly peerEnd: Int32Array;
}

export interface Frames {
  readonly frameStart: Int32Array;
  /** Behind the last row of the frame; not above `frameStart` when it is empty. */
  readonly frameEnd: Int32Array;
}

/** The sort key by row and its values at the bounds of a RANGE frame. */
export interface RangeKeys {
  readonly order: SortOrder | undefined;
  readonly key: Vector | undefined;
  readonly lower: Vector | undefined;
  readonly upper: Vector | undefined;
}

export function framesOf(frame: WindowFrame, partitions: Partitions, range: RangeKeys): Frames {
  const { starts, numRows } = partitions;
  const frames = { frameStart: new Int32Array(numRows), frameEnd: new Int32Array(numRows) };
  starts.forEach((start, i) => {
    const end = starts[i + 1] ?? numRows;
    fill(frames.frameStart, frame.lower, 'start', { frame, partitions, range, start, end });
    fill(frames.frameEnd, frame.upper, 'end', { frame, partitions, range, start, end });
  });
  return frames;
}

interface Partition {
  readonly frame: WindowFrame;
  readonly partitions: Partitions;
  readonly range: RangeKeys;
  readonly start: number;
  readonly end: number;
}

function fill(target: Int32Array, bound: FrameBound, side: 'start' | 'end', part: Partition): void {
  const { start, end, frame, partitions } = part;
  switch (bound.kind) {
    case 'unboundedPreceding':
      target.fill(start, start, end);
      return;
    case 'unboundedFollowing':
      target.fill(end, start, end);
      return;
    case 'currentRow': {
      const peers = side === 'start' ? partitions.peerStart : partitions.peerEnd;
      for (let row = start; row < end; row++)
        target[row] = frame.unit === 'range' ? (peers[row] as number) : side === 'start' ? row : row + 1;
      return;
    }
    case 'rows':
      for (let row = start; row < end; row++) {
        const at = row + bound.offset + (side === 'start' ? 0 : 1);
        target[row] = Math.min(Math.max(at, start), end);
      }
      return;
    case 'range':
      fillRange(target, side, part);
  }
}

/** The bounds move with the rows, because both are sorted alike. */
function fillRange(target: Int32Array, side: 'start' | 'end', { range, start, end }: Partition): void {
  const { order, key } = range;
  const bounds = side === 'start' ? range.lower : range.upper;
  assert(order !== undefined && key !== undefined && bounds !== undefined, 'a range frame has a sort key');
  const compare = valueComparison(order);
  const valueOf = (column: Vector, row: number): Value | null => valueAt(column, row);
  let at = start;
  for (let row = start; row < end; row++) {
    const bound = valueOf(bounds, row);
    while (at < end) {
      const place = compare(valueOf(key, at), bound);
      if (side === 'start' ? place >= 0 : place > 0) break;
      at += 1;
    }
    target[row] = at;
  }
}
