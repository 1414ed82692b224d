/**
 * An object store in memory that counts what is written, shows every change to an observer, and can die before any of them: what the tests of
 * file protocols need that cannot be had of a folder.
 */
import type { ObjectEntry, ObjectStore } from '../../../src/storage/object-store.ts';

export class StoreCrash extends Error {}

export class MemoryObjectStore implements ObjectStore {
  readonly description = 'file:/memory';
  readonly content: Map<string, Uint8Array>;
  /** Called after every change. */
  onChange: () => void = () => {};
  /** Changes left before the store dies. */
  changesLeft = Infinity;
  numCalls = 0;
  writtenBytes = 0;
  readBytes = 0;

  /** Empty, or with what another one holds. */
  constructor(content: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.content = new Map(content);
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    this.numCalls++;
    const found = [...this.content.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    for (const key of found) yield { key, sizeBytes: this.content.get(key)?.length ?? 0, modifiedMs: 0, version: '1' };
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    this.numCalls++;
    const bytes = this.content.get(key);
    this.readBytes += bytes?.length ?? 0;
    return bytes;
  }

  async *readBlocks(key: string): AsyncIterable<Uint8Array> {
    const bytes = await this.read(key);
    if (bytes !== undefined) yield bytes;
  }

  async readRange(key: string, from: number, to: number): Promise<Uint8Array> {
    return (await this.read(key))?.subarray(from, to) ?? new Uint8Array(0);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.#change(() => this.content.set(key, bytes), bytes.length);
  }

  async writeIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    if (this.content.has(key)) return false;
    this.#change(() => this.content.set(key, bytes), bytes.length);
    return true;
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#change(() => this.content.delete(key), 0);
  }

  async close(): Promise<void> {}

  #change(work: () => void, numBytes: number): void {
    if (this.changesLeft-- <= 0) throw new StoreCrash('the store is gone');
    this.numCalls++;
    this.writtenBytes += numBytes;
    work();
    this.onChange();
  }
}
