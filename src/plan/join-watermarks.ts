/**
 * When the state of a join of two streams may go: up to which event time a side's rows can meet no later row of the other side any more.
 * Either an event time is among the keys, then both sides go with the watermark; or the condition bounds the one event time by the other,
 * as `rightTime >= leftTime`. Also refuses what has no such bound though it needs one.
 */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { JoinParts } from './join-keys.ts';
import type { Join } from './logical-plan.ts';
import { walk } from '../expressions/expression.ts';
import { SHIFTS, partsOf } from '../functions/interval-operators.ts';
import { joinPartsOf } from './join-keys.ts';
import { outputOf } from './logical-plan.ts';

/** Up to which event time a side's state may go; `stateWatermarkMs` computes it from the watermark of the join's input. */
export type StateBound =
  /** The event time or window at this place among the keys. */
  | { readonly kind: 'key'; readonly ordinal: number; readonly stateWatermarkMs: (inputMs: number) => number }
  /** The event-time column of the side. */
  | { readonly kind: 'value'; readonly column: Attribute; readonly stateWatermarkMs: (inputMs: number) => number };

export interface StateBounds {
  readonly left: StateBound | undefined;
  readonly right: StateBound | undefined;
}

/** The bounds of both sides of a join of two streams. */
export function stateBoundsOf(join: Join): StateBounds {
  const parts = joinPartsOf(join);
  const ordinal = eventTimeKeyOf(parts);
  if (ordinal >= 0) {
    const bound: StateBound = { kind: 'key', ordinal, stateWatermarkMs: (inputMs) => inputMs };
    return { left: bound, right: bound };
  }
  const side = (name: 'left' | 'right'): StateBound | undefined => {
    const column = outputOf(join[name]).find(isEventTime);
    const stateWatermarkMs = rangeBoundOf(join, name);
    return column === undefined || stateWatermarkMs === undefined
      ? undefined
      : { kind: 'value', column, stateWatermarkMs };
  };
  return { left: side('left'), right: side('right') };
}

/** The watermark of a join's output: nothing older comes out of state than what its bounds let stay. */
export function joinOutputWatermarkMs(join: Join, inputMs: number): number {
  const { left, right } = stateBoundsOf(join);
  return Math.min(inputMs, left?.stateWatermarkMs(inputMs) ?? inputMs, right?.stateWatermarkMs(inputMs) ?? inputMs);
}

/** True when an event time is among the keys. */
export function hasEventTimeKey(join: Join): boolean {
  return eventTimeKeyOf(joinPartsOf(join)) >= 0;
}

/** True for a column with a watermark. */
export function isEventTime(column: { readonly watermarkDelayMs?: number }): boolean {
  return column.watermarkDelayMs !== undefined;
}

/** The first key that is an event-time column on the left side, else on the right; -1 when there is none. */
function eventTimeKeyOf({ keys }: JoinParts): number {
  const isTime = (key: Expression): boolean => key.kind === 'attribute' && isEventTime(key);
  const onLeft = keys.findIndex(({ left }) => isTime(left));
  return onLeft >= 0 ? onLeft : keys.findIndex(({ right }) => isTime(right));
}

/**
 * From the watermark of the other side to the time up to which this side's rows are done, in ms; undefined when no part of the condition
 * bounds this side from below by the other's event time. Of several parts the one that keeps more counts.
 */
export function rangeBoundOf(join: Join, side: 'left' | 'right'): ((inputMs: number) => number) | undefined {
  const own = idsOf(outputOf(join[side]));
  const other = outputOf(join[side === 'left' ? 'right' : 'left']);
  if (!other.some(isEventTime)) return undefined;
  const parts = joinPartsOf(join);
  const ownOnly = side === 'left' ? parts.leftOnly : parts.rightOnly;
  const constants = ownOnly.flatMap((conjunct) => constantBound(conjunct));
  const bounds = parts.pairs.flatMap((conjunct) => {
    const comparison = asLess(conjunct);
    if (comparison === undefined) return [];
    const offsetMicros = lowerBound(comparison, own, idsOf(other));
    if (offsetMicros === undefined) return [];
    const slackMs = comparison.isStrict ? 0 : 1;
    return [(inputMs: number) => Math.trunc((inputMs * 1000 + offsetMicros) / 1000) - slackMs];
  });
  if (bounds.length + constants.length === 0) return undefined;
  return (inputMs) => Math.min(...constants, ...bounds.map((bound) => bound(inputMs)));
}

/**
 * Spark takes a lower bound of any column for one of the event time, as `amount > 2` for 2 µs after 1970: such a condition, where it stays
 * in the join, keeps the side's rows for ever.
 */
function constantBound(conjunct: Expression): number[] {
  const comparison = asLess(conjunct);
  if (comparison?.low.kind !== 'literal' || comparison.high.kind !== 'attribute') return [];
  const { value } = comparison.low;
  if (typeof value !== 'number' && typeof value !== 'bigint') return [];
  return [Math.trunc(Number(value) / 1000) - (comparison.isStrict ? 0 : 1)];
}

function idsOf(columns: readonly Attribute[]): ReadonlySet<number> {
  return new Set(columns.map(({ id }) => id));
}

/** `low < high` or `low <= high`. */
interface Comparison {
  readonly low: Expression;
  readonly high: Expression;
  readonly isStrict: boolean;
}

function asLess(conjunct: Expression): Comparison | undefined {
  if (conjunct.kind !== 'call') return undefined;
  const [first, second] = conjunct.arguments;
  if (first === undefined || second === undefined) return undefined;
  switch (conjunct.functionName) {
    case '<':
    case '<=':
      return { low: first, high: second, isStrict: conjunct.functionName === '<' };
    case '>':
    case '>=':
      return { low: second, high: first, isStrict: conjunct.functionName === '>' };
    default:
      return undefined;
  }
}

/** The `c` of `other + c < own`, in µs, where `own` and `other` are one time column each and `other` has the watermark. */
function lowerBound(
  { low, high }: Comparison,
  own: ReadonlySet<number>,
  other: ReadonlySet<number>,
): number | undefined {
  const terms = [...(termsOf(low, 1) ?? [undefined]), ...(termsOf(high, -1) ?? [undefined])];
  let ownSign = 0;
  let otherSign = 0;
  let offsetMicros = 0;
  for (const term of terms) {
    if (term === undefined) return undefined;
    if (typeof term === 'number') offsetMicros += term;
    else if (own.has(term.column.id)) ownSign += term.sign;
    else if (other.has(term.column.id) && isEventTime(term.column)) otherSign += term.sign;
    else return undefined;
  }
  return ownSign === -1 && otherSign === 1 && numColumns(low) + numColumns(high) === 2 ? offsetMicros : undefined;
}

type Term = number | { readonly column: Attribute; readonly sign: number };

/** An expression as a sum of time columns and microseconds; undefined when it is something else. */
function termsOf(expression: Expression, sign: number): Term[] | undefined {
  if (expression.kind === 'attribute')
    return expression.dataType.kind === 'timestamp' ? [{ column: expression, sign }] : undefined;
  if (expression.kind === 'literal')
    return typeof expression.value === 'bigint' && expression.dataType.kind === 'timestamp'
      ? [sign * Number(expression.value)]
      : undefined;
  if (expression.kind !== 'call') return undefined;
  const { functionName } = expression;
  const [time, by] = expression.arguments;
  if (time === undefined || by === undefined) return undefined;
  if (functionName !== SHIFTS['+'] && functionName !== SHIFTS['-']) return undefined;
  const interval = by.kind === 'literal' && by.value !== null ? partsOf(by.value, by.dataType) : undefined;
  if (interval === undefined || interval.months !== 0) return undefined;
  const micros = Number(interval.micros) + interval.days * 86_400_000_000;
  const terms = termsOf(time, sign);
  return terms && [...terms, (functionName === SHIFTS['+'] ? sign : -sign) * micros];
}

function numColumns(expression: Expression): number {
  let count = 0;
  walk(expression, (node) => {
    if (node.kind === 'attribute') count += 1;
  });
  return count;
}
