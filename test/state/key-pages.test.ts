/** Remembered slots against a Map, while strings, windows and dictionaries come and go. */
import { describe, expect, it } from 'vitest';
import { StateTable } from '../../src/state/state-table.ts';
import { field, LONG, STRING, struct, TIMESTAMP } from '../../src/types/data-type.ts';
import { StringDictionary } from '../../src/types/string-dictionary.ts';
import { createBuilder, vectorOf } from '../../src/types/vector-builder.ts';
import type { Vector } from '../../src/types/vector.ts';

const WINDOW = struct([field('start', TIMESTAMP), field('end', TIMESTAMP)]);
const NUM_ROWS = 5000;

interface Key {
  readonly name: string;
  readonly window: number;
}

function columnsOf(keys: readonly Key[], dictionary: StringDictionary): Vector[] {
  const names = createBuilder(STRING, dictionary);
  for (const { name } of keys) names.append(name);
  const starts = keys.map(({ window }) => BigInt(window) * 60_000_000n);
  const children = [
    vectorOf(TIMESTAMP, starts),
    vectorOf(
      TIMESTAMP,
      starts.map((start) => start + 60_000_000n),
    ),
  ];
  return [names.build(), { layout: 'struct', type: WINDOW, length: keys.length, validity: undefined, children }];
}

describe('a state table of few strings by a window', () => {
  it('gives each key its slot, though keys are removed and dictionaries replaced', () => {
    const table = new StateTable({
      keys: struct([field('name', STRING), field('window', WINDOW)]),
      values: struct([field('n', LONG)]),
    });
    const model = new Map<string, number>();
    let dictionary = new StringDictionary();
    let state = 5;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let round = 0; round < 40; round++) {
      if (round % 7 === 6) dictionary = new StringDictionary();
      const keys = Array.from({ length: NUM_ROWS }, (_, i) => ({
        name: `name-${below(round % 5 === 4 ? 300 : 12)}`,
        window: round * 3 + Math.floor(i / 900) + below(2) * (round % 3) * 200,
      }));
      const slots = new Int32Array(NUM_ROWS);
      const sizeBefore = model.size;
      const numNew = table.lookup(columnsOf(keys, dictionary), NUM_ROWS, slots);
      let numWrong = 0;
      keys.forEach(({ name, window }, row) => {
        const text = `${name} ${window}`;
        const slot = slots[row] as number;
        if ((model.get(text) ?? slot) !== slot) numWrong++;
        model.set(text, slot);
      });
      expect(numWrong).toBe(0);
      expect(numNew).toBe(model.size - sizeBefore);
      expect(table.size).toBe(model.size);
      expect(new Set(model.values()).size).toBe(model.size);
      for (const [text, slot] of model)
        if (below(4) === 0) {
          table.remove(slot);
          model.delete(text);
        }
      if (round % 2 === 0) table.settleChanges();
    }
  });
});
