/**
 * One stream read by several processes together: each reads the shards it has leases of, and the leases, not this query's own offsets, say
 * where reading goes on. An offset is just the ranges of one batch, with the token each shard was held under.
 *
 * At least once: a batch of a lost worker is read again by whoever takes over, up to the place the lost worker had announced. Nothing is
 * lost, because a lease moves on only after the batch's commit.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import type { StreamReference } from '../../storage/kinesis/stream-reference.ts';
import type {
  InputPartition,
  JsonValue,
  OffsetRequest,
  Source,
  SourceContext,
  SourceMetrics,
  SourceOffset,
} from '../source.ts';
import type { KinesisOffset, ShardEntry } from './kinesis-offset.ts';
import type { KinesisOptions, SharingOptions } from './kinesis-options.ts';
import { FileLeaseStore } from './leases/file-lease-store.ts';
import { LeaseCoordinator } from './leases/lease-coordinator.ts';
import type { Lease, LeaseStore } from './leases/lease-store.ts';
import { RedisLeaseStore } from './leases/redis-lease-store.ts';
import { closeStream, type OpenStream, openStream, readSegments } from './open-stream.ts';
import { kinesisSchema } from './record-batch.ts';
import { initialEntries } from './shard-lineage.ts';
import { shardMetrics } from './shard-metrics.ts';
import type { ShardSegment } from './shard-segment.ts';

/** What one batch reads of a shard. */
interface SharedRange extends ShardSegment {
  readonly token: number;
  readonly state: ShardEntry['state'];
  readonly numRecords: number;
}

interface SharedOffset {
  readonly streamName: string;
  readonly group: string;
  readonly ranges: readonly SharedRange[];
}

const IDLE_MS = 100;

export class SharedStreamSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly isDivided = true;
  readonly #context: SourceContext;
  readonly #options: KinesisOptions;
  readonly #sharing: SharingOptions;
  readonly #reference: StreamReference;
  #stream: OpenStream | undefined;
  #store: LeaseStore | undefined;
  #leases: LeaseCoordinator | undefined;
  #keeping: Promise<void> | undefined;
  /** A batch was proposed and is not committed. */
  #hasOpenBatch = false;
  #failure: unknown;
  #shards: SourceMetrics = {};

  constructor(context: SourceContext, options: KinesisOptions, sharing: SharingOptions, stream: StreamReference) {
    this.#context = context;
    this.#options = options;
    this.#sharing = sharing;
    this.#reference = stream;
    this.description = `Kinesis[${stream.name}, shared by ${sharing.group}]`;
    this.schema = kinesisSchema(context.options);
  }

  async open(): Promise<void> {
    const { random, nowMs, sleep } = this.#context;
    const stream = await openStream(this.#context, this.#options, this.#reference);
    this.#stream = stream;
    const { group, leaseStore, leaseTimeMs } = this.#sharing;
    const workerId = this.#sharing.workerId ?? `worker-${nowMs().toString(36)}-${random().toString(36).slice(2)}`;
    const name = `${group}-${stream.summary.streamName}-${stream.summary.createdMs}`;
    this.#store = /^rediss?:/.test(leaseStore)
      ? new RedisLeaseStore(leaseStore, name, { sleep, random })
      : new FileLeaseStore(`${leaseStore}/${name}`, workerId);
    this.#leases = new LeaseCoordinator(this.#store, { workerId, leaseTimeMs }, { nowMs });
  }

  prepareForAvailableNow(): Promise<void> {
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: 'Trigger.AvailableNow with shared consumption (kinesis.sharedGroup)',
    });
  }

  async latestOffset(request: OffsetRequest): Promise<SourceOffset | undefined> {
    if (request.mode !== 'default') await this.prepareForAvailableNow();
    if (this.#hasOpenBatch)
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: 'Trigger.RealTime with shared consumption (kinesis.sharedGroup)',
      });
    const { prefetcher, summary } = this.#opened();
    const leases = await this.#keptLeases(request.start);
    await this.#fill();
    const start = this.#heldOffset();
    prefetcher.align(start);
    for (const shardId of prefetcher.drained(start)) {
      const lease = leases.held.get(shardId);
      if (lease !== undefined) await leases.commit(shardId, lease.token, { last: lease.last, state: 'ended' }, 0);
    }
    const { maxFetchRecordsPerShard, maxRecordsPerTrigger, maxBytesPerTrigger } = this.#options;
    const end = prefetcher.propose(start, {
      maxPerShard: maxFetchRecordsPerShard,
      maxRecords: maxRecordsPerTrigger,
      maxBytes: maxBytesPerTrigger,
    });
    const ranges = end === undefined ? [] : await this.#announced(leases, start, end);
    if (end === undefined || ranges.length === 0) return undefined;
    this.#hasOpenBatch = true;
    this.#shards = shardMetrics(prefetcher, end);
    const offset: SharedOffset = { streamName: summary.streamName, group: this.#sharing.group, ranges };
    return offset as unknown as SourceOffset;
  }

  /** The ranges of a batch, each written to its lease; a shard that has been lost meanwhile is left out. */
  async #announced(leases: LeaseCoordinator, start: KinesisOffset, end: KinesisOffset): Promise<SharedRange[]> {
    const { prefetcher } = this.#opened();
    const ranges: SharedRange[] = [];
    for (const [shardId, { last, state, start: first }] of Object.entries(end.shards)) {
      const before = start.shards[shardId]?.last;
      const lease = leases.held.get(shardId);
      if (last === undefined || last === before || lease === undefined) continue;
      const from =
        before === undefined ? { first: 'sequenceNumber' in first ? first.sequenceNumber : last } : { before };
      const numRecords = prefetcher.buffered(shardId, from, last)?.length ?? 0;
      if (await leases.announce(shardId, { last, numRecords }))
        ranges.push({ shardId, from, last, state, token: lease.token, numRecords });
    }
    return ranges;
  }

  async planInput(start: SourceOffset | undefined, end: SourceOffset): Promise<readonly InputPartition[]> {
    // The engine repeats the last offset when only other sources have something new.
    if (JSON.stringify(start) === JSON.stringify(end)) return [];
    return (end as unknown as SharedOffset).ranges.map(({ shardId, from, last }) => {
      const segment: ShardSegment = { shardId, from, last };
      return { description: `${shardId} up to ${last}`, payload: [segment] as unknown as JsonValue };
    });
  }

  read(partition: InputPartition, columns: readonly string[]): AsyncIterable<ColumnBatch> {
    return readSegments(this.#opened(), partition.payload as unknown as readonly ShardSegment[], columns);
  }

  async commit(end: SourceOffset): Promise<void> {
    const { prefetcher } = this.#opened();
    const { ranges } = end as unknown as SharedOffset;
    this.#hasOpenBatch = false;
    for (const { shardId, token, last, state, numRecords } of ranges)
      await this.#leases?.commit(shardId, token, { last, state }, numRecords);
    const entries = ranges.map(({ shardId, last, state }): [string, ShardEntry] => [
      shardId,
      { state, last, start: { type: 'TRIM_HORIZON' }, parents: [] },
    ]);
    prefetcher.commit({ ...this.#heldOffset(), shards: Object.fromEntries(entries) });
  }

  async waitForData(_start: SourceOffset | undefined, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { prefetcher } = this.#opened();
    const { nowMs, sleep } = this.#context;
    const deadlineMs = nowMs() + timeoutMs;
    await this.#keptLeases();
    while (!signal.aborted && nowMs() < deadlineMs) {
      await this.#fill();
      if (prefetcher.hasRecordsAfter(this.#heldOffset())) return;
      await sleep(Math.min(IDLE_MS, deadlineMs - nowMs()), signal).catch(() => undefined);
    }
  }

  metrics(): SourceMetrics {
    const { calls } = this.#opened();
    const leases = this.#leases;
    return {
      leases: String(leases?.held.size ?? 0),
      leasesLost: String(leases?.numLost ?? 0),
      leasesTakenOver: String(leases?.numTakenOver ?? 0),
      possibleDuplicates: String(leases?.numPossibleDuplicates ?? 0),
      ...this.#shards,
      retries: String(calls.numRetries),
      throttled: String(calls.numThrottled),
    };
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    stream.calls.close();
    await this.#keeping;
    if (this.#keeping !== undefined) await this.#leases?.release().catch(() => undefined);
    await this.#store?.close();
    await closeStream(stream);
  }

  #opened(): OpenStream {
    if (this.#stream !== undefined) return this.#stream;
    throw new MillraceError('INTERNAL_ERROR', { message: 'must hold: the kinesis source is open' });
  }

  async #fill(): Promise<void> {
    const { prefetcher } = this.#opened();
    const start = this.#heldOffset();
    prefetcher.align(start);
    await prefetcher.fill({ start, isUnlimited: false, maxTimeMs: this.#options.maxFetchTimeMs });
  }

  /** Where the shards stand that this worker has. */
  #heldOffset(): KinesisOffset {
    const { streamName, streamArn, createdMs } = this.#opened().summary;
    const entries = [...(this.#leases?.held.values() ?? [])].map(({ shardId, start, last }): [string, ShardEntry] => [
      shardId,
      { state: 'open', start, parents: [], ...(last === undefined ? {} : { last }) },
    ]);
    return { streamName, streamArn, createdMs, shards: Object.fromEntries(entries) };
  }

  /**
   * The leases, kept alive from the first call on. Not before: a batch that is repeated after a restart must be noted as done under the
   * token it was read with before this worker takes its shards again.
   */
  async #keptLeases(committed?: SourceOffset): Promise<LeaseCoordinator> {
    const leases = this.#leases;
    if (leases === undefined) throw new MillraceError('INTERNAL_ERROR', { message: 'must hold: leases are open' });
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#keeping === undefined) {
      await this.#syncShards(leases);
      await this.#noteCommitted(leases, committed);
      await leases.tick();
      this.#keeping = this.#keep(leases);
    }
    return leases;
  }

  /** The last batch of an earlier run, in case that run ended between its commit and the lease's. */
  async #noteCommitted(leases: LeaseCoordinator, committed: SourceOffset | undefined): Promise<void> {
    const { ranges } = (committed ?? { ranges: [] }) as unknown as SharedOffset;
    for (const { shardId, token, last, state } of ranges) await leases.commit(shardId, token, { last, state }, 0);
  }

  async #keep(leases: LeaseCoordinator): Promise<void> {
    const { calls } = this.#opened();
    while (!calls.isClosed) {
      await calls.pause(this.#sharing.leaseTimeMs / 3);
      if (calls.isClosed) return;
      try {
        await leases.tick();
        await this.#syncShards(leases);
      } catch (error) {
        if (!calls.isClosed) this.#failure = error;
        return;
      }
    }
  }

  /** Leases for shards that have none: the first ones where the query begins, later ones at their beginning. */
  async #syncShards(leases: LeaseCoordinator): Promise<void> {
    const { calls } = this.#opened();
    await leases.refresh();
    const shards = await calls.retried('ListShards', () => calls.api.listShards());
    const known = new Set(leases.known.map(({ shardId }) => shardId));
    const pinMs = calls.api.serverTimeMs() ?? this.#context.nowMs();
    const initial = initialEntries(shards, this.#options.startingPosition, pinMs);
    const added = shards
      .filter(({ shardId }) => !known.has(shardId))
      .map(({ shardId, parents }): Pick<Lease, 'shardId' | 'state' | 'start' | 'parents'> => {
        const listed = parents.filter((parent) => known.has(parent) || initial[parent] !== undefined);
        const entry = initial[shardId];
        return known.size > 0 || entry === undefined
          ? { shardId, state: 'open', start: { type: 'TRIM_HORIZON' }, parents: listed }
          : { shardId, state: entry.state, start: entry.start, parents: listed };
      });
    if (added.length > 0) await leases.add(added);
  }
}
