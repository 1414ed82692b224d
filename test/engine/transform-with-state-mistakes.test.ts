/** What a processor may not do, and what may change in it between two starts of a query. */
import { describe, expect, it } from 'vitest';
import { StatefulProcessor, TimeMode, functions as F } from '../../src/index.ts';
import type { ErrorConditionName, Row, StatefulProcessorHandle } from '../../src/index.ts';
import { addData, checkNewAnswer, createTestSession, expectError, testStream } from '../../src/testing/index.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OUTPUT = 'user STRING, n BIGINT';
const OPTIONS = { output: OUTPUT, outputMode: 'update' } as const;

/** A processor of two functions: what it does at its start, and with the rows. */
function processor(
  init: (handle: StatefulProcessorHandle) => void,
  rows: (handle: StatefulProcessorHandle) => void = () => undefined,
) {
  return (handle: StatefulProcessorHandle) =>
    new (class extends StatefulProcessor<Row, Row, { user: string; n: bigint }> {
      override init(given: StatefulProcessorHandle): void {
        init(given);
      }
      handleInputRows(): [] {
        rows(this.handle);
        return [];
      }
    })(handle);
}

function stream() {
  const input = createTestSession().memoryStream('user STRING, time TIMESTAMP');
  return { input, grouped: input.toDF().withWatermark('time', '0 seconds').groupByKey(F.col('user')) };
}

describe('a processor is refused', () => {
  const atStart: readonly (readonly [
    string,
    ErrorConditionName,
    TimeMode,
    (handle: StatefulProcessorHandle) => void,
  ])[] = [
    [
      'that names two states alike',
      'STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED',
      'None',
      (handle) => {
        handle.getValueState('x', 'INT');
        handle.getListState('x', 'INT');
      },
    ],
    [
      'with a TTL in event time',
      'STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL',
      'EventTime',
      (handle) => handle.getValueState('x', 'INT', 5),
    ],
    [
      'with a TTL that is not positive',
      'STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE',
      'ProcessingTime',
      (handle) => handle.getValueState('x', 'INT', -5),
    ],
    [
      'with a state without a name',
      'STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME',
      'None',
      (handle) => handle.getValueState(' ', 'INT'),
    ],
    [
      'with a name that is reserved',
      'STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS',
      'None',
      (handle) => handle.getValueState('$x', 'INT'),
    ],
    [
      'that registers a timer before its first row',
      'STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE',
      'ProcessingTime',
      (handle) => handle.registerTimer(1),
    ],
    [
      'that uses a state before its first row',
      'INTERNAL_ERROR_TWS',
      'None',
      (handle) => handle.getValueState('x', 'INT').get(),
    ],
    [
      'whose start throws',
      'TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR',
      'None',
      () => {
        throw new Error('no');
      },
    ],
  ];
  it.each(atStart)('%s: %s', async (_what, condition, timeMode, init) => {
    const frame = stream().grouped.transformWithState(processor(init), { ...OPTIONS, timeMode });
    await expect(frame.writeStream.format('noop').outputMode('update').start()).rejects.toMatchObject({ condition });
  });

  it('in a time mode nobody knows, in another output mode, without a watermark', async () => {
    const { grouped } = stream();
    const nothing = processor(() => undefined);
    expect(() => grouped.transformWithState(nothing, { ...OPTIONS, timeMode: 'SomeTime' as TimeMode })).toThrow(
      'STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE',
    );
    expect(() => grouped.transformWithState(nothing, { ...OPTIONS, outputMode: 'never' as 'update' })).toThrow(
      'STREAMING_OUTPUT_MODE.INVALID',
    );
    const frame = grouped.transformWithState(nothing, OPTIONS);
    await expect(frame.writeStream.format('noop').start()).rejects.toThrow(
      'in update mode is not supported with Append',
    );
    const input = createTestSession().memoryStream('user STRING');
    const timed = input
      .toDF()
      .groupByKey('user')
      .transformWithState(nothing, { ...OPTIONS, timeMode: TimeMode.EventTime });
    await expect(timed.writeStream.format('noop').outputMode('update').start()).rejects.toThrow(
      'Watermark must be specified',
    );
    const options = { ...OPTIONS, eventTimeColumn: 'n' };
    expect(() => grouped.transformWithState(nothing, options)).toThrow('EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE');
  });
});

describe('a query fails', () => {
  const onRows: readonly (readonly [string, ErrorConditionName, (handle: StatefulProcessorHandle) => void])[] = [
    [
      'with a timer and no time',
      'STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE',
      (handle) => handle.registerTimer(1),
    ],
    [
      'with a state named while rows are handled',
      'STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE',
      (handle) => handle.getValueState('late', 'INT'),
    ],
    [
      'with an error of a handler, which names the key',
      'TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR',
      () => {
        throw new Error('no');
      },
    ],
  ];
  it.each(onRows)('%s: %s', async (_what, condition, rows) => {
    const { input, grouped } = stream();
    const frame = grouped.transformWithState(
      processor(() => undefined, rows),
      OPTIONS,
    );
    await testStream(frame, 'update', addData(input, ['a']), expectError(condition));
  });

  const values: readonly (readonly [string, ErrorConditionName, unknown])[] = [
    ['null as a state', 'ILLEGAL_STATE_STORE_VALUE.NULL_VALUE', null],
    ['a value of another type', 'INVALID_ROW_VALUE', 'x'],
  ];
  it.each(values)('with %s: %s', async (_what, condition, value) => {
    const { input, grouped } = stream();
    class Writes extends StatefulProcessor {
      readonly state = this.handle.getValueState('state', 'INT');
      handleInputRows(): void {
        this.state.update(value as number);
      }
    }
    await testStream(
      grouped.transformWithState(Writes, OPTIONS),
      'update',
      addData(input, ['a']),
      expectError(condition),
    );
  });

  it('with an empty list: clear says that', async () => {
    const { input, grouped } = stream();
    class Puts extends StatefulProcessor {
      readonly list = this.handle.getListState('list', 'INT');
      handleInputRows(): void {
        this.list.put([]);
      }
    }
    const frame = grouped.transformWithState(Puts, OPTIONS);
    await testStream(frame, 'update', addData(input, ['a']), expectError('ILLEGAL_STATE_STORE_VALUE.EMPTY_LIST_VALUE'));
  });

  it('when it puts out rows older than the watermark into a column that later operators count by', async () => {
    const { input, grouped } = stream();
    class Old extends StatefulProcessor<Row, Row, { at: Date }> {
      *handleInputRows(): Generator<{ at: Date }> {
        yield { at: new Date(0) };
      }
    }
    const options = {
      output: 'at TIMESTAMP',
      outputMode: 'append',
      timeMode: 'EventTime',
      eventTimeColumn: 'at',
    } as const;
    const frame = grouped.transformWithState(Old, options);
    await testStream(
      frame,
      'append',
      addData(input, ['a', '2026-01-01T00:00:00Z']),
      checkNewAnswer([new Date(0)]),
      addData(input, ['a', '2026-01-01T00:00:01Z']),
      expectError('EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED'),
    );
  });
});

describe('between two starts', () => {
  /** Runs processors one after the other over one checkpoint, a row of user `a` each; the results, or the condition. */
  async function runs(...inits: readonly ((handle: StatefulProcessorHandle) => () => number | bigint | undefined)[]) {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-tws-'));
    const input = createTestSession().memoryStream('user STRING');
    const found: unknown[] = [];
    try {
      for (const init of inits) {
        class Step extends StatefulProcessor<Row, Row, { n: bigint | number | undefined }> {
          readonly #read = init(this.handle);
          *handleInputRows(): Generator<{ n: bigint | number | undefined }> {
            yield { n: this.#read() };
          }
        }
        const frame = input
          .toDF()
          .groupByKey('user')
          .transformWithState(Step, { output: 'n BIGINT', outputMode: 'update' });
        try {
          const query = await frame.writeStream
            .outputMode('update')
            .option('checkpointLocation', folder)
            .foreachBatch(async (batch) => void found.push(...(await batch.collect()).map((row) => row.n)))
            .start();
          input.addData(['a']);
          await query.processAllAvailable().finally(() => query.stop());
        } catch (error) {
          found.push((error as { condition?: string }).condition);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return found;
  }
  const count = (handle: StatefulProcessorHandle) => {
    const state = handle.getValueState('count', 'BIGINT');
    return () => {
      state.update((state.get() ?? 0n) + 1n);
      return state.get();
    };
  };
  const other = (handle: StatefulProcessorHandle) => {
    const state = handle.getListState('other', 'BIGINT');
    return () => {
      state.appendValue(1n);
      return 10 * [...state.get()].length;
    };
  };

  it('states may be added, left out and used again', async () => {
    expect(await runs(count, other, count, other)).toEqual([1n, 10n, 2n, 20n]);
  });

  it('a state that is deleted begins anew', async () => {
    const without = (handle: StatefulProcessorHandle) => {
      handle.deleteIfExists('count');
      return () => 0;
    };
    expect(await runs(count, without, count)).toEqual([1n, 0n, 1n]);
  });

  it('a state does not change its kind or its type', async () => {
    const list = (handle: StatefulProcessorHandle) => {
      handle.getListState('count', 'BIGINT');
      return () => 0;
    };
    const text = (handle: StatefulProcessorHandle) => {
      handle.getValueState('count', 'STRING');
      return () => 0;
    };
    expect(await runs(count, list, text, count)).toEqual([
      1n,
      'STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE',
      'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE',
      2n,
    ]);
  });
});
