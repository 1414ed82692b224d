/**
 * A result table in this process: what the memory sink writes and `session.table(queryName)` reads. It outlives the query that fills it,
 * so a restarted query that is given the same table goes on exactly once. Holds all rows on the heap: for tests and looking around.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { CommitMarker } from '../commit-marker.ts';

interface CommittedBatch {
  readonly batchId: number;
  readonly batches: readonly ColumnBatch[];
}

export class MemoryTable {
  readonly name: string;
  readonly schema: StructType;
  #committed: CommittedBatch[] = [];
  #markers = new Map<string, CommitMarker>();

  constructor(name: string, schema: StructType) {
    this.name = name;
    this.schema = schema;
  }

  /** All rows, in the order of their batches. */
  get batches(): readonly ColumnBatch[] {
    return this.#committed.flatMap((committed) => committed.batches);
  }

  get numRows(): number {
    return this.batches.reduce((sum, batch) => sum + batch.numRows, 0);
  }

  /** The id of the last batch added, -1 when none. */
  get latestBatchId(): number {
    return this.#committed.at(-1)?.batchId ?? -1;
  }

  /** The rows that batch `batchId` has added; in complete mode those of the last batch only. */
  batchesOf(batchId: number): readonly ColumnBatch[] {
    return this.#committed
      .filter((committed) => committed.batchId === batchId)
      .flatMap((committed) => committed.batches);
  }

  /** What the query with this id has committed last. */
  markerOf(queryId: string): CommitMarker | undefined {
    return this.#markers.get(queryId);
  }

  /** Remembers a marker without adding rows, when a batch is repeated by a newer run. */
  setMarker(queryId: string, marker: CommitMarker): void {
    this.#markers.set(queryId, marker);
  }

  /** Adds the rows of a batch and its marker in one step; `replace` drops what was there. The caller has asked decideCommit. */
  commit(queryId: string, marker: CommitMarker, batches: readonly ColumnBatch[], replace: boolean): void {
    const added = { batchId: marker.batchId, batches };
    this.#committed = replace ? [added] : [...this.#committed, added];
    this.#markers.set(queryId, marker);
  }

  /** Removes all rows and markers. */
  clear(): void {
    this.#committed = [];
    this.#markers.clear();
  }
}
