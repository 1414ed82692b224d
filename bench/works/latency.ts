/** Work 4: from the time a record is due to its row in foreachBatch or SQLite. A peer takes part where the source is a socket. */
import type { Case, Work } from '../harness/work.ts';

const RATES = [1000, 10_000, 100_000];
const NUM_KEYS = 10;

interface LatencyCase {
  readonly source: 'memory' | 'socket';
  readonly query: 'count' | 'pass';
  readonly sink: 'foreachBatch' | 'sqlite';
  readonly checkpoint: 'none' | 'disk' | 'redis';
  readonly rowsPerSecond: number;
}

const MEMORY = { source: 'memory', query: 'count', sink: 'foreachBatch' } as const;
const SOCKET = { source: 'socket', query: 'count', sink: 'foreachBatch', checkpoint: 'disk' } as const;

export const latency: Work = {
  name: 'latency',
  title: '4. Latency from due time to row, windowed count in update mode (count) or stateless (pass), ms',
  cases: ({ isSmoke }) => {
    if (isSmoke) return [caseOf({ ...MEMORY, checkpoint: 'disk', rowsPerSecond: 1000 }, 3, 1)];
    return [
      ...(['none', 'disk', 'redis'] as const).flatMap((checkpoint) =>
        RATES.map((rowsPerSecond) => caseOf({ ...MEMORY, checkpoint, rowsPerSecond }, 30, 10)),
      ),
      ...RATES.map((rowsPerSecond) => caseOf({ ...SOCKET, rowsPerSecond }, 40, 20)),
      caseOf({ ...SOCKET, query: 'pass', rowsPerSecond: 1000 }, 40, 20),
      caseOf({ ...SOCKET, sink: 'sqlite', rowsPerSecond: 1000 }, 40, 20),
    ];
  },
};

function caseOf(parameters: LatencyCase, seconds: number, warmUpSeconds: number): Case {
  const { source, query, sink, checkpoint, rowsPerSecond } = parameters;
  // The cases share a Redis: each has entries of its own.
  const place = checkpoint === 'redis' ? `redis?prefix=latency-${rowsPerSecond}` : checkpoint;
  return {
    label: `${query}, ${source} → ${sink}, ${rowsPerSecond}/s, checkpoint ${checkpoint}`,
    program: 'latency',
    isSingleRound: true,
    isOursOnly: source === 'memory',
    parameters: () => ({ ...parameters, checkpoint: place, seconds, warmUpSeconds, numKeys: NUM_KEYS }),
    expected: () => ({ answer: [String(rowsPerSecond * seconds)] }),
  };
}
