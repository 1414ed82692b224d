/**
 * A source of rows that are there when it is read: one partition, no offsets to speak of. What the readers of state are made of; streams
 * do not use it.
 */
import type { InputPartition, Source, SourceOffset } from '../../source/source.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { projectColumns } from '../../source/project-columns.ts';

export class BoundedSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly #rows: () => AsyncIterable<ColumnBatch>;

  constructor(description: string, schema: StructType, rows: () => AsyncIterable<ColumnBatch>) {
    this.description = description;
    this.schema = schema;
    this.#rows = rows;
  }

  async open(): Promise<void> {}

  async prepareForAvailableNow(): Promise<void> {}

  async latestOffset(): Promise<SourceOffset> {
    return Promise.resolve('all');
  }

  async planInput(): Promise<readonly InputPartition[]> {
    return Promise.resolve([{ description: this.description, payload: null }]);
  }

  async *read(_partition: InputPartition, columns: readonly string[]): AsyncGenerator<ColumnBatch> {
    for await (const batch of this.#rows()) yield projectColumns(batch, columns);
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}
}
