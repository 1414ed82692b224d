/**
 * `a JOIN b APPROX | EXACT NEAREST [k] BY DISTANCE | SIMILARITY value`: each row beside the k of the other side that are nearest to it. It is
 * a LATERAL join with the first rows in that order; nothing is approximated.
 */
import type { JoinType } from '../plan/join-type.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { STAR, selectOf } from './plan-nodes.ts';

const MAX_RESULTS = 100_000;

/** The join as far as it was read. */
interface JoinSides {
  readonly left: UnresolvedPlan;
  readonly right: UnresolvedPlan;
  readonly joinType: JoinType;
  readonly isLateral: boolean;
}

/** True when NEAREST BY comes next. */
export function atNearest(cursor: TokenCursor): boolean {
  return cursor.at('APPROX', 'NEAREST') || cursor.at('EXACT', 'NEAREST');
}

/** Reads what stands behind the other side. */
export function nearestJoin(cursor: TokenCursor, expressions: ExpressionParser, sides: JoinSides): UnresolvedPlan {
  const { left, right, joinType, isLateral } = sides;
  cursor.next();
  cursor.expect('NEAREST');
  const limit = cursor.peek().kind === 'number' ? Number(cursor.next().value) : 1;
  cursor.expect('BY');
  const isSimilarity = cursor.skip('SIMILARITY');
  if (!isSimilarity) cursor.expect('DISTANCE');
  const child = expressions.expression();
  if (joinType !== 'inner' && joinType !== 'leftOuter')
    throw new MillraceError('NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE', {
      joinType: joinType === 'cross' ? 'CROSS' : joinType.replace(/[A-Z].*/, '').toUpperCase(),
      supported: "'INNER', 'LEFT OUTER'",
    });
  if (isLateral) throw cursor.unsupported('LATERAL with NEAREST BY');
  if (!(limit >= 1 && limit <= MAX_RESULTS))
    throw new MillraceError('NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE', {
      numResults: String(limit),
      min: '1',
      max: String(MAX_RESULTS),
    });
  const direction = isSimilarity ? 'descending' : 'ascending';
  const order = [{ kind: 'sortOrder' as const, child, direction, nullOrdering: 'nullsLast' as const } as const];
  const nearest: UnresolvedPlan = { kind: 'limit', input: { ...selectOf(right, [STAR]), order }, limit };
  return {
    kind: 'join',
    left,
    right: withNames(nearest, right),
    joinType,
    joinCondition: undefined,
    usingColumns: [],
    keepsHidden: true,
    isLateral: true,
    isNearest: true,
  };
}

/** The rows under the name of the relation they are of. */
function withNames(plan: UnresolvedPlan, relation: UnresolvedPlan): UnresolvedPlan {
  return relation.kind === 'subqueryAlias' ? { kind: 'subqueryAlias', input: plan, alias: relation.alias } : plan;
}
