/** The demo's events: skewed, out of order, sometimes late, all within bounds. */
import { expect, it } from 'vitest';
import { makeEvent } from '../../src/cli/demo/action-events.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12);

it('events are at most two seconds out of order, but for the late ones', () => {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const ages = Array.from({ length: 2000 }, () => NOW_MS - Date.parse(makeEvent(NOW_MS, random).time));
  const late = ages.filter((age) => age > 2000);
  expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
  expect(late.length).toBeGreaterThan(5);
  expect(late.length).toBeLessThan(60);
  for (const age of late) expect(age).toBeLessThanOrEqual(47_000);
});

it('few users have most of the events', () => {
  const random = Math.random;
  const users = Array.from({ length: 2000 }, () => makeEvent(NOW_MS, random).user);
  const counts = new Map<string, number>();
  for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
  expect(Math.max(...counts.values())).toBeGreaterThan(40);
});
