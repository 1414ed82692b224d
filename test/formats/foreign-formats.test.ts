/** Formats of Spark that are not there say so, for reading and for writing, instead of proposing names that look like them. */
import { expect, test } from 'vitest';
import { findSinkProvider } from '../../src/sinks/registry.ts';
import { findSourceProvider } from '../../src/source/registry.ts';

test.each(['orc', 'ORC', 'xml', 'delta', 'iceberg'])('%s is refused with what to do instead', (name) => {
  for (const find of [findSourceProvider, findSinkProvider])
    expect(() => find(name)).toThrow(
      expect.objectContaining({
        condition: 'UNSUPPORTED_FEATURE',
        message: expect.stringContaining(`The format ${name.toLowerCase()} is not supported`) as unknown,
        hint: expect.stringMatching(/parquet|json/) as unknown,
      }),
    );
});
