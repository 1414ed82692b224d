/** Skips the first `offset` rows of an epoch and passes on at most `limit`. For batch queries and complete mode. */
import type { Operator, Transform } from './operator.ts';
import { sliceBatch } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';

export function limit(input: Operator, bounds: { readonly offset: number; readonly limit: number }): Transform {
  return {
    kind: 'transform',
    distribution: { kind: 'single', reason: 'a limit counts all rows' },
    name: 'GlobalLimit',
    inputs: [input],
    output: input.output,
    detail: `${Number.isFinite(bounds.limit) ? `limit ${bounds.limit}` : 'no limit'}, offset ${bounds.offset}`,
    process: () => {
      let toSkip = bounds.offset;
      let toTake = bounds.limit;
      return batchOperator((batch) => {
        const start = Math.min(toSkip, batch.numRows);
        const end = Math.min(batch.numRows, start + toTake);
        toSkip -= start;
        toTake -= end - start;
        return end > start ? [sliceBatch(batch, start, end)] : [];
      });
    },
  };
}
