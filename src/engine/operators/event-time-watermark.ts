/**
 * Watches the event-time column on its way past: reports max, min and sum of the epoch's event times, from which the next batch's
 * watermark is computed. Rows are not touched.
 */
import type { EventTimeWatermark } from '../../plan/logical-plan.ts';
import type { EventTimeStats } from '../metrics.ts';
import type { Operator, Transform } from './operator.ts';
import { ANYWHERE } from './operator.ts';
import { compileExpression } from '../../expressions/compile.ts';
import { outputOf } from '../../plan/logical-plan.ts';
import { halvesOf } from '../../types/long-halves.ts';
import { microsToWatermarkMs } from '../../windows/watermark.ts';
import { batchOperator } from '../rx.ts';
import { eventTimes } from './time-window.ts';

export function eventTimeWatermark(input: Operator, node: EventTimeWatermark): Transform {
  const { nodeId, delayMs, eventTime } = node;
  const evaluateTime = compileExpression(eventTime, input.output);
  return {
    kind: 'transform',
    distribution: ANYWHERE,
    name: 'EventTimeWatermark',
    inputs: [input],
    output: outputOf(node),
    detail: `${eventTime.name}, delay ${delayMs} ms`,
    process: (epoch) =>
      batchOperator((batch) => {
        if (batch.numRows === 0) return [batch];
        const { values, validity } = eventTimes(evaluateTime(batch, epoch.context));
        epoch.metrics.addEventTimes(nodeId, statsOf(values, validity, batch.numRows));
        return [batch];
      }),
  };
}

/** Statistics in ms; a null counts as 1970 in minimum and average and is never the maximum. */
function statsOf(values: BigInt64Array, validity: Uint8Array | undefined, numRows: number): EventTimeStats {
  const halves = halvesOf(values);
  let maxRow = -1;
  let minRow = -1;
  let max = Number.NEGATIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  let sumMs = 0;
  for (let row = 0; row < numRows; row++) {
    const isNull = validity !== undefined && validity[row] === 0;
    const micros = isNull ? 0 : (halves[2 * row + 1] as number) * 2 ** 32 + ((halves[2 * row] as number) >>> 0);
    if (micros > max) {
      max = micros;
      maxRow = isNull ? -1 : row;
    }
    if (micros < min) {
      min = micros;
      minRow = isNull ? -1 : row;
    }
    sumMs += Math.floor(micros / 1000);
  }
  const exactMs = (row: number): number => (row < 0 ? 0 : microsToWatermarkMs(values[row] as bigint));
  return { maxMs: exactMs(maxRow), minMs: exactMs(minRow), sumMs, count: numRows };
}
