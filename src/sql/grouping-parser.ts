/** GROUP BY: expressions, ALL, and grouping sets in all their spellings, which become one list of sets. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { cubeSets, rollupSets } from '../plan/grouping-sets.ts';
import { valuesOfRow } from './expression-nodes.ts';

type Grouping = Pick<UnresolvedPlan & { readonly kind: 'select' }, 'grouping' | 'groupingSets'>;
type ExpressionList = readonly UnresolvedExpression[];

/** Reads one expression. */
interface Expressions {
  expression(): UnresolvedExpression;
}

/** More sets than this are a mistake, and would not fit into memory. */
const MAX_SETS = 65_536;

/** What stands behind GROUP BY. */
export function parseGrouping(cursor: TokenCursor, expressions: Expressions): Grouping {
  if (cursor.at('ALL') && !['.', '(', ','].includes(cursor.peek(1).symbol)) {
    cursor.next();
    return { grouping: 'all' };
  }
  const items = cursor.list(() => groupingItem(cursor, expressions));
  if (cursor.skip('WITH', 'ROLLUP')) return grouped([combined(items.map(onlyExpression), rollupSets)]);
  if (cursor.skip('WITH', 'CUBE')) return grouped([combined(items.map(onlyExpression), cubeSets)]);
  if (cursor.at('GROUPING', 'SETS')) {
    // The list before says which columns there are; the sets say all the same.
    const sets = groupingItem(cursor, expressions);
    return grouped([sets.sets], items.flatMap(onlyExpression));
  }
  if (items.every(({ isPlain }) => isPlain)) return { grouping: items.flatMap(onlyExpression) };
  return grouped(items.map(({ sets }) => sets));
}

interface Item {
  readonly sets: readonly ExpressionList[];
  /** An expression and no set of them. */
  readonly isPlain: boolean;
}

function onlyExpression({ sets }: Item): ExpressionList {
  return sets[0] ?? [];
}

function groupingItem(cursor: TokenCursor, expressions: Expressions): Item {
  const analytics = groupingAnalytics(cursor, expressions);
  if (analytics !== undefined) return { sets: analytics, isPlain: false };
  return { sets: [[expressions.expression()]], isPlain: true };
}

function groupingAnalytics(cursor: TokenCursor, expressions: Expressions): readonly ExpressionList[] | undefined {
  if (cursor.at('ROLLUP', '(') || cursor.at('CUBE', '(')) {
    const subsets = cursor.next().symbol === 'CUBE' ? cubeSets : rollupSets;
    return combined(
      cursor.parenthesized(() => cursor.list(() => groupingSet(cursor, expressions))),
      subsets,
    );
  }
  if (!cursor.skip('GROUPING', 'SETS')) return undefined;
  return cursor
    .parenthesized(() =>
      cursor.list(() => groupingAnalytics(cursor, expressions) ?? [groupingSet(cursor, expressions)]),
    )
    .flat();
}

/** `(a, b)`, `()`, or one expression. */
function groupingSet(cursor: TokenCursor, expressions: Expressions): ExpressionList {
  if (cursor.at('(', ')')) {
    cursor.expect('(', ')');
    return [];
  }
  const expression = expressions.expression();
  return valuesOfRow(expression) ?? [expression];
}

/** The sets that are unions of the given ones, chosen by `subsets`. */
function combined(
  sets: readonly ExpressionList[],
  subsets: (count: number) => readonly (readonly number[])[],
): readonly ExpressionList[] {
  if (2 ** Math.min(sets.length, 60) > MAX_SETS && subsets === cubeSets)
    throw new MillraceError('GROUPING_SIZE_LIMIT_EXCEEDED', { maxSize: '64' });
  return subsets(sets.length).map((chosen) => chosen.flatMap((at) => sets[at] ?? []));
}

/** The product of several lists of sets, over a list of expressions that names each once. */
function grouped(lists: readonly (readonly ExpressionList[])[], first: ExpressionList = []): Grouping {
  const places = new Map<string, number>();
  const grouping: UnresolvedExpression[] = [];
  const added = new Map<UnresolvedExpression, number>();
  const placeOf = (expression: UnresolvedExpression): number => {
    const place = added.get(expression) ?? newPlace(expression);
    added.set(expression, place);
    return place;
  };
  const newPlace = (expression: UnresolvedExpression): number => {
    const key = identity(expression);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, grouping.length);
    return grouping.push(expression) - 1;
  };
  first.forEach(placeOf);
  let sets: readonly (readonly number[])[] = [[]];
  for (const list of lists) {
    if (sets.length * list.length > MAX_SETS)
      throw new MillraceError('GROUPING_SIZE_LIMIT_EXCEEDED', { maxSize: '64' });
    sets = sets.flatMap((left) => list.map((right) => [...new Set([...left, ...right.map(placeOf)])]));
  }
  return { grouping, groupingSets: sets };
}

function identity(expression: UnresolvedExpression): string {
  return JSON.stringify(expression, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  ).toLowerCase();
}
