/**
 * Lets the first row of each key pass. On a stream the keys seen are state: kept for ever, unless the event-time column is among them;
 * with `withinWatermark` a key is forgotten when the watermark passes its first row's time plus the delay. Late rows are dropped.
 */
import type { Deduplicate } from '../../plan/logical-plan.ts';
import type { StateSchema } from '../../state/state-table.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Epoch, Operator, Transform } from './operator.ts';
import type { OperatorState } from './operator-state.ts';
import { present } from '../../errors/assert.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { LONG, field, struct } from '../../types/data-type.ts';
import { gatherBatch } from '../../types/vector-ops.ts';
import { batchOperator } from '../rx.ts';
import { insertKeys } from './first-rows.ts';
import { isEvicting, withoutLateRows } from './late-rows.ts';
import { windowOrTime } from './time-window.ts';

/** The state of a deduplication: the keys, and when a key expires where that is not part of it. */
export function deduplicateStateSchema({
  keys,
  withinWatermark,
}: Pick<Deduplicate, 'keys' | 'withinWatermark'>): StateSchema {
  return {
    keys: struct(keys.map(({ name, dataType, nullable }) => field(name, dataType, nullable))),
    values: struct(withinWatermark ? [field('expiresAtMicros', LONG, false)] : []),
  };
}

export function deduplicate(input: Operator, node: Omit<Deduplicate, 'child'>, state: OperatorState): Transform {
  const { keys, withinWatermark } = node;
  const evaluateKeys = keys.map((key) => compileExpression(key, input.output));
  const eventTime = input.output.find((column) => column.watermarkDelayMs !== undefined);
  const evaluateTime = eventTime === undefined ? undefined : compileExpression(eventTime, input.output);
  const delayMicros = BigInt(eventTime?.watermarkDelayMs ?? 0) * 1000n;

  const setExpiry = (batch: ColumnBatch, epoch: Epoch, rows: Int32Array): void => {
    if (!withinWatermark || evaluateTime === undefined) return;
    const { newSlots, values } = state.table(epoch);
    const times = windowOrTime(evaluateTime(batch, epoch.context));
    const expiresAt = present(values[0], 'the expiry column');
    rows.forEach((row, i) => expiresAt.set(newSlots[i] as number, (times.values[row] as bigint) + delayMicros));
  };

  return {
    kind: 'transform',
    distribution: { kind: 'clustered', keys: [keys] },
    name: withinWatermark ? 'StreamingDeduplicateWithinWatermark' : 'StreamingDeduplicate',
    inputs: [input],
    output: input.output,
    detail: keys.map(({ name }) => name).join(', '),
    process: (epoch) => {
      let numDropped = 0;
      let numDuplicates = 0;
      let numInserted = 0;
      return batchOperator(
        (batch) => {
          const times = isEvicting(epoch) ? evaluateTime?.(batch, epoch.context) : undefined;
          const onTime = times === undefined ? batch : withoutLateRows(batch, times, epoch, state);
          numDropped += batch.numRows - onTime.numRows;
          const keyColumns = evaluateKeys.map((evaluate) => evaluate(onTime, epoch.context));
          const rows = state.timed(epoch, 'updates', () => insertKeys(state.table(epoch), keyColumns, onTime.numRows));
          setExpiry(onTime, epoch, rows);
          state.indexNewSlots(epoch);
          numDuplicates += onTime.numRows - rows.length;
          numInserted += rows.length;
          return rows.length === 0 ? [] : [gatherBatch(onTime, rows, rows.length)];
        },
        () => {
          const table = state.table(epoch);
          const removed = state.takeEvicted(epoch);
          const numRowsUpdated = state.isPersistent ? numInserted : 0;
          for (const slot of removed) table.remove(slot);
          const numRowsRemoved = removed.length;
          const customMetrics = { numDroppedDuplicateRows: numDuplicates };
          state.report(epoch, { numRowsUpdated, numRowsRemoved, numRowsDroppedByWatermark: numDropped, customMetrics });
          return [];
        },
      );
    },
  };
}
