/** Keeps the first row of each (group, argument values), for aggregates with DISTINCT in batch queries. Lives for one epoch. */
import type { AggregateCall } from '../../expressions/expression.ts';
import type { Vector } from '../../types/vector.ts';
import { StateTable } from '../../state/state-table.ts';
import { INTEGER, field, struct } from '../../types/data-type.ts';
import { gatherVector } from '../../types/vector-ops.ts';
import { insertKeys } from './first-rows.ts';

export interface SlottedRows {
  readonly slots: Int32Array;
  readonly columns: readonly Vector[];
  readonly numRows: number;
}

export class DistinctRows {
  readonly #seen: StateTable;

  constructor(call: AggregateCall) {
    const columns = call.arguments.map(({ dataType, nullable }, i) => field(`a${i}`, dataType, nullable));
    this.#seen = new StateTable({ keys: struct([field('group', INTEGER, false), ...columns]), values: struct([]) });
  }

  /** The rows whose group has not seen their values before. */
  keep(slots: Int32Array, columns: readonly Vector[], numRows: number): SlottedRows {
    const group: Vector = {
      layout: 'int',
      type: INTEGER,
      length: numRows,
      validity: undefined,
      values: slots.subarray(0, numRows),
    };
    const rows = insertKeys(this.#seen, [group, ...columns], numRows);
    return {
      slots: rows.map((row) => slots[row] as number),
      columns: columns.map((column) => gatherVector(column, rows, rows.length)),
      numRows: rows.length,
    };
  }
}
