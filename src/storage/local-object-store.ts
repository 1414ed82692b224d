/**
 * The object store over a local folder. Durable writes: a temporary file in the same folder, fsync, then link (exclusive) or rename, then
 * fsync of the folder. Keys never leave the root. Links inside the root are followed unless `followLinks` is false.
 */
import type { ObjectEntry, ObjectStore } from './object-store.ts';
import { randomUUID } from 'node:crypto';
import { constants, readSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MillraceError } from '../errors/millrace-error.ts';
import { checkKey } from './object-key.ts';

/** Files being written; never listed, safe to delete when no process runs. */
const TEMPORARY_SUFFIX = '.millrace-tmp';

/** Read without giving way to others; decoded, a millisecond or two. */
const BYTES_PER_TURN = 2 << 20;

export interface LocalStoreOptions {
  /** False: a link as the last part of a key is an error. */
  readonly followLinks?: boolean;
}

export class LocalObjectStore implements ObjectStore {
  readonly description: string;
  readonly #root: string;
  readonly #followLinks: boolean;

  constructor(root: string, options: LocalStoreOptions = {}) {
    this.#root = resolve(root);
    this.description = `file:${this.#root}`;
    this.#followLinks = options.followLinks ?? true;
  }

  async rootExists(): Promise<boolean> {
    return (await this.#attempt('stat', '', () => orAbsent(stat(this.#root)))) !== undefined;
  }

  async *list(prefix: string): AsyncIterable<ObjectEntry> {
    const slash = prefix.lastIndexOf('/');
    const folder = slash < 0 ? '' : prefix.slice(0, slash);
    if (folder !== '') checkKey(folder, this.description);
    yield* this.#listFolder(folder, prefix);
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(key);
    return this.#attempt('read', key, () => orAbsent(readFile(path)));
  }

  /**
   * Blocks are read in this thread, which for a file in the system's cache takes a fraction of the way to another thread and back; after
   * every few of them the event loop gets its turn.
   */
  async *readBlocks(key: string, blockBytes: number, from = 0): AsyncIterable<Uint8Array> {
    const file = await this.#openToRead(key);
    const buffer = Buffer.allocUnsafeSlow(blockBytes);
    let position = from;
    let numBytes = 0;
    try {
      for (;;) {
        const bytesRead = await this.#attempt('read', key, async () =>
          readSync(file.fd, buffer, 0, blockBytes, position),
        );
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
        numBytes += bytesRead;
        if (numBytes < BYTES_PER_TURN) continue;
        numBytes = 0;
        await setImmediate();
      }
    } finally {
      await file.close();
    }
  }

  async readRange(key: string, from: number, to: number): Promise<Uint8Array> {
    const file = await this.#openToRead(key);
    try {
      const buffer = Buffer.allocUnsafeSlow(to - from);
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await this.#attempt('read', key, () =>
          file.read(buffer, filled, buffer.length - filled, from + filled),
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(key);
    await this.#attempt('write', key, () => this.#place(path, bytes, (temporary) => rename(temporary, path)));
  }

  async writeIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const path = this.#pathOf(key);
    return this.#attempt('write', key, async () => {
      if ((await orAbsent(stat(path))) !== undefined) return false;
      let isNew = true;
      await this.#place(path, bytes, async (temporary) => {
        try {
          await link(temporary, path);
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') throw error;
          isNew = false;
        }
        await rm(temporary);
      });
      return isNew;
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    const folders = new Set<string>();
    for (const key of keys) {
      const path = this.#pathOf(key);
      await this.#attempt('delete', key, () => rm(path, { force: true }));
      folders.add(dirname(path));
    }
    for (const folder of folders) await this.#attempt('delete', '', () => orAbsent(syncFolder(folder)));
  }

  async close(): Promise<void> {
    // Nothing stays open between calls.
  }

  async #openToRead(key: string): Promise<FileHandle> {
    const path = this.#pathOf(key);
    const flags = constants.O_RDONLY | (this.#followLinks ? 0 : constants.O_NOFOLLOW);
    const file = await this.#attempt('open', key, () => orAbsent(open(path, flags)));
    if (file === undefined) throw new MillraceError('PATH_NOT_FOUND', { path: `${this.description}/${key}` });
    return file;
  }

  #pathOf(key: string): string {
    checkKey(key, this.description);
    return join(this.#root, ...key.split('/'));
  }

  /** Writes the bytes to a temporary file beside `path`, makes them durable, lets `finish` put the file in place. */
  async #place(path: string, bytes: Uint8Array, finish: (temporary: string) => Promise<void>): Promise<void> {
    const folder = dirname(path);
    await makeFolder(folder);
    const temporary = `${path}.${randomUUID()}${TEMPORARY_SUFFIX}`;
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await finish(temporary);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  }

  async *#listFolder(folder: string, prefix: string): AsyncIterable<ObjectEntry> {
    const path = folder === '' ? this.#root : join(this.#root, ...folder.split('/'));
    const found = await this.#attempt('list', folder, () => orAbsent(readdir(path, { withFileTypes: true })));
    const entries: { key: string; isFolder: boolean }[] = [];
    for (const entry of found ?? []) {
      if (entry.name.endsWith(TEMPORARY_SUFFIX)) continue;
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isLink = entry.isSymbolicLink() && this.#followLinks;
      const target = isLink ? await orAbsent(stat(join(path, entry.name))) : entry;
      if (target?.isDirectory() === true) entries.push({ key: `${key}/`, isFolder: true });
      else if (target?.isFile() === true) entries.push({ key, isFolder: false });
    }
    entries.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { key, isFolder } of entries) {
      if (isFolder) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#listFolder(key.slice(0, -1), prefix);
        continue;
      }
      if (!key.startsWith(prefix)) continue;
      const status = await this.#attempt('list', key, () =>
        orAbsent(stat(join(this.#root, ...key.split('/')), { bigint: true })),
      );
      if (status === undefined) continue;
      const modifiedMs = Number(status.mtimeNs / 1_000_000n);
      yield {
        key,
        sizeBytes: Number(status.size),
        modifiedMs,
        version: `${status.ino}-${status.mtimeNs}-${status.size}`,
      };
    }
  }

  async #attempt<T>(action: string, name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      const code = codeOf(error);
      const location = this.description;
      if (code === 'ENOSPC' || code === 'EDQUOT')
        throw new MillraceError('STORAGE_FULL', { name: name === '' ? '.' : name, location }, { cause: error });
      const reason = error instanceof Error ? error.message : String(error);
      throw new MillraceError(
        'STORAGE_IO',
        { action, name: name === '' ? '.' : name, location, reason },
        { cause: error },
      );
    }
  }
}

/** The promised value, or undefined when the file or its folder does not exist. */
async function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Makes a folder and its parents durable. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length && path.includes(sep); path = dirname(path))
    await syncFolder(dirname(path));
}

async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Some systems cannot open or sync folders; there the rename itself is durable.
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}
