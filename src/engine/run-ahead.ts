/**
 * The operators of a batch at work while its plan is on its way to the disk: what they put out is held here, and nothing of it is seen
 * outside before the plan is durable. When they come to their end in that time, the state is written then too, so that the waits for the
 * disk run side by side; its entries are left-overs until a commit names them.
 */
import type { ColumnBatch } from '../types/column-batch.ts';

/** At most so many batches are held; further ones wait for the sink. */
const MAX_HELD_BATCHES = 4;

/** What was put out before the plan was durable. */
export interface HeldRows {
  readonly batches: ColumnBatch[];
  /** True when the operators came to their end and `onEnd` was called. */
  readonly isAll: boolean;
}

/**
 * Runs until the plan is durable, and holds at most a few batches; `onEnd` is called if the end comes before. Fails when the plan could not
 * be written, or else as the operators did.
 */
export async function heldUntil(
  durable: Promise<void>,
  rows: AsyncIterator<ColumnBatch>,
  onEnd: () => Promise<void>,
): Promise<HeldRows> {
  let isDurable = false;
  const noted = durable.then(() => {
    isDurable = true;
  });
  const take = async (): Promise<HeldRows> => {
    const batches: ColumnBatch[] = [];
    while (!isDurable && batches.length < MAX_HELD_BATCHES) {
      const result = await rows.next();
      if (result.done === true) {
        await onEnd();
        return { batches, isAll: true };
      }
      batches.push(result.value);
    }
    return { batches, isAll: false };
  };
  const [, held] = await Promise.allSettled([noted, take()]);
  await noted;
  if (held.status === 'rejected') throw held.reason;
  return held.value;
}

/** All rows: those held, then the others; `onEnd` is called behind the last one, if it has not been. */
export async function* rowsOf(
  rows: AsyncIterable<ColumnBatch>,
  onEnd: () => Promise<void>,
  { batches, isAll }: HeldRows,
): AsyncGenerator<ColumnBatch> {
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) yield batch;
  if (isAll) return;
  yield* rows;
  await onEnd();
}
