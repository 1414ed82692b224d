/**
 * The window column of a tumbling window, whose bounds are computed only when somebody reads them: grouping by window needs the event
 * times alone. What a column was made of is remembered beside it, so that copies and slices of it are ordinary columns.
 */
import type { DataType, StructType } from '../types/data-type.ts';
import type { Vector } from '../types/vector.ts';
import { present } from '../errors/assert.ts';
import type { WindowSpec } from './window-spec.ts';
import { tumblingWindows } from './assign-windows.ts';

/** What a window column is made of. */
export interface TumblingSource {
  readonly spec: WindowSpec;
  /** Event times, none null. */
  readonly times: BigInt64Array;
}

const sources = new WeakMap<Vector, TumblingSource>();

/** The window of each of the first `length` times, for a spec that `isTumbling`. */
export function tumblingColumn(type: DataType, source: TumblingSource, length: number): Vector {
  let children: readonly Vector[] | undefined;
  const column: Vector = {
    layout: 'struct',
    type: type as StructType,
    length,
    validity: undefined,
    get children() {
      if (children === undefined) {
        const { starts, ends } = tumblingWindows(source.spec, source.times, length);
        children = [starts, ends].map((values, i) => {
          const { dataType } = present((type as StructType).fields[i], 'a window has two fields');
          return { layout: 'long', type: dataType, length, validity: undefined, values } as const;
        });
      }
      return children;
    },
  };
  sources.set(column, source);
  return column;
}

/** What a column made by `tumblingColumn` was made of; undefined for any other one. */
export function tumblingSource(column: Vector): TumblingSource | undefined {
  return sources.get(column);
}
