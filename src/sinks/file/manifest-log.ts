/**
 * The commit log of a file sink, in Spark's own format so that Spark reads exactly the committed files: `_spark_metadata/<batchId>`, a
 * line `v1`, then one JSON line per file; now and then `<batchId>.compact`, which lists all files from the beginning (manifest-entries.ts).
 * An entry is created exclusively: that is the commit. What a commit writes does not grow with the number of batches before it.
 *
 * Beside it `_millrace/<batchId>-<tag>` says which query, offset digest and epoch the files of a batch belong to; the tag, a hash of query
 * id and digest, is in the file names too, so the entry of a batch names its digest; of a batch without files `<batchId>-empty` does. `_millrace/epochs/<epoch>` holds the runs that have
 * begun: a run that sees a higher one stops. Entries nobody needs are deleted, some with every tenth batch.
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import type { BatchIdentity } from '../sink.ts';
import type { CommitMarker } from '../commit-marker.ts';
import { createHash } from 'node:crypto';
import type { CommittedFile, ManifestFile } from './committed-file.ts';
import type { FileMerger } from './file-merger.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { ManifestEntries } from './manifest-entries.ts';

/** Spark's block size of local files; it decides how Spark splits large files. */
const BLOCK_BYTES = 33_554_432;
const LOG = '_spark_metadata';
const OWN = '_millrace';
/** Old entries are deleted with every so manieth batch, so many at once at most. */
const CLEAN_INTERVAL = 10;
const MAX_CLEANED = 50;
/** Who has committed a batch is known for so many batches. */
const KEPT_OWNERS = 20;
const EPOCH_DIGITS = 12;

/** What `_millrace/<batchId>-<tag>` holds. */
interface BatchOwner {
  readonly queryId: string;
  readonly batchId: number;
  readonly offsetDigest: string;
  readonly epoch: number;
}

/** The part of file names that ties files to a query and an offset digest. */
export function batchTag(queryId: string, offsetDigest: string): string {
  return createHash('sha256').update(`${queryId}\n${offsetDigest}`).digest('hex').slice(0, 12);
}

/** Where a log is and whose it is. */
export interface ManifestPlace {
  /** The place as a URI, for the paths in the log. */
  readonly rootUri: string;
  readonly queryId: string;
  readonly nowMs: () => number;
  /** Files committed longer ago leave the log when it is compacted; Infinity: never. */
  readonly retentionMs: number;
  /** Merges small files when the log is compacted; undefined: they stay. */
  readonly merger: FileMerger | undefined;
}

export class ManifestLog {
  readonly #store: ObjectStore;
  readonly #place: ManifestPlace;
  readonly #entries: ManifestEntries;
  /** Keys by batch of what `_millrace` has; undefined before the first batch. */
  #owners: { readonly batchId: number; readonly key: string }[] | undefined;
  /** The batch committed last and by whom, when it is known. */
  #last: BatchOwner | undefined;

  constructor(store: ObjectStore, place: ManifestPlace) {
    this.#store = store;
    this.#place = place;
    this.#entries = new ManifestEntries(store);
  }

  /** What is committed last, with the highest epoch that has begun; registers `epoch` if it is that. */
  async beginBatch(epoch: number): Promise<CommitMarker | undefined> {
    const highest = await this.#claimEpoch(epoch);
    if (this.#owners === undefined) {
      await this.#entries.open();
      this.#owners = await this.#findOwners();
    }
    const { latestBatchId } = this.#entries;
    if (latestBatchId < 0) return highest > epoch ? { batchId: -1, offsetDigest: '', epoch: highest } : undefined;
    if (this.#last?.batchId !== latestBatchId) this.#last = await this.#ownerOf(latestBatchId);
    return { batchId: latestBatchId, offsetDigest: this.#last.offsetDigest, epoch: highest };
  }

  /** Commits the files of a batch. False when another run has committed it with the same digest; throws for another digest. */
  async commit(identity: BatchIdentity, files: readonly CommittedFile[], sink: string): Promise<boolean> {
    const { batchId, offsetDigest, epoch } = identity;
    const { queryId, merger } = this.#place;
    const owner: BatchOwner = { queryId, batchId, offsetDigest, epoch };
    const tag = batchTag(queryId, offsetDigest);
    await this.#writeOwner(owner, tag, files.length === 0);
    await this.#entries.fillGap(batchId);
    const lines = files.map((file) => this.#lineOf(file));
    const isCompact = this.#entries.isCompact(batchId);
    const earlier = isCompact ? await this.#earlierLines(batchId, tag) : [];
    const isNew = await this.#entries.create(batchId, [...earlier, ...lines]);
    const committed = isNew ? owner : await this.#ownerOf(batchId);
    if (committed.offsetDigest !== offsetDigest)
      throw new MillraceError('CHECKPOINT_REGRESSED', {
        batchId: String(batchId),
        queryId,
        sink,
        committedDigest: committed.offsetDigest,
        offsetDigest,
      });
    this.#last = committed;
    if (isCompact) await merger?.cleanUp();
    if ((batchId + 1) % CLEAN_INTERVAL === 0) await this.#deleteOld(batchId);
    return isNew;
  }

  async #writeOwner(owner: BatchOwner, tag: string, isEmpty: boolean): Promise<void> {
    const { batchId } = owner;
    const key = `${OWN}/${batchId}-${tag}`;
    await this.#store.write(key, encode(`${JSON.stringify(owner)}\n`));
    this.#owners?.push({ batchId, key });
    if (!isEmpty) return;
    await this.#store.writeIfAbsent(emptyKeyOf(batchId), encode(tag));
    this.#owners?.push({ batchId, key: emptyKeyOf(batchId) });
  }

  /** The lines of the batches before a compacted one, without files that are too old, small ones merged. */
  async #earlierLines(batchId: number, tag: string): Promise<readonly string[]> {
    const { retentionMs, nowMs, merger, rootUri } = this.#place;
    const lines = await this.#entries.readBefore(batchId);
    const oldestMs = nowMs() - retentionMs;
    const kept = retentionMs === Infinity ? lines : lines.filter((line) => modifiedMsOf(line) >= oldestMs);
    if (merger === undefined) return kept;
    const prefix = `${rootUri}/`;
    const files = kept.map((line): ManifestFile => {
      const { path = '', size = 0 } = JSON.parse(line) as { path?: string; size?: number };
      const key = path.startsWith(prefix) ? decodeURIComponent(path.slice(prefix.length)) : undefined;
      return { line, key, sizeBytes: size };
    });
    const merged = await merger.merge(`${batchName8(batchId)}-${tag}`, files);
    return merged.map((file) => ('line' in file ? file.line : this.#lineOf(file)));
  }

  /** Runs that have begun; only the last one matters. */
  async #claimEpoch(epoch: number): Promise<number> {
    const epochs: number[] = [];
    for await (const { key } of this.#store.list(`${OWN}/epochs/`))
      epochs.push(Number(key.slice(key.lastIndexOf('/') + 1)));
    const highest = Math.max(-1, ...epochs);
    if (highest >= epoch) return highest;
    await this.#store.writeIfAbsent(
      epochKeyOf(epoch),
      encode(`${JSON.stringify({ queryId: this.#place.queryId, epoch })}\n`),
    );
    if (epochs.length > 0) await this.#store.delete(epochs.map(epochKeyOf));
    return epoch;
  }

  async #findOwners(): Promise<{ readonly batchId: number; readonly key: string }[]> {
    const found: { readonly batchId: number; readonly key: string }[] = [];
    for await (const { key } of this.#store.list(`${OWN}/`)) {
      const id = /^_millrace\/(\d+)-[^/]+$/.exec(key)?.[1];
      if (id !== undefined) found.push({ batchId: Number(id), key });
    }
    return found.toSorted((a, b) => a.batchId - b.batchId);
  }

  /** Who has committed a batch; an entry that no run of this query has made is CHECKPOINT_FOREIGN. */
  async #ownerOf(batchId: number): Promise<BatchOwner> {
    const batchName = new RegExp(`-([0-9a-f]{12})-${batchName8(batchId)}\\.c\\d+\\.`);
    const tags = (await this.#entries.read(batchId)).map((line) => batchName.exec(line)?.[1]);
    const tag = tags.find((found) => found !== undefined) ?? (await this.#tagOfEmpty(batchId));
    const bytes = tag === undefined ? undefined : await this.#store.read(`${OWN}/${batchId}-${tag}`);
    const owner = bytes === undefined ? undefined : parseOwner(bytes);
    if (owner?.queryId === this.#place.queryId) return owner;
    const writer = owner === undefined ? 'not written by Millrace' : `written by query ${owner.queryId}`;
    throw new MillraceError('CHECKPOINT_FOREIGN', {
      location: `${this.#store.description}/${LOG}`,
      reason: `batch ${batchId} there is ${writer}, this is query ${this.#place.queryId}`,
    });
  }

  /** The tag of a batch without files; undefined when no batch of that id was one. */
  async #tagOfEmpty(batchId: number): Promise<string | undefined> {
    const bytes = await this.#store.read(emptyKeyOf(batchId));
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  async #deleteOld(batchId: number): Promise<void> {
    const owners = this.#owners ?? [];
    const kept = owners.findIndex((owner) => owner.batchId > batchId - KEPT_OWNERS);
    const old = owners.splice(0, Math.min(MAX_CLEANED, Math.max(0, kept)));
    const keys = [...this.#entries.takeOld(MAX_CLEANED), ...old.map(({ key }) => key)];
    if (keys.length > 0) await this.#store.delete(keys);
  }

  #lineOf(file: CommittedFile): string {
    return JSON.stringify({
      path: `${this.#place.rootUri}/${uriPath(file.key)}`,
      size: file.sizeBytes,
      isDir: false,
      modificationTime: this.#place.nowMs(),
      blockReplication: 1,
      blockSize: BLOCK_BYTES,
      action: 'add',
    });
  }
}

/** A path with everything percent-encoded that a URI cannot hold. */
export function uriPath(path: string): string {
  return encodeURI(path).replaceAll('#', '%23').replaceAll('?', '%3F');
}

/** The batch id as it is in file names. */
export function batchName8(batchId: number): string {
  return String(batchId).padStart(8, '0');
}

function epochKeyOf(epoch: number): string {
  return `${OWN}/epochs/${String(epoch).padStart(EPOCH_DIGITS, '0')}`;
}

function modifiedMsOf(line: string): number {
  return (JSON.parse(line) as { modificationTime: number }).modificationTime;
}

/** Where the tag of a batch without files is kept, as no file name carries it. */
function emptyKeyOf(batchId: number): string {
  return `${OWN}/${batchId}-empty`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parseOwner(bytes: Uint8Array): BatchOwner | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as BatchOwner;
  } catch {
    return undefined;
  }
}
