/**
 * How fast a state table finds its keys: few groups and many, string and window keys. Prints million rows per second of processor time,
 * the median of some repeats. Run with `node bench/micro/state-table.ts`.
 */
import { StateTable } from '../../src/state/state-table.ts';
import { field, LONG, STRING, struct, TIMESTAMP } from '../../src/types/data-type.ts';
import { StringDictionary } from '../../src/types/string-dictionary.ts';
import type { Vector } from '../../src/types/vector.ts';

const ROWS = 65_536;
const WINDOW = struct([field('start', TIMESTAMP), field('end', TIMESTAMP)]);

function longs(type: typeof LONG, values: BigInt64Array): Vector {
  return { layout: 'long', type, length: values.length, validity: undefined, values };
}

function stringWindowBatch(
  dictionary: StringDictionary,
  numStrings: number,
  numWindows: number,
  random: () => number,
): Vector[] {
  const ids = new Int32Array(ROWS);
  const starts = new BigInt64Array(ROWS);
  const ends = new BigInt64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    ids[i] = Math.floor(random() * numStrings);
    const start = BigInt(Math.floor(random() * numWindows)) * 3_600_000_000n + 1_700_000_000_000_000n;
    starts[i] = start;
    ends[i] = start + 3_600_000_000n;
  }
  const strings: Vector = { layout: 'string', type: STRING, length: ROWS, validity: undefined, ids, dictionary };
  const children = [longs(TIMESTAMP, starts), longs(TIMESTAMP, ends)];
  return [strings, { layout: 'struct', type: WINDOW, length: ROWS, validity: undefined, children }];
}

function longBatch(numKeys: number, random: () => number): Vector[] {
  return [
    longs(
      LONG,
      BigInt64Array.from({ length: ROWS }, () => BigInt(Math.floor(random() * numKeys))),
    ),
  ];
}

function measure(
  name: string,
  schema: ConstructorParameters<typeof StateTable>[0],
  batches: readonly Vector[][],
  repeats: number,
): void {
  const table = new StateTable(schema);
  const slots = new Int32Array(ROWS);
  const rates: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const started = process.cpuUsage();
    for (const batch of batches) table.lookup(batch, ROWS, slots);
    rates.push((batches.length * ROWS) / process.cpuUsage(started).user);
  }
  const first = (rates[0] as number).toFixed(1);
  const median = (rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] as number).toFixed(1);
  console.log(`${name.padEnd(48)} first ${first} M rows/s, median ${median} M rows/s, ${table.size} keys`);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

const random = seeded(42);
const few = new StringDictionary();
for (let i = 0; i < 10; i++) few.intern(`action-${i}`);
const many = new StringDictionary();
for (let i = 0; i < 200_000; i++) many.intern(`user-${i}`);
const stringWindow = {
  keys: struct([field('action', STRING), field('window', WINDOW)]),
  values: struct([field('n', LONG)]),
};
const singleLong = { keys: struct([field('id', LONG)]), values: struct([field('n', LONG)]) };
const batchesOf = (count: number, make: () => Vector[]): Vector[][] => Array.from({ length: count }, make);

measure(
  '(string, window), 160 groups',
  stringWindow,
  batchesOf(16, () => stringWindowBatch(few, 10, 16, random)),
  25,
);
measure(
  '(string, window), 3M groups',
  stringWindow,
  batchesOf(100, () => stringWindowBatch(many, 200_000, 24, random)),
  3,
);
measure(
  '(long), 160 groups',
  singleLong,
  batchesOf(16, () => longBatch(160, random)),
  25,
);
measure(
  '(long), 3M groups',
  singleLong,
  batchesOf(100, () => longBatch(3_500_000, random)),
  3,
);
