/** Packs user records as the Kinesis Producer Library does, for tests. */
import { createHash } from 'node:crypto';

export interface UserRecord {
  readonly key: string;
  readonly hashKey?: string;
  readonly data: string;
}

export function aggregate(users: readonly UserRecord[]): Uint8Array {
  const keys = [...new Set(users.map((user) => user.key))];
  const hashKeys = [...new Set(users.flatMap((user) => user.hashKey ?? []))];
  const message = Buffer.concat([
    ...keys.map((key) => field(1, Buffer.from(key))),
    ...hashKeys.map((key) => field(2, Buffer.from(key))),
    ...users.map((user) =>
      field(
        3,
        Buffer.concat([
          varint(8),
          varint(keys.indexOf(user.key)),
          ...(user.hashKey === undefined ? [] : [varint(16), varint(hashKeys.indexOf(user.hashKey))]),
          field(3, Buffer.from(user.data)),
        ]),
      ),
    ),
  ]);
  const digest = createHash('md5').update(message).digest();
  return Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), message, digest]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
