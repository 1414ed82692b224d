/** How the watermark of a query moves. */
import { expect, it } from 'vitest';
import { WatermarkTracker, microsToWatermarkMs } from '../../src/windows/watermark.ts';

const TWO_NODES = new Map([
  [0, 1000],
  [1, 0],
]);

it('the watermark is the largest event time minus the delay and never goes back', () => {
  const tracker = new WatermarkTracker('min', new Map([[0, 1000]]), 0);
  expect(tracker.currentMs).toBe(0);
  tracker.advance(new Map([[0, 5000]]));
  expect(tracker.currentMs).toBe(4000);
  tracker.advance(new Map([[0, 3000]]));
  expect(tracker.currentMs).toBe(4000);
});

it('event times at or before 1970 do not move it below zero', () => {
  const tracker = new WatermarkTracker('min', new Map([[0, 1000]]), 0);
  tracker.advance(new Map([[0, 500]]));
  expect(tracker.currentMs).toBe(0);
});

it('min waits for the slowest stream, and for one that has no rows yet', () => {
  const tracker = new WatermarkTracker('min', TWO_NODES, 0);
  tracker.advance(new Map([[0, 9000]]));
  expect(tracker.currentMs).toBe(0);
  tracker.advance(new Map([[1, 6000]]));
  expect(tracker.currentMs).toBe(6000);
});

it('max follows the fastest stream', () => {
  const tracker = new WatermarkTracker('max', TWO_NODES, 0);
  tracker.advance(new Map([[0, 9000]]));
  expect(tracker.currentMs).toBe(8000);
});

it('after a restart only the global value is known, so that an idle stream holds it where it was', () => {
  const tracker = new WatermarkTracker('min', TWO_NODES, 7000);
  tracker.advance(new Map([[0, 20_000]]));
  expect(tracker.currentMs).toBe(7000);
});

it('microseconds are rounded down, also before 1970', () => {
  expect([1999n, -1n, -1000n, -1001n].map(microsToWatermarkMs)).toEqual([1, -1, -1, -2]);
});
