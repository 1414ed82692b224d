/**
 * Which files a stream has taken, and its log: one entry per offset with the files of that batch, written before the offset is handed
 * out, so that a batch read again has exactly the same files and no file is taken twice. Entry `n` is the text `v1` and a JSON line per
 * file, in the order they are read.
 */
import type { SourceLog } from '../source.ts';
import type { FileEntry } from './file-listing.ts';
import type { FileOptions } from './file-options.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

const VERSION = 'v1';

export class SeenFiles {
  readonly #options: FileOptions;
  readonly #log: SourceLog | undefined;
  /** Modification time by path (or name). */
  readonly #seen = new Map<string, number>();
  readonly #batches = new Map<number, readonly FileEntry[]>();
  #lastOffset = -1;
  #newestMs = 0;
  /** Files older than this count as seen. */
  #oldestMs = 0;

  constructor(options: FileOptions, log: SourceLog | undefined) {
    this.#options = options;
    this.#log = log;
  }

  /** The last offset logged, -1 before the first. */
  get lastOffset(): number {
    return this.#lastOffset;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Reads the log; call once before anything else. No entry is ever removed, so a hole is a damage: its files would be read again. */
  async restore(): Promise<void> {
    const names = (await this.#log?.list()) ?? [];
    const offsets = names.filter((name) => /^\d+$/.test(name)).map(Number);
    for (const offset of offsets.toSorted((a, b) => a - b)) {
      if (offset !== this.#lastOffset + 1) throw this.#lost(this.#lastOffset + 1);
      const files = await this.#readEntry(offset);
      for (const file of files ?? []) this.#add(file);
      this.#lastOffset = offset;
    }
    this.#purge();
  }

  isNew(file: FileEntry): boolean {
    return file.modifiedMs >= this.#oldestMs && !this.#seen.has(this.#identity(file));
  }

  /** Throws when the log ends before an offset that was handed out. */
  checkReaches(offset: number): void {
    if (offset > this.#lastOffset) throw this.#lost(this.#lastOffset + 1);
  }

  /** Logs the files as the next offset. */
  async append(files: readonly FileEntry[]): Promise<number> {
    const offset = this.#lastOffset + 1;
    const lines = files.map(({ key, modifiedMs, sizeBytes }) =>
      JSON.stringify({ path: key, timestamp: modifiedMs, batchId: offset, size: sizeBytes }),
    );
    await this.#log?.write(String(offset), new TextEncoder().encode([VERSION, ...lines].join('\n')));
    this.#batches.set(offset, files);
    this.#lastOffset = offset;
    for (const file of files) this.#add(file);
    this.#purge();
    return offset;
  }

  /** The files of the offsets behind `start` up to `end`. */
  async between(start: number, end: number): Promise<readonly FileEntry[]> {
    const files: FileEntry[] = [];
    for (let offset = start + 1; offset <= end; offset++) {
      const batch = this.#batches.get(offset) ?? (await this.#readEntry(offset));
      if (batch === undefined) throw this.#lost(offset);
      files.push(...batch);
    }
    return files;
  }

  /** Forgets the files of finished batches; their paths stay known. */
  forgetUpTo(offset: number): void {
    if (this.#log === undefined) return;
    for (const batch of this.#batches.keys()) if (batch <= offset) this.#batches.delete(batch);
  }

  async #readEntry(offset: number): Promise<readonly FileEntry[] | undefined> {
    const bytes = await this.#log?.read(String(offset));
    if (bytes === undefined) return undefined;
    const [version, ...lines] = new TextDecoder().decode(bytes).split('\n');
    if (version !== VERSION) throw this.#damaged(offset, `a version line ${VERSION}`, version ?? '');
    return lines.filter((line) => line !== '').map((line) => this.#fileOfLine(line, offset));
  }

  #fileOfLine(line: string, offset: number): FileEntry {
    try {
      const value = JSON.parse(line) as { path?: unknown; timestamp?: unknown; size?: unknown } | null;
      if (typeof value?.path === 'string' && typeof value.timestamp === 'number' && typeof value.size === 'number')
        return { key: value.path, modifiedMs: value.timestamp, sizeBytes: value.size };
    } catch {
      // Reported below.
    }
    throw this.#damaged(offset, 'a file with path, timestamp and size', line.slice(0, 80));
  }

  #lost(offset: number): MillraceError {
    return this.#damaged(offset, `the files of offset ${offset}`, 'nothing');
  }

  #damaged(offset: number, expected: string, found: string): MillraceError {
    const location = this.#log?.location ?? 'the log of the file source';
    return new MillraceError('CHECKPOINT_CORRUPT', { name: String(offset), location, expected, found });
  }

  #identity({ key }: FileEntry): string {
    return this.#options.fileNameOnly ? key.slice(key.lastIndexOf('/') + 1) : key;
  }

  #add(file: FileEntry): void {
    this.#seen.set(this.#identity(file), file.modifiedMs);
    this.#newestMs = Math.max(this.#newestMs, file.modifiedMs);
  }

  #purge(): void {
    this.#oldestMs = Math.max(0, this.#newestMs - this.#options.maxFileAgeMs);
    for (const [path, modifiedMs] of this.#seen) if (modifiedMs < this.#oldestMs) this.#seen.delete(path);
  }
}
