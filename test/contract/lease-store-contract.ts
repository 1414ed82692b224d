/** What every store of leases must do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lease, LeaseStore } from '../../src/source/kinesis/leases/lease-store.ts';

export function leaseOf(shardId: string, version: number, owner?: string): Lease {
  return {
    shardId,
    version,
    owner,
    token: version,
    state: 'open',
    parents: [],
    start: { type: 'TRIM_HORIZON' },
    last: undefined,
    pending: undefined,
    wantedBy: undefined,
  };
}

/** `open` opens the same store again and again, each time for another writer. */
export function describeLeaseStore(name: string, create: () => Promise<{ open(writer: string): LeaseStore }>): void {
  describe(`${name} keeps leases`, () => {
    let one: LeaseStore;
    let two: LeaseStore;
    beforeEach(async () => {
      const place = await create();
      [one, two] = [place.open('one'), place.open('two')];
    });
    afterEach(async () => {
      await one.close();
      await two.close();
    });

    test('a lease is there for everyone once it is written, under its latest version', async () => {
      expect(await one.list()).toEqual([]);
      expect(await one.write(leaseOf('shard-1', 1))).toBe(true);
      expect(await two.write(leaseOf('shard-1', 2, 'two'))).toBe(true);
      expect(await two.write(leaseOf('shard-2', 1))).toBe(true);
      const leases = (await one.list()).toSorted((a, b) => (a.shardId < b.shardId ? -1 : 1));
      expect(leases.map(({ shardId, version, owner }) => [shardId, version, owner])).toEqual([
        ['shard-1', 2, 'two'],
        ['shard-2', 1, undefined],
      ]);
    });

    test('who does not know the latest version cannot write', async () => {
      for (let version = 1; version <= 5; version++) await one.write(leaseOf('shard-1', version));
      for (const version of [1, 2, 5, 7]) expect(await two.write(leaseOf('shard-1', version, 'two'))).toBe(false);
      expect((await two.list())[0]).toMatchObject({ version: 5 });
    });

    test('of many writers of one version one wins', async () => {
      await one.write(leaseOf('shard-1', 1));
      const writes = [one, two, one, two, one, two].map((store, i) =>
        store.write(leaseOf('shard-1', 2, `worker-${i}`)),
      );
      const won = (await Promise.all(writes)).flatMap((isWritten, i) => (isWritten ? [`worker-${i}`] : []));
      expect(won).toHaveLength(1);
      expect((await one.list())[0]?.owner).toBe(won[0]);
    });
  });
}
