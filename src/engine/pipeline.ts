/** Connects the operators of a plan into one Observable per epoch. */
import type { Observable } from 'rxjs';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Epoch, Operator } from './operators/operator.ts';
import { EMPTY, concat } from 'rxjs';
import { tooDeep } from '../errors/within-stack.ts';
import { readsOf } from './operators/operator.ts';

/** Batches go through operators by calls within calls; of more levels the stack of a thread is not sure to suffice. */
const MAX_LEVELS = 300;

/**
 * The batches an operator puts out in an epoch. Cold: the epoch runs when somebody subscribes, once. With `reduces` aggregations group
 * rows before they come to the state, which pays where there are many.
 */
export function connect(operator: Operator, epoch: Epoch, reduces = false): Observable<ColumnBatch> {
  return connected(operator, epoch, reduces, 0);
}

function connected(operator: Operator, epoch: Epoch, reduces: boolean, level: number): Observable<ColumnBatch> {
  if (level > MAX_LEVELS) throw tooDeep(`A query may have ${MAX_LEVELS} operators above each other.`);
  if (operator.kind === 'leaf') return operator.read(epoch);
  if (operator.kind === 'combine')
    return operator.combine(
      epoch,
      operator.inputs.map((input) => connected(input, epoch, reduces, level + 1)),
    );
  const inputs = readsOf(operator).map((input) => connected(input, epoch, reduces, level + 1));
  const [first, ...others] = inputs;
  const input = others.length === 0 ? (first ?? EMPTY) : concat(first ?? EMPTY, ...others);
  const { reduction } = operator;
  if (reduces && reduction !== undefined) return input.pipe(reduction.before(epoch), reduction.process(epoch));
  return input.pipe(operator.process(epoch));
}
