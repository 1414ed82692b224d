/** Connects the operators of a plan into one Observable per epoch. */
import type { Observable } from 'rxjs';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Epoch, Operator } from './operators/operator.ts';
import { EMPTY, concat } from 'rxjs';
import { readsOf } from './operators/operator.ts';

/** The batches an operator puts out in an epoch. Cold: the epoch runs when somebody subscribes, once. */
export function connect(operator: Operator, epoch: Epoch): Observable<ColumnBatch> {
  if (operator.kind === 'leaf') return operator.read(epoch);
  if (operator.kind === 'combine')
    return operator.combine(
      epoch,
      operator.inputs.map((input) => connect(input, epoch)),
    );
  const inputs = readsOf(operator).map((input) => connect(input, epoch));
  const [first, ...others] = inputs;
  const input = others.length === 0 ? (first ?? EMPTY) : concat(first ?? EMPTY, ...others);
  return input.pipe(operator.process(epoch));
}
