/**
 * Spilled state in files of a folder, one folder per run and thread: `<root>/<epoch>/<thread>-<random>/<number>`. What runs before this one
 * left behind is deleted when the space is opened. Written and read without fsync, at the speed of the page cache where there is room.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { SpillFile, SpillSpace } from './spill-space.ts';
import type { PageArray, StatePages } from './state-pages.ts';
import { assert, present } from '../errors/assert.ts';
import { storageFailure } from '../storage/storage-failure.ts';

/** Where the files of a query are, and of which run. */
export interface DiskSpillOptions {
  readonly root: string;
  /** The epoch of the checkpoint: other runs of the query have others, and are over. */
  readonly epoch: number;
  readonly thread: number;
}

/**
 * The folder for the spilled state of the checkpoint at `location`: in `directory`, else `spill` inside of a checkpoint that is a folder
 * (the folder for temporary files is memory on many machines), else in the folder for temporary files.
 */
export function spillFolder(location: string, directory: string): string {
  if (directory === '' && location.startsWith('file:')) return join(location.slice('file:'.length), 'spill');
  const digest = createHash('sha256').update(location).digest('hex').slice(0, 16);
  const base = directory === '' ? join(tmpdir(), 'millrace-spill') : directory;
  // Checkpoints in memory all have the same location and die with their process.
  return join(base, location.startsWith('memory:') ? `${digest}-${process.pid}` : digest);
}

/** Opens a space, and deletes what earlier runs of the query left behind. */
export function openDiskSpill({ root, epoch, thread }: DiskSpillOptions): SpillSpace {
  if (existsSync(root))
    for (const name of readdirSync(root))
      if (/^\d+$/.test(name) && name !== String(epoch)) rmSync(join(root, name), { recursive: true, force: true });
  return new DiskSpillSpace(root, join(root, String(epoch)), thread);
}

class DiskSpillSpace implements SpillSpace {
  readonly #root: string;
  readonly #run: string;
  readonly #thread: number;
  #folder: string | undefined;
  #numFiles = 0;
  readonly #open = new Set<DiskSpillFile>();
  /** Memory of the last file written, for the next one read. */
  #arena: ArrayBuffer | undefined;

  constructor(root: string, run: string, thread: number) {
    this.#root = root;
    this.#run = run;
    this.#thread = thread;
  }

  file(): SpillFile {
    const name = String(this.#numFiles++);
    return new DiskSpillFile(this, name);
  }

  /** Opens a file of the folder, which is made with the first. */
  opened(file: DiskSpillFile, name: string): number {
    const fd = this.guarded('open', name, () => {
      if (this.#folder === undefined) {
        mkdirSync(this.#run, { recursive: true });
        this.#folder = mkdtempSync(join(this.#run, `${this.#thread}-`));
      }
      return openSync(join(this.#folder, name), 'w+');
    });
    this.#open.add(file);
    return fd;
  }

  closed(file: DiskSpillFile, name: string, fd: number): void {
    this.#open.delete(file);
    closeSync(fd);
    if (this.#folder !== undefined) rmSync(join(this.#folder, name), { force: true });
  }

  /** Memory for so many bytes: that given back last, or new. */
  takeArena(sizeBytes: number): ArrayBuffer {
    const arena = this.#arena;
    if (arena === undefined || arena.byteLength < sizeBytes) return new ArrayBuffer(sizeBytes);
    this.#arena = undefined;
    return arena;
  }

  giveArena(arena: ArrayBuffer): void {
    if (this.#arena === undefined || this.#arena.byteLength <= arena.byteLength) this.#arena = arena;
  }

  guarded<T>(action: string, name: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw storageFailure({ action, name, location: `file:${this.#run}` }, cause);
    }
  }

  close(): void {
    for (const file of this.#open) file.delete();
    this.#arena = undefined;
    if (this.#folder === undefined) return;
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
    // The folders of the run and of the query go with the last of their threads.
    for (const folder of [this.#run, this.#root]) {
      try {
        rmdirSync(folder);
      } catch {
        return;
      }
    }
  }
}

interface Layout {
  readonly arrays: readonly { readonly at: number; readonly length: number; readonly make: ArrayMaker }[];
  readonly restAt: number;
  readonly sizeBytes: number;
}

class DiskSpillFile implements SpillFile {
  readonly #space: DiskSpillSpace;
  readonly #name: string;
  #fd: number | undefined;
  #layout: Layout | undefined;
  /** Memory behind the pages read last. */
  #arena: ArrayBuffer | undefined;
  #blocks: number[] = [];
  sizeBytes = 0;

  constructor(space: DiskSpillSpace, name: string) {
    this.#space = space;
    this.#name = name;
  }

  write(pages: StatePages): void {
    const rest = serialize(pages.rest);
    const layout = layoutOf(pages.arrays, rest.length);
    const unchanged = new Set(pages.unchanged);
    pages.arrays.forEach((array, i) => {
      const { at, length } = present(layout.arrays[i], 'a place per array');
      const before = this.#layout?.arrays[i];
      if (unchanged.has(array) && before?.at === at && before.length === length) return;
      this.#write(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    });
    this.#write(rest, layout.restAt);
    this.#layout = layout;
    this.sizeBytes = Math.max(this.sizeBytes, layout.sizeBytes);
    if (this.#arena !== undefined) this.#space.giveArena(this.#arena);
    this.#arena = undefined;
  }

  read(): StatePages {
    const layout = present(this.#layout, 'pages are read after they were written');
    const arena = this.#space.takeArena(layout.sizeBytes);
    this.#read(new Uint8Array(arena, 0, layout.sizeBytes), 0);
    this.#arena = arena;
    return {
      arrays: layout.arrays.map(({ at, length, make }) => make(arena, at, length)),
      // Values of type binary are views of what is deserialized, and live longer than the arena.
      rest: deserialize(new Uint8Array(arena.slice(layout.restAt, layout.sizeBytes))),
    };
  }

  append(bytes: Uint8Array): void {
    this.#write(bytes, this.sizeBytes);
    this.sizeBytes += bytes.length;
    this.#blocks.push(bytes.length);
  }

  *blocks(): Generator<Uint8Array> {
    let at = 0;
    for (const length of this.#blocks) {
      const bytes = new Uint8Array(length);
      this.#read(bytes, at);
      at += length;
      yield bytes;
    }
  }

  delete(): void {
    if (this.#fd !== undefined) this.#space.closed(this, this.#name, this.#fd);
    this.#fd = undefined;
    this.#layout = undefined;
    this.#blocks = [];
    this.sizeBytes = 0;
  }

  #write(bytes: Uint8Array, at: number): void {
    const fd = (this.#fd ??= this.#space.opened(this, this.#name));
    this.#space.guarded('write', this.#name, () => {
      for (let done = 0; done < bytes.length;)
        done += writeSync(fd, bytes, done, Math.min(MAX_CALL_BYTES, bytes.length - done), at + done);
    });
  }

  #read(bytes: Uint8Array, at: number): void {
    const fd = present(this.#fd, 'a file is read after it was written');
    this.#space.guarded('read', this.#name, () => {
      for (let done = 0; done < bytes.length;) {
        const count = readSync(fd, bytes, done, Math.min(MAX_CALL_BYTES, bytes.length - done), at + done);
        assert(count > 0, 'a spilled file has the bytes that were written to it');
        done += count;
      }
    });
  }
}

/** One call of the system moves at most 2 GB. */
const MAX_CALL_BYTES = 1 << 30;

type ArrayMaker = (buffer: ArrayBuffer, at: number, length: number) => PageArray;

/** Array after array, each where a view of any type may begin, then the rest. */
function layoutOf(arrays: readonly PageArray[], restBytes: number): Layout {
  let at = 0;
  const places = arrays.map((array) => {
    const place = { at, length: array.length, make: makerOf(array) };
    at = Math.ceil((at + array.byteLength) / 8) * 8;
    return place;
  });
  return { arrays: places, restAt: at, sizeBytes: at + restBytes };
}

function makerOf(array: PageArray): ArrayMaker {
  if (array instanceof Int32Array) return (buffer, at, length) => new Int32Array(buffer, at, length);
  if (array instanceof BigInt64Array) return (buffer, at, length) => new BigInt64Array(buffer, at, length);
  if (array instanceof Float64Array) return (buffer, at, length) => new Float64Array(buffer, at, length);
  if (array instanceof Uint16Array) return (buffer, at, length) => new Uint16Array(buffer, at, length);
  return (buffer, at, length) => new Uint8Array(buffer, at, length);
}
