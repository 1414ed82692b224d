/**
 * The commit log of a file sink, in Spark's own format so that Spark reads exactly the committed files: `_spark_metadata/<batchId>`, a
 * line `v1`, then one JSON line per file; every tenth is `<batchId>.compact` and lists all files from the beginning. An entry is created
 * exclusively: that is the commit.
 *
 * Beside it `_millrace/<batchId>-<tag>` says which query, offset digest and epoch the files of a batch belong to; the tag, a hash of query
 * id and digest, is in the file names too, so the entry of a batch names its digest; of a batch without files `<batchId>-empty` does. `_millrace/epochs/<epoch>` holds the runs that have
 * begun: a run that sees a higher one stops. Entries behind the compacted ones are deleted when they are twenty batches old.
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import type { BatchIdentity } from '../sink.ts';
import type { CommitMarker } from '../commit-marker.ts';
import { createHash } from 'node:crypto';
import { MillraceError } from '../../errors/millrace-error.ts';

const COMPACT_INTERVAL = 10;
/** Spark's block size of local files; it decides how Spark splits large files. */
const BLOCK_BYTES = 33_554_432;
const VERSION = 'v1';
const LOG = '_spark_metadata';
const OWN = '_millrace';
const EPOCH_DIGITS = 12;

export interface CommittedFile {
  readonly key: string;
  readonly sizeBytes: number;
}

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

export class ManifestLog {
  readonly #store: ObjectStore;
  /** The place as a URI, for the paths in the log. */
  readonly #rootUri: string;
  readonly #queryId: string;
  readonly #nowMs: () => number;
  #latestBatchId: number | undefined;

  constructor(
    store: ObjectStore,
    place: { readonly rootUri: string; readonly queryId: string; readonly nowMs: () => number },
  ) {
    this.#store = store;
    this.#rootUri = place.rootUri;
    this.#queryId = place.queryId;
    this.#nowMs = place.nowMs;
  }

  /** What is committed last, with the highest epoch that has begun; registers `epoch` if it is that. */
  async beginBatch(epoch: number): Promise<CommitMarker | undefined> {
    const highest = await this.#claimEpoch(epoch);
    this.#latestBatchId ??= await this.#findLatest();
    if (this.#latestBatchId < 0) return highest > epoch ? { batchId: -1, offsetDigest: '', epoch: highest } : undefined;
    const owner = await this.#ownerOf(this.#latestBatchId);
    return { batchId: this.#latestBatchId, offsetDigest: owner.offsetDigest, epoch: highest };
  }

  /** Commits the files of a batch. False when another run has committed it with the same digest; throws for another digest. */
  async commit(identity: BatchIdentity, files: readonly CommittedFile[], sink: string): Promise<boolean> {
    const { batchId, offsetDigest, epoch } = identity;
    const owner: BatchOwner = { queryId: this.#queryId, batchId, offsetDigest, epoch };
    const tag = batchTag(this.#queryId, offsetDigest);
    await this.#store.write(`${OWN}/${batchId}-${tag}`, encode(`${JSON.stringify(owner)}\n`));
    if (files.length === 0) await this.#store.writeIfAbsent(emptyKeyOf(batchId), encode(tag));
    await this.#fillGap(batchId);
    const lines = files.map((file) => this.#lineOf(file));
    const earlier = isCompact(batchId) ? await this.#linesBefore(batchId) : [];
    const isNew = await this.#store.writeIfAbsent(keyOf(batchId), encode([VERSION, ...earlier, ...lines].join('\n')));
    this.#latestBatchId = batchId;
    if (!isNew) {
      const committed = await this.#ownerOf(batchId);
      if (committed.offsetDigest === offsetDigest) return false;
      throw new MillraceError('CHECKPOINT_REGRESSED', {
        batchId: String(batchId),
        queryId: this.#queryId,
        sink,
        committedDigest: committed.offsetDigest,
        offsetDigest,
      });
    }
    if (isCompact(batchId)) await this.#deleteOld(batchId);
    return true;
  }

  async #claimEpoch(epoch: number): Promise<number> {
    let highest = -1;
    for await (const { key } of this.#store.list(`${OWN}/epochs/`))
      highest = Math.max(highest, Number(key.slice(key.lastIndexOf('/') + 1)));
    if (highest < epoch)
      await this.#store.writeIfAbsent(
        `${OWN}/epochs/${String(epoch).padStart(EPOCH_DIGITS, '0')}`,
        encode(`${JSON.stringify({ queryId: this.#queryId, epoch })}\n`),
      );
    return Math.max(highest, epoch);
  }

  async #findLatest(): Promise<number> {
    let latest = -1;
    for await (const { key } of this.#store.list(`${LOG}/`)) {
      const match = /^_spark_metadata\/(\d+)(?:\.compact)?$/.exec(key);
      if (match !== null) latest = Math.max(latest, Number(match[1]));
    }
    return latest;
  }

  /** Who has committed a batch; an entry that no run of this query has made is CHECKPOINT_FOREIGN. */
  async #ownerOf(batchId: number): Promise<BatchOwner> {
    const batchName = new RegExp(`-([0-9a-f]{12})-${batchName8(batchId)}\\.c\\d+\\.`);
    const tags = (await this.#readLines(batchId)).map((line) => batchName.exec(line)?.[1]);
    const tag = tags.find((found) => found !== undefined) ?? (await this.#tagOfEmpty(batchId));
    const bytes = tag === undefined ? undefined : await this.#store.read(`${OWN}/${batchId}-${tag}`);
    const owner = bytes === undefined ? undefined : parseOwner(bytes);
    if (owner?.queryId === this.#queryId) return owner;
    const writer = owner === undefined ? 'not written by Millrace' : `written by query ${owner.queryId}`;
    throw new MillraceError('CHECKPOINT_FOREIGN', {
      location: `${this.#store.description}/${LOG}`,
      reason: `batch ${batchId} there is ${writer}, this is query ${this.#queryId}`,
    });
  }

  /** The tag of a batch without files; undefined when no batch of that id was one. */
  async #tagOfEmpty(batchId: number): Promise<string | undefined> {
    const bytes = await this.#store.read(emptyKeyOf(batchId));
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** Spark reads the log from the last compacted entry on without gaps: a query that begins here later makes empty ones. */
  async #fillGap(batchId: number): Promise<void> {
    if (batchId === 0 || (this.#latestBatchId ?? -1) >= 0) return;
    const first = Math.max(0, batchId - (batchId % COMPACT_INTERVAL) - 1);
    for (let id = first; id < batchId; id++) await this.#store.writeIfAbsent(keyOf(id), encode(VERSION));
  }

  async #linesBefore(batchId: number): Promise<string[]> {
    const lines: string[] = [];
    for (let id = Math.max(0, batchId - COMPACT_INTERVAL); id < batchId; id++)
      lines.push(...(await this.#readLines(id)));
    return lines;
  }

  async #readLines(batchId: number): Promise<string[]> {
    const key = keyOf(batchId);
    const text = new TextDecoder().decode(await this.#store.read(key));
    const [version, ...lines] = text.split('\n');
    if (version === VERSION) return lines.filter((line) => line !== '');
    throw new MillraceError('CHECKPOINT_CORRUPT', {
      name: key,
      location: this.#store.description,
      expected: `a first line ${VERSION}`,
      found: version === '' ? 'no such entry' : (version ?? '').slice(0, 40),
    });
  }

  async #deleteOld(batchId: number): Promise<void> {
    const end = batchId - 2 * COMPACT_INTERVAL;
    const keys: string[] = [];
    for (let id = Math.max(0, end - COMPACT_INTERVAL); id < end; id++) {
      keys.push(keyOf(id));
      for await (const { key } of this.#store.list(`${OWN}/${id}-`)) keys.push(key);
    }
    if (keys.length > 0) await this.#store.delete(keys);
  }

  #lineOf(file: CommittedFile): string {
    return JSON.stringify({
      path: `${this.#rootUri}/${uriPath(file.key)}`,
      size: file.sizeBytes,
      isDir: false,
      modificationTime: this.#nowMs(),
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

function isCompact(batchId: number): boolean {
  return (batchId + 1) % COMPACT_INTERVAL === 0;
}

function keyOf(batchId: number): string {
  return `${LOG}/${batchId}${isCompact(batchId) ? '.compact' : ''}`;
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
