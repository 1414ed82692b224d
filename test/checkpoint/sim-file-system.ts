/**
 * A file system in memory that can stop at any operation and forget what was not synced: names a directory sync has not covered may be
 * lost or kept, content after the last fsync may be cut anywhere.
 */
import type { CheckpointFile, CheckpointFileSystem } from '../../src/checkpoint/checkpoint-file-system.ts';

interface Inode {
  content: Uint8Array;
  numSyncedBytes: number;
}

/** Thrown by every operation from the crash on. */
export class Crash extends Error {}

type Names = Map<string, Inode | 'directory'>;

export class SimFileSystem implements CheckpointFileSystem {
  #directories = new Map<string, { names: Names; durable: Names }>([['', { names: new Map(), durable: new Map() }]]);
  numOperations = 0;
  /** The operation, counted from 1, at which the machine stops before doing it. */
  crashAt = Infinity;

  #step(): void {
    this.numOperations++;
    if (this.numOperations >= this.crashAt) throw new Crash(`crash at operation ${this.crashAt}`);
  }

  /** Goes on after a crash of the process: everything done is still there. */
  restart(): void {
    this.numOperations = 0;
    this.crashAt = Infinity;
  }

  /** Goes on after a loss of power: what was not synced is there or not as `random` has it. */
  losePower(random: () => number): void {
    const kept = new Map<string, { names: Names; durable: Names }>();
    const visit = (path: string): void => {
      const directory = this.#directories.get(path) ?? { names: new Map(), durable: new Map() };
      const names: Names = new Map();
      for (const name of new Set([...directory.names.keys(), ...directory.durable.keys()])) {
        const entry = (random() < 0.5 ? directory.names : directory.durable).get(name);
        if (entry === undefined) continue;
        names.set(name, entry === 'directory' ? entry : torn(entry, random));
        if (entry === 'directory') visit(`${path}/${name}`);
      }
      kept.set(path, { names, durable: new Map(names) });
    };
    visit('');
    this.#directories = kept;
    this.restart();
  }

  async createFile(path: string): Promise<CheckpointFile> {
    this.#step();
    const { names, name } = this.#place(path);
    if (names.has(name)) throw failure('EEXIST', path);
    const inode: Inode = { content: new Uint8Array(0), numSyncedBytes: 0 };
    names.set(name, inode);
    return Promise.resolve({
      write: async (bytes: Uint8Array) => {
        this.#step();
        inode.content = Uint8Array.of(...inode.content, ...bytes);
        return Promise.resolve();
      },
      sync: async () => {
        this.#step();
        inode.numSyncedBytes = inode.content.length;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }

  async readFile(path: string): Promise<Uint8Array> {
    this.#step();
    return Promise.resolve(this.#file(path).content.slice());
  }

  async link(existing: string, added: string): Promise<void> {
    this.#step();
    const inode = this.#file(existing);
    const { names, name } = this.#place(added);
    if (names.has(name)) throw failure('EEXIST', added);
    names.set(name, inode);
    return Promise.resolve();
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step();
    const inode = this.#file(from);
    const target = this.#place(to);
    target.names.set(target.name, inode);
    const source = this.#place(from);
    source.names.delete(source.name);
    return Promise.resolve();
  }

  async unlink(path: string): Promise<void> {
    this.#step();
    this.#file(path);
    const { names, name } = this.#place(path);
    names.delete(name);
    return Promise.resolve();
  }

  async readDirectory(path: string): Promise<readonly string[]> {
    this.#step();
    const directory = this.#directories.get(path.replace(/\/$/, ''));
    if (directory === undefined) throw failure('ENOENT', path);
    return Promise.resolve([...directory.names].map(([name, entry]) => (entry === 'directory' ? `${name}/` : name)));
  }

  async makeDirectory(path: string): Promise<void> {
    this.#step();
    const { names, name } = this.#place(path);
    if (names.has(name)) throw failure('EEXIST', path);
    names.set(name, 'directory');
    this.#directories.set(path, { names: new Map(), durable: new Map() });
    return Promise.resolve();
  }

  async syncDirectory(path: string): Promise<void> {
    this.#step();
    const directory = this.#directories.get(path === '/' ? '' : path);
    if (directory === undefined) throw failure('ENOENT', path);
    directory.durable = new Map(directory.names);
    return Promise.resolve();
  }

  #place(path: string): { names: Names; name: string } {
    const slash = path.lastIndexOf('/');
    const directory = this.#directories.get(path.slice(0, slash));
    if (directory === undefined) throw failure('ENOENT', path);
    return { names: directory.names, name: path.slice(slash + 1) };
  }

  #file(path: string): Inode {
    const { names, name } = this.#place(path);
    const entry = names.get(name);
    if (entry === undefined || entry === 'directory') throw failure('ENOENT', path);
    return entry;
  }
}

function torn(inode: Inode, random: () => number): Inode {
  const lost = Math.floor(random() * (inode.content.length - inode.numSyncedBytes + 1));
  const content = inode.content.slice(0, inode.content.length - lost);
  return { content, numSyncedBytes: content.length };
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
