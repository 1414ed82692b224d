/**
 * How many shards a load needs, and whether provisioned or on-demand capacity costs less: arithmetic over AWS's limits and list prices
 * (us-east-1), nothing is asked of AWS.
 */

/** A load, in bytes and records a second at its peak. */
export interface KinesisLoad {
  readonly inBytesPerSecond: number;
  /** What all consumers together read. */
  readonly outBytesPerSecond: number;
  readonly recordsPerSecond: number;
  /** How many of the consumers read by enhanced fan-out, each with a throughput of its own; 0: all share one. */
  readonly numFanOutConsumers: number;
  /** The average load as a share of the peak. */
  readonly averageShare: number;
}

export interface CapacityPlan {
  readonly numShards: number;
  readonly shardsByLimit: { readonly write: number; readonly read: number; readonly records: number };
  /** The limit that decides. */
  readonly limit: 'write' | 'read' | 'records';
  /** With a quarter of the capacity to spare, for uneven keys. */
  readonly numShardsRecommended: number;
  readonly provisionedUsdPerMonth: number;
  readonly onDemandUsdPerMonth: number;
  readonly mode: 'provisioned' | 'on-demand';
  readonly notes: readonly string[];
}

const MB = 1024 * 1024;
const GB = 1024 * MB;
const WRITE_BYTES = MB;
const READ_BYTES = 2 * MB;
const WRITE_RECORDS = 1000;
const SPARE = 1.25;
const HOURS_PER_MONTH = 730;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;
const PUT_UNIT_BYTES = 25 * 1024;
const ON_DEMAND_START_BYTES = 4 * MB;
const MAX_RECORD_BYTES = MB;

/** List prices in US dollars. */
const PRICES = {
  shardHour: 0.015,
  millionPutUnits: 0.014,
  fanOutShardHour: 0.015,
  fanOutGb: 0.013,
  streamHour: 0.04,
  onDemandInGb: 0.08,
  onDemandOutGb: 0.04,
  onDemandFanOutGb: 0.05,
} as const;

/** The plan for a load. */
export function planCapacity(load: KinesisLoad): CapacityPlan {
  const { inBytesPerSecond, outBytesPerSecond, recordsPerSecond, numFanOutConsumers, averageShare } = load;
  const isFanOut = numFanOutConsumers > 0;
  const readBytesPerPipe = isFanOut ? outBytesPerSecond / numFanOutConsumers : outBytesPerSecond;
  const shardsByLimit = {
    write: shardsFor(inBytesPerSecond, WRITE_BYTES),
    read: shardsFor(readBytesPerPipe, READ_BYTES),
    records: shardsFor(recordsPerSecond, WRITE_RECORDS),
  };
  const numShards = Math.max(shardsByLimit.write, shardsByLimit.read, shardsByLimit.records);
  const limits = ['write', 'records', 'read'] as const;
  const limit = limits.find((name) => shardsByLimit[name] === numShards) ?? 'write';
  const numShardsRecommended = Math.ceil(
    Math.max(
      inBytesPerSecond / WRITE_BYTES,
      readBytesPerPipe / READ_BYTES,
      recordsPerSecond / WRITE_RECORDS,
      1 / SPARE,
    ) * SPARE,
  );
  const outGb = (outBytesPerSecond * averageShare * SECONDS_PER_MONTH) / GB;
  const inGb = (inBytesPerSecond * averageShare * SECONDS_PER_MONTH) / GB;
  const unitsPerRecord = Math.max(1, Math.ceil(inBytesPerSecond / Math.max(recordsPerSecond, 1) / PUT_UNIT_BYTES));
  const millionUnits = (recordsPerSecond * averageShare * SECONDS_PER_MONTH * unitsPerRecord) / 1e6;
  const fanOut = isFanOut
    ? numShardsRecommended * numFanOutConsumers * HOURS_PER_MONTH * PRICES.fanOutShardHour + outGb * PRICES.fanOutGb
    : 0;
  const provisionedUsdPerMonth =
    numShardsRecommended * HOURS_PER_MONTH * PRICES.shardHour + millionUnits * PRICES.millionPutUnits + fanOut;
  const onDemandUsdPerMonth =
    HOURS_PER_MONTH * PRICES.streamHour +
    inGb * PRICES.onDemandInGb +
    outGb * (isFanOut ? PRICES.onDemandFanOutGb : PRICES.onDemandOutGb);
  return {
    numShards,
    shardsByLimit,
    limit,
    numShardsRecommended,
    provisionedUsdPerMonth,
    onDemandUsdPerMonth,
    mode: onDemandUsdPerMonth < provisionedUsdPerMonth ? 'on-demand' : 'provisioned',
    notes: notesOn(load, shardsByLimit, numShards),
  };
}

function shardsFor(perSecond: number, limit: number): number {
  return Math.max(1, Math.ceil(perSecond / limit));
}

function notesOn(load: KinesisLoad, shards: CapacityPlan['shardsByLimit'], numShards: number): string[] {
  const notes: string[] = [];
  const bytesPerRecord = load.inBytesPerSecond / Math.max(load.recordsPerSecond, 1);
  if (shards.records === numShards && shards.records > shards.write)
    notes.push(
      `Records of ${Math.round(bytesPerRecord)} bytes fill the limit of records before that of bytes: aggregation (kinesis.aggregationEnabled) needs ${Math.max(shards.write, shards.read)} shards.`,
    );
  if (shards.read === numShards && shards.read > shards.write && load.numFanOutConsumers === 0)
    notes.push('Reading decides: consumers by enhanced fan-out have 2 MB/s a shard each.');
  if (bytesPerRecord > MAX_RECORD_BYTES)
    notes.push('Records above 1 MiB need a larger maximum record size of the stream (up to 10 MiB).');
  if (load.inBytesPerSecond > ON_DEMAND_START_BYTES)
    notes.push('A new on-demand stream takes 4 MB/s and doubles within 15 minutes: warm it up before the peak.');
  notes.push(
    'The load must be spread evenly over partition keys: one key is one shard, 1 MB/s and 1,000 records/s at most.',
  );
  return notes;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: MB, gb: GB };

/** `5MB/s`, `800 KB/s` in bytes; undefined when it is no such rate. */
export function parseByteRate(text: string): number | undefined {
  const [, number, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?(?:\/s)?$/i.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Number(number) * (UNIT_BYTES[unit.toLowerCase().replace('i', '')] ?? 1);
}

/** `4000/s`, `4k/s`; undefined when it is no such rate. */
export function parseCountRate(text: string): number | undefined {
  const [, number, thousand] = /^(\d+(?:\.\d+)?)(k)?(?:\/s)?$/i.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Number(number) * (thousand === undefined ? 1 : 1000);
}
