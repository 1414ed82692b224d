/** Finds the rows that brought new keys into a state table. */
import type { Vector } from '../../types/vector.ts';
import type { StateTable } from '../../state/state-table.ts';

/**
 * Inserts the keys of `numRows` rows and returns the row numbers that were first with a new key, ascending; entry i brought
 * `table.newSlots[i]`.
 */
export function insertKeys(table: StateTable, keys: readonly Vector[], numRows: number): Int32Array {
  const slots = new Int32Array(numRows);
  table.lookup(keys, numRows, slots);
  const { newSlots } = table;
  const rows = new Int32Array(newSlots.length);
  let count = 0;
  for (let row = 0; row < numRows && count < rows.length; row++)
    if (slots[row] === newSlots[count]) rows[count++] = row;
  return rows;
}
