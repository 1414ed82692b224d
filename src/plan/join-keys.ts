/** What the condition of a join consists of: equalities between the sides, which become keys, and the rest. */
import type { Expression } from '../expressions/expression.ts';
import type { Join } from './logical-plan.ts';
import { isDeterministic, referencesOf } from '../expressions/expression.ts';
import { conjunctsOf } from './conjuncts.ts';
import { outputOf } from './logical-plan.ts';

/** An equality `left = right` between an expression over the left side and one over the right side. */
export interface JoinKey {
  readonly left: Expression;
  readonly right: Expression;
  /** `<=>`: null equals null. */
  readonly isNullSafe: boolean;
}

export interface JoinParts {
  readonly keys: readonly JoinKey[];
  /** Conjuncts that read the left side only. */
  readonly leftOnly: readonly Expression[];
  readonly rightOnly: readonly Expression[];
  /** Conjuncts that are decided for pairs of rows with equal keys. */
  readonly pairs: readonly Expression[];
}

/** Splits the condition. */
export function joinPartsOf(join: Join): JoinParts {
  const left = idsOf(join, 'left');
  const right = idsOf(join, 'right');
  const keys: JoinKey[] = [];
  const others: Expression[] = [];
  for (const conjunct of join.condition === undefined ? [] : conjunctsOf(join.condition)) {
    const key = keyOf(conjunct, left, right);
    if (key === undefined) others.push(conjunct);
    else keys.push(key);
  }
  const firstRandom = others.findIndex((conjunct) => !isDeterministic(conjunct));
  const fixed = firstRandom < 0 ? others : others.slice(0, firstRandom);
  const leftOnly = fixed.filter((conjunct) => readsOnly(conjunct, left));
  const rightOnly = fixed.filter((conjunct) => readsOnly(conjunct, right) && !leftOnly.includes(conjunct));
  const pairs = others.filter((conjunct) => !leftOnly.includes(conjunct) && !rightOnly.includes(conjunct));
  return { keys, leftOnly, rightOnly, pairs };
}

/** True when all columns the expression reads are among `ids`. */
export function readsOnly(expression: Expression, ids: ReadonlySet<number>): boolean {
  return [...referencesOf(expression)].every((id) => ids.has(id));
}

/** The ids of the columns of one side. */
export function idsOf(join: Join, side: 'left' | 'right'): ReadonlySet<number> {
  return new Set(outputOf(join[side]).map(({ id }) => id));
}

function keyOf(conjunct: Expression, left: ReadonlySet<number>, right: ReadonlySet<number>): JoinKey | undefined {
  if (conjunct.kind !== 'call' || !isDeterministic(conjunct)) return undefined;
  if (conjunct.functionName !== '=' && conjunct.functionName !== '<=>') return undefined;
  const [first, second] = conjunct.arguments;
  if (first === undefined || second === undefined) return undefined;
  const isNullSafe = conjunct.functionName === '<=>';
  const readsRow = (expression: Expression): boolean => referencesOf(expression).size > 0;
  if (!readsRow(first) || !readsRow(second)) return undefined;
  if (readsOnly(first, left) && readsOnly(second, right)) return { left: first, right: second, isNullSafe };
  if (readsOnly(first, right) && readsOnly(second, left)) return { left: second, right: first, isNullSafe };
  return undefined;
}
