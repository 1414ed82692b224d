/**
 * The durable buffer of a delivery and the record of what has left it, below `_millrace/delivery/`:
 * `buffer/<batch>-<tag>.parquet` the rows of a batch, `commits/<batch>` that they belong to it (created once: the commit of the batch),
 * `plans/<n>` which batches delivery n takes, `done/<n>` that it has arrived. A plan is written before its first object, and the names of objects follow
 * from it: a delivery that was cut off is made again with the same names. `epochs/<epoch>` has the runs that have begun.
 */
import type { ObjectStore } from '../../storage/object-store.ts';
import type { CommitMarker } from '../commit-marker.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

const ROOT = '_millrace/delivery';
const DIGITS = 12;

/** A batch in the buffer. */
export interface BufferedBatch {
  readonly queryId: string;
  readonly batchId: number;
  readonly offsetDigest: string;
  readonly epoch: number;
  /** Of the rows; empty when there are none. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly numRows: number;
  readonly arrivedMs: number;
}

/** The batches one delivery takes. */
export interface DeliveryPlan {
  readonly number: number;
  readonly batches: readonly BufferedBatch[];
}

export class DeliveryLog {
  readonly #store: ObjectStore;
  readonly #queryId: string;
  readonly #commits = new Map<number, BufferedBatch>();
  #lastPlanned = -1;
  #nextNumber = 0;
  #unfinished: DeliveryPlan | undefined;

  constructor(store: ObjectStore, queryId: string) {
    this.#store = store;
    this.#queryId = queryId;
  }

  /** Reads what is there; call once before anything else. */
  async open(): Promise<void> {
    const plans: number[] = [];
    const done = new Set<number>();
    const commits: string[] = [];
    for await (const { key } of this.#store.list(`${ROOT}/`)) {
      const [, folder, name = ''] = /^_millrace\/delivery\/(commits|plans|done)\/(\d+)$/.exec(key) ?? [];
      if (folder === 'commits') commits.push(key);
      else if (folder === 'plans') plans.push(Number(name));
      else if (folder === 'done') done.add(Number(name));
    }
    for (const key of commits) {
      const batch = await this.#read<BufferedBatch>(key);
      this.#checkOwner(batch, key);
      this.#commits.set(batch.batchId, batch);
    }
    for (const number of plans.toSorted((a, b) => a - b)) {
      const plan = await this.#read<DeliveryPlan>(keyOf('plans', number));
      this.#nextNumber = number + 1;
      for (const { batchId } of plan.batches) this.#lastPlanned = Math.max(this.#lastPlanned, batchId);
      if (!done.has(number)) this.#unfinished = plan;
    }
  }

  /** What is committed last, with the highest epoch that has begun; registers `epoch` if it is that. */
  async beginBatch(epoch: number): Promise<CommitMarker | undefined> {
    const highest = await this.claimEpoch(epoch);
    const last = this.#commits.get(Math.max(-1, ...this.#commits.keys()));
    if (last === undefined) return highest > epoch ? { batchId: -1, offsetDigest: '', epoch: highest } : undefined;
    return { batchId: last.batchId, offsetDigest: last.offsetDigest, epoch: highest };
  }

  /** The highest epoch that has begun, `epoch` included. */
  async claimEpoch(epoch: number): Promise<number> {
    let highest = -1;
    for await (const { key } of this.#store.list(`${ROOT}/epochs/`))
      highest = Math.max(highest, Number(key.slice(key.lastIndexOf('/') + 1)));
    if (highest < epoch) await this.#store.writeIfAbsent(keyOf('epochs', epoch), encode({ queryId: this.#queryId }));
    return Math.max(highest, epoch);
  }

  /** Where the rows of a batch go before its commit. */
  bufferKey(batchId: number, tag: string): string {
    return `${ROOT}/buffer/${String(batchId).padStart(DIGITS, '0')}-${tag}.parquet`;
  }

  /** Commits a batch; throws CHECKPOINT_REGRESSED when another one of that id is there. */
  async commit(batch: BufferedBatch, sink: string): Promise<void> {
    const key = keyOf('commits', batch.batchId);
    if (!(await this.#store.writeIfAbsent(key, encode(batch)))) {
      const found = await this.#read<BufferedBatch>(key);
      this.#checkOwner(found, key);
      if (found.offsetDigest !== batch.offsetDigest)
        throw new MillraceError('CHECKPOINT_REGRESSED', {
          batchId: String(batch.batchId),
          queryId: this.#queryId,
          sink,
          committedDigest: found.offsetDigest,
          offsetDigest: batch.offsetDigest,
        });
    }
    this.#commits.set(batch.batchId, batch);
  }

  /** Batches no delivery has taken yet. */
  get waiting(): readonly BufferedBatch[] {
    return [...this.#commits.values()]
      .filter(({ batchId, numRows }) => batchId > this.#lastPlanned && numRows > 0)
      .toSorted((a, b) => a.batchId - b.batchId);
  }

  /** A delivery that was begun and not finished. */
  get unfinished(): DeliveryPlan | undefined {
    return this.#unfinished;
  }

  /** Takes all waiting batches into a delivery. */
  async plan(): Promise<DeliveryPlan> {
    const number = this.#nextNumber;
    const planned: DeliveryPlan = { number, batches: this.waiting };
    const isNew = await this.#store.writeIfAbsent(keyOf('plans', number), encode(planned));
    const plan = isNew ? planned : await this.#read<DeliveryPlan>(keyOf('plans', number));
    this.#nextNumber = number + 1;
    this.#unfinished = plan;
    for (const { batchId } of plan.batches) this.#lastPlanned = Math.max(this.#lastPlanned, batchId);
    return plan;
  }

  /** Marks a delivery as arrived and frees its buffer. The last commit stays: it is the marker of the query. */
  async finish(plan: DeliveryPlan, summary: object): Promise<void> {
    await this.#store.write(keyOf('done', plan.number), encode({ ...summary, number: plan.number }));
    this.#unfinished = undefined;
    const last = Math.max(...this.#commits.keys());
    const delivered = [...this.#commits.values()].filter(({ batchId }) => batchId <= this.#lastPlanned);
    const old = delivered.filter(({ batchId }) => batchId !== last);
    const keys = delivered.flatMap(({ key, numRows }) => (numRows > 0 ? [key] : []));
    keys.push(...old.map(({ batchId }) => keyOf('commits', batchId)));
    // The plan before the last is not needed to know where the next one begins.
    if (plan.number > 0) keys.push(keyOf('plans', plan.number - 1), keyOf('done', plan.number - 1));
    await this.#store.delete(keys);
    for (const { batchId } of old) this.#commits.delete(batchId);
  }

  #checkOwner({ queryId }: BufferedBatch, key: string): void {
    if (queryId === this.#queryId) return;
    throw new MillraceError('CHECKPOINT_FOREIGN', {
      location: `${this.#store.description}/${key}`,
      reason: `it was written by query ${queryId}, this is query ${this.#queryId}`,
    });
  }

  async #read<T>(key: string): Promise<T> {
    const bytes = await this.#store.read(key);
    try {
      if (bytes !== undefined) return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch {
      // Reported below.
    }
    throw new MillraceError('CHECKPOINT_CORRUPT', {
      name: key,
      location: this.#store.description,
      expected: 'a JSON object',
      found: bytes === undefined ? 'no such entry' : new TextDecoder().decode(bytes.subarray(0, 40)),
    });
  }
}

function keyOf(folder: 'commits' | 'plans' | 'done' | 'epochs', number: number): string {
  return `${ROOT}/${folder}/${String(number).padStart(DIGITS, '0')}`;
}

function encode(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
