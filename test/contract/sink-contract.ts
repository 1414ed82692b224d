/**
 * The behaviour every exactly-once sink must have, as one suite. A test file of a sink calls `describeSinkContract` with a driver that
 * makes empty destinations and reads them back without the sink's help.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MillraceError } from '../../src/errors/millrace-error.ts';
import type { BatchIdentity, OutputMode, SaveMode, Sink, SinkContext, SinkProvider } from '../../src/sinks/sink.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { StructType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { checkSinkRequest } from '../../src/sinks/check-sink-request.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { field, LONG, STRING, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';

/** An empty place to write to. */
export interface SinkDestination {
  /** Options by their documented names. */
  readonly options: Readonly<Record<string, string>>;
  readonly handle?: object;
  /** The committed rows as `id:name`, in any order. */
  rows(): Promise<string[]>;
  dispose(): Promise<void>;
}

export interface SinkContractDriver {
  readonly provider: SinkProvider;
  /** Of sinks that do not take any columns: how an id and a name become a row. */
  readonly layout?: { readonly schema: StructType; row(id: bigint, name: string | null): readonly (Value | null)[] };
  destination(schema: StructType): Promise<SinkDestination>;
}

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

export async function* streamOf(...batches: readonly ColumnBatch[]): AsyncGenerator<ColumnBatch> {
  yield* batches;
}

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
  readonly sleep?: (ms: number) => Promise<void>;
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

export function describeSinkContract(name: string, driver: SinkContractDriver): void {
  describe(`${name} keeps the sink contract`, () => {
    const layout = driver.layout ?? { schema: ID_NAME, row: (id: bigint, name: string | null) => [id, name] };
    let destination: SinkDestination;
    const sinks: Sink[] = [];
    beforeEach(async () => {
      destination = await driver.destination(layout.schema);
    });
    afterEach(async () => {
      for (const sink of sinks.splice(0)) await sink.close();
      await destination.dispose();
    });
    const open = async (mode: OutputMode = 'append') => {
      const { options, handle } = destination;
      const sink = await openSink(driver.provider, {
        schema: layout.schema,
        options: { checkpointLocation: 'redis://user:canary@localhost/0', ...options },
        mode,
        ...(handle === undefined ? {} : { handle }),
      });
      sinks.push(sink);
      return sink;
    };
    const rows = async () => (await destination.rows()).toSorted();
    const batch = (...values: readonly (readonly [bigint, string | null])[]) =>
      batchOf(
        layout.schema,
        values.map(([id, name]) => layout.row(id, name)),
      );

    test('rows of rising batches are there once each', async () => {
      const sink = await open();
      expect(await sink.addBatch(identity(0), streamOf(batch([1n, 'a'], [2n, null])))).toEqual({ numOutputRows: 2 });
      expect(await sink.addBatch(identity(1), streamOf(batch([3n, 'c']), batch([4n, 'd'], [5n, '5'])))).toEqual({
        numOutputRows: 3,
      });
      expect(await rows()).toEqual(['1:a', '2:null', '3:c', '4:d', '5:5']);
    });

    test('a batch repeated by a new run is not written twice, but read to its end', async () => {
      await (await open()).addBatch(identity(0), streamOf(batch([1n, 'a'])));
      let isReadToEnd = false;
      async function* repeated() {
        yield batch([1n, 'a']);
        isReadToEnd = true;
      }
      const restarted = await open();
      await restarted.addBatch(identity(0, { epoch: 2 }), repeated());
      expect(isReadToEnd).toBe(true);
      await restarted.addBatch(identity(1, { epoch: 2 }), streamOf(batch([2n, 'b'])));
      expect(await rows()).toEqual(['1:a', '2:b']);
    });

    test('a batch repeated with another offset digest is CHECKPOINT_REGRESSED', async () => {
      await (await open()).addBatch(identity(0), streamOf(batch([1n, 'a'])));
      const restarted = await open();
      const again = restarted.addBatch(identity(0, { offsetDigest: 'other', epoch: 2 }), streamOf(batch([9n, 'x'])));
      expect(await conditionOf(again)).toBe('CHECKPOINT_REGRESSED');
      expect(await rows()).toEqual(['1:a']);
    });

    test('a run of an older epoch is CHECKPOINT_FENCED', async () => {
      const old = await open();
      await old.addBatch(identity(0), streamOf(batch([1n, 'a'])));
      await (await open()).addBatch(identity(1, { epoch: 2 }), streamOf(batch([2n, 'b'])));
      expect(await conditionOf(old.addBatch(identity(1), streamOf(batch([2n, 'zombie']))))).toBe('CHECKPOINT_FENCED');
      expect(await conditionOf(old.addBatch(identity(2), streamOf(batch([3n, 'zombie']))))).toBe('CHECKPOINT_FENCED');
      expect(await rows()).toEqual(['1:a', '2:b']);
    });

    test('a repeated batch hands the epoch on, so that the run before is fenced', async () => {
      const old = await open();
      await old.addBatch(identity(0), streamOf(batch([1n, 'a'])));
      await (await open()).addBatch(identity(0, { epoch: 2 }), streamOf(batch([1n, 'a'])));
      expect(await conditionOf(old.addBatch(identity(1), streamOf(batch([2n, 'zombie']))))).toBe('CHECKPOINT_FENCED');
      expect(await rows()).toEqual(['1:a']);
    });

    test('a checkpoint that has lost batches is CHECKPOINT_MISSING, without secrets in the message', async () => {
      const sink = await open();
      for (const batchId of [0, 1, 2]) await sink.addBatch(identity(batchId), streamOf(batch([BigInt(batchId), 'a'])));
      const restarted = await open();
      const again = restarted.addBatch(identity(0, { epoch: 2 }), streamOf(batch([0n, 'a'])));
      const error = await again.catch((caught: unknown) => caught as MillraceError);
      expect(error).toMatchObject({ condition: 'CHECKPOINT_MISSING' });
      expect(`${JSON.stringify(error)} ${(error as MillraceError).message}`).not.toContain('canary');
      expect(await rows()).toEqual(['0:a', '1:a', '2:a']);
    });

    test('a sink that has lost batches is SINK_REGRESSED', async () => {
      const sink = await open();
      await sink.addBatch(identity(0), streamOf(batch([1n, 'a'])));
      expect(await conditionOf(sink.addBatch(identity(5), streamOf(batch([5n, 'x']))))).toBe('SINK_REGRESSED');
    });

    test('an error while rows are read aborts the batch, which can be written afterwards', async () => {
      const sink = await open();
      await sink.addBatch(identity(0), streamOf(batch([1n, 'a'])));
      async function* failing() {
        yield batch([2n, 'lost'], [3n, 'lost']);
        yield batch([4n, 'lost']);
        throw new RangeError('decoder failed');
      }
      await expect(sink.addBatch(identity(1), failing())).rejects.toThrow(RangeError);
      expect(await rows()).toEqual(['1:a']);
      await sink.addBatch(identity(1), streamOf(batch([2n, 'b'])));
      expect(await rows()).toEqual(['1:a', '2:b']);
    });

    test('an empty batch counts as a batch', async () => {
      const sink = await open();
      expect(await sink.addBatch(identity(0), streamOf())).toEqual({ numOutputRows: 0 });
      expect(await sink.addBatch(identity(1), streamOf(batch()))).toEqual({ numOutputRows: 0 });
      const again = sink.addBatch(identity(1, { offsetDigest: 'other' }), streamOf());
      expect(await conditionOf(again)).toBe('CHECKPOINT_REGRESSED');
      await sink.addBatch(identity(2), streamOf(batch([1n, 'a'])));
      expect(await rows()).toEqual(['1:a']);
    });

    test('the description holds no secret', async () => {
      expect((await open()).description).not.toMatch(/canary|password|secret/);
    });
  });
}
