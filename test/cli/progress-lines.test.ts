/** The demo's progress line. */
import { expect, it } from 'vitest';
import type { ProgressFields } from '../../src/engine/progress.ts';
import { progressLine } from '../../src/cli/demo/progress-lines.ts';

it('shows batch, rates, lag, watermark, state and duration of a query', () => {
  const progress: ProgressFields = {
    id: 'id',
    runId: 'run',
    name: 'counts',
    timestamp: '2026-01-01T00:00:00.000Z',
    batchId: 7,
    batchDuration: 100,
    numInputRows: 250,
    inputRowsPerSecond: 2500,
    durationMs: { triggerExecution: 100 },
    eventTime: { watermark: '2026-01-01T00:00:00.000Z' },
    stateOperators: [],
    sources: [],
    sink: { description: 'sink', numOutputRows: 5, metrics: {} },
    observedMetrics: {},
  };
  expect(progressLine(progress, Date.UTC(2026, 0, 1, 0, 0, 12))).toBe(
    'counts       batch 7 │ 2.5k rows/s in │ 50 out │ lag 0.0 s │ watermark -12 s │ state 0 rows │ 100 ms',
  );
});
