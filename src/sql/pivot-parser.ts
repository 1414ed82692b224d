/** PIVOT and UNPIVOT behind a relation. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan, UnpivotColumns } from '../plan/unresolved-plan.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { intLiteral, rowOf } from './expression-nodes.ts';

/** The relation with the PIVOT or UNPIVOT that comes next. */
export function parsePivot(cursor: TokenCursor, expressions: ExpressionParser, input: UnresolvedPlan): UnresolvedPlan {
  return cursor.next().symbol === 'PIVOT' ? pivot(cursor, expressions, input) : unpivot(cursor, input);
}

/** `(aggregate [AS name], … FOR column IN (value [AS name], …))` */
function pivot(cursor: TokenCursor, expressions: ExpressionParser, input: UnresolvedPlan): UnresolvedPlan {
  return cursor.parenthesized(() => {
    const aggregateExpressions = cursor.list(() =>
      countedRows(expressions.namedExpression((symbol) => symbol !== 'FOR')),
    );
    cursor.expect('FOR');
    const columns = cursor.at('(')
      ? cursor.parenthesized(() => cursor.list(() => expressions.value()))
      : [columnNamed(cursor)];
    cursor.expect('IN');
    const values = cursor.parenthesized(() => cursor.list(() => expressions.namedExpression()));
    const [only] = columns;
    const column = columns.length === 1 && only !== undefined ? only : rowOf(columns);
    return {
      kind: 'aggregate',
      input,
      groupType: 'pivot',
      groupingExpressions: [],
      aggregateExpressions,
      pivot: { column, values, groupsByOthers: true },
    };
  });
}

/** `count(*)` as `count(1)`: a star stands for no columns here. */
function countedRows(expression: UnresolvedExpression): UnresolvedExpression {
  if (expression.kind === 'alias') return { ...expression, child: countedRows(expression.child) };
  if (expression.kind !== 'unresolvedFunction' || expression.functionName !== 'count') return expression;
  const [only] = expression.arguments;
  const isAll = only?.kind === 'unresolvedStar' && only.target.length === 0;
  return isAll ? { ...expression, arguments: [intLiteral(1)] } : expression;
}

function columnNamed(cursor: TokenCursor): UnresolvedExpression {
  return { kind: 'unresolvedAttribute', nameParts: cursor.nameParts() };
}

/** `[INCLUDE | EXCLUDE NULLS] (value FOR name IN (column [AS label], …))`, or several values for each name. */
function unpivot(cursor: TokenCursor, input: UnresolvedPlan): UnresolvedPlan {
  const includesNulls = cursor.skip('INCLUDE', 'NULLS');
  if (!includesNulls) cursor.skip('EXCLUDE', 'NULLS');
  return cursor.parenthesized(() => {
    const isMulti = cursor.at('(');
    const valueNames = isMulti
      ? cursor.parenthesized(() => cursor.list(() => cursor.identifier()))
      : [cursor.identifier()];
    cursor.expect('FOR');
    const variableName = cursor.identifier();
    cursor.expect('IN');
    const columns = cursor.parenthesized(() => cursor.list(() => unpivotColumns(cursor, isMulti)));
    return { kind: 'unpivot', input, columns, valueNames, variableName, includesNulls };
  });
}

function unpivotColumns(cursor: TokenCursor, isMulti: boolean): UnpivotColumns {
  const columns = isMulti ? cursor.parenthesized(() => cursor.list(() => columnNamed(cursor))) : [columnNamed(cursor)];
  const hasAs = cursor.skip('AS');
  const { kind } = cursor.peek();
  const hasLabel = hasAs || kind === 'word' || kind === 'name';
  return { columns, label: hasLabel ? cursor.identifier() : undefined };
}
