/** Finding a source by its format name. */
import { expect, test } from 'vitest';
import { findSourceProvider, sourceProviders } from '../../src/source/registry.ts';

test('a source is found by its name and its aliases in any letter case', () => {
  expect(findSourceProvider('RATE').name).toBe('rate');
  expect(findSourceProvider('Rate-Micro-Batch').name).toBe('rate-micro-batch');
});

test('names and aliases of sources are unique', () => {
  const names = sourceProviders.flatMap((provider) => [provider.name, ...(provider.aliases ?? [])]);
  expect(new Set(names).size).toBe(names.length);
});

test('an unknown source is an error that proposes the nearest names', () => {
  expect(() => findSourceProvider('rat')).toThrow(
    expect.objectContaining({ condition: 'DATA_SOURCE_NOT_FOUND', hint: expect.stringContaining('rate') }),
  );
});
