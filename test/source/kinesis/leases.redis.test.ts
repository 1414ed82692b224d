/** Leases in Redis under the contract of all lease stores. */
import { RedisLeaseStore } from '../../../src/source/kinesis/leases/redis-lease-store.ts';
import { describeLeaseStore } from '../../contract/lease-store-contract.ts';
import { redisUrl } from '../../servers/urls.ts';

let numStores = 0;

describeLeaseStore('Redis', async () => {
  const name = `test-${Date.now()}-${numStores++}`;
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  return { open: () => new RedisLeaseStore(redisUrl(), name, { sleep, random: Math.random }) };
});
