/** Where the buffers of aggregate calls lie in a state table. */
import type { AggregateCall } from '../../expressions/expression.ts';
import type { StateTable } from '../../state/state-table.ts';

/** The buffers of each call among the value columns of the table, which begin at column `first`. */
export function bufferRanges(calls: readonly AggregateCall[], table: StateTable, first = 0): StateTable['values'][] {
  let offset = first;
  return calls.map(({ signature }) => {
    const start = offset;
    offset += signature.bufferTypes.length;
    return table.values.slice(start, offset);
  });
}
