/** The `noop` sink: reads every row and drops it; for measuring the query itself. */
import type { Sink, SinkProvider } from '../sink.ts';
import { drainRows } from '../commit-marker.ts';

export const noopSinkProvider: SinkProvider = {
  name: 'noop',
  optionNames: [],
  outputModes: ['append', 'update', 'complete'],
  guarantee: 'none',
  create: (): Sink => ({
    description: 'NoopSink',
    open: async () => {},
    addBatch: async (_identity, batches) => ({ numOutputRows: await drainRows(batches) }),
    close: async () => {},
  }),
};
