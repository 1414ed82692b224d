/**
 * transformWithState: a processor of the user's, made anew for each epoch, called once per key that has rows, then once per timer that
 * is due; then state whose time to live is over is taken out. What the handlers do to states and timers is done at once, in the tables
 * of the stores, and becomes durable with the batch.
 */
import type { StatefulProcessor, TimerValues } from '../../plan/stateful-processor.ts';
import type { TransformWithState } from '../../plan/logical-plan.ts';
import type { GroupOutput } from '../../plan/user-function.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Vector } from '../../types/vector.ts';
import type { KeyedInput } from '../stateful/keyed-rows.ts';
import type { ProcessorStores } from '../stateful/processor-stores.ts';
import type { StateVariable } from '../stateful/state-variable.ts';
import type { GroupedEpoch } from './grouped-rows.ts';
import type { Combine, Epoch, Operator } from './operator.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { StateTable } from '../../state/state-table.ts';
import { struct } from '../../types/data-type.ts';
import { KeyedRows, keyVectors, shownKeys } from '../stateful/keyed-rows.ts';
import { ProcessorHandle } from '../stateful/processor-handle.ts';
import { userCode, userError } from '../stateful/processor-stores.ts';
import type { Timers } from '../stateful/timers.ts';
import { OutputRows, keyText, shownRows } from '../stateful/user-rows.ts';
import { groupedRows } from './grouped-rows.ts';

type Node = Omit<TransformWithState, 'child' | 'initialState'>;

export function transformWithState(
  input: Operator,
  initial: Operator | undefined,
  node: Node,
  stores: ProcessorStores,
): Combine {
  const { outputMode, timeMode } = node.transform;
  return groupedRows({
    name: 'TransformWithState',
    input,
    initial,
    node,
    modes: [outputMode, timeMode],
    begin: (keyed, epoch) => new ProcessorEpoch(node, keyed, epoch, stores),
  });
}

/** Query and run of a batch query. */
const NO_QUERY = '00000000-0000-0000-0000-000000000000';

/** One life of a processor. */
class ProcessorEpoch implements GroupedEpoch {
  readonly #node: Node;
  readonly #keyed: KeyedInput;
  readonly #epoch: Epoch;
  readonly #stores: ProcessorStores;
  readonly #keys: StateTable;
  readonly #rows: KeyedRows;
  readonly #output: OutputRows;
  readonly #counts = { numUpdated: 0, numUpdatedBefore: 0, numRemoved: 0, numExpired: 0 };
  readonly #variables: ReadonlyMap<string, StateVariable>;
  readonly #timers: Timers;
  readonly #handle: ProcessorHandle;
  readonly #processor: StatefulProcessor<unknown, unknown, unknown, unknown>;
  readonly #times: TimerValues;

  constructor(node: Node, keyed: KeyedInput, epoch: Epoch, stores: ProcessorStores) {
    const { transform } = node;
    const { timeMode } = transform;
    this.#node = node;
    this.#keyed = keyed;
    this.#epoch = epoch;
    this.#stores = stores;
    this.#keys = new StateTable({ keys: keyed.keySchema, values: struct([]) });
    this.#rows = new KeyedRows(keyed, this.#keys, epoch, timeMode === 'EventTime' ? stores.reporting : undefined);
    this.#output = new OutputRows(transform.schema);
    this.#variables = stores.variables(epoch, this.#counts);
    this.#timers = stores.timers(epoch);
    const { nowMs, watermarkMs } = timesOf(node, epoch);
    this.#times = { getCurrentProcessingTimeInMs: () => nowMs, getCurrentWatermarkInMs: () => watermarkMs };
    this.#handle = new ProcessorHandle(timeMode, {
      variable: (name) => this.#variables.get(name),
      timers: this.#timers,
      queryInfo: {
        getQueryId: () => epoch.query?.id ?? NO_QUERY,
        getRunId: () => epoch.query?.runId ?? NO_QUERY,
        getBatchId: () => epoch.batchId,
      },
    });
    this.#processor = userCode('init', () => transform.create(this.#handle));
    userCode('init', () => this.#processor.init(this.#handle));
    this.#handle.state = 'INITIALIZED';
  }

  /** Hands rows of the initial state to the processor. */
  async start(batch: ColumnBatch, keyedInitial: KeyedInput): Promise<void> {
    const { context } = this.#epoch;
    const { numRows } = batch;
    const slots = new Int32Array(numRows);
    this.#keys.lookup(
      keyedInitial.keys.map((key) => key(batch, context)),
      numRows,
      slots,
    );
    const columns = keyedInitial.values.map((value) => value(batch, context));
    const rows = shownRows({ schema: keyedInitial.valueSchema, numRows, columns }, 'columns');
    const shown = shownKeys(this.#keys, slots, this.#keyed);
    for (let i = 0; i < numRows; i++) {
      const keys = keyVectors(this.#keys, slots.subarray(i, i + 1));
      const call = this.#call('handleInitialState', shown[i], keys, () => {
        const done = this.#processor.handleInitialState(shown[i], rows[i], this.#times);
        return done === undefined ? undefined : done.then(() => undefined);
      });
      if (call !== undefined) await call;
    }
  }

  add(batch: ColumnBatch): void {
    this.#rows.add(batch);
  }

  async *finish(): AsyncGenerator<ColumnBatch> {
    yield* this.#handleRows();
    this.#handle.state = 'DATA_PROCESSED';
    yield* this.#handleTimers();
    this.#handle.state = 'TIMER_PROCESSED';
    yield* this.#flush();
    for (const variable of this.#variables.values()) variable.expire();
    userCode('close', () => this.#processor.close());
    this.#handle.state = 'CLOSED';
    this.#report();
  }

  async *#handleRows(): AsyncGenerator<ColumnBatch> {
    const slots = Int32Array.from(this.#rows.slots);
    const shown = shownKeys(this.#keys, slots, this.#keyed);
    for (let i = 0; i < slots.length; i++) {
      const keys = keyVectors(this.#keys, slots.subarray(i, i + 1));
      const rows = this.#rows.rowsOf(slots[i] as number);
      const call = this.#call('handleInputRows', shown[i], keys, () =>
        this.#processor.handleInputRows(shown[i], rows, this.#times),
      );
      if (call !== undefined) await call;
      if (this.#output.isFull) yield* this.#flush();
    }
  }

  async *#handleTimers(): AsyncGenerator<ColumnBatch> {
    const { timeMode } = this.#node.transform;
    if (timeMode === 'None' || (timeMode === 'EventTime' && this.#epoch.outputMode === 'batch')) return;
    const { nowMs, watermarkMs } = timesOf(this.#node, this.#epoch);
    for (const { keys, expiryMs } of this.#timers.due(timeMode === 'EventTime' ? watermarkMs : nowMs)) {
      const batch: ColumnBatch = { schema: this.#keyed.keySchema, numRows: 1, columns: keys };
      const [key] = shownRows(batch, this.#node.grouping.keyForm);
      const info = { getExpiryTimeInMs: () => expiryMs };
      const call = this.#call('handleExpiredTimer', key, keys, () =>
        this.#processor.handleExpiredTimer(key, this.#times, info),
      );
      if (call !== undefined) await call;
      if (this.#output.isFull) yield* this.#flush();
    }
  }

  /** Calls a handler on a key and takes its output; resolves when the handler has. */
  #call(
    functionName: string,
    key: unknown,
    keys: readonly Vector[],
    handler: () => GroupOutput,
  ): Promise<void> | undefined {
    this.#handle.setKey(keys);
    this.#counts.numUpdatedBefore = this.#counts.numUpdated;
    const where = ` (key ${keyText(key)})`;
    const pending = userCode(functionName, () => this.#output.add(handler()), where);
    if (pending === undefined) {
      this.#handle.setKey(undefined);
      return undefined;
    }
    return pending.then(
      () => this.#handle.setKey(undefined),
      (cause: unknown) => {
        throw userError(functionName, cause, where);
      },
    );
  }

  *#flush(): Generator<ColumnBatch> {
    const batch = this.#output.take();
    if (batch === undefined) return;
    this.#checkEventTimes(batch);
    yield batch;
  }

  /** Rows that stateful operators after this one would take as late are an error of the processor. */
  #checkEventTimes(batch: ColumnBatch): void {
    const index = this.#node.output.findIndex((column) => column.watermarkDelayMs !== undefined);
    const column = batch.columns[index];
    if (column?.layout !== 'long' || this.#epoch.outputMode === 'batch') return;
    const { lateWatermarkMs } = this.#epoch;
    for (let row = 0; row < batch.numRows; row++) {
      if (column.validity?.[row] === 0) continue;
      const micros = present(column.values[row], 'a row of the batch');
      if (micros >= BigInt(lateWatermarkMs) * 1000n) continue;
      throw new MillraceError('EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED', {
        emittedRowEventTime: String(micros),
        currentWatermark: String(lateWatermarkMs),
      });
    }
  }

  #report(): void {
    const { variables, deleted } = this.#stores.declared;
    const count = (kind: string, withTtl: boolean): number =>
      variables.filter((variable) => variable.kind === kind && (variable.ttlMs !== undefined) === withTtl).length;
    const customMetrics: Record<string, number> = {};
    for (const [kind, name] of [
      ['value', 'numValueStateVars'],
      ['list', 'numListStateVars'],
      ['map', 'numMapStateVars'],
    ] as const) {
      customMetrics[name] = count(kind, false);
      customMetrics[name.replace('Vars', 'WithTTLVars')] = count(kind, true);
    }
    this.#stores.reporting.report(this.#epoch, {
      numRowsTotal: this.#stores.numRowsTotal(this.#epoch),
      numRowsUpdated: this.#counts.numUpdated,
      numRowsRemoved: this.#counts.numRemoved,
      numRowsDroppedByWatermark: this.#rows.numDropped,
      customMetrics: {
        ...customMetrics,
        numDeletedStateVars: deleted.length,
        numValuesRemovedDueToTTLExpiry: this.#counts.numExpired,
        numRegisteredTimers: this.#timers.numRegistered,
        numDeletedTimers: this.#timers.numDeleted,
        numExpiredTimers: this.#timers.numExpired,
      },
    });
  }
}

/** The times of an epoch as the time mode shows them; -1 where it has none. */
function timesOf({ transform }: Node, epoch: Epoch): { readonly nowMs: number; readonly watermarkMs: number } {
  const isStreaming = epoch.outputMode !== 'batch';
  return {
    nowMs: transform.timeMode === 'ProcessingTime' ? Number(epoch.context.batchTimestampMicros / 1000n) : -1,
    watermarkMs: transform.timeMode === 'EventTime' && isStreaming ? epoch.evictionWatermarkMs : -1,
  };
}
