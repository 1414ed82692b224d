/** The matchers of the test kit, and their types in vitest. */
import { expect, it } from 'vitest';
import type { MillraceMatchers } from '../../src/testing/index.ts';
import { functions as F } from '../../src/index.ts';
import { createTestSession, matchers } from '../../src/testing/index.ts';

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void>, T> extends MillraceMatchers<R> {}
}

expect.extend(matchers);
const frame = createTestSession().createDataFrame([{ n: 1 }, { n: 2 }], 'n INT');

it('compare rows, schema and failure', async () => {
  await expect(frame).toHaveRows([{ n: 2 }, { n: 1 }]);
  expect(frame).toHaveSchema('n INT');
  expect(frame).not.toHaveSchema('n BIGINT');
  await expect(() => frame.select(F.expr('n / 0')).collect()).toFailWith('DIVIDE_BY_ZERO');
  await expect(() => frame.collect()).not.toFailWith('DIVIDE_BY_ZERO');
});

it('are known to the compiler', async () => {
  // @ts-expect-error -- no such condition
  await expect(() => frame.collect()).not.toFailWith('DIVIDE_BY_NOTHING');
  // @ts-expect-error -- a schema is text
  expect(() => expect(frame).toHaveSchema(5)).toThrow();
});
