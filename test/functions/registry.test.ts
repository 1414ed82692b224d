import { describe, expect, it } from 'vitest';
import { allFunctions, findAggregate, findScalar, functionNames } from '../../src/functions/registry.ts';

describe('registry', () => {
  it('finds functions by name and alias in any case', () => {
    expect(findScalar('UCASE')).toBe(findScalar('upper'));
    expect(findAggregate('Mean')).toBe(findAggregate('avg'));
    expect(findScalar('no_such')).toBeUndefined();
  });

  it('lists every name once', () => {
    const names = functionNames();
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(200);
  });

  it('documents every function', () => {
    const { scalars, aggregates } = allFunctions();
    for (const { name, doc } of [...scalars, ...aggregates]) {
      expect(doc.usage, name).toMatch(/\.$/);
      expect(doc.example, name).not.toBe('');
      expect(doc.result, name).not.toBe('');
    }
  });
});
