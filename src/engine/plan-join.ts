/** Plans joins: two streams get a join with a store per side, everything else is joined anew in each epoch. Part of planner.ts. */
import type { Join } from '../plan/logical-plan.ts';
import type { OperatorState, OperatorStateOptions } from './operators/operator-state.ts';
import type { Operator } from './operators/operator.ts';
import { optionalConjunction } from '../plan/conjuncts.ts';
import { joinPartsOf } from '../plan/join-keys.ts';
import { stateBoundsOf } from '../plan/join-watermarks.ts';
import { outputOf } from '../plan/logical-plan.ts';
import { hashJoin } from './operators/hash-join.ts';
import { sideEvictionTimes, sideLayout } from './operators/join-side.ts';
import { streamJoin } from './operators/stream-join.ts';

type MakeStore = (options: Omit<OperatorStateOptions, 'operatorId' | 'isPersistent'>) => OperatorState;

/** A join of which at least one side is bounded. */
export function planHashJoin(join: Join, left: Operator, right: Operator): Operator {
  const { keys, leftOnly, rightOnly, pairs } = joinPartsOf(join);
  const condition = optionalConjunction([...leftOnly, ...rightOnly, ...pairs]);
  return hashJoin(left, right, { joinType: join.joinType, keys, condition, output: outputOf(join) });
}

/** A join of two streams; `makeStore` makes a store of the operator. */
export function planStreamJoin(join: Join, left: Operator, right: Operator, makeStore: MakeStore): Operator {
  const parts = joinPartsOf(join);
  const bounds = stateBoundsOf(join);
  // As in Spark, where only the other types get rid of null keys before they join.
  const matchesNulls = join.joinType === 'fullOuter';
  const side = (name: 'left' | 'right', input: Operator) => {
    const keys = parts.keys.map((key) => ({ expression: key[name], isNullSafe: key.isNullSafe || matchesNulls }));
    const layout = sideLayout(input.output, keys);
    const bound = bounds[name];
    const state = makeStore({
      operatorName: 'symmetricHashJoin',
      storeName: name,
      schema: layout.schema,
      noDataBatches: bounds.left === undefined && bounds.right === undefined ? 'never' : 'watermark',
      evictionTimes: sideEvictionTimes(input.output, layout, bound),
      joinType: join.joinType,
    });
    return { input, layout, state, bound };
  };
  const sides = [side('left', left), side('right', right)] as const;
  return streamJoin(...sides, { joinType: join.joinType, parts, output: outputOf(join) });
}
