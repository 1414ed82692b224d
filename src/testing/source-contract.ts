/**
 * What every source must do, as a list of cases for any test runner: those of Millrace and those of users (`defineSource`). A driver says how
 * to make the source again over the same data, as after a restart, and how to add rows. Failures are AssertionErrors.
 */
import { strict as assert } from 'node:assert';
import { systemParts } from '../api/default-environment.ts';
import { findSource } from '../api/find-source.ts';
import type { OffsetRequest, Source, SourceContext, SourceLog, SourceOffset } from '../source/source.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import { type Value, valueAt } from '../types/vector.ts';

/** How the cases get at a source. */
export interface SourceDriver {
  /** A new Source over the driver's data, not open yet; every call stands for a restart of the query. */
  create(): Source;
  /** Adds rows that all sources made by `create` will see; no two rows ever are equal. */
  addRows(): Promise<void>;
  close?(): Promise<void>;
}

/** How the cases get at a source by its format name. */
export interface FormatDriver {
  readonly format: string;
  readonly options: Readonly<Record<string, string>>;
  addRows(): Promise<void>;
  close?(): Promise<void>;
}

export interface SourceContractOptions {
  /** The source always has more rows: `rate-micro-batch`. */
  readonly isEndless?: boolean;
}

/** A case to be run under its name. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** The values of a row, as the engine has them. */
export type SourceRow = readonly (Value | null)[];

const WAIT_MS = 20_000;

/**
 * The cases of the contract. `start` is called once for each, and its driver closed afterwards.
 *
 * @example
 * for (const { name, run } of sourceContract(() => startDriver())) test(name, run);
 */
export function sourceContract(
  start: () => Promise<SourceDriver | FormatDriver>,
  options: SourceContractOptions = {},
): readonly ContractCase[] {
  const cases: readonly (readonly [string, (driver: SourceDriver) => Promise<void>])[] = [
    ['rows of consecutive ranges are the rows of the whole range, each once', consecutiveRanges],
    ['a logged range gives exactly the same rows after a restart, before any latestOffset', replayedRange],
    ...(options.isEndless === true ? [] : [['without new rows there is no next offset', noNewRows] as const]),
    ['read gives just the columns asked for, in that order', pickedColumns],
    ['available-now ends with what was there when it was prepared', availableNow],
  ];
  return cases.map(([name, check]) => ({
    name,
    run: async () => {
      const driver = sourceDriver(await start());
      try {
        await check(driver);
      } finally {
        await driver.close?.();
      }
    },
  }));
}

function sourceDriver(driver: SourceDriver | FormatDriver): SourceDriver {
  if (!('format' in driver)) return driver;
  const options = new Map(Object.entries(driver.options).map(([name, value]) => [name.toLowerCase(), value]));
  const context = sourceContext({ options, log: memorySourceLog() });
  return {
    create: () => findSource(driver.format).create(context),
    addRows: () => driver.addRows(),
    close: async () => await driver.close?.(),
  };
}

async function consecutiveRanges(driver: SourceDriver): Promise<void> {
  const source = await opened(driver);
  await driver.addRows();
  const first = await nextOffset(source, undefined);
  const firstRows = await readRange(source, undefined, first);
  await driver.addRows();
  const second = await nextOffset(source, first);
  const secondRows = await readRange(source, first, second);
  assert(firstRows.length > 0, 'the first range has rows');
  assert(secondRows.length > 0, 'the second range has rows');
  await source.close();
  const again = await opened(driver);
  const seen = new Set([...firstRows, ...secondRows].map((row) => String(row)));
  assert.equal(seen.size, firstRows.length + secondRows.length, 'each row comes once');
  const whole = [...(await readRange(again, undefined, first)), ...(await readRange(again, first, second))];
  assert.deepEqual(sorted(whole), sorted([...firstRows, ...secondRows]));
  await again.close();
}

async function replayedRange(driver: SourceDriver): Promise<void> {
  const source = await opened(driver);
  await driver.addRows();
  const end = await nextOffset(source, undefined);
  const rows = await readRange(source, undefined, end);
  assert.deepEqual(await readRange(source, undefined, end), rows, 'a range is read twice with the same rows');
  await source.close();
  await driver.addRows();
  const restarted = await opened(driver);
  const logged = JSON.parse(JSON.stringify(end)) as SourceOffset;
  assert.deepEqual(await readRange(restarted, undefined, logged), rows, 'a restarted source gives the same rows');
  assert.deepEqual(await readRange(restarted, undefined, logged), rows, 'and gives them again');
  const next = await nextOffset(restarted, logged);
  const nextRows = await readRange(restarted, logged, next);
  assert(nextRows.length > 0, 'the range after the logged one has rows');
  assertDisjoint(rows, nextRows);
  await restarted.close();
}

async function noNewRows(driver: SourceDriver): Promise<void> {
  const source = await opened(driver);
  await driver.addRows();
  let end = await nextOffset(source, undefined);
  for (let more: SourceOffset | undefined = end; more !== undefined;) {
    end = more;
    more = await source.latestOffset({ start: end, mode: 'default', batchId: 1 });
  }
  assert.equal(await source.latestOffset({ start: end, mode: 'default', batchId: 2 }), undefined);
  await source.commit(end);
  assert.equal(await source.latestOffset({ start: end, mode: 'default', batchId: 2 }), undefined);
  await source.close();
}

async function pickedColumns(driver: SourceDriver): Promise<void> {
  const source = await opened(driver);
  await driver.addRows();
  const end = await nextOffset(source, undefined);
  const names = source.schema.fields.map((field) => field.name);
  const whole = await readRange(source, undefined, end);
  const reversed = await readRange(source, undefined, end, names.toReversed());
  assert.deepEqual(
    reversed,
    whole.map((row) => row.toReversed()),
  );
  const last = await readRange(source, undefined, end, names.slice(-1));
  assert.deepEqual(
    last,
    whole.map((row) => row.slice(-1)),
  );
  assert.equal((await readRange(source, undefined, end, [])).length, whole.length, 'rows are counted without columns');
  await source.close();
}

async function availableNow(driver: SourceDriver): Promise<void> {
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
  assert(rows.length > 0, 'there were rows');
  await source.close();
  const other = await opened(driver);
  await driver.addRows();
  const rest = await readRange(other, offset, await nextOffset(other, offset));
  assert(rest.length > 0, 'rows that came later are there for the next query');
  assertDisjoint(rows, rest);
  await other.close();
}

async function opened(driver: SourceDriver): Promise<Source> {
  const source = driver.create();
  await source.open();
  return source;
}

function assertDisjoint(before: readonly SourceRow[], after: readonly SourceRow[]): void {
  const known = new Set(before.map(String));
  for (const row of after) assert(!known.has(String(row)), `the row ${String(row)} comes twice`);
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
  const { clock } = systemParts();
  const deadlineMs = clock.monotonicMs() + WAIT_MS;
  for (let batchId = 0; clock.monotonicMs() < deadlineMs; batchId++) {
    const end = await source.latestOffset({ start, mode, batchId });
    if (end !== undefined) return end;
    await (source.waitForData?.(start, 1000, AbortSignal.timeout(5000)) ?? clock.sleep(10));
  }
  return assert.fail(`${source.description} has no data after 20 s`);
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
  const { clock, random } = systemParts();
  return {
    options: new Map(),
    schema: undefined,
    isStreaming: true,
    timeZone: 'UTC',
    nowMs: () => clock.nowMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    random,
    ...overrides,
  };
}

/** All rows of a batch of column vectors, as arrays of values. */
function rowValues(batch: ColumnBatch): SourceRow[] {
  return Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => valueAt(column, row)));
}

function sorted(rows: readonly SourceRow[]): SourceRow[] {
  return rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}
