/**
 * One stream of the emulated Kinesis: shards with their lineage, status, consumers. Splits, merges and changes of the number of shards
 * keep AWS's rules: parents are closed, children own exactly their parents' hash keys, and UpdateShardCount is a series of both.
 */
import { assert } from '../../errors/assert.ts';
import { EmulatedShard } from './emulated-shard.ts';
import { invalidArgument, limitExceeded, notFound, resourceInUse } from './service-error.ts';

const HASH_KEYS = 1n << 128n;
const HOUR_MS = 3_600_000;

/** A registered consumer of enhanced fan-out. */
export interface EmulatedConsumer {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly activeMs: number;
  /** The subscription in force by shard, and when it began. */
  readonly subscriptions: Map<string, { readonly startedMs: number; readonly end: () => void }>;
}

export interface StreamIdentity {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly createdMs: number;
}

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

export class EmulatedStream {
  readonly identity: StreamIdentity;
  readonly arn: string;
  retentionHours = 24;
  mode: StreamMode = 'PROVISIONED';
  maxRecordBytes = 1024 * 1024;
  readonly tags = new Map<string, string>();
  readonly consumers = new Map<string, EmulatedConsumer>();
  readonly shards: EmulatedShard[] = [];
  #open: readonly EmulatedShard[] = [];
  #busy: { readonly status: 'CREATING' | 'UPDATING'; readonly untilMs: number };

  constructor(identity: StreamIdentity, numShards: number, activeMs: number) {
    this.identity = identity;
    this.arn = `arn:aws:kinesis:${identity.region}:${identity.account}:stream/${identity.name}`;
    this.#busy = { status: 'CREATING', untilMs: activeMs };
    for (let i = 0; i < numShards; i++)
      this.#add(boundary(i, numShards), boundary(i + 1, numShards) - 1n, [], identity.createdMs);
    this.#refreshOpen();
  }

  statusAt(nowMs: number): 'CREATING' | 'UPDATING' | 'ACTIVE' {
    return nowMs < this.#busy.untilMs ? this.#busy.status : 'ACTIVE';
  }

  /** Open shards in the order of their hash keys. */
  get openShards(): readonly EmulatedShard[] {
    return this.#open;
  }

  /** Shards the stream still knows: a closed one is forgotten when all its records have left the retention period. */
  listed(nowMs: number): EmulatedShard[] {
    const forgottenMs = nowMs - this.retentionHours * HOUR_MS;
    return this.shards.filter((shard) => shard.closedMs === undefined || shard.closedMs >= forgottenMs);
  }

  /** The shard, without the records that have left the retention period. */
  shard(shardId: string, nowMs: number): EmulatedShard {
    const shard = this.shards[Number(/^shardId-(\d{12})$/.exec(shardId)?.[1] ?? -1)];
    const { name, account } = this.identity;
    if (shard === undefined || !this.listed(nowMs).includes(shard))
      throw notFound(`Shard ${shardId} in stream ${name} under account ${account} does not exist`);
    shard.trimBefore(nowMs - this.retentionHours * HOUR_MS);
    return shard;
  }

  /** The open shard that owns a hash key, given as 32 hexadecimal digits. */
  route(hashKey: string): EmulatedShard {
    let low = 0;
    let high = this.#open.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#open[middle]?.origin.startKey ?? '') <= hashKey) low = middle;
      else high = middle - 1;
    }
    const shard = this.#open[low];
    assert(shard !== undefined, 'a stream has an open shard for every hash key');
    return shard;
  }

  /** SplitShard. */
  split(shard: EmulatedShard, newStart: bigint, nowMs: number): void {
    this.#checkOpen(shard);
    const start = BigInt(`0x${shard.origin.startKey}`);
    const end = BigInt(`0x${shard.origin.endKey}`);
    if (newStart <= start || newStart > end)
      throw invalidArgument(
        `NewStartingHashKey ${newStart} used in SplitShard() on shard ${shard.shardId} in stream ${this.identity.name} is not both greater than one plus the shard's StartingHashKey ${start} and less than the shard's EndingHashKey ${end - 1n}.`,
      );
    this.#replace([shard], [start, newStart, end + 1n], nowMs);
  }

  /** MergeShards; the shards may come in either order. */
  merge(one: EmulatedShard, other: EmulatedShard, nowMs: number): void {
    this.#checkOpen(one);
    this.#checkOpen(other);
    const [left, right] = one.origin.startKey < other.origin.startKey ? [one, other] : [other, one];
    const start = BigInt(`0x${left.origin.startKey}`);
    const end = BigInt(`0x${right.origin.endKey}`);
    if (left === right || BigInt(`0x${left.origin.endKey}`) + 1n !== BigInt(`0x${right.origin.startKey}`))
      throw invalidArgument(
        `Shards ${one.shardId} and ${other.shardId} in stream ${this.identity.name} under account ${this.identity.account} are not an adjacent pair of shards eligible for merging`,
      );
    this.#replace([one, other], [start, end + 1n], nowMs);
  }

  /** UpdateShardCount: shards are cut at the new boundaries, then pieces of one target are merged. */
  resize(numShards: number, nowMs: number): void {
    const current = this.#open.length;
    if (numShards > current * 2 || numShards < current / 2)
      throw limitExceeded(
        `UpdateShardCount cannot scale from ${current} to ${numShards} shards: at most double and at least half of the current number.`,
      );
    const boundaries = Array.from({ length: numShards + 1 }, (_, i) => boundary(i, numShards));
    for (const cut of boundaries.slice(1, -1)) {
      const shard = this.route(toHex(cut));
      if (shard.origin.startKey !== toHex(cut)) this.split(shard, cut, nowMs);
    }
    for (let i = 0; i < numShards; i++) {
      const startKey = toHex(boundaries[i] ?? 0n);
      const endKey = toHex((boundaries[i + 1] ?? HASH_KEYS) - 1n);
      for (;;) {
        const [first, second] = this.#open.filter(
          ({ origin }) => origin.startKey >= startKey && origin.startKey <= endKey,
        );
        if (first === undefined || second === undefined) break;
        this.merge(first, second, nowMs);
      }
    }
  }

  /** Takes the stream out of use for a change that lasts `durationMs`. */
  beginUpdate(nowMs: number, durationMs: number): void {
    const status = this.statusAt(nowMs);
    if (status !== 'ACTIVE')
      throw resourceInUse(
        `Stream ${this.identity.name} under account ${this.identity.account} not ACTIVE, instead in state ${status}`,
      );
    this.#busy = { status: 'UPDATING', untilMs: nowMs + durationMs };
  }

  #checkOpen(shard: EmulatedShard): void {
    if (!shard.isOpen)
      throw invalidArgument(
        `Shard ${shard.shardId} in stream ${this.identity.name} under account ${this.identity.account} has already been merged or split, and thus is not eligible for merging or splitting.`,
      );
  }

  #replace(parents: readonly EmulatedShard[], boundaries: readonly bigint[], nowMs: number): void {
    const parentIds = parents.map((parent) => parent.shardId);
    const children = boundaries.slice(1).map((end, i) => this.#add(boundaries[i] ?? 0n, end - 1n, parentIds, nowMs));
    for (const parent of parents) {
      parent.closedMs = nowMs;
      parent.children.push(...children);
    }
    this.#refreshOpen();
    for (const parent of parents) parent.notify();
  }

  #add(start: bigint, end: bigint, parents: readonly string[], createdMs: number): EmulatedShard {
    const index = this.shards.length;
    const shard = new EmulatedShard({ index, startKey: toHex(start), endKey: toHex(end), parents, createdMs });
    this.shards.push(shard);
    return shard;
  }

  #refreshOpen(): void {
    this.#open = this.shards
      .filter((shard) => shard.isOpen)
      .toSorted((a, b) => (a.origin.startKey < b.origin.startKey ? -1 : 1));
  }
}

function boundary(i: number, numShards: number): bigint {
  return (BigInt(i) * HASH_KEYS) / BigInt(numShards);
}

function toHex(key: bigint): string {
  return key.toString(16).padStart(32, '0');
}
