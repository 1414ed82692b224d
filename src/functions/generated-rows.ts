/** Collects the rows a generator makes, column by column; what generators.ts builds its results with. */
import type { Value, Vector } from '../types/vector.ts';
import type { VectorBuilder } from '../types/vector-builder.ts';
import type { GeneratedColumn, GeneratedRows } from './define-generator.ts';
import { valueAt } from '../types/vector.ts';
import { createBuilder } from '../types/vector-builder.ts';

export class RowCollector {
  readonly #rows: number[] = [];
  readonly #builders: readonly VectorBuilder[];

  constructor(output: readonly GeneratedColumn[]) {
    this.#builders = output.map(({ dataType }) => createBuilder(dataType));
  }

  /** Adds a row made of input row `row`; columns without a value are null. */
  add(row: number, ...values: readonly (Value | null | undefined)[]): void {
    this.#rows.push(row);
    this.#builders.forEach((builder, i) => builder.append(values[i] ?? null));
  }

  finish(): GeneratedRows {
    const columns = this.#builders.map((builder) => builder.build());
    return { rows: Int32Array.from(this.#rows), count: this.#rows.length, columns };
  }
}

/** The generated rows of a function that takes the values of one row and adds its rows one by one. */
export function generateByRow(
  output: readonly GeneratedColumn[],
  expand: (values: readonly (Value | null)[], add: (...values: readonly (Value | null | undefined)[]) => void) => void,
): (columns: readonly Vector[], numRows: number, isOuter: boolean) => GeneratedRows {
  return (columns, numRows, isOuter) => {
    const collector = new RowCollector(output);
    for (let row = 0; row < numRows; row++) {
      let isEmpty = true;
      expand(
        columns.map((column) => valueAt(column, row)),
        (...values) => {
          isEmpty = false;
          collector.add(row, ...values);
        },
      );
      if (isEmpty && isOuter) collector.add(row);
    }
    return collector.finish();
  };
}
