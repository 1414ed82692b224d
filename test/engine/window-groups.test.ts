/** Slots by window and string, remembered: the same as looking every row up, whatever the times, texts and cuts. */
import { describe, expect, it } from 'vitest';
import { StateTable } from '../../src/state/state-table.ts';
import { WindowGroups, gatherKeys } from '../../src/engine/operators/window-groups.ts';
import { LONG, STRING, TIMESTAMP, field, struct } from '../../src/types/data-type.ts';
import { StringDictionary } from '../../src/types/string-dictionary.ts';
import type { Vector } from '../../src/types/vector.ts';
import { valueAt } from '../../src/types/vector.ts';
import { tumblingWindows } from '../../src/windows/assign-windows.ts';
import { tumblingColumn, tumblingSource } from '../../src/windows/tumbling-column.ts';
import { sliceVector } from '../../src/types/vector-ops.ts';

const WINDOW = struct([field('start', TIMESTAMP, false), field('end', TIMESTAMP, false)]);
const MINUTE = 60_000_000n;
const SPEC = { durationMicros: MINUTE, slideMicros: MINUTE, startTimeMicros: 7_000_000n };

function windowOf(times: readonly bigint[]): Vector {
  return tumblingColumn(WINDOW, { spec: SPEC, times: BigInt64Array.from(times) }, times.length);
}

function stringsOf(texts: readonly string[], dictionary: StringDictionary): Vector {
  const ids = Int32Array.from(texts, (text) => dictionary.intern(text));
  return { layout: 'string', type: STRING, length: texts.length, validity: undefined, ids, dictionary };
}

/** Groups rows as an aggregation does, `part` rows at a time. */
function slotsBy(groups: WindowGroups, table: StateTable, keys: readonly Vector[], part: number): number[] | undefined {
  const numRows = keys[0]?.length ?? 0;
  const slots = new Int32Array(numRows);
  for (let from = 0; from < numRows; from += part) {
    const rest = groups.find(keys, from, Math.min(numRows, from + part), slots);
    if (rest === undefined) return undefined;
    const rows = rest.slice();
    const found = new Int32Array(rows.length);
    table.lookup(gatherKeys(keys, rows), rows.length, found);
    rows.forEach((row, i) => (slots[row] = found[i] as number));
    groups.learn(keys, rows, slots);
  }
  return [...slots];
}

describe('groups by window and string', () => {
  it('have the slots the table gives, for times in any order, before 1970 and in more windows than there are pages', () => {
    const table = new StateTable({ keys: struct([field('k', STRING), field('w', WINDOW)]), values: struct([]) });
    const groups = new WindowGroups();
    const dictionary = new StringDictionary();
    for (let batch = 0; batch < 4; batch++) {
      const times = Array.from({ length: 3000 }, (_, i) => BigInt(((i * 7919 + batch) % 1000) - 500) * 31_000_001n);
      const texts = times.map((_, i) => `action-${(i * 13 + batch) % (5 + batch * 40)}`);
      const keys = [stringsOf(texts, dictionary), windowOf(times)];
      const slots = slotsBy(groups, table, keys, 64 + batch * 100);
      const expected = new Int32Array(times.length);
      table.lookup(keys, times.length, expected);
      expect(slots).toEqual([...expected]);
    }
  });

  it('are forgotten with the table and with another dictionary', () => {
    const table = new StateTable({ keys: struct([field('k', STRING), field('w', WINDOW)]), values: struct([]) });
    const groups = new WindowGroups();
    const one = new StringDictionary();
    expect(slotsBy(groups, table, [stringsOf(['a', 'b', 'a'], one), windowOf([1n, 2n, 3n])], 1)).toEqual([0, 1, 0]);
    const other = new StringDictionary();
    expect(slotsBy(groups, table, [stringsOf(['b', 'a', 'c'], other), windowOf([1n, 2n, 3n])], 8)).toEqual([1, 0, 2]);
    table.clear();
    groups.clear();
    expect(slotsBy(groups, table, [stringsOf(['c', 'b'], other), windowOf([1n, 2n])], 8)).toEqual([0, 1]);
  });

  it('are left to the table for other keys, nulls, many strings and times that doubles do not hold', () => {
    const groups = new WindowGroups();
    const dictionary = new StringDictionary();
    const strings = stringsOf(['a', 'b'], dictionary);
    const slots = new Int32Array(2);
    const longs: Vector = { layout: 'long', type: LONG, length: 2, validity: undefined, values: new BigInt64Array(2) };
    expect(groups.find([strings], 0, 2, slots)).toBeUndefined();
    expect(groups.find([windowOf([1n, 2n]), longs], 0, 2, slots)).toBeUndefined();
    expect(
      groups.find([windowOf([1n, 2n]), { ...strings, validity: Uint8Array.of(1, 0) }], 0, 2, slots),
    ).toBeUndefined();
    expect(groups.find([windowOf([1n, 2n ** 53n + 1n]), strings], 0, 2, slots)).toBeUndefined();
    expect([...(groups.find([windowOf([1n, 2n]), strings], 0, 2, slots) ?? [])]).toEqual([0, 1]);
    for (let i = 0; i < 5000; i++) dictionary.intern(`text ${i}`);
    expect(groups.find([windowOf([1n, 2n]), strings], 0, 2, slots)).toBeUndefined();
  });
});

describe('a tumbling window column', () => {
  it('has the bounds of the windows, also after slicing, and says what it was made of', () => {
    const times = [-1n, 0n, 6_999_999n, 7_000_000n, 2n ** 60n];
    const column = windowOf(times);
    const { starts, ends } = tumblingWindows(SPEC, BigInt64Array.from(times), times.length);
    const bounds = times.map((_, i) => [starts[i], ends[i]]);
    expect(tumblingSource(column)?.spec).toBe(SPEC);
    expect(times.map((_, i) => valueAt(column, i))).toEqual(bounds);
    const slice = sliceVector(column, 2, 4);
    expect([valueAt(slice, 0), valueAt(slice, 1)]).toEqual(bounds.slice(2, 4));
    expect(tumblingSource(slice)).toBeUndefined();
  });
});
