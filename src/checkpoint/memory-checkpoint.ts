/**
 * A checkpoint in memory, for queries without checkpointLocation that keep nothing over a restart (console, memory sink). Spark uses a
 * temporary folder there. The same rules as the durable ones, apart from durability.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

/** What runs over the same in-memory checkpoint share: hand it on to start a query again where it stopped. */
export class MemoryCheckpointContent {
  readonly entries = new Map<string, Uint8Array>();
  epoch = 0;
}

export class MemoryCheckpoint implements CheckpointStore {
  readonly location = 'memory:checkpoint';
  readonly warnings: readonly string[] = [];
  readonly #content: MemoryCheckpointContent;
  #epoch = 0;

  constructor(content: MemoryCheckpointContent = new MemoryCheckpointContent()) {
    this.#content = content;
  }

  async acquire(): Promise<number> {
    this.#epoch = ++this.#content.epoch;
    return Promise.resolve(this.#epoch);
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#content.entries.get(name)?.slice());
  }

  list(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#content.entries.keys()].filter((name) => name.startsWith(prefix)));
  }

  async create(name: string, bytes: Uint8Array): Promise<void> {
    await this.#checkEpoch(name);
    if (this.#content.entries.has(name))
      throw new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: name.slice(name.lastIndexOf('/') + 1) });
    this.#content.entries.set(name, bytes.slice());
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#checkEpoch(name);
    this.#content.entries.set(name, bytes.slice());
  }

  delete(names: readonly string[]): Promise<void> {
    for (const name of names) this.#content.entries.delete(name);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #checkEpoch(name: string): Promise<void> {
    const newerEpoch = this.#content.epoch;
    if (newerEpoch === this.#epoch) return Promise.resolve();
    throw new MillraceError('CHECKPOINT_FENCED', {
      location: this.location,
      epoch: String(this.#epoch),
      newerEpoch: String(newerEpoch),
      batchId: name.slice(name.lastIndexOf('/') + 1),
    });
  }
}
