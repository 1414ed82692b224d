/** For random rows, cuts into batches and restarts, the sessions of a stream are those of a batch job over all rows so far. */
import fc from 'fast-check';
import { it } from 'vitest';
import { functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import type { StreamAction } from '../../src/testing/index.ts';
import {
  addData,
  checkAnswer,
  createTestSession,
  startStream,
  stopStream,
  testStream,
} from '../../src/testing/index.ts';

const SCHEMA = 'time TIMESTAMP, user STRING, gap STRING, v BIGINT';

type Event = readonly [string | null, string | null, string | null, bigint];

function sessionsOf(rows: DataFrame): DataFrame {
  return rows
    .groupBy(F.col('user'), F.session_window('time', F.col('gap')))
    .agg(F.count('*'), F.sum('v'), F.min('v'), F.max('time'), F.sort_array(F.collect_list('v')));
}

const event: fc.Arbitrary<Event> = fc.tuple(
  fc.option(
    fc.integer({ min: -40, max: 60 }).map((second) => new Date(second * 1000).toISOString()),
    { freq: 15 },
  ),
  fc.constantFrom('a', 'b', null),
  fc.constantFrom('2 seconds', '5 seconds', '5 seconds', '30 seconds', '-1 second', null),
  fc.bigInt({ min: -9n, max: 9n }),
);
const batch = fc.record({ rows: fc.array(event, { maxLength: 6 }), isRestarted: fc.boolean() });

it('a stream of sessions answers as a batch job over all rows so far', async () => {
  const session = createTestSession();
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
      const input = session.memoryStream(SCHEMA);
      const seen: Event[] = [];
      const actions: StreamAction[] = [];
      for (const { rows, isRestarted } of batches) {
        seen.push(...rows);
        const expected = await sessionsOf(session.createDataFrame([...seen], SCHEMA)).collect();
        if (isRestarted) actions.push(stopStream(), startStream());
        if (rows.length > 0) actions.push(addData(input, ...rows), checkAnswer(...expected));
      }
      await testStream(sessionsOf(input.toDF()), 'complete', ...actions);
    }),
    { numRuns: 100 },
  );
});
