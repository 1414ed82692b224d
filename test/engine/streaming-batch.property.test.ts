/** Random programs, rows, cuts and restarts: a stream gives what a batch job gives, after every prefix. The campaign is `npm run test:property`. */
import { expect, test } from 'vitest';
import { differenceOf, sessionInMemory } from '../oracle/streaming-case.ts';

test('a stream gives the answer of the batch job after every prefix of its input', { timeout: 120_000 }, async () => {
  const session = sessionInMemory();
  for (let seed = 1; seed <= 60; seed++) {
    // oxlint-disable-next-line no-await-in-loop
    expect(await differenceOf(session, seed)).toBeUndefined();
  }
  await session.stop();
});
