/** `a JOIN b ON … | USING (…)`, NATURAL, CROSS, LEFT SEMI and their kin, and the comma between relations, which is a join too. */
import type { JoinType } from '../plan/join-type.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { TokenCursor } from './token-cursor.ts';

type UnresolvedJoin = UnresolvedPlan & { readonly kind: 'join' };

/** The words of each type, the longer ones first. */
const TYPES: readonly (readonly [readonly string[], JoinType])[] = [
  [['INNER'], 'inner'],
  [['CROSS'], 'cross'],
  [['LEFT', 'OUTER'], 'leftOuter'],
  [['LEFT', 'SEMI'], 'leftSemi'],
  [['LEFT', 'ANTI'], 'leftAnti'],
  [['LEFT'], 'leftOuter'],
  [['RIGHT', 'OUTER'], 'rightOuter'],
  [['RIGHT'], 'rightOuter'],
  [['FULL', 'OUTER'], 'fullOuter'],
  [['FULL'], 'fullOuter'],
  [['SEMI'], 'leftSemi'],
  [['ANTI'], 'leftAnti'],
  [[], 'inner'],
];

/** Reads the joins behind a relation, as many as there are; `relation` reads the right side of one. */
export function parseJoins(
  cursor: TokenCursor,
  expressions: ExpressionParser,
  first: UnresolvedPlan,
  relation: () => UnresolvedPlan,
): UnresolvedPlan {
  let left = first;
  for (let next = parseJoin(cursor, expressions, left, relation); next !== undefined;) {
    left = next;
    next = parseJoin(cursor, expressions, left, relation);
  }
  return left;
}

function parseJoin(
  cursor: TokenCursor,
  expressions: ExpressionParser,
  left: UnresolvedPlan,
  relation: () => UnresolvedPlan,
): UnresolvedJoin | undefined {
  const isNatural = cursor.at('NATURAL');
  const ahead = isNatural ? 1 : 0;
  const found = TYPES.find(([words]) => [...words, 'JOIN'].every((word, i) => cursor.peek(ahead + i).symbol === word));
  if (found === undefined) return undefined;
  if (isNatural) cursor.next();
  const [words, joinType] = found;
  cursor.expect(...words, 'JOIN');
  if (cursor.at('LATERAL')) throw cursor.unsupported('LATERAL');
  const right = relation();
  const join = { kind: 'join', left, right, joinType, joinCondition: undefined, usingColumns: [] } as const;
  if (isNatural) return { ...join, isNatural };
  if (cursor.skip('ON')) return { ...join, joinCondition: expressions.expression() };
  if (cursor.skip('USING'))
    return { ...join, usingColumns: cursor.parenthesized(() => cursor.list(() => cursor.identifier())) };
  return join;
}
