/**
 * What happens to files whose batch is committed (`cleanSource`): nothing, they are deleted, or they are moved to `sourceArchiveDir` under their whole
 * path. Best effort, as in Spark: a file that cannot be cleaned stays.
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import type { FileEntry, FileListingContext } from './file-listing.ts';
import type { FileOptions } from './file-options.ts';
import { type StoreOptions, openObjectStore } from '../../storage/registry.ts';

export class SourceCleaner {
  readonly #mode: FileOptions['cleanSource'];
  readonly #archive: ObjectStore | undefined;

  constructor({ cleanSource, sourceArchiveDir }: FileOptions, options: StoreOptions, context: FileListingContext) {
    this.#mode = cleanSource;
    this.#archive =
      cleanSource === 'archive' && sourceArchiveDir !== undefined
        ? openObjectStore(sourceArchiveDir, options, context)
        : undefined;
  }

  get isActive(): boolean {
    return this.#mode !== 'off';
  }

  /** Deletes or moves the files of a batch. */
  async clean(store: ObjectStore, files: readonly FileEntry[]): Promise<void> {
    for (const { key } of files) {
      try {
        if (this.#archive !== undefined) {
          const bytes = await store.read(key);
          if (bytes === undefined) continue;
          await this.#archive.write(archiveKey(store, key), bytes);
        }
        await store.delete([key]);
      } catch {
        // The rows are safe; the file is looked at by whoever looks after the folder.
      }
    }
  }

  async close(): Promise<void> {
    await this.#archive?.close();
  }
}

/** The whole path of a file without scheme, so that files of one name do not meet. */
function archiveKey({ description }: ObjectStore, key: string): string {
  return `${description.replace(/^[a-z0-9]+:\/*/i, '')}/${key}`;
}
