/**
 * Packs rows as the Kinesis Producer Library does: magic `F3 89 9A C2`, a protobuf message `{1: partition keys, 2: explicit hash keys,
 * 3: {1: key index, 2: hash key index, 3: data}…}`, its MD5. Rows of one pack belong to one shard by the map of shards at hand; the pack
 * is addressed to that shard by the shard's first hash key.
 */
import { createHash } from 'node:crypto';
import { hashKeyOf, type PutEntry, singleEntry, type UserRecord } from './put-entry.ts';
import type { OpenShard, ShardMap } from './shard-map.ts';

const MAGIC = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2);
const DIGEST_BYTES = 16;
/** Tags and lengths of a row, at most. */
const OVERHEAD_BYTES = 24;

interface OpenPack {
  readonly shard: OpenShard;
  readonly records: UserRecord[];
  sizeBytes: number;
}

/** Collects rows per shard until a pack is full. */
export class Packer {
  readonly #maxBytes: number;
  readonly #packs = new Map<string, OpenPack>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds a row; gives the pack that had to be closed for it, or the row itself when it is too large for any. */
  add(record: UserRecord, map: ShardMap): PutEntry[] {
    const sizeBytes = record.data.length + Buffer.byteLength(record.partitionKey) + OVERHEAD_BYTES;
    const shard = map.route(hashKeyOf(record));
    const pack = this.#packs.get(shard.shardId);
    const closed: PutEntry[] = [];
    if (pack !== undefined && pack.sizeBytes + sizeBytes > this.#maxBytes) {
      this.#packs.delete(shard.shardId);
      closed.push(packedEntry(pack.shard, pack.records));
    }
    if (sizeBytes > this.#maxBytes) return [...closed, singleEntry(record)];
    const open = this.#packs.get(shard.shardId) ?? { shard, records: [], sizeBytes: MAGIC.length + DIGEST_BYTES };
    open.records.push(record);
    open.sizeBytes += sizeBytes;
    this.#packs.set(shard.shardId, open);
    return closed;
  }

  /** Closes all packs. */
  flush(): PutEntry[] {
    const entries = [...this.#packs.values()].map(({ shard, records }) => packedEntry(shard, records));
    this.#packs.clear();
    return entries;
  }
}

/** A pack as one record; a single row stays as it is. */
function packedEntry(shard: OpenShard, records: readonly UserRecord[]): PutEntry {
  const [first] = records;
  if (first !== undefined && records.length === 1) return singleEntry(first);
  const data = aggregateOf(records);
  const partitionKey = first?.partitionKey ?? '';
  return {
    data,
    partitionKey,
    explicitHashKey: String(shard.start),
    sizeBytes: data.length + Buffer.byteLength(partitionKey),
    packed: { shardId: shard.shardId, records },
  };
}

/** The bytes of an aggregate. */
export function aggregateOf(records: readonly UserRecord[]): Uint8Array {
  const keys = indexed(records.map(({ partitionKey }) => partitionKey));
  const hashKeys = indexed(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []));
  const bodies = records.map(({ partitionKey, explicitHashKey, data }) => {
    const hashIndex = explicitHashKey === undefined ? undefined : hashKeys.get(explicitHashKey);
    return bytesField(3, [
      varintField(1, keys.get(partitionKey) ?? 0),
      ...(hashIndex === undefined ? [] : [varintField(2, hashIndex)]),
      bytesField(3, [data]),
    ]);
  });
  const tables = [
    ...[...keys.keys()].map((key) => bytesField(1, [Buffer.from(key)])),
    ...[...hashKeys.keys()].map((key) => bytesField(2, [Buffer.from(key)])),
  ];
  const message = Buffer.concat([...tables, ...bodies]);
  return Buffer.concat([MAGIC, message, createHash('md5').update(message).digest()]);
}

function indexed(values: readonly string[]): Map<string, number> {
  const indexes = new Map<string, number>();
  for (const value of values) if (!indexes.has(value)) indexes.set(value, indexes.size);
  return indexes;
}

function varintField(number: number, value: number): Buffer {
  return Buffer.from([...varint(number * 8), ...varint(value)]);
}

function bytesField(number: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(length)]), ...parts]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}
