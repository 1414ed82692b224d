/**
 * What every source must do, as one list of tests. A source brings a driver: how to make a Source over the same data (again and again,
 * as after a restart), and how to add data. Sources without storage of their own (rate) add data by moving the clock.
 */
import { expect, test } from 'vitest';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import { type Value, valueAt } from '../../src/types/vector.ts';
import type { OffsetRequest, Source, SourceContext, SourceLog, SourceOffset } from '../../src/source/source.ts';

export interface SourceDriver {
  /** A new Source over the driver's data, not open yet; every call stands for a restart of the query. */
  create(): Source;
  /** Adds rows that all sources made by `create` will see. */
  addRows(): Promise<void>;
  close?(): Promise<void>;
}

export interface SourceContractOptions {
  /** The source always has more rows: `rate-micro-batch`. */
  readonly isEndless?: boolean;
}

export type SourceRow = readonly (Value | null)[];

/** All rows of a batch of column vectors, as arrays of values. */
function rowValues(batch: ColumnBatch): SourceRow[] {
  return Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => valueAt(column, row)));
}

/** The rows of a range, partition after partition. */
export async function readRange(
  source: Source,
  start: SourceOffset | undefined,
  end: SourceOffset,
  columns: readonly string[] = source.schema.fields.map((field) => field.name),
): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for (const partition of await source.planInput(start, end)) {
    for await (const batch of source.read(partition, columns)) rows.push(...rowValues(batch));
  }
  return rows;
}

/** The next end, asked for until there is one: a source may need a moment to see new data. */
export async function nextOffset(
  source: Source,
  start: SourceOffset | undefined,
  mode: OffsetRequest['mode'] = 'default',
): Promise<SourceOffset> {
  const deadlineMs = Date.now() + 20_000;
  for (let batchId = 0; Date.now() < deadlineMs; batchId++) {
    const end = await source.latestOffset({ start, mode, batchId });
    if (end !== undefined) return end;
    await source.waitForData?.(start, 1000, AbortSignal.timeout(5000));
  }
  throw new Error(`${source.description} has no data after 20 s`);
}

/** A SourceLog in memory; hand the same one to a restarted source. */
export function memorySourceLog(): SourceLog {
  const entries = new Map<string, Uint8Array>();
  return {
    read: async (name) => entries.get(name),
    list: async () => [...entries.keys()],
    write: async (name, bytes) => void entries.set(name, bytes),
  };
}

/** A context with the real clock; everything can be overridden. */
export function sourceContext(overrides: Partial<SourceContext> = {}): SourceContext {
  return {
    options: new Map(),
    schema: undefined,
    isStreaming: true,
    timeZone: 'UTC',
    nowMs: Date.now,
    sleep: sleepFor,
    random: Math.random,
    ...overrides,
  };
}

function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
    if (signal?.aborted === true) finish();
  });
}

/** Registers the tests of the contract for one source. */
export function testSourceContract(
  name: string,
  start: () => Promise<SourceDriver>,
  options: SourceContractOptions = {},
): void {
  async function withDriver(run: (driver: SourceDriver) => Promise<void>): Promise<void> {
    const driver = await start();
    try {
      await run(driver);
    } finally {
      await driver.close?.();
    }
  }

  async function opened(driver: SourceDriver): Promise<Source> {
    const source = driver.create();
    await source.open();
    return source;
  }

  test(`${name}: rows of consecutive ranges are the rows of the whole range, each once`, () =>
    withDriver(async (driver) => {
      const source = await opened(driver);
      await driver.addRows();
      const first = await nextOffset(source, undefined);
      const firstRows = await readRange(source, undefined, first);
      await driver.addRows();
      const second = await nextOffset(source, first);
      const secondRows = await readRange(source, first, second);
      expect(firstRows.length).toBeGreaterThan(0);
      expect(secondRows.length).toBeGreaterThan(0);
      await source.close();
      const again = await opened(driver);
      const seen = new Set([...firstRows, ...secondRows].map((row) => String(row)));
      expect(seen.size).toBe(firstRows.length + secondRows.length);
      expect(
        sorted([...(await readRange(again, undefined, first)), ...(await readRange(again, first, second))]),
      ).toEqual(sorted([...firstRows, ...secondRows]));
      await again.close();
    }));

  test(`${name}: a logged range gives exactly the same rows after a restart, before any latestOffset`, () =>
    withDriver(async (driver) => {
      const source = await opened(driver);
      await driver.addRows();
      const end = await nextOffset(source, undefined);
      const rows = await readRange(source, undefined, end);
      expect(await readRange(source, undefined, end)).toEqual(rows);
      await source.close();
      await driver.addRows();
      const restarted = await opened(driver);
      const logged = JSON.parse(JSON.stringify(end)) as SourceOffset;
      expect(await readRange(restarted, undefined, logged)).toEqual(rows);
      expect(await readRange(restarted, undefined, logged)).toEqual(rows);
      const next = await nextOffset(restarted, logged);
      const nextRows = await readRange(restarted, logged, next);
      expect(nextRows.length).toBeGreaterThan(0);
      for (const row of rows) expect(nextRows).not.toContainEqual(row);
      await restarted.close();
    }));

  if (options.isEndless !== true) {
    test(`${name}: without new rows there is no next offset`, () =>
      withDriver(async (driver) => {
        const source = await opened(driver);
        await driver.addRows();
        let end = await nextOffset(source, undefined);
        for (let more: SourceOffset | undefined = end; more !== undefined;) {
          end = more;
          more = await source.latestOffset({ start: end, mode: 'default', batchId: 1 });
        }
        expect(await source.latestOffset({ start: end, mode: 'default', batchId: 2 })).toBeUndefined();
        await source.commit(end);
        expect(await source.latestOffset({ start: end, mode: 'default', batchId: 2 })).toBeUndefined();
        await source.close();
      }));
  }

  test(`${name}: read gives just the columns asked for, in that order`, () =>
    withDriver(async (driver) => {
      const source = await opened(driver);
      await driver.addRows();
      const end = await nextOffset(source, undefined);
      const names = source.schema.fields.map((field) => field.name);
      const whole = await readRange(source, undefined, end);
      const reversed = await readRange(source, undefined, end, names.toReversed());
      expect(reversed).toEqual(whole.map((row) => row.toReversed()));
      const last = await readRange(source, undefined, end, names.slice(-1));
      expect(last).toEqual(whole.map((row) => row.slice(-1)));
      expect(await readRange(source, undefined, end, [])).toHaveLength(whole.length);
      await source.close();
    }));

  test(`${name}: available-now ends with what was there when it was prepared`, () =>
    withDriver(async (driver) => {
      await driver.addRows();
      const source = await opened(driver);
      await source.prepareForAvailableNow();
      const rows: SourceRow[] = [];
      let offset: SourceOffset | undefined;
      let numBatches = 0;
      for (;;) {
        const end = await source.latestOffset({ start: offset, mode: 'available-now', batchId: numBatches });
        if (end === undefined) break;
        rows.push(...(await readRange(source, offset, end)));
        if (numBatches++ === 0) await driver.addRows();
        offset = end;
      }
      expect(rows.length).toBeGreaterThan(0);
      await source.close();
      const other = await opened(driver);
      await driver.addRows();
      const rest = await readRange(other, offset, await nextOffset(other, offset));
      expect(rest.length).toBeGreaterThan(0);
      for (const row of rest) expect(rows).not.toContainEqual(row);
      await other.close();
    }));
}

function sorted(rows: readonly SourceRow[]): SourceRow[] {
  return rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}
