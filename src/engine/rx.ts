/**
 * The only hand-made RxJS pieces of the engine. Column batches flow through RxJS, never rows. RxJS has no back-pressure, so sources are
 * pulled: `fromPull` takes the next batch only while the consumer at the other end keeps up, which FlowControl counts.
 */
import type { OperatorFunction } from 'rxjs';
import type { ColumnBatch } from '../types/column-batch.ts';
import { Observable, concat, defer, from } from 'rxjs';

/** Bounds how many batches may wait for the consumer. One per epoch. */
export class FlowControl {
  readonly #limit: number;
  #waiting = 0;
  #wake: (() => void) | undefined;

  constructor(limit = 4) {
    this.#limit = limit;
  }

  /** A batch has been put into the consumer's queue. */
  produced(): void {
    this.#waiting += 1;
  }

  /** The consumer has taken a batch from its queue. */
  consumed(): void {
    this.#waiting -= 1;
    if (this.#waiting < this.#limit) this.#release();
  }

  /** Lets a waiting producer go on, for the end of the epoch. */
  #release(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Resolves when another batch may be pulled. */
  async ready(): Promise<void> {
    while (this.#waiting >= this.#limit) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Stops holding producers back; called when the consumer has gone away. */
  open(): void {
    this.#waiting = Number.NEGATIVE_INFINITY;
    this.#release();
  }
}

/** The batches of an iterable as an Observable that is pulled one batch at a time and stops pulling when unsubscribed. */
export function fromPull(pull: () => AsyncIterable<ColumnBatch>, flow: FlowControl): Observable<ColumnBatch> {
  return new Observable((subscriber) => {
    const run = async (): Promise<void> => {
      for await (const batch of pull()) {
        if (subscriber.closed) return;
        subscriber.next(batch);
        await flow.ready();
      }
      subscriber.complete();
    };
    run().catch((error: unknown) => subscriber.error(error));
  });
}

/** The batches of an Observable for a consumer that takes them in its own time. Leaving early unsubscribes. */
export async function* toAsyncIterable(
  source: Observable<ColumnBatch>,
  flow: FlowControl,
): AsyncGenerator<ColumnBatch> {
  const queue: ColumnBatch[] = [];
  let failure: { readonly error: unknown } | undefined;
  let completed = false;
  let wake: (() => void) | undefined;
  const notify = (): void => wake?.();
  const subscription = source.subscribe({
    next: (batch) => {
      queue.push(batch);
      flow.produced();
      notify();
    },
    error: (error: unknown) => {
      failure = { error };
      notify();
    },
    complete: () => {
      completed = true;
      notify();
    },
  });
  try {
    for (;;) {
      const batch = queue.shift();
      if (batch !== undefined) {
        flow.consumed();
        yield batch;
      } else if (failure !== undefined) throw failure.error;
      else if (completed) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    }
  } finally {
    subscription.unsubscribe();
    flow.open();
  }
}

/** Reads to the end and drops what comes. */
export async function drain(batches: AsyncIterable<ColumnBatch>): Promise<void> {
  const iterator = batches[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}

/**
 * An operator from two functions: `onBatch` for each batch, `onEnd` once when the input is complete. Both return the batches to put out;
 * an exception ends the epoch with an error.
 */
export function batchOperator(
  onBatch: (batch: ColumnBatch) => Iterable<ColumnBatch>,
  onEnd: () => Iterable<ColumnBatch> = () => [],
): OperatorFunction<ColumnBatch, ColumnBatch> {
  return (source) =>
    new Observable((subscriber) => {
      const emit = (batches: () => Iterable<ColumnBatch>): boolean => {
        try {
          for (const batch of batches()) subscriber.next(batch);
          return true;
        } catch (error) {
          subscriber.error(error);
          return false;
        }
      };
      return source.subscribe({
        next: (batch) => void emit(() => onBatch(batch)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (emit(onEnd)) subscriber.complete();
        },
      });
    });
}

/**
 * An operator whose work may wait for promises: `onBatch` takes each batch in, `onEnd` puts out everything once the input is complete.
 * Holds no batch back, so it is for operators that need their whole input before they put out anything.
 */
export function collectingOperator(
  onBatch: (batch: ColumnBatch) => void,
  onEnd: () => AsyncIterable<ColumnBatch>,
): OperatorFunction<ColumnBatch, ColumnBatch> {
  return (source) =>
    new Observable((subscriber) => {
      const finish = async (): Promise<void> => {
        for await (const batch of onEnd()) {
          if (subscriber.closed) return;
          subscriber.next(batch);
        }
        subscriber.complete();
      };
      return source.subscribe({
        next: (batch) => {
          try {
            onBatch(batch);
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          finish().catch((error: unknown) => subscriber.error(error));
        },
      });
    });
}

/** An input of an operator that takes its inputs one after the other. */
export interface SequentialInput {
  readonly input: Observable<ColumnBatch>;
  readonly onBatch: (batch: ColumnBatch) => Iterable<ColumnBatch>;
}

/** As batchOperator for several inputs: each is read to its end before the next one is subscribed to. */
export function sequentialOperator(
  inputs: readonly SequentialInput[],
  onEnd: () => Iterable<ColumnBatch>,
): Observable<ColumnBatch> {
  return concat(
    ...inputs.map(({ input, onBatch }) => input.pipe(batchOperator(onBatch))),
    defer(() => from(onEnd())),
  );
}
