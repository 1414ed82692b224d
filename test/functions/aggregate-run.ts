/** Runs an aggregate over rows with group numbers, whole or in two partial results that are merged. */
import type { Expression } from '../../src/expressions/expression.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value, Vector } from '../../src/types/vector.ts';
import { compileCast } from '../../src/expressions/cast.ts';
import { resolveAggregateCall } from '../../src/expressions/type-coercion.ts';
import { GrowableColumn } from '../../src/types/growable-column.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

const CONTEXT = { ansi: true, timeZone: 'UTC', batchTimestampMicros: 0n, seed: 1 };

export interface Input {
  readonly type: DataType;
  readonly values: readonly (Value | null)[];
}

/** The results of groups 0 … numGroups-1. */
export function runAggregate(
  name: string,
  inputs: readonly Input[],
  groups: readonly number[],
  split?: number,
): (Value | null)[] {
  const args = inputs.map(({ type }, i): Expression => ({
    kind: 'attribute',
    id: -1 - i,
    name: `c${i}`,
    qualifier: [],
    dataType: type,
    nullable: true,
  }));
  const call = resolveAggregateCall(name, args, false, CONTEXT);
  if (call === undefined) throw new TypeError(`${name} is no aggregate`);
  const { signature } = call;
  const numGroups = Math.max(...groups, 0) + 1;
  const slots = Int32Array.from({ length: numGroups }, (_, i) => i);
  const fresh = (): GrowableColumn[] => {
    const buffers = signature.bufferTypes.map((type) => new GrowableColumn(type));
    for (const buffer of buffers) buffer.ensureCapacity(numGroups);
    for (const slot of slots) signature.initialize(buffers, slot);
    return buffers;
  };
  const update = (buffers: readonly GrowableColumn[], from: number, to: number): void => {
    const columns = inputs.map(({ type, values }, i): Vector =>
      compileCast(type, signature.argumentTypes[i] ?? type, 'ansi')(vectorOf(type, values.slice(from, to)), CONTEXT),
    );
    signature.update(buffers, Int32Array.from(groups.slice(from, to)), columns, to - from, CONTEXT);
  };
  const buffers = fresh();
  update(buffers, 0, split ?? groups.length);
  if (split !== undefined) {
    const other = fresh();
    update(other, split, groups.length);
    signature.merge(
      buffers,
      slots,
      other.map((buffer) => buffer.toVector(slots, numGroups)),
      numGroups,
    );
  }
  const result = signature.result(buffers, slots, numGroups, CONTEXT);
  return [...slots].map((slot) => valueAt(result, slot));
}
