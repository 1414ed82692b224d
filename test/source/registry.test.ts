/** Finding a source by its format name. */
import { expect, test } from 'vitest';
import { findSourceProvider, sourceNames } from '../../src/source/registry.ts';

test('a source is found by its name and its aliases in any letter case', () => {
  expect(findSourceProvider('RATE').name).toBe('rate');
  expect(findSourceProvider('Rate-Micro-Batch').name).toBe('rate-micro-batch');
});

test('a source has the names in the list that it says itself', () => {
  const providers = sourceNames.map((name) => findSourceProvider(name));
  expect(providers.map((provider) => provider.name)).toEqual(sourceNames);
  for (const { name, aliases = [] } of providers)
    expect(aliases.map((alias) => findSourceProvider(alias).name)).toEqual(aliases.map(() => name));
});

test('an unknown source is an error that proposes the nearest names', () => {
  expect(() => findSourceProvider('rat')).toThrow(
    expect.objectContaining({ condition: 'DATA_SOURCE_NOT_FOUND', hint: expect.stringContaining('rate') }),
  );
});
