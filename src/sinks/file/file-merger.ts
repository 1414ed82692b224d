/**
 * Merges the small files of a file sink (option `compactFiles`) when its log is compacted, so that neither files nor lines of the log grow
 * without end. Every row is in one committed file at any moment, and a reader that lists the folder by extension (`*.json`) never sees a row
 * twice:
 *
 * 1. With compacted entry N: files of one folder and of about one size are merged into a file `_merged=….merged`, a name that patterns of
 *    extensions and most readers of folders pass over and Spark still takes from the log; `_millrace/merges/<N>-<tag>` says what it
 *    replaces. Entry N lists the merged file instead of the small ones.
 * 2. With the next compacted entry: the small files are deleted, then the merged file appears under its own name, and the entry lists that.
 * 3. With the one after it the file `_merged=…` is deleted.
 *
 * Each step is repeated as it was after a crash. Readers of the log have the time between two compacted entries to open what they have
 * listed; a reader of the folder misses rows for the moment between the two halves of step 2.
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import type { CommittedFile, ManifestFile } from './committed-file.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { type MergedFiles, mergeContents } from './merge-contents.ts';

const MERGES = '_millrace/merges';
/** Spark takes names that begin with an underscore from the log only if they have an equals sign. */
const HIDDEN = '_merged=';
/** Files are merged with others whose size is within this factor: a row is written again a few times in all. */
const TIER_FACTOR = 8;

interface Merge {
  readonly hiddenKey: string;
  readonly key: string;
  readonly replaced: readonly string[];
}

export class FileMerger {
  readonly #store: ObjectStore;
  readonly #files: MergedFiles;
  /** Not needed when the entry that is being written is there. */
  #unneeded: string[] = [];

  constructor(store: ObjectStore, files: MergedFiles) {
    this.#store = store;
    this.#files = files;
  }

  /** The files that entry `name` (batch and tag) is to list for `listed`. Again the same after a crash. */
  async merge(name: string, listed: readonly ManifestFile[]): Promise<readonly (ManifestFile | CommittedFile)[]> {
    const files = await this.#publish(name, listed);
    const merges: Merge[] = [];
    const merged: CommittedFile[] = [];
    for (const group of this.#groupsOf(files)) {
      const folder = folderOf(group[0]?.key ?? '');
      const fileName = `part-00000-${tagOf(name)}-${batchOf(name)}.m${String(merges.length).padStart(3, '0')}`;
      const hiddenKey = `${folder}${HIDDEN}${fileName}.merged${this.#codecExtension()}`;
      const contents = await Promise.all(group.map(({ key }) => this.#contentOf(key)));
      const bytes = await mergeContents(this.#files, contents);
      await this.#store.write(hiddenKey, bytes);
      merges.push({
        hiddenKey,
        key: `${folder}${fileName}.${this.#files.extension}`,
        replaced: group.map(({ key }) => key),
      });
      merged.push({ key: hiddenKey, sizeBytes: bytes.length });
    }
    if (merges.length > 0) await this.#store.write(`${MERGES}/${name}`, encode(merges));
    const replaced = new Set(merges.flatMap((one) => one.replaced));
    return [...files.filter(({ key }) => key === undefined || !replaced.has(key)), ...merged];
  }

  /** Deletes what no entry names any more; call when the entry is there. */
  async cleanUp(): Promise<void> {
    const keys = this.#unneeded;
    this.#unneeded = [];
    if (keys.length > 0) await this.#store.delete(keys);
  }

  /** The second step for the merges of entries before: the files with their own names. */
  async #publish(name: string, listed: readonly ManifestFile[]): Promise<(ManifestFile | CommittedFile)[]> {
    const sizes = new Map(listed.map(({ key, sizeBytes }) => [key, sizeBytes]));
    const published = new Map<string, CommittedFile>();
    this.#unneeded = [];
    for await (const { key: planKey } of this.#store.list(`${MERGES}/`)) {
      if (batchOf(planKey.slice(MERGES.length + 1)) >= batchOf(name)) continue;
      const merges = decode(await this.#store.read(planKey));
      const inForce = merges.filter(({ hiddenKey }) => sizes.has(hiddenKey));
      // Published with the entry before, or of an entry that never was.
      if (inForce.length === 0) this.#unneeded.push(planKey, ...merges.map(({ hiddenKey }) => hiddenKey));
      for (const { hiddenKey, key, replaced } of inForce) {
        const bytes = await this.#contentOf(hiddenKey);
        await this.#store.delete(replaced);
        await this.#store.write(key, bytes);
        published.set(hiddenKey, { key, sizeBytes: bytes.length });
      }
    }
    return listed.map((file) => published.get(file.key ?? '') ?? file);
  }

  /** Files to merge: of one folder and one tier of sizes, as many as make one file, in the order of the log. */
  #groupsOf(files: readonly (ManifestFile | CommittedFile)[]): CommittedFile[][] {
    const { minFiles, maxBytes, extension } = this.#files;
    const tiers = new Map<string, CommittedFile[]>();
    for (const { key, sizeBytes } of files) {
      if (key === undefined || !key.endsWith(`.${extension}`)) continue;
      if (sizeBytes > maxBytes / 2) continue;
      const tier = `${Math.floor(Math.log(sizeBytes + 1) / Math.log(TIER_FACTOR))} ${folderOf(key)}`;
      const members = tiers.get(tier) ?? [];
      tiers.set(tier, members);
      members.push({ key, sizeBytes });
    }
    return [...tiers.values()].flatMap((tier) => cutAtSize(tier, maxBytes).filter((group) => group.length >= minFiles));
  }

  /** What tells readers of text how to unpack it. */
  #codecExtension(): string {
    const { format, extension } = this.#files;
    return format.compressedExtension === undefined ? extension.slice(format.extension.length) : '';
  }

  async #contentOf(key: string): Promise<Uint8Array> {
    const bytes = await this.#store.read(key);
    if (bytes !== undefined) return bytes;
    throw new MillraceError('PATH_NOT_FOUND', { path: `${this.#store.description}/${key}` });
  }
}

/** Parts of a list that are not larger than `maxBytes` in all. */
function cutAtSize(files: readonly CommittedFile[], maxBytes: number): CommittedFile[][] {
  const parts: CommittedFile[][] = [];
  let sizeBytes = Infinity;
  for (const file of files) {
    if (sizeBytes + file.sizeBytes > maxBytes) {
      parts.push([]);
      sizeBytes = 0;
    }
    parts.at(-1)?.push(file);
    sizeBytes += file.sizeBytes;
  }
  return parts;
}

/** The folder with its slash; empty at the root. */
function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

function batchOf(name: string): string {
  return name.slice(0, name.indexOf('-'));
}

function tagOf(name: string): string {
  return name.slice(name.indexOf('-') + 1);
}

function encode(merges: readonly Merge[]): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(merges)}\n`);
}

function decode(bytes: Uint8Array | undefined): readonly Merge[] {
  return bytes === undefined ? [] : (JSON.parse(new TextDecoder().decode(bytes)) as readonly Merge[]);
}
