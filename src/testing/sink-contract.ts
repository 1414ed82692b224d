/**
 * What every exactly-once sink must do, as a list of cases for any test runner: those of Millrace and those of users (`defineSink`). A driver
 * makes empty destinations and reads them back without the sink's help. Failures are AssertionErrors.
 */
import { strict as assert } from 'node:assert';
import type { BatchIdentity, OutputMode, SaveMode, Sink, SinkContext, SinkProvider } from '../sinks/sink.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { checkSinkRequest } from '../sinks/check-sink-request.ts';
import { findSinkProvider } from '../sinks/registry.ts';
import { columnBatch } from '../types/column-batch.ts';
import { field, LONG, STRING, struct } from '../types/data-type.ts';
import { vectorOf } from '../types/vector-builder.ts';
import type { ContractCase } from './source-contract.ts';

/** An empty place to write to. */
export interface SinkDestination {
  /** Options by their documented names. */
  readonly options: Readonly<Record<string, string>>;
  readonly handle?: object;
  /** The committed rows as `id:name`, in any order. */
  rows(): Promise<string[]>;
  dispose(): Promise<void>;
}

/** How the cases get at a sink. */
export interface SinkContractDriver {
  /** The sink, or its format name. */
  readonly provider: SinkProvider | string;
  /** Of sinks that do not take any columns: how an id and a name become a row. */
  readonly layout?: { readonly schema: StructType; row(id: bigint, name: string | null): readonly (Value | null)[] };
  destination(schema: StructType): Promise<SinkDestination>;
}

/** What a case works on. */
interface Bench {
  readonly open: (mode?: OutputMode) => Promise<Sink>;
  /** The committed rows, in order of their texts. */
  readonly rows: () => Promise<string[]>;
  readonly batch: (...values: readonly (readonly [bigint, string | null])[]) => ColumnBatch;
}

/**
 * The cases of the contract; each has a destination of its own.
 *
 * @example
 * for (const { name, run } of sinkContract(driver)) test(name, run);
 */
export function sinkContract(driver: SinkContractDriver): readonly ContractCase[] {
  const cases: readonly (readonly [string, (bench: Bench) => Promise<void>])[] = [
    ['rows of rising batches are there once each', risingBatches],
    ['a batch repeated by a new run is not written twice, but read to its end', repeatedBatch],
    ['a batch repeated with another offset digest is CHECKPOINT_REGRESSED', otherDigest],
    ['a run of an older epoch is CHECKPOINT_FENCED', olderEpoch],
    ['a repeated batch hands the epoch on, so that the run before is fenced', handedOnEpoch],
    ['a checkpoint that has lost batches is CHECKPOINT_MISSING, without secrets in the message', lostBatches],
    ['a sink that has lost batches is SINK_REGRESSED', sinkLostBatches],
    ['an error while rows are read aborts the batch, which can be written afterwards', failingRows],
    ['an empty batch counts as a batch', emptyBatches],
    ['the description holds no secret', secretsKept],
  ];
  return cases.map(([name, check]) => ({ name, run: () => withBench(driver, check) }));
}

async function withBench(driver: SinkContractDriver, check: (bench: Bench) => Promise<void>): Promise<void> {
  const layout = driver.layout ?? { schema: ID_NAME, row: (id: bigint, name: string | null) => [id, name] };
  const provider = typeof driver.provider === 'string' ? findSinkProvider(driver.provider) : driver.provider;
  const destination = await driver.destination(layout.schema);
  const sinks: Sink[] = [];
  const open = async (mode: OutputMode = 'append'): Promise<Sink> => {
    const { options, handle } = destination;
    const sink = await openSink(provider, {
      schema: layout.schema,
      options: { checkpointLocation: 'redis://user:canary@localhost/0', ...options },
      mode,
      ...(handle === undefined ? {} : { handle }),
    });
    sinks.push(sink);
    return sink;
  };
  const batch: Bench['batch'] = (...values) =>
    batchOf(
      layout.schema,
      values.map(([id, name]) => layout.row(id, name)),
    );
  try {
    await check({ open, batch, rows: async () => (await destination.rows()).toSorted() });
  } finally {
    for (const sink of sinks) await sink.close();
    await destination.dispose();
  }
}

async function risingBatches({ open, rows, batch }: Bench): Promise<void> {
  const sink = await open();
  assert.deepEqual(await sink.addBatch(identity(0), streamOf(batch([1n, 'a'], [2n, null]))), { numOutputRows: 2 });
  assert.deepEqual(await sink.addBatch(identity(1), streamOf(batch([3n, 'c']), batch([4n, 'd'], [5n, '5']))), {
    numOutputRows: 3,
  });
  assert.deepEqual(await rows(), ['1:a', '2:null', '3:c', '4:d', '5:5']);
}

async function repeatedBatch({ open, rows, batch }: Bench): Promise<void> {
  await (await open()).addBatch(identity(0), streamOf(batch([1n, 'a'])));
  let isReadToEnd = false;
  async function* repeated() {
    yield batch([1n, 'a']);
    isReadToEnd = true;
  }
  const restarted = await open();
  await restarted.addBatch(identity(0, { epoch: 2 }), repeated());
  assert(isReadToEnd, 'the rows are read to their end');
  await restarted.addBatch(identity(1, { epoch: 2 }), streamOf(batch([2n, 'b'])));
  assert.deepEqual(await rows(), ['1:a', '2:b']);
}

async function otherDigest({ open, rows, batch }: Bench): Promise<void> {
  await (await open()).addBatch(identity(0), streamOf(batch([1n, 'a'])));
  const restarted = await open();
  const again = restarted.addBatch(identity(0, { offsetDigest: 'other', epoch: 2 }), streamOf(batch([9n, 'x'])));
  assert.equal(await conditionOf(again), 'CHECKPOINT_REGRESSED');
  assert.deepEqual(await rows(), ['1:a']);
}

async function olderEpoch({ open, rows, batch }: Bench): Promise<void> {
  const old = await open();
  await old.addBatch(identity(0), streamOf(batch([1n, 'a'])));
  await (await open()).addBatch(identity(1, { epoch: 2 }), streamOf(batch([2n, 'b'])));
  assert.equal(await conditionOf(old.addBatch(identity(1), streamOf(batch([2n, 'zombie'])))), 'CHECKPOINT_FENCED');
  assert.equal(await conditionOf(old.addBatch(identity(2), streamOf(batch([3n, 'zombie'])))), 'CHECKPOINT_FENCED');
  assert.deepEqual(await rows(), ['1:a', '2:b']);
}

async function handedOnEpoch({ open, rows, batch }: Bench): Promise<void> {
  const old = await open();
  await old.addBatch(identity(0), streamOf(batch([1n, 'a'])));
  await (await open()).addBatch(identity(0, { epoch: 2 }), streamOf(batch([1n, 'a'])));
  assert.equal(await conditionOf(old.addBatch(identity(1), streamOf(batch([2n, 'zombie'])))), 'CHECKPOINT_FENCED');
  assert.deepEqual(await rows(), ['1:a']);
}

async function lostBatches({ open, rows, batch }: Bench): Promise<void> {
  const sink = await open();
  for (const batchId of [0, 1, 2]) await sink.addBatch(identity(batchId), streamOf(batch([BigInt(batchId), 'a'])));
  const restarted = await open();
  const again = restarted.addBatch(identity(0, { epoch: 2 }), streamOf(batch([0n, 'a'])));
  const error = await again.catch((caught: unknown) => caught as MillraceError);
  assert.equal((error as Partial<MillraceError>).condition, 'CHECKPOINT_MISSING');
  assert.doesNotMatch(`${JSON.stringify(error)} ${(error as MillraceError).message}`, /canary/);
  assert.deepEqual(await rows(), ['0:a', '1:a', '2:a']);
}

async function sinkLostBatches({ open, batch }: Bench): Promise<void> {
  const sink = await open();
  await sink.addBatch(identity(0), streamOf(batch([1n, 'a'])));
  assert.equal(await conditionOf(sink.addBatch(identity(5), streamOf(batch([5n, 'x'])))), 'SINK_REGRESSED');
}

async function failingRows({ open, rows, batch }: Bench): Promise<void> {
  const sink = await open();
  await sink.addBatch(identity(0), streamOf(batch([1n, 'a'])));
  async function* failing() {
    yield batch([2n, 'lost'], [3n, 'lost']);
    yield batch([4n, 'lost']);
    throw new MillraceError('STREAM_PRODUCER_FAILED', { stream: 'contract', reason: 'decoder failed' });
  }
  assert.equal(await conditionOf(sink.addBatch(identity(1), failing())), 'STREAM_PRODUCER_FAILED');
  assert.deepEqual(await rows(), ['1:a']);
  await sink.addBatch(identity(1), streamOf(batch([2n, 'b'])));
  assert.deepEqual(await rows(), ['1:a', '2:b']);
}

async function emptyBatches({ open, rows, batch }: Bench): Promise<void> {
  const sink = await open();
  assert.deepEqual(await sink.addBatch(identity(0), streamOf()), { numOutputRows: 0 });
  assert.deepEqual(await sink.addBatch(identity(1), streamOf(batch())), { numOutputRows: 0 });
  const again = sink.addBatch(identity(1, { offsetDigest: 'other' }), streamOf());
  assert.equal(await conditionOf(again), 'CHECKPOINT_REGRESSED');
  await sink.addBatch(identity(2), streamOf(batch([1n, 'a'])));
  assert.deepEqual(await rows(), ['1:a']);
}

async function secretsKept({ open }: Bench): Promise<void> {
  assert.doesNotMatch((await open()).description, /canary|password|secret/);
}

/** The columns of rows in the contract. */
export const ID_NAME = struct([field('id', LONG), field('name', STRING)]);

/** A batch from rows of engine values. */
export function batchOf(schema: StructType, rows: readonly (readonly (Value | null)[])[]): ColumnBatch {
  const columns = schema.fields.map((column, i) =>
    vectorOf(
      column.dataType,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return columnBatch(schema, columns, rows.length);
}

/** Batches as the engine gives them. */
export async function* streamOf(...batches: readonly ColumnBatch[]): AsyncGenerator<ColumnBatch> {
  yield* batches;
}

/** What a sink is asked for. */
export interface SinkRequest {
  readonly schema: StructType;
  readonly options: Readonly<Record<string, string>>;
  readonly mode?: OutputMode | 'batch';
  readonly saveMode?: SaveMode;
  readonly keyColumns?: readonly string[];
  readonly partitionColumns?: readonly string[];
  readonly queryId?: string;
  readonly handle?: object;
  readonly printLine?: (line: string) => void;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly nowMs?: () => number;
  readonly timeZone?: string;
}

/** A context as the engine makes it. */
export function sinkContext(request: SinkRequest): SinkContext {
  return {
    options: new Map(Object.entries(request.options).map(([name, value]) => [name.toLowerCase(), value])),
    schema: request.schema,
    mode: request.mode ?? 'append',
    saveMode: request.saveMode ?? 'append',
    keyColumns: request.keyColumns ?? [],
    partitionColumns: request.partitionColumns ?? [],
    queryId: request.queryId ?? '0f5c1a52-0000-4000-8000-000000000001',
    queryName: 'contract',
    timeZone: request.timeZone ?? 'UTC',
    nowMs: request.nowMs ?? (() => 1_700_000_000_000),
    sleep: request.sleep ?? (async () => {}),
    printLine: request.printLine ?? (() => {}),
    ...(request.handle === undefined ? {} : { handle: request.handle }),
  };
}

/** A sink that is open, with its options checked. */
export async function openSink(provider: SinkProvider, request: SinkRequest): Promise<Sink> {
  const context = sinkContext(request);
  checkSinkRequest(provider, context);
  const sink = provider.create(context);
  await sink.open();
  return sink;
}

/** The identity of a batch that follows a checkpoint without gaps. */
export function identity(batchId: number, changes: Partial<BatchIdentity> = {}): BatchIdentity {
  return { batchId, offsetDigest: `digest-${batchId}`, epoch: 1, lastCommittedBatchId: batchId - 1, ...changes };
}

/** The condition a call fails with. */
export async function conditionOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: MillraceError) => error.condition ?? `no condition: ${error.message}`,
  );
}
