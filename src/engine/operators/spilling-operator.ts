/**
 * A stateful operator whose state need not be in memory as a whole: the rows of an epoch are gathered, then the operator itself, which does
 * not know, works on one partition of its state after the other, each as if it were an epoch of its own. Partitions that no row belongs to
 * and whose time has not come are left where they are. Without a memory budget nothing of this happens.
 */
import type { Observable, Subscriber } from 'rxjs';
import type { EvaluationContext } from '../../functions/define-function.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Vector } from '../../types/vector.ts';
import type { OperatorState } from './operator-state.ts';
import type { SplitOptions, StatePartitions } from './state-partitions.ts';
import type { Epoch, Operator } from './operator.ts';
import { Observable as RxObservable, concat, defer, from } from 'rxjs';
import { present } from '../../errors/assert.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { readsOf } from './operator.ts';
import { PartitionedInput } from './partitioned-input.ts';

/** The columns of a batch of an input that decide the bucket of a row. */
type KeysOf = (input: number, batch: ColumnBatch, context: EvaluationContext) => readonly Vector[];

/** The operator with state that may leave memory, where its state is kept by the keys of its rows; else the operator as it is. */
export function spilling(operator: Operator, states: readonly OperatorState[]): Operator {
  if (operator.kind === 'leaf') return operator;
  const keysOf = stateKeysOf(operator);
  // A transform takes its inputs as one stream, so the rows of several could not be told apart.
  if (keysOf === undefined || (operator.kind === 'transform' && readsOf(operator).length > 1)) return operator;
  for (const state of states) state.allowSplit();
  const splitOf = (epoch: Epoch): SplitOptions | undefined =>
    epoch.outputMode === 'batch' ? undefined : present(states[0], 'a stateful operator has a state').partitions.split;
  const passes = (epoch: Epoch, work: PassWork): Observable<ColumnBatch> =>
    new RxObservable((subscriber) => {
      const split = present(splitOf(epoch), 'the state of the operator may be cut');
      const run = new PartitionPasses({ epoch, states, split, work, subscriber });
      return run.start();
    });
  if (operator.kind === 'combine')
    return {
      ...operator,
      combine: (epoch, inputs) =>
        splitOf(epoch) === undefined
          ? operator.combine(epoch, inputs)
          : passes(epoch, { inputs, keysOf, run: (parts) => operator.combine(epoch, parts) }),
    };
  const { reduction } = operator;
  const one = (epoch: Epoch, source: Observable<ColumnBatch>, process: typeof operator.process): PassWork => ({
    inputs: [source],
    keysOf,
    run: ([part]) => present(part, 'the one input').pipe(process(epoch)),
  });
  const processed: Operator = {
    ...operator,
    process: (epoch) => (source) =>
      splitOf(epoch) === undefined
        ? source.pipe(operator.process(epoch))
        : passes(
            epoch,
            one(epoch, source, (each) => operator.process(each)),
          ),
  };
  if (reduction === undefined) return processed;
  const { numKeys, shapes } = reduction;
  return {
    ...processed,
    reduction: {
      ...reduction,
      process: (epoch) => (source) =>
        splitOf(epoch) === undefined
          ? source.pipe(reduction.process(epoch))
          : passes(epoch, {
              ...one(epoch, source, (each) => reduction.process(each)),
              keysOf: (_, { columns }) => columns.slice(0, numKeys),
              shapes,
            }),
    },
  };
}

/** By which columns of its inputs the state of an operator is kept; undefined when that is not by key. */
function stateKeysOf(operator: Exclude<Operator, { readonly kind: 'leaf' }>): KeysOf | undefined {
  const { distribution } = operator;
  const keys =
    distribution.kind === 'clustered'
      ? distribution.keys
      : operator.kind === 'combine'
        ? operator.stateKeys
        : undefined;
  if (keys === undefined) return undefined;
  const evaluators = readsOf(operator).map(({ output }, i) =>
    (keys[i] ?? []).map((key) => compileExpression(key, output)),
  );
  return (input, batch, context) =>
    present(evaluators[input], 'keys per input').map((evaluate) => evaluate(batch, context));
}

/** What is done with the rows of each partition. */
interface PassWork {
  readonly inputs: readonly Observable<ColumnBatch>[];
  readonly keysOf: KeysOf;
  readonly shapes?: readonly StructType[];
  readonly run: (parts: readonly Observable<ColumnBatch>[]) => Observable<ColumnBatch>;
}

interface PassParts {
  readonly epoch: Epoch;
  readonly states: readonly OperatorState[];
  readonly split: SplitOptions;
  readonly work: PassWork;
  readonly subscriber: Subscriber<ColumnBatch>;
}

/** The passes of one epoch over the partitions of an operator. */
class PartitionPasses {
  readonly #epoch: Epoch;
  readonly #states: readonly OperatorState[];
  readonly #partitions: readonly StatePartitions[];
  readonly #work: PassWork;
  readonly #subscriber: Subscriber<ColumnBatch>;
  readonly #rows: PartitionedInput;

  constructor({ epoch, states, split, work, subscriber }: PassParts) {
    this.#epoch = epoch;
    this.#states = states;
    this.#partitions = states.map(({ partitions }) => partitions);
    this.#work = work;
    this.#subscriber = subscriber;
    this.#rows = new PartitionedInput(split.buckets, split, work.shapes);
  }

  /** Reads input after input, then runs the passes. Ends what it began when it is unsubscribed. */
  start(): () => void {
    const { context } = this.#epoch;
    const { inputs, keysOf } = this.#work;
    const reading = concat(
      ...inputs.map((input, i) => defer(() => input).pipe((batches) => numbered(batches, i))),
    ).subscribe({
      next: ({ batch, input }) => {
        try {
          this.#rows.add(input, batch, keysOf(input, batch, context));
        } catch (error) {
          this.#subscriber.error(error);
        }
      },
      error: (error: unknown) => this.#subscriber.error(error),
      complete: () =>
        void this.#runAll().then(
          () => this.#subscriber.complete(),
          (error: unknown) => this.#subscriber.error(error),
        ),
    });
    return () => {
      reading.unsubscribe();
      this.#rows.close();
    };
  }

  async #runAll(): Promise<void> {
    await this.#cut();
    for (const partitions of this.#partitions) partitions.isInPass = true;
    try {
      const [first] = this.#partitions;
      const all = present(first, 'a stateful operator has a state').all;
      const order = [...all.keys()].toSorted((a, b) => Number(all[b]?.isInMemory) - Number(all[a]?.isInMemory));
      for (const index of order) {
        if (this.#subscriber.closed) return;
        if (this.#isWanted(index)) await this.#runOne(index, all.length);
      }
    } finally {
      for (const partitions of this.#partitions) {
        partitions.isInPass = false;
        partitions.release();
      }
    }
    this.#completeReport();
    this.#rows.close();
  }

  /** As many partitions as state and rows want; those of one operator's stores are cut alike. */
  async #cut(): Promise<void> {
    // What other epochs of the batch changed is not committed.
    if (this.#epoch.isPartOfBatch === true) return;
    const numKeys = this.#rows.numKeys;
    const { numRows } = this.#rows;
    let bytes = 0;
    let count = 1;
    this.#states.forEach(({ schema, partitions }) => {
      bytes += partitions.sizeBytes;
      count = Math.max(count, partitions.all.length);
      bytes += partitions.bytesOfKeys(schema.numBucketKeys === undefined ? numKeys : numRows) / this.#states.length;
    });
    const [first] = this.#partitions;
    const wanted = Math.max(count, first?.partitionsFor(bytes) ?? 1);
    for (const partitions of this.#partitions) await partitions.setCount(wanted);
  }

  /** False for a partition that this epoch has no work for. */
  #isWanted(index: number): boolean {
    const { outputMode, evictionWatermarkMs, lateWatermarkMs, context } = this.#epoch;
    const range = this.#partitions[0]?.ranges[index];
    if (outputMode === 'complete' || (range !== undefined && this.#rows.hasRowsIn(range))) return true;
    const times = this.#partitions.flatMap(({ all }) => all[index]?.earliestMicros ?? []);
    // A join forgets rows by times that lie some way from the watermark.
    if (this.#work.inputs.length > 1 && evictionWatermarkMs > lateWatermarkMs) return times.length > 0;
    const watermarkMicros = BigInt(evictionWatermarkMs) * 1000n;
    return times.some((earliest) => earliest <= watermarkMicros || earliest <= context.batchTimestampMicros);
  }

  async #runOne(index: number, numPartitions: number): Promise<void> {
    for (const partitions of this.#partitions) partitions.select(index);
    const range = present(this.#partitions[0]?.ranges[index], 'partitions have buckets');
    const parts = this.#work.inputs.map((_, input) => defer(() => from(this.#rows.rowsIn(range, input))));
    await new Promise<void>((resolve, reject) => {
      const running = this.#work.run(parts).subscribe({
        next: (batch) => this.#subscriber.next(batch),
        error: reject,
        complete: resolve,
      });
      this.#subscriber.add(running);
    });
    // One that leaves memory before the batch is committed would have to come back for that.
    if (numPartitions > 1 && this.#epoch.isPartOfBatch !== true)
      for (const partitions of this.#partitions) await partitions.commitActive(this.#epoch.batchId + 1);
    for (const partitions of this.#partitions) partitions.release();
    await this.#epoch.mayEmit?.();
  }

  /** A report also when no partition had work, with the rows of those that were left out. */
  #completeReport(): void {
    const [state] = this.#states;
    if (state === undefined) return;
    const { stateOperators } = this.#epoch.metrics;
    const known = stateOperators.get(state.operatorId);
    const { operatorId, operatorName } = state;
    const none = { operatorName, numRowsUpdated: 0, numRowsRemoved: 0, numRowsDroppedByWatermark: 0 };
    if (known === undefined) stateOperators.set(operatorId, none);
    const reporting = this.#partitions.find(({ all }) => all.some(({ reportedRows }) => reportedRows !== undefined));
    if (reporting === undefined) return;
    // One that was not worked on since it was loaded has told nothing: about its rows.
    const others = this.#partitions.filter((partitions) => partitions !== reporting);
    const numRowsTotal = reporting.all.reduce((total, { reportedRows }, i) => {
      const stored = others.reduce((sum, { all }) => sum + (all[i]?.numRows ?? 0), 0);
      return total + (reportedRows ?? stored);
    }, 0);
    stateOperators.set(operatorId, { ...(known ?? none), numRowsTotal });
  }
}

/** The batches of an input with its number. */
function numbered(
  batches: Observable<ColumnBatch>,
  input: number,
): Observable<{ readonly batch: ColumnBatch; readonly input: number }> {
  return new RxObservable((subscriber) =>
    batches.subscribe({
      next: (batch) => subscriber.next({ batch, input }),
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }),
  );
}
