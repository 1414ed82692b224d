/** For random rows, cuts into batches and restarts, the sessions of a stream are those of a batch job over all rows so far. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstValueFrom, of, toArray } from 'rxjs';
import { MemoryCheckpoint } from '../../src/checkpoint/memory-checkpoint.ts';
import { EpochMetrics } from '../../src/engine/metrics.ts';
import type { PhysicalPlan } from '../../src/engine/planner.ts';
import { connect } from '../../src/engine/pipeline.ts';
import { functions as F } from '../../src/index.ts';
import type { DataFrame } from '../../src/index.ts';
import { ChangelogStateStore } from '../../src/state/changelog-state-store.ts';
import type { StateCommit } from '../../src/state/state-store.ts';
import { createTestSession } from '../../src/testing/index.ts';
import { batchFromRows } from '../../src/types/row-codec.ts';
import { jsonTextOfRow } from '../../src/types/json-text.ts';
import { parseSchema } from '../../src/types/schema.ts';

const SCHEMA = 'time TIMESTAMP, user STRING, gap STRING, v BIGINT';

type Event = readonly [string | null, string | null, string | null, bigint];

function sessionsOf<T>(rows: DataFrame<T>): DataFrame {
  return rows
    .groupBy(F.col('user'), F.session_window('time', F.col('gap')))
    .agg(F.count('*'), F.sum('v'), F.min('v'), F.max('time'), F.sort_array(F.collect_list('v')));
}

/** One query over a state that outlives it, run epoch by epoch without a loop around. */
class SessionRun {
  readonly #frame: DataFrame;
  readonly #checkpoint = new MemoryCheckpoint();
  #physical: PhysicalPlan;
  #commit: StateCommit | undefined;
  #version = 0;

  constructor(frame: DataFrame) {
    this.#frame = frame;
    this.#physical = frame.queryExecution.planPhysical('complete');
  }

  async start(): Promise<void> {
    if (this.#version === 0) await this.#checkpoint.acquire();
    this.#physical = this.#frame.queryExecution.planPhysical('complete');
    for (const state of this.#physical.states) {
      const { operatorId, storeName, schema } = state;
      const entries = this.#checkpoint;
      state.attach(new ChangelogStateStore({ entries, operatorId, storeName, schema, epoch: 1, nowMs: () => 0 }));
      await state.load(this.#commit);
    }
  }

  async run(events: readonly Event[]): Promise<string[]> {
    const epoch = {
      batchId: this.#version,
      outputMode: 'complete',
      context: this.#frame.queryExecution.evaluationContext(0, 0),
      lateWatermarkMs: 0,
      evictionWatermarkMs: 0,
      input: () => of(batchFromRows(parseSchema(SCHEMA), events)),
      metrics: new EpochMetrics(),
    } as const;
    const batches = await firstValueFrom(connect(this.#physical.root, epoch).pipe(toArray()));
    this.#version += 1;
    for (const state of this.#physical.states) this.#commit = await state.commit(this.#version);
    return batches
      .flatMap((batch) => Array.from({ length: batch.numRows }, (_, i) => jsonTextOfRow(batch, i, { zone: 'UTC' })))
      .toSorted();
  }
}

const time = fc.integer({ min: -40, max: 60 }).map((second) => new Date(second * 1000).toISOString());
const event: fc.Arbitrary<Event> = fc.tuple(
  fc.option<string>(time, { freq: 15 }),
  fc.constantFrom('a', 'b', null),
  fc.constantFrom('2 seconds', '5 seconds', '5 seconds', '30 seconds', '-1 second', null),
  fc.bigInt({ min: -9n, max: 9n }),
);
const batch = fc.record({ events: fc.array(event, { maxLength: 6 }), isRestarted: fc.boolean() });

it('a stream of sessions answers as a batch job over all rows so far', async () => {
  const session = createTestSession();
  const stream = sessionsOf(session.memoryStream(SCHEMA).toDF());
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 6 }), async (batches) => {
      const run = new SessionRun(stream);
      await run.start();
      const seen: Event[] = [];
      for (const { events, isRestarted } of batches) {
        seen.push(...events);
        if (isRestarted) await run.start();
        const whole = await sessionsOf(session.createDataFrame([...seen], SCHEMA))
          .toJSON()
          .collect();
        expect(await run.run(events)).toEqual(whole.toSorted());
      }
    }),
    { numRuns: 60 },
  );
}, 180_000);
