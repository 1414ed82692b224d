/** The CSV kernel against the CSV decoder without it. */
import { expect, test } from 'vitest';
import { CsvDecoder } from '../../src/formats/csv/csv-decoder.ts';
import { csvReadOptions } from '../../src/formats/csv/csv-options.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { goldenRows } from '../formats/golden-values.ts';
import { compareCsvSeed } from './csv-oracle.ts';

const TIMEOUT_MS = 300_000;

test(
  '10 000 random lines read with the kernel as without',
  () => {
    let numRows = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { numRows: found, difference } = compareCsvSeed(seed, 100);
      expect(difference).toBeUndefined();
      numRows += found;
    }
    expect(numRows).toBeGreaterThan(7000);
  },
  TIMEOUT_MS,
);

test('lines of more columns than the kernel takes are read all the same', () => {
  const names = Array.from({ length: 70 }, (_, i) => `c${i}`);
  const schema = parseSchema(names.map((name) => `${name} INT`).join(', '));
  const options = new Map<string, string>();
  const request = { schema, columns: names, options, timeZone: 'UTC' };
  const decoder = new CsvDecoder(request, csvReadOptions(options, 'UTC'), threadKernels('wasm'));
  const bytes = new TextEncoder().encode(`${names.map((_, i) => i).join(',')}\n`);
  expect(goldenRows([...decoder.push(bytes), ...decoder.finish()])).toEqual([names.map((_, i) => i)]);
});
