/**
 * The contract of the local, temporary files that state is written to while it is not in use and memory is short. Nothing in them is
 * durable: after a crash the state comes from the checkpoint, and the files are deleted by the next start. disk-spill.ts keeps it.
 */
import type { MemoryBudget } from './memory-budget.ts';
import type { StatePages } from './state-pages.ts';

/** The pages of one piece of state, outside of memory. All operations are synchronous: who needs memory needs it now. */
export interface SpillFile {
  /** Bytes in the file. */
  readonly sizeBytes: number;
  /** Writes pages in place of those before; arrays said to be unchanged are not written again. Fails with STORAGE_FULL or STORAGE_IO. */
  write(pages: StatePages): void;
  /** The pages written last. Their arrays may be written over after the next `write` of this file. */
  read(): StatePages;
  /** Adds a block of bytes at the end. For files that are not written by pages. */
  append(bytes: Uint8Array): void;
  /** The blocks in order; bytes are valid until the next one is taken. */
  blocks(): Iterable<Uint8Array>;
  delete(): void;
}

export interface SpillSpace {
  /** A new file; nothing is made before it is written to. */
  file(): SpillFile;
  /** Deletes all files of the space. */
  close(): void;
}

/** What a query that may spill in this thread is given. */
export interface Spill {
  readonly budget: MemoryBudget;
  readonly space: SpillSpace;
}
