import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { MillraceSession, functions as F } from '../../src/index.ts';
import { addData, checkLastBatch, createTestSession, expectError, testStream } from '../../src/testing/index.ts';

const session = (): MillraceSession => MillraceSession.builder().create();

/** Counts how many calls run side by side at most. */
class Load {
  most = 0;
  #now = 0;

  async run<T>(turns: number, result: T): Promise<T> {
    this.most = Math.max(this.most, ++this.#now);
    for (let i = 0; i < turns; i++) await turn();
    this.#now -= 1;
    return result;
  }
}

describe('asynchronous functions', () => {
  test('give their results in the order of the rows, with so many calls at a time', async () => {
    const load = new Load();
    const slow = F.udf((id: bigint) => load.run(Number((id * 7n) % 5n), Number(id) * 2), 'INT', { concurrency: 3 });
    const rows = await session().range(0, 20).select('id', slow('id').as('twice')).collect();
    expect(rows).toEqual(Array.from({ length: 20 }, (_, i) => ({ id: BigInt(i), twice: 2 * i })));
    expect(load.most).toBe(3);
  });

  test('are called in where and over each other, once per row', async () => {
    let numCalls = 0;
    const next = F.udf(async (id: bigint) => {
      numCalls += 1;
      return id + 1n;
    }, 'BIGINT');
    const df = session()
      .range(0, 6)
      .withColumn('x', next(next('id')))
      .where('id < 4')
      .where(next('x').gt(4n));
    expect(await df.select('x').collect()).toEqual([{ x: 4n }, { x: 5n }]);
    expect(numCalls).toBe(6 + 6 + 4);
  });

  test('are registered for SQL', async () => {
    const s = session();
    s.udf.register('greet', async (name: string) => `hello ${name}`, 'STRING', { concurrency: 1 });
    expect(await s.sql("SELECT upper(greet('you')) AS t").collect()).toEqual([{ t: 'HELLO YOU' }]);
  });

  test('are called again after failures, and fail with the last one', async () => {
    const attempts = new Map<bigint, number>();
    const flaky = F.udf(
      async (id: bigint) => {
        attempts.set(id, (attempts.get(id) ?? 0) + 1);
        if ((attempts.get(id) ?? 0) <= Number(id)) throw new RangeError(`attempt ${attempts.get(id)}`);
        return id;
      },
      'BIGINT',
      { retries: 2, retryDelayMs: 1 },
    );
    expect(await session().range(0, 3).select(flaky('id').as('x')).collect()).toHaveLength(3);
    attempts.clear();
    await expect(session().range(3, 4).select(flaky('id')).collect()).rejects.toMatchObject({
      condition: 'FAILED_EXECUTE_UDF',
      parameters: { reason: 'RangeError: attempt 3', signature: 'bigint', result: 'bigint' },
    });
  });

  test('fail when a call takes too long, and are told so', async () => {
    const signals: AbortSignal[] = [];
    const never = F.udf(
      (_id: bigint, { signal }: { signal: AbortSignal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
      'INT',
      { timeoutMs: 1 },
    );
    await expect(session().range(0, 1).select(never('id')).collect()).rejects.toMatchObject({
      condition: 'FAILED_EXECUTE_UDF',
      parameters: { reason: 'TimeoutError: no answer within 1 ms' },
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('work on streams, and a failure ends the query', async () => {
    const input = createTestSession().memoryStream('id INT');
    const check = F.udf(async (id: number) => {
      if (id < 0) throw new RangeError('negative');
      return `#${id}`;
    });
    await testStream(
      input.toDF().select(check('id').as('name')),
      'append',
      addData(input, [2], [1]),
      checkLastBatch(['#2'], ['#1']),
      addData(input, [-1]),
      expectError('FAILED_EXECUTE_UDF'),
    );
  });

  test('are told when the query is stopped', async () => {
    const s = session();
    let told: ((value: unknown) => void) | undefined;
    const isTold = new Promise((resolve) => (told = resolve));
    let called: ((value: unknown) => void) | undefined;
    const isCalled = new Promise((resolve) => (called = resolve));
    const hanging = F.udf(
      (_value: bigint, { signal }: { signal: AbortSignal }) => {
        called?.(undefined);
        signal.addEventListener('abort', () => told?.(undefined));
        return new Promise(() => undefined);
      },
      'INT',
      {},
    );
    const query = await s.readStream
      .format('rate')
      .option('rowsPerSecond', 1000)
      .load()
      .select(hanging('value').as('x'))
      .writeStream.format('memory')
      .queryName('hanging')
      .start();
    await isCalled;
    await query.stop();
    await isTold;
    expect(query.isActive).toBe(false);
  });

  test('are refused where no operator waits for them', async () => {
    const slow = F.udf(async (id: bigint) => id, 'BIGINT');
    await expect(
      session()
        .range(0, 3)
        .agg(F.sum(slow('id')))
        .collect(),
    ).rejects.toMatchObject({
      condition: 'ASYNC_FUNCTION_PLACEMENT',
    });
  });

  test('are made with options that make sense', () => {
    const wrong =
      (options: object): (() => unknown) =>
      () =>
        F.udf(async () => 1, 'INT', options);
    for (const options of [{ concurrency: 0 }, { timeoutMs: 0.5 }, { retries: -1 }, { parallel: 2 }])
      expect(wrong(options)).toThrow(expect.objectContaining({ condition: 'INVALID_UDF_OPTION' }));
  });
});
