/** What operators over groups have in common: rows by key go to an epoch object, in batch 0 those of an initial state before them. */
import type { Observable } from 'rxjs';
import type { Attribute } from '../../expressions/expression.ts';
import type { LogicalPlan } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { KeyedInput } from '../stateful/keyed-rows.ts';
import type { Combine, Epoch, Operator } from './operator.ts';
import { EMPTY, concat, concatMap, defer, from, ignoreElements } from 'rxjs';
import { collectingOperator } from '../rx.ts';
import { keyedInput } from '../stateful/keyed-rows.ts';
import { USER_FUNCTION } from './typed-rows.ts';

type GroupingNode = Pick<
  LogicalPlan & { readonly kind: 'flatMapGroupsWithState' | 'transformWithState' },
  'grouping' | 'initialGrouping'
>;

/** One epoch of such an operator. `start` is called for each batch of the initial state, then `add` for each of the rows. */
export interface GroupedEpoch {
  start(batch: ColumnBatch, keyed: KeyedInput): void | Promise<void>;
  add(batch: ColumnBatch): void;
  finish(): AsyncGenerator<ColumnBatch>;
}

export interface GroupedParts {
  readonly name: string;
  readonly input: Operator;
  readonly initial: Operator | undefined;
  readonly node: GroupingNode & { readonly output: readonly Attribute[] };
  /** What explain shows after the keys. */
  readonly modes: readonly string[];
  readonly begin: (keyed: KeyedInput, epoch: Epoch) => GroupedEpoch;
}

export function groupedRows({ name, input, initial, node, modes, begin }: GroupedParts): Combine {
  const { grouping, initialGrouping } = node;
  const keyed = keyedInput(input, grouping);
  const keyedInitial =
    initial === undefined || initialGrouping === undefined ? undefined : keyedInput(initial, initialGrouping);
  const started = (run: GroupedEpoch, epoch: Epoch, rows: Observable<ColumnBatch>): Observable<never> =>
    epoch.batchId !== 0 || keyedInitial === undefined
      ? EMPTY
      : rows.pipe(
          concatMap((batch) => {
            const pending = run.start(batch, keyedInitial);
            return pending === undefined ? EMPTY : from(pending);
          }),
          ignoreElements(),
        );
  return {
    kind: 'combine',
    distribution: USER_FUNCTION,
    stateKeys: [grouping.keys, initialGrouping?.keys ?? []],
    name,
    inputs: initial === undefined ? [input] : [input, initial],
    output: node.output,
    detail: [`keys=[${grouping.keys.map((key) => key.name).join(', ')}]`, ...modes].join(', '),
    combine: (epoch, [rows = EMPTY, initialRows = EMPTY]) =>
      defer(() => {
        const run = begin(keyed, epoch);
        const main = rows.pipe(
          collectingOperator(
            (batch) => run.add(batch),
            () => run.finish(),
          ),
        );
        return concat(started(run, epoch, initialRows), main);
      }),
  };
}
