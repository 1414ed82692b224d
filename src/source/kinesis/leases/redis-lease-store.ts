/** Leases of processes on many machines: a hash in Redis, one field per shard, written by a script that compares versions. */
import { parseRedisUrl, RedisConnection, type RedisEnvironment } from '../../../storage/redis.ts';
import type { Lease, LeaseStore } from './lease-store.ts';

const WRITE = `
local current = redis.call('HGET', KEYS[1], ARGV[1])
local version = 0
if current then version = cjson.decode(current).version end
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`;

export class RedisLeaseStore implements LeaseStore {
  readonly location: string;
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(url: string, name: string, environment: RedisEnvironment) {
    const address = parseRedisUrl(url);
    this.#redis = new RedisConnection(address, environment);
    this.#key = `${address.query.get('prefix') ?? 'millrace'}:leases:${name}`;
    this.location = `${address.printable} ${this.#key}`;
  }

  async list(): Promise<readonly Lease[]> {
    const reply = await this.#redis.command('HVALS', this.#key);
    const values = Array.isArray(reply) ? reply : [];
    return values.map((value) => JSON.parse(String(value)) as Lease);
  }

  async write(lease: Lease): Promise<boolean> {
    const { shardId, version } = lease;
    const text = JSON.stringify(lease);
    return (await this.#redis.command('EVAL', WRITE, 1, this.#key, shardId, version - 1, text)) === 1;
  }

  async close(): Promise<void> {
    await this.#redis.close();
  }
}
