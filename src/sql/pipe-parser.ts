/** The pipe operators: `query |> WHERE … |> AGGREGATE … GROUP BY … |> SELECT …`. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ParseContext } from './parse-context.ts';
import type { QueryParser } from './query-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { findAggregate } from '../functions/registry.ts';
import { operandsOf } from '../expressions/unresolved-operands.ts';
import { parseGrouping } from './grouping-parser.ts';
import { parseJoins } from './join-parser.ts';
import { parsePivot } from './pivot-parser.ts';
import { STAR, balancedUnion, distinct, ordered, selectOf } from './plan-nodes.ts';
import { parseSample } from './sample-parser.ts';

/** The plan with all pipe operators that follow it. */
export function parsePipes(
  cursor: TokenCursor,
  context: ParseContext,
  first: UnresolvedPlan,
  queries: QueryParser,
): UnresolvedPlan {
  let plan = first;
  while (cursor.skip('|>')) plan = queries.expressions.windows.within(() => operator(cursor, context, plan, queries));
  return plan;
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
    case 'UNPIVOT':
      return parsePivot(cursor, expressions, input);
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
      return queries.organized(input.kind === 'select' ? ordered(input, input.order) : input);
    default: {
      const joined = parseJoins(cursor, expressions, input, relations.joinSide);
      if (joined === input) throw cursor.fail();
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
  for (const item of items)
    if (!containsAggregateCall(item))
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
  if (unsupported !== '')
    throw new MillraceError('UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE', { case: unsupported });
  const selected = keys.map((key) => ordinal(key) ?? key);
  return { ...selectOf(input, [...selected, ...items]), ...parsed };
}

/** Throws when a list takes no aggregates. */
function refuseAggregates(item: UnresolvedExpression, clause: string): void {
  if (!containsAggregateCall(item)) return;
  throw new MillraceError('PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION', { expr: shownText(item), clause });
}

function shownText(item: UnresolvedExpression): string {
  const inner = item.kind === 'alias' ? item.child : item;
  if (inner.kind === 'unresolvedFunction') return `${inner.functionName}(…)`;
  return inner.kind === 'unresolvedAttribute' ? inner.nameParts.join('.') : inner.kind;
}

/** True when an aggregate that is no window function stands in the expression. */
function containsAggregateCall(expression: UnresolvedExpression): boolean {
  if (expression.kind === 'window') return expression.partitionSpec.some(containsAggregateCall);
  if (expression.kind === 'unresolvedFunction' && findAggregate(expression.functionName) !== undefined) return true;
  return operandsOf(expression).some(containsAggregateCall);
}

function namedKey(queries: QueryParser, keys: UnresolvedExpression[]): UnresolvedExpression {
  const key = queries.expressions.namedExpression();
  keys.push(key);
  return key.kind === 'alias' ? key.child : key;
}

/** A position among the columns of the input is refused: they are not known yet. */
function ordinal(key: UnresolvedExpression): UnresolvedExpression | undefined {
  if (key.kind !== 'literal' || key.dataType.kind !== 'integer') return undefined;
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'GROUP BY a position behind AGGREGATE' });
}

function setOperation(cursor: TokenCursor, left: UnresolvedPlan, queries: QueryParser): UnresolvedPlan {
  const { symbol } = cursor.next();
  const isAll = queries.isAll();
  const right = queries.primary();
  if (symbol === 'UNION') return isAll ? balancedUnion([left, right]) : distinct(balancedUnion([left, right]));
  const operation = symbol === 'INTERSECT' ? 'intersect' : 'except';
  return { kind: 'setOperation', operation, isAll, left, right };
}
