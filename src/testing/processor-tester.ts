/**
 * Runs a processor of transformWithState without a query: rows of one key at a time, watermark and clock set by hand, states looked into.
 * The operator and the stores are those of a real query; only checkpoint and source are missing.
 */
import type { ProcessorSource } from '../plan/stateful-processor.ts';
import type { StateStore } from '../state/state-store.ts';
import type { RowInput, RowOf } from '../types/ddl-row.ts';
import type { Row } from '../types/row-codec.ts';
import type { Vector } from '../types/vector.ts';
import type { Epoch, Leaf } from '../engine/operators/operator.ts';
import { EMPTY, firstValueFrom, of, toArray } from 'rxjs';
import { creatorOf } from '../api/key-value-grouped-data.ts';
import { EpochMetrics } from '../engine/metrics.ts';
import { OperatorState } from '../engine/operators/operator-state.ts';
import { schemaOf } from '../engine/operators/operator.ts';
import { transformWithState } from '../engine/operators/transform-with-state.ts';
import { ProcessorStores } from '../engine/stateful/processor-stores.ts';
import { shownValue } from '../engine/stateful/user-rows.ts';
import { present } from '../errors/assert.ts';
import { nextAttributeId } from '../expressions/expression.ts';
import { StateTable } from '../state/state-table.ts';
import { batchFromRows, rowsOf } from '../types/row-codec.ts';
import { parseSchema } from '../types/schema.ts';

export interface ProcessorTesterOptions<Input extends string, Output extends string> {
  /** The schema of the rows, keys included. */
  readonly input: Input;
  /** The key columns. */
  readonly keys: readonly (keyof RowOf<Input> & string)[];
  readonly output: Output;
  readonly timeMode?: 'None' | 'ProcessingTime' | 'EventTime';
}

/**
 * @example
 * const tester = new ProcessorTester(Count, { input: 'user STRING, n BIGINT', keys: ['user'], output: 'user STRING, n BIGINT' });
 * await tester.test({ user: 'a' }, [{ n: 1 }]);
 * tester.peekValueState('count', { user: 'a' });
 */
export class ProcessorTester<Input extends string, Output extends string> {
  readonly #options: ProcessorTesterOptions<Input, Output>;
  readonly #stores: ProcessorStores;
  readonly #states: OperatorState[] = [];
  readonly #operator: ReturnType<typeof transformWithState>;
  #nowMs = 0;
  #watermarkMs = 0;
  #batchId = 0;

  constructor(
    processor: ProcessorSource<never, never, RowInput<RowOf<Output>>, never>,
    options: ProcessorTesterOptions<Input, Output>,
  ) {
    this.#options = options;
    const columns = parseSchema(options.input).fields.map(
      (field) => ({ kind: 'attribute', id: nextAttributeId(), qualifier: [], ...field }) as const,
    );
    const output = parseSchema(options.output);
    const outputColumns = output.fields.map(
      (field) => ({ kind: 'attribute', id: nextAttributeId(), qualifier: [], ...field }) as const,
    );
    const keys = options.keys.map((name) =>
      present(
        columns.find((column) => column.name === name),
        'a key is a column',
      ),
    );
    const transform = {
      create: creatorOf(processor as unknown as ProcessorSource<unknown, unknown, unknown, unknown>),
      schema: output,
      outputMode: 'update',
      timeMode: options.timeMode ?? 'None',
      eventTimeColumn: undefined,
    } as const;
    this.#stores = new ProcessorStores(schemaOf(keys), transform, (store) => {
      const state = new OperatorState({ ...store, operatorId: 0, isPersistent: true });
      state.attach(new TableStore(new StateTable(store.schema)));
      this.#states.push(state);
      return state;
    });
    const input: Leaf = { kind: 'leaf', name: 'Rows', inputs: [], output: columns, detail: '', read: () => EMPTY };
    const grouping = { keys, keyForm: 'columns', values: columns } as const;
    const node = {
      kind: 'transformWithState',
      grouping,
      initialGrouping: undefined,
      transform,
      output: outputColumns,
    } as const;
    this.#operator = transformWithState(input, undefined, node, this.#stores);
  }

  /** Hands rows of one key to the processor, as a batch of its own, and gives what comes out, due timers included. */
  test(key: Row, rows: readonly Row[]): Promise<RowOf<Output>[]> {
    return this.#run(rows.map((row) => ({ ...row, ...key })));
  }

  /** Sets the watermark and gives what the timers that are due put out. */
  setWatermark(watermarkMs: number): Promise<RowOf<Output>[]> {
    this.#watermarkMs = watermarkMs;
    return this.#run([]);
  }

  /** Sets the clock and gives what the timers that are due put out; states whose time to live is over are gone then. */
  setProcessingTime(nowMs: number): Promise<RowOf<Output>[]> {
    this.#nowMs = nowMs;
    return this.#run([]);
  }

  /** The value of a state, undefined when there is none. */
  peekValueState(name: string, key: Row): unknown {
    const variable = this.#variable(name);
    const value = variable.get(this.#keysOf(key));
    return value === undefined ? undefined : shownValue(value, variable.declaration.value);
  }

  peekListState(name: string, key: Row): unknown[] {
    const variable = this.#variable(name);
    return variable
      .live(this.#keysOf(key))
      .map((slot) => shownValue(variable.valueAt(slot), variable.declaration.value));
  }

  peekMapState(name: string, key: Row): Map<unknown, unknown> {
    const variable = this.#variable(name);
    const { mapKey, value } = variable.declaration;
    const entries = variable.live(this.#keysOf(key)).map((slot) => {
      const shape = present(mapKey, 'a map state has map keys');
      return [shownValue(variable.mapKeyAt(slot), shape), shownValue(variable.valueAt(slot), value)] as const;
    });
    return new Map(entries);
  }

  /** The timers of a key, ascending, in ms. */
  peekTimers(key: Row): number[] {
    return this.#stores.timers(this.#epoch()).list(this.#keysOf(key));
  }

  async #run(rows: readonly Row[]): Promise<RowOf<Output>[]> {
    const batch = batchFromRows(parseSchema(this.#options.input), rows);
    const output = this.#operator.combine(this.#epoch(), [batch.numRows === 0 ? EMPTY : of(batch)]);
    const batches = await firstValueFrom(output.pipe(toArray()));
    this.#batchId += 1;
    for (const state of this.#states) await state.commit(this.#batchId);
    return batches.flatMap((one) => rowsOf(one) as RowOf<Output>[]);
  }

  #epoch(): Epoch {
    return {
      batchId: this.#batchId,
      outputMode: 'update',
      context: { batchTimestampMicros: BigInt(this.#nowMs) * 1000n, timeZone: 'UTC', ansi: true, seed: 0 },
      lateWatermarkMs: this.#watermarkMs,
      evictionWatermarkMs: this.#watermarkMs,
      input: () => EMPTY,
      metrics: new EpochMetrics(),
    };
  }

  #variable(name: string) {
    const counts = { numUpdated: 0, numUpdatedBefore: 0, numRemoved: 0, numExpired: 0 };
    return present(this.#stores.variables(this.#epoch(), counts).get(name), 'a state is looked at by its name');
  }

  #keysOf(key: Row): readonly Vector[] {
    const { fields } = parseSchema(this.#options.input);
    const keyFields = this.#options.keys.map((name) =>
      present(
        fields.find((field) => field.name === name),
        'a key column',
      ),
    );
    return batchFromRows({ kind: 'struct', fields: keyFields }, [key]).columns;
  }
}

/** A store that is its table: nothing lasts. */
class TableStore implements StateStore {
  readonly table: StateTable;
  readonly metrics = { numRowsTotal: 0, numRowsUpdated: 0, numRowsRemoved: 0, memoryUsedBytes: 0, commitTimeMs: 0 };

  constructor(table: StateTable) {
    this.table = table;
  }

  async load(): Promise<void> {}

  async commit(
    version: number,
  ): Promise<{ readonly version: number; readonly numRowsTotal: number; readonly files: [] }> {
    this.table.settleChanges();
    return { version, numRowsTotal: this.table.size, files: [] };
  }

  async abort(): Promise<void> {}
}
