/** `a JOIN b ON … | USING (…)`, NATURAL, CROSS, LEFT SEMI and their kin, and the comma between relations, which is a join too. */
import type { JoinType } from '../plan/join-type.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { isAliasWord } from './alias-words.ts';
import { atNearest, nearestJoin } from './nearest-join.ts';
import { parsePivot } from './pivot-parser.ts';
import { GENERATOR_INPUT } from './plan-nodes.ts';

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

/** The right side of a join: a relation, which may be LATERAL. */
export interface JoinSide {
  readonly plan: UnresolvedPlan;
  readonly isLateral: boolean;
}

/** Reads the joins behind a relation, as many as there are, with PIVOT and UNPIVOT between them. */
export function parseJoins(
  cursor: TokenCursor,
  expressions: ExpressionParser,
  first: UnresolvedPlan,
  side: () => JoinSide,
): UnresolvedPlan {
  let left = first;
  for (;;) {
    const next = atPivot(cursor) ? pivoted(cursor, expressions, left) : parseJoin(cursor, expressions, left, side);
    if (next === undefined) return left;
    left = next;
  }
}

function atPivot(cursor: TokenCursor): boolean {
  if (cursor.at('PIVOT', '(') || cursor.at('UNPIVOT', '(')) return true;
  return cursor.at('UNPIVOT', 'INCLUDE', 'NULLS') || cursor.at('UNPIVOT', 'EXCLUDE', 'NULLS');
}

/** PIVOT or UNPIVOT with the alias behind it. */
function pivoted(cursor: TokenCursor, expressions: ExpressionParser, input: UnresolvedPlan): UnresolvedPlan {
  const plan = parsePivot(cursor, expressions, input);
  const hasAs = cursor.skip('AS');
  const { kind, symbol } = cursor.peek();
  const hasName = hasAs || kind === 'name' || (kind === 'word' && isAliasWord(symbol));
  return hasName ? { kind: 'subqueryAlias', input: plan, alias: cursor.identifier() } : plan;
}

/** Reads one join, if it stands there. */
export function parseJoin(
  cursor: TokenCursor,
  expressions: ExpressionParser,
  left: UnresolvedPlan,
  side: () => JoinSide,
): UnresolvedPlan | undefined {
  const isNatural = cursor.at('NATURAL');
  const ahead = isNatural ? 1 : 0;
  const found = TYPES.find(([words]) => [...words, 'JOIN'].every((word, i) => cursor.peek(ahead + i).symbol === word));
  if (found === undefined) return undefined;
  if (isNatural) cursor.next();
  const [words, joinType] = found;
  cursor.expect(...words, 'JOIN');
  const { plan: right, isLateral } = side();
  if (atNearest(cursor)) return nearestJoin(cursor, expressions, { left, right, joinType, isLateral });
  const generated = isLateral ? lateralGenerator(left, right, joinType) : undefined;
  if (generated !== undefined && !cursor.at('ON') && !cursor.at('USING')) return generated;
  const lateral = isLateral ? { isLateral } : {};
  const join: UnresolvedJoin = {
    kind: 'join',
    left,
    right,
    joinType,
    joinCondition: undefined,
    usingColumns: [],
    keepsHidden: true,
    ...lateral,
  };
  if (isNatural) return { ...join, isNatural };
  if (cursor.skip('ON')) return { ...join, joinCondition: expressions.expression() };
  if (cursor.skip('USING'))
    return { ...join, usingColumns: cursor.parenthesized(() => cursor.list(() => cursor.identifier())) };
  return join;
}

/** `left, right`, a join of all pairs. */
export function commaJoin(left: UnresolvedPlan, { plan: right, isLateral }: JoinSide): UnresolvedPlan {
  const lateral = isLateral ? { isLateral } : {};
  const generated = isLateral ? lateralGenerator(left, right, 'inner') : undefined;
  return (
    generated ?? {
      kind: 'join',
      left,
      right,
      joinType: 'inner',
      joinCondition: undefined,
      usingColumns: [],
      ...lateral,
    }
  );
}

/** `LATERAL explode(…) AS t(a)`: the rows of a generator beside those of the left side. As in Spark, LEFT JOIN keeps no row without any. */
function lateralGenerator(left: UnresolvedPlan, right: UnresolvedPlan, joinType: JoinType): UnresolvedPlan | undefined {
  const alias = right.kind === 'subqueryAlias' ? right.alias : '';
  const columnNames = right.kind === 'subqueryAlias' ? (right.columnNames ?? []) : [];
  const made = right.kind === 'subqueryAlias' ? right.input : right;
  const [generator] = made.kind === 'project' ? made.expressions : [];
  if (made.kind !== 'project' || made.input !== GENERATOR_INPUT || generator?.kind !== 'unresolvedFunction')
    return undefined;
  // It may be a function written in SQL, whose rows are joined as those of any query.
  if (generator.isTableFunction === true && joinType === 'leftOuter') return undefined;
  if (joinType !== 'inner' && joinType !== 'cross' && joinType !== 'leftOuter') return undefined;
  return { kind: 'lateralView', input: left, generator, isOuter: false, alias, columnNames };
}
