/**
 * Lists the files a path stands for: a file, the files of a folder, or what a pattern matches, filtered as Spark filters. Below a folder
 * only `key=value` subfolders are entered unless the look-up is recursive; names beginning with `_` or `.` are ignored. A folder our own
 * file sink (or Spark's) writes to is read through its `_spark_metadata`, so that only committed files appear.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ObjectEntry, ObjectStore } from '../../storage/object-store.ts';
import type { FileOptions } from './file-options.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { LocalObjectStore } from '../../storage/local-object-store.ts';
import { type StoreOptions, localPath, openObjectStore } from '../../storage/registry.ts';
import { type SegmentTest, expandBraces, isGlob, segmentTest } from './glob.ts';
import { committedFiles } from './sink-manifest.ts';

/** A file of a source. */
export interface FileEntry {
  /** Relative to the store's root. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface FileListingContext {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

const MANIFEST_FOLDER = '_spark_metadata';
/** Files that a file sink has merged and only its manifest names yet. */
const MERGED = /(^|\/)_merged=([^/]+)$/;

export class FileListing {
  readonly store: ObjectStore;
  readonly #options: FileOptions;
  /** One list of segment tests per alternative of the pattern; empty lists for a plain path. */
  readonly #patterns: readonly (readonly SegmentTest[])[];
  readonly #nameFilter: SegmentTest | undefined;
  readonly #isPattern: boolean;
  /** Set when the path is a file. */
  readonly #fileName: string | undefined;

  private constructor(
    store: ObjectStore,
    options: FileOptions,
    patterns: readonly string[],
    fileName: string | undefined,
  ) {
    this.store = store;
    this.#options = options;
    this.#fileName = fileName;
    this.#isPattern = patterns.length > 0;
    this.#patterns = this.#isPattern
      ? patterns.map((pattern) => pattern.split('/').map((segment) => segmentTest(segment)))
      : [[]];
    const alternatives =
      options.pathGlobFilter === undefined ? [] : expandBraces(options.pathGlobFilter).map((one) => segmentTest(one));
    this.#nameFilter = alternatives.length === 0 ? undefined : (name) => alternatives.some((test) => test(name));
  }

  /** Opens the store at the deepest folder above all patterns. Fails with PATH_NOT_FOUND for a plain path that does not exist. */
  static async open(
    options: FileOptions,
    storeOptions: StoreOptions,
    context: FileListingContext,
  ): Promise<FileListing> {
    const { path } = options;
    const isRemote = /^[a-z][a-z0-9+.-]+:/i.test(path) && !/^file:/i.test(path);
    const scheme = isRemote ? (/^[a-z0-9+.-]+:\/\/[^/]*/i.exec(path)?.[0] ?? '') : '';
    const rest = isRemote ? path.slice(scheme.length) : /^file:/i.test(path) ? localPath(path) : path;
    const segments = rest.split('/');
    const firstGlob = segments.findIndex((segment) => isGlob(segment));
    const root = firstGlob < 0 ? rest : segments.slice(0, firstGlob).join('/') || (rest.startsWith('/') ? '/' : '.');
    const open = (folder: string): ObjectStore =>
      isRemote
        ? openObjectStore(scheme + folder, storeOptions, context)
        : new LocalObjectStore(folder, { followLinks: options.followLinks });
    if (firstGlob >= 0) {
      const pattern = segments
        .slice(firstGlob)
        .filter((segment) => segment !== '')
        .join('/');
      const listing = new FileListing(
        open(firstGlob === 0 && isRemote ? '' : root),
        options,
        expandBraces(pattern),
        undefined,
      );
      return listing;
    }
    const fileName = await nameOfFile(root, isRemote, open);
    if (fileName !== undefined)
      return new FileListing(open(root.slice(0, root.length - fileName.length) || '.'), options, [], fileName);
    const store = open(root === '' && !isRemote ? '.' : root);
    if (store.rootExists !== undefined && !(await store.rootExists()))
      throw new MillraceError('PATH_NOT_FOUND', { path: store.description });
    return new FileListing(store, options, [], undefined);
  }

  /** The files there are now, in no particular order. */
  async list(): Promise<FileEntry[]> {
    const { store } = this;
    const found: FileEntry[] = [];
    const merged: FileEntry[] = [];
    let hasManifest = false;
    for await (const { key, sizeBytes, modifiedMs } of store.list(this.#fileName ?? '')) {
      if (!this.#isPattern && key.startsWith(`${MANIFEST_FOLDER}/`)) hasManifest = true;
      if (!MERGED.test(key)) {
        if (this.#accepts({ key, modifiedMs })) found.push({ key, sizeBytes, modifiedMs });
      } else if (this.#accepts({ key: key.replace(MERGED, '$1$2'), modifiedMs }))
        merged.push({ key, sizeBytes, modifiedMs });
    }
    if (!hasManifest) return this.#options.skipsBesideFolders ? this.#withoutStray(found) : found;
    const committed = await committedFiles(store, MANIFEST_FOLDER);
    return [...found, ...merged].filter((entry) => committed.has(entry.key));
  }

  /** As Spark: where there are folders with columns, files beside them are not part of the table. */
  #withoutStray(files: FileEntry[]): FileEntry[] {
    const isInFolder = (file: FileEntry): boolean => this.folderPath(file.key).includes('=');
    return files.some(isInFolder) ? files.filter(isInFolder) : files;
  }

  /** The part of a path whose `key=value` folders are columns: below the path or what its pattern matches, or below `basePath`. */
  folderPath(key: string): string {
    const { basePath, recursiveFileLookup } = this.#options;
    if (recursiveFileLookup) return '';
    if (basePath !== undefined) {
      const full = `${plainPlace(this.store.description)}/${key}`;
      const base = plainPlace(basePath).replace(/\/+$/, '');
      return full.startsWith(`${base}/`) ? full.slice(base.length + 1) : key;
    }
    const segments = key.split('/');
    const pattern = this.#patterns.find((tests) => this.#isBelow(segments, tests));
    return segments.slice(pattern?.length ?? 0).join('/');
  }

  #accepts({ key, modifiedMs }: Pick<ObjectEntry, 'key' | 'modifiedMs'>): boolean {
    const { modifiedAfterMs = -Infinity, modifiedBeforeMs = Infinity } = this.#options;
    if (modifiedMs <= modifiedAfterMs || modifiedMs >= modifiedBeforeMs) return false;
    if (this.#fileName !== undefined) return key === this.#fileName;
    const segments = key.split('/');
    const name = segments.at(-1) ?? '';
    if (this.#nameFilter !== undefined && !this.#nameFilter(name)) return false;
    return this.#patterns.some((tests) => this.#isBelow(segments, tests));
  }

  /** True when the pattern names the file itself or a folder it is in. */
  #isBelow(segments: readonly string[], tests: readonly SegmentTest[]): boolean {
    if (segments.length < tests.length || !tests.every((test, i) => test(segments[i] ?? ''))) return false;
    const isItself = segments.length === tests.length;
    const rest = isItself ? segments.slice(-1) : segments.slice(tests.length);
    if (rest.some((segment) => isHidden(segment))) return false;
    return isItself || this.#options.recursiveFileLookup || rest.slice(0, -1).every((segment) => segment.includes('='));
  }
}

/** A place without the scheme of local files, and with one name for S3. */
function plainPlace(place: string): string {
  if (/^s3[an]?:/i.test(place)) return place.replace(/^s3[an]?:/i, 's3:');
  return resolve(localPath(place));
}

/** A file that a file sink has made of others. */
export function isMergedFile(key: string): boolean {
  return /(^|\/)(_merged=)?part-00000-[0-9a-f]{12}-\d{8}\.m\d{3}\.[^/]+$/.test(key);
}

/** As Spark: `_` and `.` hide, except partition folders such as `_day=1`. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || (name.startsWith('_') && !name.includes('='));
}

/** The last part of the path if the path is a file. */
async function nameOfFile(
  path: string,
  isRemote: boolean,
  open: (folder: string) => ObjectStore,
): Promise<string | undefined> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === '' || name === '.' || name === '..') return undefined;
  if (!isRemote) {
    try {
      return (await stat(path)).isFile() ? name : undefined;
    } catch {
      return undefined;
    }
  }
  const parent = open(path.slice(0, path.length - name.length));
  try {
    for await (const entry of parent.list(name)) {
      if (entry.key === name) return name;
      if (entry.key.startsWith(`${name}/`)) return undefined;
    }
    return undefined;
  } finally {
    await parent.close();
  }
}
