/** Rows of new keys put into a state table at once, as loading does: into tables that keys were removed from, and whole tables in and out. */
import { describe, expect, it } from 'vitest';
import { StateTable } from '../../src/state/state-table.ts';
import { field, LONG, STRING, struct, TIMESTAMP } from '../../src/types/data-type.ts';
import type { Vector } from '../../src/types/vector.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

const COUNTS = [10, 200, 3000, 20_000];
const SCHEMAS = [
  { name: 'longs', keys: [field('id', LONG)] },
  { name: 'strings by time', keys: [field('user', STRING), field('time', TIMESTAMP)] },
] as const;

function keysOf(name: string, from: number, count: number): Vector[] {
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  const longs = vectorOf(
    LONG,
    numbers.map((n) => BigInt(n) * 7n),
  );
  if (name === 'longs') return [longs];
  const users = vectorOf(
    STRING,
    numbers.map((n) => (n % 11 === 0 ? null : `user ${n}`)),
  );
  return [
    users,
    vectorOf(
      TIMESTAMP,
      numbers.map((n) => BigInt(n % 5) * 1_000_000n + BigInt(n)),
    ),
  ];
}

describe.each(SCHEMAS)('a state table of $name', ({ name, keys }) => {
  const newTable = (): StateTable => new StateTable({ keys: struct([...keys]), values: struct([field('n', LONG)]) });
  const isThere = (table: StateTable, from: number, count: number): boolean =>
    table.find(keysOf(name, from, count), count, new Int32Array(count)) === count;

  it.each(COUNTS)('finds %i appended rows, also when others were removed before', (count) => {
    const table = newTable();
    table.append(keysOf(name, 0, count), count);
    const half = table.liveSlots().subarray(0, count >> 1);
    for (const slot of half) table.remove(slot);
    table.settleChanges();
    const first = table.append(keysOf(name, count, 2 * count), 2 * count);
    expect(first).toBe(count);
    expect(table.size).toBe(3 * count - half.length);
    expect(table.hasChanges).toBe(false);
    expect(isThere(table, half.length, 3 * count - half.length)).toBe(true);
    expect(table.find(keysOf(name, 0, half.length), half.length, new Int32Array(half.length))).toBe(0);
  });

  it('is the same after all of it was taken out and put back, changes included', () => {
    const table = newTable();
    const slots = new Int32Array(5000);
    table.lookup(keysOf(name, 0, 5000), 5000, slots);
    slots.forEach((slot) => table.values[0]?.set(slot, BigInt(slot)));
    table.settleChanges();
    for (const slot of slots.subarray(0, 10)) table.remove(slot);
    table.markUpdated(slots.subarray(20, 30), 10);
    table.lookup(keysOf(name, 5000, 3), 3, new Int32Array(3));
    const before = { size: table.size, live: table.liveSlots(), changes: table.changes() };
    const pages = table.release();
    expect([table.size, table.hasChanges]).toEqual([0, false]);
    table.restore(structuredClone({ ...pages, unchanged: [] }));
    expect({ size: table.size, live: table.liveSlots(), changes: table.changes() }).toEqual(before);
    expect(isThere(table, 10, 4993)).toBe(true);
    expect(table.values[0]?.get(slots[4000] as number)).toBe(BigInt(slots[4000] as number));
    table.lookup(keysOf(name, 6000, 2000), 2000, new Int32Array(2000));
    expect(table.size).toBe(before.size + 2000);
  });
});
