/** The time index by example, and against a sorted list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeIndex } from '../../src/state/time-index.ts';

describe('TimeIndex', () => {
  it('takes what is due, in order of time, and leaves the rest', () => {
    const index = new TimeIndex();
    index.setAll(Int32Array.of(0, 1, 2, 3), BigInt64Array.of(30n, 10n, 20n, 10_000_000n), 4);
    expect([...index.takeUpTo(20n)]).toEqual([1, 2]);
    expect([...index.takeUpTo(20n)]).toEqual([]);
    expect(index.earliestMicros()).toBe(30n);
    expect([...index.takeUpTo(10_000_000n)]).toEqual([0, 3]);
    expect(index.earliestMicros()).toBeUndefined();
    expect(index.size).toBe(0);
  });

  it('keeps only the last time of a slot', () => {
    const index = new TimeIndex();
    index.set(0, 10n);
    index.set(0, 5_000_000n);
    index.set(0, 20n);
    expect(index.size).toBe(1);
    expect([...index.takeUpTo(15n)]).toEqual([]);
    expect([...index.takeUpTo(20n)]).toEqual([0]);
    expect([...index.takeUpTo(6_000_000n)]).toEqual([]);
  });

  it('forgets deleted slots, which may get a new time', () => {
    const index = new TimeIndex();
    index.set(7, 10n);
    index.delete(7);
    index.delete(8);
    expect(index.size).toBe(0);
    index.set(7, 12n);
    expect([...index.takeUpTo(100n)]).toEqual([7]);
  });

  it('is a sorted list of times over any run of operations', () => {
    const time = fc.oneof(fc.bigInt(-3_000_000n, 3_000_000n), fc.bigInt(-(1n << 63n), (1n << 63n) - 1n));
    const operation = fc.record({
      kind: fc.constantFrom('set', 'setAll', 'delete', 'take'),
      slot: fc.nat(20),
      time,
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const index = new TimeIndex();
        const model = new Map<number, bigint>();
        for (const { kind, slot, time: at } of operations) {
          if (kind === 'set') index.set(slot, at);
          if (kind === 'setAll') index.setAll(Int32Array.of(slot), BigInt64Array.of(at), 1);
          if (kind === 'set' || kind === 'setAll') model.set(slot, at);
          if (kind === 'delete') {
            index.delete(slot);
            model.delete(slot);
          }
          if (kind === 'take') {
            const due = [...model].filter(([, when]) => when <= at);
            due.sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a - b));
            expect([...index.takeUpTo(at)]).toEqual(due.map(([key]) => key));
            for (const [key] of due) model.delete(key);
          }
          expect(index.size).toBe(model.size);
          const earliest = [...model.values()].reduce<bigint | undefined>(
            (least, when) => (least === undefined || when < least ? when : least),
            undefined,
          );
          expect(index.earliestMicros()).toBe(earliest);
        }
      }),
      { numRuns: 500 },
    );
  });
});
