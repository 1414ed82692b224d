/** Starts a pipeline from a source: puts out the rows of this epoch's input, only the columns asked for. Counts input rows. */
import type { Attribute } from '../../expressions/expression.ts';
import type { Epoch, Leaf } from './operator.ts';
import { tap } from 'rxjs';

/** A scan of a table in a streaming query, which is read anew in each epoch; its rows do not count as input. */
export function tableScan(scanIndex: number, output: readonly Attribute[], description: string): Leaf {
  const columnNames = output.map(({ name }) => name);
  return {
    ...scan(scanIndex, output, description),
    name: 'TableScan',
    read: (epoch) => epoch.input(scanIndex, columnNames),
  };
}

/** `scanIndex` counts the scans of the plan; `description` is the source's. */
export function scan(scanIndex: number, output: readonly Attribute[], description: string): Leaf {
  const columnNames = output.map(({ name }) => name);
  return {
    kind: 'leaf',
    scanIndex,
    name: 'MicroBatchScan',
    inputs: [],
    output,
    detail: `[${columnNames.join(', ')}] ${description}`,
    read: (epoch: Epoch) =>
      epoch.input(scanIndex, columnNames).pipe(tap((batch) => epoch.metrics.addInputRows(scanIndex, batch.numRows))),
  };
}
