/** Whole files as rows: the content is read only when it is asked for, and has Spark's limit. */
import { expect, test } from 'vitest';
import type { Value } from '../../../src/types/vector.ts';
import { binaryFileFormat } from '../../../src/formats/binary-file/binary-file-format.ts';
import { present } from '../../../src/errors/assert.ts';
import { valueAt } from '../../../src/types/vector.ts';

const schema = present(binaryFileFormat.fixedSchema, 'the format has a schema');

async function rowOf(sizeBytes: number, columns: readonly string[]): Promise<readonly (Value | null)[]> {
  let numReads = 0;
  const file = {
    description: 'file:/a.bin',
    sizeBytes,
    modifiedMs: 5,
    read: async (from: number, to: number) => {
      numReads++;
      return new Uint8Array(to - from).fill(7);
    },
  };
  const request = { schema, columns, options: new Map<string, string>(), timeZone: 'UTC' };
  for await (const batch of binaryFileFormat.readFile(file, request))
    return [...batch.columns.map((column) => valueAt(column, 0)), numReads];
  return [];
}

test('a file is its path, time, length and bytes', async () => {
  expect(await rowOf(2, ['path', 'modificationTime', 'length', 'content'])).toEqual([
    'file:/a.bin',
    5000n,
    2n,
    Uint8Array.of(7, 7),
    1,
  ]);
  expect(await rowOf(2, ['length'])).toEqual([2n, 0]);
  expect(await rowOf(0, ['length'])).toEqual([]);
});

test('a file longer than an array of Java has a length but no content', async () => {
  expect(await rowOf(2 ** 31, ['length'])).toEqual([2n ** 31n, 0]);
  await expect(rowOf(2 ** 31, ['content'])).rejects.toMatchObject({ condition: '_LEGACY_ERROR_TEMP_2076' });
});
