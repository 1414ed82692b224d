/** The pipe operators: `query |> WHERE … |> AGGREGATE … GROUP BY … |> SELECT …`. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ParseContext } from './parse-context.ts';
import type { QueryParser } from './query-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { isAliasWord } from './alias-words.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { callsAggregate, operandsOf } from '../expressions/unresolved-operands.ts';
import { parseGrouping } from './grouping-parser.ts';
import { parseJoin } from './join-parser.ts';
import { parsePivot } from './pivot-parser.ts';
import { atPipe } from './pipe-start.ts';
import { STAR, balancedUnion, distinct, selectOf } from './plan-nodes.ts';
import { parseSample } from './sample-parser.ts';

/** The plan with all pipe operators that follow it. */
export function parsePipes(
  cursor: TokenCursor,
  context: ParseContext,
  first: UnresolvedPlan,
  queries: QueryParser,
): UnresolvedPlan {
  let plan = first;
  let joins = false;
  while (atPipe(cursor)) {
    cursor.next();
    const before = plan;
    plan = queries.expressions.windows.within(() => operator(cursor, context, plan, queries));
    joins = plan.kind === 'join' || (joins && plan.kind !== 'select' && plan !== before);
  }
  // Columns that a join compares can be named until the end, but only one of each comes out.
  return joins ? selectOf(plan, [STAR]) : plan;
}

function operator(
  cursor: TokenCursor,
  context: ParseContext,
  input: UnresolvedPlan,
  queries: QueryParser,
): UnresolvedPlan {
  const { expressions, relations } = queries;
  const { symbol } = cursor.peek();
  switch (symbol) {
    case 'SELECT': {
      cursor.next();
      const isDistinct = queries.isDistinct();
      const selectList = queries.selectList();
      const grouping = cursor.skip('GROUP', 'BY') ? parseGrouping(cursor, expressions) : undefined;
      queries.windowClause();
      return { ...selectOf(input, selectList), ...grouping, isDistinct };
    }
    case 'EXTEND': {
      cursor.next();
      const added = queries.selectList();
      added.forEach(refuseStar);
      added.forEach((one) => refuseAggregates(one, 'EXTEND'));
      queries.windowClause();
      return selectOf(input, [STAR, ...added]);
    }
    case 'SET':
      cursor.next();
      return replacedColumns(cursor, input, queries);
    case 'DROP': {
      cursor.next();
      const except = cursor.list(() => cursor.nameParts());
      return selectOf(input, [{ kind: 'unresolvedStar', target: [], except }]);
    }
    case 'AS':
      cursor.next();
      return { kind: 'subqueryAlias', input, alias: cursor.identifier() };
    case 'WHERE':
      cursor.next();
      return { kind: 'filter', input, condition: expressions.expression() };
    case 'AGGREGATE':
      cursor.next();
      return aggregated(cursor, input, queries);
    case 'PIVOT':
    case 'UNPIVOT': {
      const pivoted = parsePivot(cursor, expressions, input);
      if (cursor.at(symbol === 'PIVOT' ? 'UNPIVOT' : 'PIVOT', '('))
        throw new MillraceError('NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT', {});
      return pivoted;
    }
    case 'TABLESAMPLE':
      return parseSample(cursor, context, expressions, input);
    case 'UNION':
    case 'EXCEPT':
    case 'MINUS':
    case 'INTERSECT':
      return setOperation(cursor, input, queries);
    case 'ORDER':
    case 'SORT':
    case 'CLUSTER':
    case 'DISTRIBUTE':
    case 'LIMIT':
    case 'OFFSET':
      return queries.organized(input.kind === 'select' ? selectOf(input, [STAR]) : input);
    default: {
      const joined = parseJoin(cursor, expressions, input, relations.joinSide);
      if (joined === undefined) throw cursor.fail();
      return joined;
    }
  }
}

/** `SET a = b + 1, …`: columns that are there, with other values. */
function replacedColumns(cursor: TokenCursor, input: UnresolvedPlan, queries: QueryParser): UnresolvedPlan {
  const aliases = cursor.list(() => {
    const name = cursor.identifier();
    cursor.expect('=');
    return { name, child: queries.expressions.expression() };
  });
  return aliases.reduce<UnresolvedPlan>(
    (plan, one) => ({ kind: 'withColumns', input: plan, aliases: [one], mustExist: true }),
    input,
  );
}

/** `AGGREGATE items [GROUP BY keys]`: the keys come out first. */
function aggregated(cursor: TokenCursor, input: UnresolvedPlan, queries: QueryParser): UnresolvedPlan {
  const items = cursor.at('GROUP', 'BY') ? [] : queries.selectList();
  if (cursor.at('GROUP', 'BY')) items.forEach(refuseUnsupported);
  for (const item of items)
    if (!callsAggregate(item))
      throw new MillraceError('PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION', {
        expr: shownText(item),
      });
  if (!cursor.skip('GROUP', 'BY')) {
    if (items.length === 0) throw cursor.fail();
    return { ...selectOf(input, items), grouping: [] };
  }
  const keys: UnresolvedExpression[] = [];
  const parsed = parseGrouping(cursor, { expression: () => namedKey(queries, keys) });
  const unsupported =
    parsed.groupingSets !== undefined ? 'GROUPING SETS' : parsed.grouping === 'all' ? 'GROUP BY ALL' : '';
  if (unsupported !== '') throw unsupportedCase(unsupported);
  const grouping = Array.isArray(parsed.grouping) ? parsed.grouping.map(atPlace) : parsed.grouping;
  return { ...selectOf(input, [...keys.map(atPlace), ...items]), ...parsed, grouping };
}

function unsupportedCase(name: string): MillraceError {
  return new MillraceError('UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE', { case: name });
}

/** Throws for what AGGREGATE does not compute: window functions, and what tells grouping sets apart. */
function refuseUnsupported(item: UnresolvedExpression): void {
  if (item.kind === 'window') throw unsupportedCase('window functions');
  const name = item.kind === 'unresolvedFunction' ? item.functionName : '';
  if (name === 'grouping' || name === 'grouping_id') throw unsupportedCase(name.toUpperCase());
  operandsOf(item).forEach(refuseUnsupported);
}

/** Throws for a star that is an item of its own. */
function refuseStar(item: UnresolvedExpression): void {
  if (item.kind !== 'unresolvedStar' || item.pattern !== undefined) return;
  throw new MillraceError('INVALID_USAGE_OF_STAR_OR_REGEX', { elem: "'*'", prettyName: 'expression `pipeexpression`' });
}

/** Throws when a list takes no aggregates. */
function refuseAggregates(item: UnresolvedExpression, clause: string): void {
  if (!callsAggregate(item)) return;
  throw new MillraceError('PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr: shownText(item), clause });
}

function shownText(item: UnresolvedExpression): string {
  const inner = item.kind === 'alias' ? item.child : item;
  if (inner.kind === 'unresolvedFunction') return `${inner.functionName}(…)`;
  return inner.kind === 'unresolvedAttribute' ? inner.nameParts.join('.') : inner.kind;
}

function namedKey(queries: QueryParser, keys: UnresolvedExpression[]): UnresolvedExpression {
  const key = queries.expressions.namedExpression(
    (symbol) => isAliasWord(symbol) && symbol !== 'GROUPING' && symbol !== 'WITH',
  );
  keys.push(key);
  return key.kind === 'alias' ? key.child : key;
}

/** A whole number is a place among the columns of the input. */
function atPlace(key: UnresolvedExpression): UnresolvedExpression {
  const isPlace = key.kind === 'literal' && key.dataType.kind === 'integer' && typeof key.value === 'number';
  return isPlace ? { kind: 'unresolvedStar', target: [], position: Number(key.value) } : key;
}

function setOperation(cursor: TokenCursor, left: UnresolvedPlan, queries: QueryParser): UnresolvedPlan {
  const { symbol } = cursor.next();
  const isAll = queries.isAll();
  const right = queries.primary();
  if (symbol === 'UNION') return isAll ? balancedUnion([left, right]) : distinct(balancedUnion([left, right]));
  const operation = symbol === 'INTERSECT' ? 'intersect' : 'except';
  return { kind: 'setOperation', operation, isAll, left, right };
}
