/**
 * `session.read.format('statestore').load(checkpointLocation)`: the state of a stopped or running query as rows, of any retained batch, or
 * what batches changed. Columns and options are Spark's.
 */
import type { CheckpointStore } from '../../checkpoint/checkpoint-store.ts';
import type { CommitEntry } from '../../checkpoint/commit-log.ts';
import type { OperatorDescription, StoreDescription } from '../../checkpoint/plan-description.ts';
import type { Source, SourceContext, SourceProvider } from '../../source/source.ts';
import type { StateTable } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { StateSourceOptions } from './state-source-options.ts';
import type { ShownState } from './state-rows.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { columnBatch, TARGET_BATCH_ROWS } from '../../types/column-batch.ts';
import { field, INTEGER, LONG, STRING, struct } from '../../types/data-type.ts';
import { constantVector, gatherBatch } from '../../types/vector-ops.ts';
import { BoundedSource } from './bounded-source.ts';
import { changesOf, commitOf, numPartitionsOf, operatorsOf, tableOf, withCheckpoint } from './open-state.ts';
import { shownState, stateColumns } from './state-rows.ts';
import {
  checkChangeEnd,
  invalid,
  snapshotTooLate,
  STATE_SOURCE_OPTIONS,
  stateSourceOptions,
} from './state-source-options.ts';

export const stateDataSource: SourceProvider = {
  name: 'statestore',
  optionNames: STATE_SOURCE_OPTIONS,
  describe: (options) => `statestore ${options.get('path') ?? ''}`,
  inferSchema: (context) => {
    const options = stateSourceOptions(context.options);
    return withCheckpoint(options.path, context, async (checkpoint) => {
      const commit = await commitOf(checkpoint, options.changes?.start ?? options.batchId);
      const { operator, store } = await storeOf(checkpoint, options, commit);
      return schemaOf(shownState(operator, store), options);
    });
  },
  create: (context): Source => {
    const options = stateSourceOptions(context.options);
    const schema = context.schema ?? struct([]);
    return new BoundedSource(`statestore ${options.path}`, schema, () => read(options, schema, context));
  },
};

function schemaOf({ keys, values }: ShownState, { changes }: StateSourceOptions): StructType {
  const columns = [field('key', keys), field('value', values), field('partition_id', INTEGER)];
  return struct(changes === undefined ? columns : [field('batch_id', LONG), field('change_type', STRING), ...columns]);
}

async function* read(
  options: StateSourceOptions,
  schema: StructType,
  context: SourceContext,
): AsyncGenerator<ColumnBatch> {
  const batches = await withCheckpoint(options.path, context, (checkpoint) =>
    options.changes === undefined
      ? readState(checkpoint, options, schema)
      : readChanges(checkpoint, options, schema, options.changes),
  );
  yield* batches;
}

async function readState(
  checkpoint: CheckpointStore,
  options: StateSourceOptions,
  schema: StructType,
): Promise<ColumnBatch[]> {
  const commit = await commitOf(checkpoint, options.batchId);
  const { snapshot, operatorId } = options;
  if (snapshot !== undefined && snapshot.startBatchId > commit.batchId) throw snapshotTooLate(commit.batchId);
  if (snapshot !== undefined) await commitOf(checkpoint, snapshot.startBatchId);
  const { operator, store } = await storeOf(checkpoint, options, commit);
  const table = await tableOf({ checkpoint, operatorId, store }, commit);
  const numPartitions = await numPartitionsOf(checkpoint, commit.batchId);
  const show = { numPartitions, hasValues: true };
  const batches = batchesOf(table, (slots) => stateColumns(table, slots, shownState(operator, store), show), schema);
  return snapshot === undefined ? batches : batches.map((batch) => inPartition(batch, snapshot.partitionId));
}

async function readChanges(
  checkpoint: CheckpointStore,
  options: StateSourceOptions,
  schema: StructType,
  range: { readonly start: number; readonly end: number | undefined },
): Promise<ColumnBatch[]> {
  const last = await commitOf(checkpoint, range.end);
  checkChangeEnd(range.start, last.batchId);
  const { operatorId } = options;
  const all: ColumnBatch[] = [];
  for (let batchId = range.start; batchId <= last.batchId; batchId++) {
    const commit = await commitOf(checkpoint, batchId);
    const { operator, store } = await storeOf(checkpoint, options, commit);
    const shown = shownState(operator, store);
    const numPartitions = await numPartitionsOf(checkpoint, batchId);
    const { updated, removed } = await changesOf({ checkpoint, operatorId, store }, commit);
    for (const [table, type] of [
      [updated, 'update'],
      [removed, 'delete'],
    ] as const)
      all.push(
        ...batchesOf(
          table,
          (slots) => [
            constantVector(LONG, BigInt(batchId), slots.length),
            constantVector(STRING, type, slots.length),
            ...stateColumns(table, slots, shown, { numPartitions, hasValues: type === 'update' }),
          ],
          schema,
        ),
      );
  }
  return all;
}

function batchesOf(
  table: StateTable,
  columns: (slots: Int32Array) => ColumnBatch['columns'],
  schema: StructType,
): ColumnBatch[] {
  const slots = table.liveSlots();
  const batches: ColumnBatch[] = [];
  for (let from = 0; from < slots.length; from += TARGET_BATCH_ROWS) {
    const part = slots.subarray(from, from + TARGET_BATCH_ROWS);
    batches.push(columnBatch(schema, columns(part), part.length));
  }
  return batches;
}

function inPartition(batch: ColumnBatch, partitionId: number): ColumnBatch {
  const ids = batch.columns[batch.schema.fields.findIndex(({ name }) => name === 'partition_id')];
  const values = ids?.layout === 'int' ? ids.values : new Int32Array(0);
  const rows = Int32Array.from(values.keys()).filter((row) => values[row] === partitionId);
  return gatherBatch(batch, rows, rows.length);
}

/** The store the options mean; Spark's errors when there is none. */
async function storeOf(
  checkpoint: CheckpointStore,
  options: StateSourceOptions,
  { batchId }: CommitEntry,
): Promise<{ readonly operator: OperatorDescription; readonly store: StoreDescription }> {
  const operator = (await operatorsOf(checkpoint)).find(({ operatorId }) => operatorId === options.operatorId);
  if (operator !== undefined) checkOperator(operator, options);
  const name = storeNameOf(operator, options);
  const store = operator?.stores.find(({ storeName }) => storeName === name);
  if (operator !== undefined && store !== undefined) return { operator, store };
  const { operatorId, storeName, joinSide, stateVarName, flattenCollectionTypes } = options;
  const variable = stateVarName === undefined ? 'None' : `Some(${stateVarName})`;
  throw new MillraceError('STDS_FAILED_TO_READ_STATE_SCHEMA', {
    sourceOptions: `StateSourceOptions(checkpointLocation=${checkpoint.location}, batchId=${batchId}, operatorId=${operatorId}, storeName=${storeName}, joinSide=${joinSide}, stateVarName=${variable}, flattenCollectionTypes=${flattenCollectionTypes})`,
  });
}

function storeNameOf(operator: OperatorDescription | undefined, options: StateSourceOptions): string {
  if (options.joinSide !== 'none') return options.joinSide;
  if (operator === undefined || !isTransformWithState(operator)) return options.storeName;
  return options.readRegisteredTimers ? '$timers' : encodeURIComponent(options.stateVarName ?? '');
}

function isTransformWithState({ operatorName }: OperatorDescription): boolean {
  return operatorName.startsWith('transformWithState');
}

function checkOperator(operator: OperatorDescription, options: StateSourceOptions): void {
  const { stateVarName, storeName, readRegisteredTimers } = options;
  const only = (what: string): string =>
    `Providing ${what} is only supported with the transformWithState operator. Found operator=${operator.operatorName}. Please remove this option and re-run the query.`;
  const isKnownStore = operator.stores.some((store) => store.storeName === storeName);
  if (isTransformWithState(operator)) {
    if (stateVarName === undefined && !readRegisteredTimers)
      throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName: 'stateVarName' });
    return;
  }
  if (readRegisteredTimers) throw invalid('readRegisteredTimers', only('readRegisteredTimers=true'));
  if (stateVarName !== undefined || (storeName !== 'default' && !isKnownStore))
    throw invalid('stateVarName', only('state variable names'));
}
