import { expect, test } from 'vitest';
import { compareSeed } from './json-oracle.ts';

const TIMEOUT_MS = 300_000;

test(
  '20 000 random documents read as by the record parser and JSON.parse',
  () => {
    let numRows = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const comparison = compareSeed(seed, 200);
      expect(comparison.difference).toBeUndefined();
      numRows += comparison.numRows;
    }
    expect(numRows).toBeGreaterThan(15_000);
  },
  TIMEOUT_MS,
);
