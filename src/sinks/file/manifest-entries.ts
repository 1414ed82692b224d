/**
 * The folder `_spark_metadata` of a file sink as Spark lays it out: `<batchId>` holds the lines of a batch, `<batchId>.compact` those of all
 * batches up to it. Knows which entries there are, when the next compacted one is due, and which ones no reader needs.
 *
 * Spark takes the distance of the last two compacted entries as the interval and looks for the next one where (id + 1) is a multiple of it. So the
 * interval may grow: at an entry `c` where (c + 1) is a multiple of twice the interval, the compacted entry between `c` and `c - 2 · interval`
 * is removed. It grows while the list is at least four times as long as the interval, so that the lines written per commit do not grow
 * with the history, up to MAX_INTERVAL: readers read the entries behind the compacted one singly.
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

const FIRST_INTERVAL = 10;
const MAX_INTERVAL = 640;
const LINES_PER_INTERVAL = 4;
const NUM_KEPT = 20;
const VERSION = 'v1';
const LOG = '_spark_metadata';
/** Read or written at once. */
const NUM_AT_ONCE = 32;

export class ManifestEntries {
  readonly #store: ObjectStore;
  /** Ids of entries, rising; those of compacted ones as well. */
  #ids: number[] = [];
  #compactIds: number[] = [];
  #interval = FIRST_INTERVAL;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Finds out what is there; call once before anything else. */
  async open(): Promise<void> {
    const ids: number[] = [];
    const compactIds: number[] = [];
    for await (const { key } of this.#store.list(`${LOG}/`)) {
      const [, id, compact] = /^_spark_metadata\/(\d+)(\.compact)?$/.exec(key) ?? [];
      if (id === undefined) continue;
      ids.push(Number(id));
      if (compact !== undefined) compactIds.push(Number(id));
    }
    this.#ids = ids.toSorted((a, b) => a - b);
    this.#compactIds = compactIds.toSorted((a, b) => a - b);
    const [before, last] = this.#compactIds.slice(-2);
    this.#interval = before === undefined || last === undefined ? FIRST_INTERVAL : last - before;
  }

  /** The last batch, -1 when there is none. */
  get latestBatchId(): number {
    return this.#ids.at(-1) ?? -1;
  }

  isCompact(batchId: number): boolean {
    return (batchId + 1) % this.#interval === 0;
  }

  /** The lines of an entry; throws CHECKPOINT_CORRUPT when it is not there or no such thing. */
  async read(batchId: number): Promise<string[]> {
    const key = keyOf(batchId, this.#compactIds.includes(batchId) || this.isCompact(batchId));
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

  /** The lines of all batches before one. */
  async readBefore(batchId: number): Promise<string[]> {
    const first = this.#compactIds.findLast((id) => id < batchId) ?? Math.min(batchId, this.#ids[0] ?? 0);
    const lines: string[] = [];
    for (let start = first; start < batchId; start += NUM_AT_ONCE) {
      const count = Math.min(NUM_AT_ONCE, batchId - start);
      const read = await Promise.all(Array.from({ length: count }, (_, i) => this.read(start + i)));
      for (const some of read) for (const line of some) lines.push(line);
    }
    return lines;
  }

  /** Creates the entry of a batch; false when it is there. `lines` of a compacted one are those of all batches. */
  async create(batchId: number, lines: readonly string[]): Promise<boolean> {
    const isCompact = this.isCompact(batchId);
    const isNew = await this.#store.writeIfAbsent(keyOf(batchId, isCompact), encode([VERSION, ...lines].join('\n')));
    if (this.latestBatchId < batchId) {
      this.#ids.push(batchId);
      if (isCompact) this.#compactIds.push(batchId);
    }
    if (isNew && isCompact) await this.#growInterval(batchId, lines.length);
    return isNew;
  }

  /** Spark reads the log from the last compacted entry on without gaps: a query that begins here later makes empty ones. */
  async fillGap(batchId: number): Promise<void> {
    if (batchId === 0 || this.latestBatchId >= 0) return;
    const first = Math.max(0, batchId - (batchId % this.#interval) - 1);
    for (let id = first; id < batchId; id++) await this.create(id, []);
  }

  /** Up to `limit` entries that no reader needs; they count as gone. The last two compacted ones and what follows stay, and the last twenty. */
  takeOld(limit: number): string[] {
    const keepFrom = Math.min(this.#compactIds.at(-2) ?? 0, this.latestBatchId - NUM_KEPT + 1);
    const found = this.#ids.findIndex((id) => id >= keepFrom);
    const old = this.#ids.splice(0, Math.min(limit, Math.max(0, found)));
    const keys = old.map((id) => keyOf(id, this.#compactIds.includes(id)));
    this.#compactIds = this.#compactIds.filter((id) => !old.includes(id));
    return keys;
  }

  async #growInterval(batchId: number, numLines: number): Promise<void> {
    const [interval, doubled] = [this.#interval, 2 * this.#interval];
    if (doubled > MAX_INTERVAL || numLines < LINES_PER_INTERVAL * interval || (batchId + 1) % doubled !== 0) return;
    if (!this.#compactIds.includes(batchId - doubled) || !this.#compactIds.includes(batchId - interval)) return;
    await this.#store.delete([keyOf(batchId - interval, true)]);
    this.#ids = this.#ids.filter((id) => id !== batchId - interval);
    this.#compactIds = this.#compactIds.filter((id) => id !== batchId - interval);
    this.#interval = doubled;
  }
}

function keyOf(batchId: number, isCompact: boolean): string {
  return `${LOG}/${batchId}${isCompact ? '.compact' : ''}`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
