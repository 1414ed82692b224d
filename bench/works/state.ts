/** Work 5: a state of many keys: filling it, its commits, its restore in a new process, memory. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Work } from '../harness/work.ts';

export const state: Work = {
  name: 'state',
  title: '5. State: groupBy(key), fill, stop, restore in a new process, then 100 k changed keys per batch',
  cases: ({ isSmoke }) =>
    (isSmoke ? [100_000] : [1_000_000, 10_000_000, 20_000_000]).flatMap((numKeys) =>
      (isSmoke ? ['disk'] : numKeys === 1_000_000 ? ['disk', 'redis'] : ['disk']).flatMap((place) =>
        ['fill', 'restore'].map((phase) => ({
          label: `${numKeys} keys, ${place}, ${phase}`,
          program: 'state' as const,
          isOursOnly: true,
          isSingleRound: true,
          expected: () => ({ answer: [String(numKeys)] }),
          parameters: () => {
            const folder = path.resolve('.cache', 'bench', `state-${numKeys}`);
            if (phase === 'fill') rmSync(folder, { recursive: true, force: true });
            return { numKeys, phase, checkpoint: place === 'disk' ? folder : `redis?prefix=state-${numKeys}` };
          },
        })),
      ),
    ),
};
