/** The state table by example; state-table.property.test.ts compares it with a Map. */
import { describe, expect, it } from 'vitest';
import { StateTable } from '../../src/state/state-table.ts';
import { field, LONG, STRING, struct, TIMESTAMP } from '../../src/types/data-type.ts';
import { StringDictionary } from '../../src/types/string-dictionary.ts';
import { createBuilder, vectorOf } from '../../src/types/vector-builder.ts';
import type { Vector } from '../../src/types/vector.ts';

const byUser = { keys: struct([field('user', STRING)]), values: struct([field('n', LONG)]) };

function users(names: readonly (string | null)[], dictionary = new StringDictionary()): Vector[] {
  const builder = createBuilder(STRING, dictionary);
  for (const name of names) builder.append(name);
  return [builder.build()];
}

function lookup(table: StateTable, names: readonly (string | null)[], dictionary?: StringDictionary): number[] {
  const slots = new Int32Array(names.length);
  table.lookup(users(names, dictionary), names.length, slots);
  return [...slots];
}

describe('StateTable', () => {
  it('gives equal keys one slot whatever dictionary their strings come from', () => {
    const table = new StateTable(byUser);
    const shared = new StringDictionary();
    expect(lookup(table, ['a', 'b', 'a', null, 'c'], shared)).toEqual([0, 1, 0, 2, 3]);
    expect(lookup(table, ['c', null, 'b', 'd'])).toEqual([3, 2, 1, 4]);
    expect(lookup(table, ['d', 'e'], shared)).toEqual([4, 5]);
  });

  it('tells which slots a lookup made', () => {
    const table = new StateTable(byUser);
    lookup(table, ['a', 'b']);
    const slots = new Int32Array(4);
    expect(table.lookup(users(['b', 'c', 'd', 'c']), 4, slots)).toBe(2);
    expect([...table.newSlots]).toEqual([2, 3]);
  });

  it('finds without inserting', () => {
    const table = new StateTable(byUser);
    lookup(table, ['a']);
    const slots = new Int32Array(3);
    expect(table.find(users(['x', 'a', null]), 3, slots)).toBe(1);
    expect([...slots]).toEqual([-1, 0, -1]);
    expect(table.size).toBe(1);
  });

  it('keeps the slot of a removed key readable and unused until the changes are settled', () => {
    const table = new StateTable(byUser);
    lookup(table, ['a', 'b']);
    table.settleChanges();
    table.remove(0);
    expect(table.isLive(0)).toBe(false);
    expect(table.keys[0]?.get(0)).toBe('a');
    expect(lookup(table, ['c', 'a'])).toEqual([2, 3]);
    expect([...table.changes().removed]).toEqual([0]);
    expect([...table.changes().updated]).toEqual([2, 3]);
    table.settleChanges();
    expect(lookup(table, ['d'])).toEqual([0]);
    expect(table.values[0]?.get(0)).toBeNull();
  });

  it('reports each updated slot once and no removed one', () => {
    const table = new StateTable(byUser);
    lookup(table, ['a', 'b', 'c']);
    table.settleChanges();
    table.markUpdated(Int32Array.of(0, 1, 1, 0), 4);
    table.remove(1);
    expect([...table.changes().updated]).toEqual([0]);
  });

  it('reports a slot once that is removed, freed and used again', () => {
    const table = new StateTable(byUser);
    lookup(table, ['a']);
    table.remove(0);
    table.settleChanges();
    lookup(table, ['b']);
    table.markUpdated(Int32Array.of(0), 1);
    expect([...table.changes().updated]).toEqual([0]);
    expect(table.changes().removed.length).toBe(0);
  });

  it('finds every key among a hundred thousand, half of them removed and inserted again', () => {
    const table = new StateTable({ keys: struct([field('id', LONG)]), values: struct([]) });
    const ids = Array.from({ length: 100_000 }, (_, i) => BigInt(i) * 7919n);
    const slots = new Int32Array(ids.length);
    const vector = [vectorOf(LONG, ids)];
    expect(table.lookup(vector, ids.length, slots)).toBe(100_000);
    for (let i = 0; i < ids.length; i += 2) table.remove(slots[i] ?? -1);
    expect(table.find(vector, ids.length, slots)).toBe(50_000);
    table.settleChanges();
    expect(table.lookup(vector, ids.length, slots)).toBe(50_000);
    expect(new Set(slots).size).toBe(100_000);
    expect(table.numSlots).toBe(100_000);
    for (let i = 0; i < ids.length; i += 997) expect(table.keys[0]?.get(slots[i] ?? -1)).toBe(ids[i]);
  });

  it('finds every key among thousands of times of few keys, while times go and come back', () => {
    const table = new StateTable({ keys: struct([field('time', TIMESTAMP), field('id', LONG)]), values: struct([]) });
    const keysOf = (count: number, from: number): Vector[] => {
      const rows = Array.from({ length: count }, (_, i) => from + i);
      return [
        vectorOf(
          TIMESTAMP,
          rows.map((i) => BigInt(Math.floor(i / 3) - 2000) * 60_000_000n),
        ),
        vectorOf(
          LONG,
          rows.map((i) => BigInt(i % 3)),
        ),
      ];
    };
    const slots = new Int32Array(30_000);
    expect(table.lookup(keysOf(30_000, 0), 30_000, slots)).toBe(30_000);
    expect(new Set(slots).size).toBe(30_000);
    for (let round = 0; round < 3; round++) {
      const found = new Int32Array(9000);
      expect(table.find(keysOf(9000, 3000 * round), 9000, found)).toBe(9000);
      for (const slot of found) table.remove(slot);
      expect(table.find(keysOf(30_000, 0), 30_000, slots)).toBe(21_000);
      table.settleChanges();
      expect(table.lookup(keysOf(9000, 3000 * round), 9000, found)).toBe(9000);
      expect(table.find(keysOf(30_000, 0), 30_000, slots)).toBe(30_000);
      expect(new Set(slots).size).toBe(30_000);
      table.settleChanges();
    }
  });

  it('does not grow with strings that come and go for ever', () => {
    const table = new StateTable(byUser);
    let sizeAfterWarmUp = 0;
    for (let round = 0; round < 60; round++) {
      const names = Array.from({ length: 2000 }, (_, i) => `user-${round}-${i}-with-some-more-text`);
      const slots = lookup(table, [...names, 'permanent']);
      table.values[0]?.set(slots.at(-1) ?? -1, BigInt(round));
      for (const slot of slots.slice(0, -1)) table.remove(slot);
      table.settleChanges();
      if (round === 10) sizeAfterWarmUp = table.sizeBytes;
    }
    expect(table.sizeBytes).toBeLessThan(sizeAfterWarmUp * 2);
    expect(table.size).toBe(1);
    const [slot] = lookup(table, ['permanent']);
    expect(table.values[0]?.get(slot ?? -1)).toBe(59n);
  });

  it('holds more than 32 parts of a key', () => {
    const wide = struct(Array.from({ length: 40 }, (_, i) => field(`f${i}`, LONG)));
    const table = new StateTable({ keys: struct([field('wide', wide), field('last', STRING)]), values: struct([]) });
    const rows = [0, 1, 2].map((row) =>
      Array.from({ length: 40 }, (_, i) => (i === 39 && row === 1 ? null : BigInt(i))),
    );
    const slots = new Int32Array(4);
    table.lookup([vectorOf(wide, [...rows, null]), vectorOf(STRING, ['a', 'a', 'a', null])], 4, slots);
    expect([...slots]).toEqual([0, 1, 0, 2]);
    expect(table.keys[0]?.get(1)).toEqual(rows[1]);
    expect(table.keys[0]?.get(2)).toBeNull();
  });

  it('keeps one group for keys without columns', () => {
    const table = new StateTable({ keys: struct([]), values: struct([field('n', LONG)]) });
    const slots = new Int32Array(3);
    expect(table.lookup([], 3, slots)).toBe(1);
    expect([...slots]).toEqual([0, 0, 0]);
  });

  it('is empty again after clear', () => {
    const table = new StateTable(byUser);
    const [slot] = lookup(table, ['a']);
    table.values[0]?.set(slot ?? -1, 5n);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.liveSlots().length).toBe(0);
    expect(lookup(table, ['b', 'a'])).toEqual([0, 1]);
    expect(table.values[0]?.get(0)).toBeNull();
  });
});
