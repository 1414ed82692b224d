/**
 * Records that the Kinesis Producer Library has packed together: magic `F3 89 9A C2`, a protobuf message
 * `{1: partition keys, 2: explicit hash keys, 3: {1: key index, 2: hash key index, 3: data}…}`, the MD5 of that message. A user record's
 * place is the sequence number of the whole and its index in it, so a batch may end inside an aggregate.
 *
 * After a split a producer with an old shard map may still pack a user record for the other shard, notices, and sends it again; so user
 * records whose hash key is outside of the shard's range are dropped.
 */
import { createHash } from 'node:crypto';
import type { KinesisRecord, ShardDescription } from './kinesis-api.ts';
import { placeAt } from './sequence-number.ts';

const MAGIC = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2);
const DIGEST_BYTES = 16;

interface UserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
}

/** Whether a record starts like an aggregate; cheap. */
export function isAggregate(data: Uint8Array): boolean {
  return data.length > MAGIC.length + DIGEST_BYTES && MAGIC.every((byte, i) => data[i] === byte);
}

/** The user records of an aggregate, in order; the record itself when it is none, or not intact. */
export function deaggregate(
  record: KinesisRecord,
  range: ShardDescription['hashKeyRange'] | undefined,
): readonly KinesisRecord[] {
  if (!isAggregate(record.data)) return [record];
  const message = record.data.subarray(MAGIC.length, record.data.length - DIGEST_BYTES);
  const digest = record.data.subarray(record.data.length - DIGEST_BYTES);
  if (!createHash('md5').update(message).digest().equals(digest)) return [record];
  const users = parseAggregate(message);
  if (users === undefined) return [record];
  const indexed = users.map((user, index) => ({ user, index }));
  const kept = range === undefined ? indexed : indexed.filter(({ user }) => isOwned(user, range));
  return kept.map(({ user: { partitionKey, data }, index }, i) => {
    return { ...record, partitionKey, data, part: { index, isLast: i === kept.length - 1 } };
  });
}

/** Where reading stands after this record. */
export function placeOf({ sequenceNumber, part }: KinesisRecord): string {
  return part === undefined || part.isLast ? sequenceNumber : placeAt(sequenceNumber, part.index);
}

/** The 128-bit number that decides about the shard. */
function hashKeyOf(user: UserRecord): bigint {
  if (user.explicitHashKey !== undefined) return BigInt(user.explicitHashKey);
  return BigInt(`0x${createHash('md5').update(user.partitionKey, 'utf8').digest('hex')}`);
}

function isOwned(user: UserRecord, range: ShardDescription['hashKeyRange']): boolean {
  const key = hashKeyOf(user);
  return key >= range.start && key <= range.end;
}

function parseAggregate(message: Uint8Array): UserRecord[] | undefined {
  const partitionKeys: string[] = [];
  const hashKeys: string[] = [];
  const bodies: Uint8Array[] = [];
  const isWhole = eachField(message, (number, value) => {
    if (typeof value === 'number') return;
    if (number === 1) partitionKeys.push(new TextDecoder().decode(value));
    else if (number === 2) hashKeys.push(new TextDecoder().decode(value));
    else if (number === 3) bodies.push(value);
  });
  if (!isWhole) return undefined;
  const users: UserRecord[] = [];
  for (const body of bodies) {
    let keyIndex = -1;
    let hashIndex: number | undefined;
    let data: Uint8Array | undefined;
    const isWholeBody = eachField(body, (number, value) => {
      if (number === 1 && typeof value === 'number') keyIndex = value;
      else if (number === 2 && typeof value === 'number') hashIndex = value;
      else if (number === 3 && typeof value !== 'number') data = value;
    });
    const partitionKey = partitionKeys[keyIndex];
    const explicitHashKey = hashIndex === undefined ? undefined : hashKeys[hashIndex];
    if (!isWholeBody || partitionKey === undefined || data === undefined) return undefined;
    if (hashIndex !== undefined && !/^\d{1,39}$/.test(explicitHashKey ?? '')) return undefined;
    users.push({ partitionKey, explicitHashKey, data });
  }
  return users;
}

/** Calls `visit` with every varint and length-delimited field of a protobuf message; false when it is malformed. */
function eachField(bytes: Uint8Array, visit: (number: number, value: number | Uint8Array) => void): boolean {
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; position < bytes.length && scale < 2 ** 50; scale *= 128) {
      const byte = bytes[position++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (position < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) {
      const value = varint();
      if (Number.isNaN(value)) return false;
      visit((tag - wireType) / 8, value);
    } else if (wireType === 2) {
      const end = varint() + position;
      if (!(end <= bytes.length)) return false;
      visit((tag - wireType) / 8, bytes.subarray(position, end));
      position = end;
    } else return false;
  }
  return true;
}
