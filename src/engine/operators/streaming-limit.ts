/**
 * Passes on the first rows of a stream, over all its epochs: how many went through is state. In append mode; limit.ts is for batch
 * queries and complete mode, where every epoch starts anew.
 */
import type { StateSchema } from '../../state/state-table.ts';
import type { Operator, Transform } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import { present } from '../../errors/assert.ts';
import { INTEGER, LONG, field, struct } from '../../types/data-type.ts';
import { constantVector, sliceBatch } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';

/** The state of a limit: one row with the number of rows passed on. */
export const STREAMING_LIMIT_STATE: StateSchema = {
  keys: struct([field('group', INTEGER, false)]),
  values: struct([field('numRows', LONG, false)]),
};

export function streamingLimit(input: Operator, limit: number, state: OperatorState): Transform {
  return {
    kind: 'transform',
    distribution: { kind: 'single', reason: 'a limit counts all rows' },
    name: 'StreamingGlobalLimit',
    inputs: [input],
    output: input.output,
    detail: `limit ${limit}`,
    process: (epoch) => {
      const table = state.table(epoch);
      const key = [constantVector(INTEGER, 0, 1)];
      const slots = new Int32Array(1);
      const counter = present(table.values[0], 'the number of rows');
      const before = table.find(key, 1, slots) === 0 ? 0 : Number(counter.get(slots[0] as number));
      let passed = before;
      return batchOperator(
        (batch) => {
          const count = Math.min(batch.numRows, limit - passed);
          passed += count;
          return count > 0 ? [sliceBatch(batch, 0, count)] : [];
        },
        () => {
          if (passed > before) {
            table.lookup(key, 1, slots);
            counter.set(slots[0] as number, BigInt(passed));
            table.markUpdated(slots, 1);
          }
          const numRowsUpdated = passed > before ? 1 : 0;
          state.report(epoch, { numRowsUpdated, numRowsRemoved: 0, numRowsDroppedByWatermark: 0 });
          return [];
        },
      );
    },
  };
}
