/**
 * A checkpoint in a folder laid out as Spark's: `metadata`, `offsets/N`, `commits/N`, `state/…`, `sources/…`, and `epochs/N` for fencing.
 *
 * create: temporary file → write → fsync, of folders with new names too → link(2), which fails if the name exists → fsync of the folder.
 * Crash before the link: nothing happened, a temporary file stays and the next acquire removes it. Crash after it: done. An
 * fsync that fails is never repeated: what it should have written may be gone, so the store refuses everything from then on.
 */
import { Buffer } from 'node:buffer';
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { CheckpointFileSystem } from './checkpoint-file-system.ts';
import { errorCode, storageFailure } from '../storage/storage-failure.ts';
import { checkCheckpointFolder } from './checkpoint-folder.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { diskFileSystem } from './disk-file-system.ts';
import { framePieces, unframeEntry } from './entry-frame.ts';

const TEMPORARY = /^\.tmp-[0-9a-f]+$/;
const EPOCHS = 'epochs/';

export interface DiskCheckpointOptions {
  /** The absolute path of the folder; made when it is not there. */
  readonly folder: string;
  /** For names of temporary files. */
  readonly random: () => number;
  /** The real one unless a test gives another. */
  readonly fileSystem?: CheckpointFileSystem;
}

export class DiskCheckpoint implements CheckpointStore {
  readonly location: string;
  readonly warnings: readonly string[] = [];
  readonly #folder: string;
  readonly #files: CheckpointFileSystem;
  readonly #random: () => number;
  readonly #known = new Set<string>();
  /** Folders with names that are not durable yet. */
  readonly #unsynced = new Set<string>();
  /** A synced temporary file for an entry that is expected. */
  #prepared: { readonly name: string; readonly content: Uint8Array; readonly temporary: string } | undefined;
  #epoch = 0;
  /** Set by a failed fsync. */
  #broken: MillraceError | undefined;

  constructor(options: DiskCheckpointOptions) {
    this.#folder = options.folder;
    this.#files = options.fileSystem ?? diskFileSystem;
    this.#random = options.random;
    this.location = `file:${options.folder}`;
  }

  async acquire(): Promise<number> {
    await this.#ensureFolder('');
    await checkCheckpointFolder(this.#files, { folder: this.#folder, location: this.location });
    for (;;) {
      const epochs = await this.#epochs();
      const epoch = Math.max(0, ...epochs) + 1;
      const name = `${EPOCHS}${epoch}`;
      if (!(await this.#createFile(name, new TextEncoder().encode(`{"epoch":${epoch}}`)))) continue;
      // The name may have been free again: of a run that another one has followed meanwhile, and that removed it.
      if ((await this.#epochs()).some((other) => other > epoch)) {
        await this.delete([name]);
        continue;
      }
      this.#epoch = epoch;
      await this.#removeTemporaries('');
      await this.delete(epochs.map((old) => `${EPOCHS}${old}`));
      return epoch;
    }
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#run('read', name, () => this.#files.readFile(this.#path(name)), 'ENOENT');
    if (bytes === undefined) return undefined;
    const frame = unframeEntry(name, bytes);
    if (frame.content !== undefined) return frame.content;
    const { expected, found } = frame;
    throw new MillraceError('CHECKPOINT_CORRUPT', { name, location: this.location, expected, found });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names: string[] = [];
    await this.#walk(folder, (name) => {
      if (name.startsWith(prefix) && !TEMPORARY.test(lastPart(name))) names.push(name);
    });
    return names;
  }

  async create(name: string, bytes: Uint8Array): Promise<void> {
    await this.#checkEpoch(name);
    if (!(await this.#createFile(name, bytes)))
      throw new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: lastPart(name) });
  }

  /** Writes and syncs the file that `create` gives its name to, one at a time. */
  async prepare(name: string, bytes: Uint8Array): Promise<void> {
    await this.#checkEpoch(name);
    await this.#dropPrepared();
    const temporary = await this.#writeTemporary(name, bytes, [...this.#unsynced]);
    this.#prepared = { name, content: bytes.slice(), temporary };
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#checkEpoch(name);
    const temporary = await this.#writeTemporary(name, bytes, []);
    try {
      await this.#files.rename(temporary, this.#path(name));
    } catch (error) {
      // As in `#createFile`: a run that took over has removed the temporary file.
      if (errorCode(error) === 'ENOENT') await this.#checkEpoch(name);
      throw this.#failure('rename', name, error);
    }
    this.#unsynced.add(folderOf(name));
  }

  async delete(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#run('delete', name, () => this.#files.unlink(this.#path(name)), 'ENOENT');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** False when the entry exists. */
  async #createFile(name: string, bytes: Uint8Array): Promise<boolean> {
    const temporary =
      (await this.#takePrepared(name, bytes)) ?? (await this.#writeTemporary(name, bytes, [...this.#unsynced]));
    let isNew = true;
    try {
      await this.#files.link(temporary, this.#path(name));
    } catch (error) {
      const code = errorCode(error);
      // A temporary file that vanished was removed by a run that took over; without its link this run has written nothing.
      if (code === 'ENOENT' && this.#epoch > 0) await this.#checkEpoch(name);
      isNew = false;
      if (code !== 'EEXIST' && !(code === 'ENOENT' && this.#epoch === 0)) throw this.#failure('link', name, error);
    }
    await this.#run('delete', name, () => this.#files.unlink(temporary), 'ENOENT');
    if (isNew) await this.#syncFolder(folderOf(name));
    return isNew;
  }

  /** The prepared file, if it is for this entry, with everything written before it durable. */
  async #takePrepared(name: string, bytes: Uint8Array): Promise<string | undefined> {
    const prepared = this.#prepared;
    if (prepared?.name !== name) return undefined;
    if (Buffer.compare(prepared.content, bytes) !== 0) return this.#dropPrepared();
    this.#prepared = undefined;
    const folders = [...this.#unsynced];
    this.#unsynced.clear();
    await settled(folders.map((folder) => this.#syncFolder(folder)));
    return prepared.temporary;
  }

  async #dropPrepared(): Promise<undefined> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared !== undefined)
      await this.#run('delete', prepared.name, () => this.#files.unlink(prepared.temporary), 'ENOENT');
  }

  /** Writes a synced temporary file beside the entry, and syncs some folders meanwhile. A failed one is removed as far as possible. */
  async #writeTemporary(name: string, content: Uint8Array, folders: readonly string[]): Promise<string> {
    if (this.#broken !== undefined) throw this.#broken;
    await this.#ensureFolder(folderOf(name));
    const suffix = Math.floor(this.#random() * 2 ** 48).toString(16);
    const path = this.#path(`${folderOf(name)}.tmp-${suffix}`);
    const file = await this.#run('write', name, () => this.#files.createFile(path));
    assert(file !== undefined, 'a created file is there');
    try {
      try {
        for (const piece of framePieces(name, content)) await this.#run('write', name, () => file.write(piece));
        for (const folder of folders) this.#unsynced.delete(folder);
        const syncs = folders.map((folder) => this.#syncFolder(folder));
        await settled([this.#run('fsync', name, () => file.sync()), ...syncs]);
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.#files.unlink(path).catch(() => undefined);
      throw error instanceof MillraceError ? error : this.#failure('close', name, error);
    }
    return path;
  }

  /** Makes a folder of the checkpoint and those above it; new names are durable when it returns. */
  async #ensureFolder(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    const path = this.#path(folder);
    try {
      await this.#files.makeDirectory(path.endsWith('/') ? path.slice(0, -1) : path);
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'EEXIST' && code !== 'ENOENT') throw this.#failure('mkdir', folder, error);
      if (code === 'ENOENT') {
        if (folder === '') await this.#makeParents(path);
        else await this.#ensureFolder(folderOf(folder.slice(0, -1)));
        return this.#ensureFolder(folder);
      }
    }
    if (folder === '') await this.#syncPath(parentOf(path), folder);
    else await this.#syncFolder(folderOf(folder.slice(0, -1)));
    this.#known.add(folder);
  }

  /** The folders above the checkpoint's own. */
  async #makeParents(path: string): Promise<void> {
    const parent = parentOf(path);
    try {
      await this.#files.makeDirectory(parent);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' && parentOf(parent) !== parent) {
        await this.#makeParents(parent);
        return this.#makeParents(path);
      }
      if (code !== 'EEXIST') throw this.#failure('mkdir', parent, error);
    }
    await this.#syncPath(parentOf(parent), parent);
  }

  #syncFolder(folder: string): Promise<void> {
    const path = this.#path(folder);
    return this.#syncPath(path.endsWith('/') ? path.slice(0, -1) : path, folder);
  }

  async #syncPath(path: string, name: string): Promise<void> {
    await this.#run('fsync', name, () => this.#files.syncDirectory(path));
  }

  async #checkEpoch(name: string): Promise<void> {
    assert(this.#epoch > 0, 'a checkpoint is acquired before it is written');
    const newerEpoch = Math.max(0, ...(await this.#epochs()));
    if (newerEpoch === this.#epoch) return;
    if (newerEpoch < this.#epoch)
      throw new MillraceError('CHECKPOINT_CORRUPT', {
        name: `${EPOCHS}${this.#epoch}`,
        location: this.location,
        expected: 'the epoch of this run',
        found: newerEpoch === 0 ? 'nothing: the folder was emptied' : `epoch ${newerEpoch}`,
      });
    throw new MillraceError('CHECKPOINT_FENCED', {
      location: this.location,
      epoch: String(this.#epoch),
      newerEpoch: String(newerEpoch),
      batchId: lastPart(name),
    });
  }

  async #epochs(): Promise<number[]> {
    return (await this.#names(EPOCHS)).filter((name) => /^\d+$/.test(name)).map(Number);
  }

  async #names(folder: string): Promise<readonly string[]> {
    return (await this.#run('list', folder, () => this.#files.readDirectory(this.#path(folder)), 'ENOENT')) ?? [];
  }

  async #walk(folder: string, visit: (name: string) => void): Promise<void> {
    for (const name of await this.#names(folder)) {
      if (name.endsWith('/')) await this.#walk(`${folder}${name}`, visit);
      else visit(`${folder}${name}`);
    }
  }

  async #removeTemporaries(folder: string): Promise<void> {
    const stale: string[] = [];
    await this.#walk(folder, (name) => {
      if (TEMPORARY.test(lastPart(name))) stale.push(name);
    });
    await this.delete(stale);
  }

  #path(name: string): string {
    assert(!name.split('/').includes('..'), 'names of entries stay inside the checkpoint');
    return name === '' ? this.#folder : `${this.#folder}/${name}`;
  }

  /** Runs one operation and gives its failure a type; undefined when it fails with the `accepted` code. */
  async #run<T>(action: string, name: string, operation: () => Promise<T>, accepted?: string): Promise<T | undefined> {
    try {
      return await operation();
    } catch (error) {
      if (accepted !== undefined && errorCode(error) === accepted) return undefined;
      throw this.#failure(action, name, error);
    }
  }

  #failure(action: string, name: string, cause: unknown): MillraceError {
    const failure = storageFailure({ action, name: name === '' ? 'the folder' : name, location: this.location }, cause);
    if (action === 'fsync') this.#broken = failure;
    return failure;
  }
}

/** Waits for all, then fails as the first that failed: a file is not closed under a sync that still runs. */
async function settled(operations: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(operations)) if (result.status === 'rejected') throw result.reason;
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
