/**
 * Divides the shards of a stream among the workers of a group, by the rules of KCL:
 *
 * - A worker keeps its leases alive by writing them. IF a lease has not changed for the lease time, by the clock of who looks, THEN its
 *   worker is lost and anyone may take it. No clocks are compared.
 * - Each worker wants its share, ⌈shards / workers⌉: it takes what nobody has, up to that; IF nothing is free THEN it asks the worker
 *   with most for one. The owner hands it over between two batches, so that moving a shard repeats nothing.
 * - A shard is taken when its parents are ended.
 * - Before a batch is read, its end is written to the lease (`pending`). IF the worker is lost before it commits THEN these records,
 *   and no others, may come twice; who takes over counts them.
 */
import type { KinesisClock } from '../kinesis-calls.ts';
import { comparePlaces } from '../sequence-number.ts';
import type { Lease, LeaseStore } from './lease-store.ts';

export interface LeaseOptions {
  readonly workerId: string;
  readonly leaseTimeMs: number;
}

const MAX_WRITE_ATTEMPTS = 10;

/** A change of a lease; undefined leaves it alone. */
type Change = (lease: Lease) => Partial<Lease> | undefined;

export class LeaseCoordinator {
  readonly #store: LeaseStore;
  readonly #options: LeaseOptions;
  readonly #clock: Pick<KinesisClock, 'nowMs'>;
  readonly #held = new Map<string, Lease>();
  /** When each lease was last seen to change. */
  readonly #seen = new Map<string, { readonly version: number; readonly atMs: number }>();
  #known: readonly Lease[] = [];
  #queue: Promise<void> = Promise.resolve();
  /** Records that may have come twice, as far as this worker knows. */
  numPossibleDuplicates = 0;
  /** Leases taken from lost workers. */
  numTakenOver = 0;
  numLost = 0;

  constructor(store: LeaseStore, options: LeaseOptions, clock: Pick<KinesisClock, 'nowMs'>) {
    this.#store = store;
    this.#options = options;
    this.#clock = clock;
  }

  /** Leases this worker has, as it knows them; whether they still are its own shows when it writes. */
  get held(): ReadonlyMap<string, Lease> {
    return this.#held;
  }

  /** All leases of the group, as of the last tick. */
  get known(): readonly Lease[] {
    return this.#known;
  }

  /** Public calls run one after another: each reads and writes the same leases. */
  #serial<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(run);
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Makes leases for shards that have none; someone else may be faster. */
  async add(
    leases: readonly Omit<Lease, 'version' | 'owner' | 'token' | 'last' | 'pending' | 'wantedBy'>[],
  ): Promise<void> {
    for (const lease of leases) {
      const blank = {
        version: 1,
        owner: undefined,
        token: 0,
        last: undefined,
        pending: undefined,
        wantedBy: undefined,
      };
      await this.#store.write({ ...lease, ...blank });
    }
    await this.refresh();
  }

  /** Reads all leases. */
  async refresh(): Promise<void> {
    await this.#serial(() => this.#refresh());
  }

  async #refresh(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    this.#known = await this.#store.list();
    for (const { shardId, version } of this.#known)
      if (this.#seen.get(shardId)?.version !== version) this.#seen.set(shardId, { version, atMs: nowMs });
  }

  /** Keeps what it has, hands over what others want, takes or asks for what it lacks. */
  async tick(): Promise<void> {
    await this.#serial(async () => {
      for (const shardId of this.#held.keys()) await this.#renew(shardId);
      await this.#refresh();
      await this.#balance();
    });
  }

  /** Notes the end of a batch before it is read; false: the lease is someone else's now. */
  async announce(shardId: string, pending: NonNullable<Lease['pending']>): Promise<boolean> {
    return await this.#serial(() => this.#updateHeld(shardId, () => ({ pending })));
  }

  /**
   * Notes that a batch up to `last`, read under `token`, is committed. IF the lease has gone to someone else meanwhile THEN the records of
   * the batch may come twice.
   */
  async commit(shardId: string, token: number, done: Pick<Lease, 'last' | 'state'>, numRecords: number): Promise<void> {
    await this.#serial(async () => {
      const isDone = await this.#update(shardId, (lease) => {
        if (lease.token !== token) return undefined;
        const isBehind =
          lease.last === undefined || done.last === undefined || comparePlaces(lease.last, done.last) < 0;
        return isBehind || lease.last === done.last ? { ...done, pending: undefined } : {};
      });
      if (!isDone) {
        this.numPossibleDuplicates += numRecords;
        this.#drop(shardId);
      } else if (done.state === 'ended') this.#held.delete(shardId);
      else await this.#renew(shardId);
    });
  }

  /** Gives everything back; others take it at once. */
  async release(): Promise<void> {
    await this.#serial(async () => {
      for (const shardId of this.#held.keys()) {
        await this.#updateHeld(shardId, ({ token }) => ({ owner: undefined, token: token + 1, wantedBy: undefined }));
        this.#held.delete(shardId);
      }
    });
  }

  /** Writes a lease so that it lives on, or hands it over when it is wanted and no batch of it is under way. */
  async #renew(shardId: string): Promise<void> {
    const isOurs = await this.#updateHeld(shardId, ({ wantedBy, pending, token }) =>
      wantedBy === undefined || pending !== undefined ? {} : { owner: wantedBy, token: token + 1, wantedBy: undefined },
    );
    if (isOurs && this.#held.get(shardId)?.owner !== this.#options.workerId) this.#held.delete(shardId);
  }

  async #balance(): Promise<void> {
    const { workerId, leaseTimeMs } = this.#options;
    const nowMs = this.#clock.nowMs();
    const open = new Set(this.#known.filter(({ state }) => state === 'open').map(({ shardId }) => shardId));
    const ready = this.#known.filter(
      ({ shardId, parents }) => open.has(shardId) && !parents.some((id) => open.has(id)),
    );
    const isLost = ({ shardId, owner }: Lease): boolean =>
      owner === undefined || (owner !== workerId && nowMs - (this.#seen.get(shardId)?.atMs ?? nowMs) >= leaseTimeMs);
    // Handed over by someone else, or ours from before a restart under the same name.
    for (const lease of ready)
      if (lease.owner === workerId && !this.#held.has(lease.shardId)) await this.#take(lease, false);
    const free = ready.filter(isLost);
    const owned = ready.filter((lease) => !isLost(lease));
    const workers = new Set([workerId, ...owned.map(({ owner }) => owner ?? '')]);
    const share = Math.ceil(ready.length / workers.size);
    let numMissing = share - this.#held.size;
    for (const lease of free) {
      if (numMissing <= 0) return;
      if (await this.#take(lease, lease.owner !== undefined)) numMissing--;
    }
    if (numMissing > 0) await this.#ask(owned, share);
  }

  async #take(seen: Lease, isTakeOver: boolean): Promise<boolean> {
    const { workerId } = this.#options;
    const isTaken = await this.#update(seen.shardId, (lease) =>
      lease.version === seen.version
        ? { owner: workerId, token: lease.token + 1, wantedBy: undefined, pending: undefined }
        : undefined,
    );
    if (!isTaken) return false;
    if (isTakeOver) this.numTakenOver++;
    this.numPossibleDuplicates += seen.pending?.numRecords ?? 0;
    const taken = this.#known.find(({ shardId }) => shardId === seen.shardId);
    if (taken !== undefined) this.#held.set(seen.shardId, taken);
    return true;
  }

  /** Asks the worker with most for one of its leases, unless it asks already or nobody has more than the share. */
  async #ask(owned: readonly Lease[], share: number): Promise<void> {
    const { workerId } = this.#options;
    if (owned.some(({ wantedBy }) => wantedBy === workerId)) return;
    const byOwner = new Map<string, Lease[]>();
    for (const lease of owned) byOwner.set(lease.owner ?? '', [...(byOwner.get(lease.owner ?? '') ?? []), lease]);
    byOwner.delete(workerId);
    const [most = []] = [...byOwner.values()].toSorted((a, b) => b.length - a.length);
    const isUneven = most.length > share || most.length > this.#held.size + 1;
    const wanted = most.find(({ wantedBy }) => wantedBy === undefined);
    if (isUneven && wanted !== undefined)
      await this.#update(wanted.shardId, (lease) =>
        lease.token === wanted.token ? { wantedBy: workerId } : undefined,
      );
  }

  /** A change by the owner; false, and the lease is dropped, when someone else has it. */
  async #updateHeld(shardId: string, change: Change): Promise<boolean> {
    const token = this.#held.get(shardId)?.token;
    if (token === undefined) return false;
    const isDone = await this.#update(shardId, (lease) => (lease.token === token ? change(lease) : undefined));
    const written = this.#known.find((lease) => lease.shardId === shardId);
    if (isDone && written !== undefined) this.#held.set(shardId, written);
    else this.#drop(shardId);
    return isDone;
  }

  #drop(shardId: string): void {
    if (this.#held.delete(shardId)) this.numLost++;
  }

  /** Reads, changes and writes a lease until nobody comes in between; false when the change does not want to any more. */
  async #update(shardId: string, change: Change): Promise<boolean> {
    for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt++) {
      if (attempt > 0) await this.#refresh();
      const current = this.#known.find((lease) => lease.shardId === shardId);
      const changed = current === undefined ? undefined : change(current);
      if (current === undefined || changed === undefined) {
        if (attempt > 0) return false;
        continue;
      }
      const next: Lease = { ...current, ...changed, version: current.version + 1 };
      if ((await this.#store.write(next)) || (await this.#isWritten(next))) {
        this.#known = this.#known.map((lease) => (lease.shardId === shardId ? next : lease));
        this.#seen.set(shardId, { version: next.version, atMs: this.#clock.nowMs() });
        return true;
      }
    }
    return false;
  }

  /** Whether a write that was said to have failed is there after all: its first answer was lost and the second one was an echo. */
  async #isWritten(lease: Lease): Promise<boolean> {
    const stored = (await this.#store.list()).find(({ shardId }) => shardId === lease.shardId);
    return stored !== undefined && JSON.stringify(stored) === JSON.stringify({ ...lease });
  }
}
