/**
 * Operators that see an epoch of their own: a stateful one its own watermarks, one over a table in a streaming query a bounded epoch.
 * The operator itself does not know.
 */
import type { Epoch, Operator, Reduction, Transform } from './operator.ts';

/** The operator with the watermarks of its input; `inputMs` computes them from those of the query. */
export function withInputWatermark(operator: Operator, inputMs: (queryMs: number) => number): Operator {
  return inView(operator, (epoch) => ({
    ...epoch,
    // Before the first batch there is no watermark to compute from.
    lateWatermarkMs: epoch.batchId === 0 ? epoch.lateWatermarkMs : inputMs(epoch.lateWatermarkMs),
    evictionWatermarkMs: inputMs(epoch.evictionWatermarkMs),
  }));
}

/** The operator below an aggregation that puts out its whole table: it forgets by the watermark as in every other query. */
export function withEviction(operator: Operator): Operator {
  return inView(operator, (epoch) => ({
    ...epoch,
    outputMode: epoch.outputMode === 'complete' ? 'append' : epoch.outputMode,
  }));
}

/** The operator over input that is bounded in every epoch: all of it is put out, nothing is late or kept. */
export function withBoundedInput(operator: Operator): Operator {
  return inView(operator, (epoch) => ({ ...epoch, outputMode: 'batch' }));
}

function inView(operator: Operator, view: (epoch: Epoch) => Epoch): Operator {
  switch (operator.kind) {
    case 'leaf':
      return operator;
    case 'transform': {
      const { reduction } = operator;
      const process: Transform['process'] = (epoch) => operator.process(view(epoch));
      if (reduction === undefined) return { ...operator, process };
      const viewed: Reduction = {
        ...reduction,
        before: (epoch) => reduction.before(view(epoch)),
        process: (epoch) => reduction.process(view(epoch)),
      };
      return { ...operator, process, reduction: viewed };
    }
    case 'combine':
      return { ...operator, combine: (epoch, inputs) => operator.combine(view(epoch), inputs) };
  }
}
