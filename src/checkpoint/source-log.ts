/**
 * The part of a checkpoint that belongs to one source, `sources/<i>/`: where a source keeps what offsets alone do not say, as the list of
 * files behind a number. Fits the contract SourceLog of source/source.ts.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { corruptEntry } from './log-text.ts';

export class CheckpointSourceLog {
  readonly #store: CheckpointStore;
  readonly #folder: string;
  readonly location: string;

  /** `sourceIndex` is the position of the source in the plan, from 0. */
  constructor(store: CheckpointStore, sourceIndex: number) {
    this.#store = store;
    this.#folder = `sources/${sourceIndex}/`;
    this.location = `${store.location}/sources/${sourceIndex}`;
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return this.#store.read(`${this.#folder}${name}`);
  }

  /** The names in this log, in any order. */
  async list(): Promise<readonly string[]> {
    return (await this.#store.list(this.#folder)).map((name) => name.slice(this.#folder.length));
  }

  /** Writes an entry durably. A second time, after a restart, with the same content is fine; other content is CHECKPOINT_CORRUPT. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const entry = `${this.#folder}${name}`;
    try {
      await this.#store.create(entry, bytes);
    } catch (error) {
      if (!(error instanceof MillraceError) || error.condition !== 'CONCURRENT_STREAM_LOG_UPDATE') throw error;
      const written = await this.#store.read(entry);
      if (written === undefined || !sameBytes(written, bytes))
        throw corruptEntry(
          this.#store,
          entry,
          { expected: 'the content logged before', found: `${bytes.length} other bytes` },
          error,
        );
    }
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
