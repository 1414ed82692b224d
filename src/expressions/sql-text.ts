/** Expressions as Spark writes them in automatic column names and error texts. Implicit casts are not shown, string literals have no quotes. */
import type {
  CaseWhen,
  Expression,
  FrameBound,
  Literal,
  ScalarCall,
  SortOrder,
  WindowCall,
  WindowFrame,
} from './expression.ts';
import { callSql } from '../functions/call-sql.ts';
import { formatDate, formatTimestamp, formatTimestampNtz } from '../types/civil-time.ts';
import { sqlName } from '../types/data-type.ts';
import { formatTime } from '../types/time-of-day.ts';
import { plainText } from '../types/value-text.ts';
import { javaDecimal, javaDouble, javaFloat } from '../types/number-text.ts';

/**
 * The text of an expression.
 *
 * @example
 * expressionSql(resolved); // '(a + 1)', 'count(1)', 'CAST(a AS BIGINT)'
 */
export function expressionSql(expression: Expression, timeZone = 'UTC'): string {
  const sqlOf = (part: Expression): string => expressionSql(part, timeZone);
  switch (expression.kind) {
    case 'attribute':
      if (expression.isParameter === true) return 'namedlambdavariable()';
      return expression.isOuter === true
        ? `outer(${[...expression.qualifier, expression.name].join('.')})`
        : expression.name;
    case 'literal':
      return literalSql(expression, timeZone);
    case 'call':
      if (expression.functionName === 'from_json' && expression.dataType.kind === 'map') return 'entries';
      return callSql(expression.functionName, [...expression.arguments.map(sqlOf), ...typedDefaults(expression)]);
    case 'aggregate':
      return windowCallSql(expression, sqlOf);
    case 'window':
      return `${windowCallSql(expression, sqlOf)} OVER (${windowSpecSql(expression, sqlOf)})`;
    case 'subquery':
      return subquerySql(expression, sqlOf);
    case 'cast': {
      const child = sqlOf(expression.child);
      const { kind } = expression.dataType;
      const isNested = kind === 'array' || kind === 'map' || kind === 'struct';
      if (expression.isImplicit === true || isNested) return child;
      return `${expression.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${child} AS ${sqlName(expression.dataType)})`;
    }
    case 'case':
      return expression.writtenAs ?? caseSql(expression, sqlOf);
    case 'coalesce':
      return expression.writtenAs ?? callSql('coalesce', expression.arguments.map(sqlOf));
    case 'logical':
      return expression.writtenAs ?? callSql(expression.operator, [sqlOf(expression.left), sqlOf(expression.right)]);
    case 'higherOrder': {
      const lambdas = expression.lambdas.map(
        ({ parameters, body }) => `lambdafunction(${[body, ...parameters].map(sqlOf).join(', ')})`,
      );
      const isFold = expression.functionName === 'aggregate' || expression.functionName === 'reduce';
      if (isFold && lambdas.length === 1) lambdas.push('lambdafunction(namedlambdavariable(), namedlambdavariable())');
      return callSql(expression.functionName, [...expression.arguments.map(sqlOf), ...lambdas]);
    }
    case 'field':
      return `${sqlOf(expression.child)}.${expression.name}`;
    case 'alias':
      return `${sqlOf(expression.child)} AS ${expression.name}`;
  }
}

/** Defaults that depend on the types of the arguments; all others are those of callSql. */
function typedDefaults({ functionName, arguments: args }: ScalarCall): readonly string[] {
  if (args.length !== 2) return [];
  const isPad = functionName === 'lpad' || functionName === 'rpad';
  if (isPad && args[0]?.dataType.kind === 'binary') return ["X'00'"];
  const isLocal = functionName === 'time_bucket' && args[1]?.dataType.kind === 'timestamp_ntz';
  return isLocal ? ["TIMESTAMP_NTZ '1970-01-01 00:00:00'"] : [];
}

/** Functions whose names Spark writes in capitals. */
const CAPITAL_NAMES = new Set(['rank', 'dense_rank', 'percent_rank']);

/** The call of an aggregate or window function without its OVER. */
export function windowCallSql(
  call: Pick<WindowCall, 'functionName' | 'arguments' | 'isDistinct' | 'hasFilter' | 'ignoresNulls' | 'writtenAs'>,
  sqlOf: (part: Expression) => string = (part) => expressionSql(part),
): string {
  const { functionName, isDistinct, hasFilter, ignoresNulls } = call;
  if (CAPITAL_NAMES.has(functionName)) return `${functionName.toUpperCase()}()`;
  const texts = call.arguments.map(sqlOf);
  const condition = hasFilter === true ? ` FILTER (WHERE ${texts.pop() ?? ''})` : '';
  const shown = isDistinct ? [`DISTINCT ${texts[0] ?? ''}`, ...texts.slice(1)] : texts;
  const text = call.writtenAs ?? callSql(functionName, shown);
  return `${text}${ignoresNulls === true ? ' ignore nulls' : ''}${condition}`;
}

function windowSpecSql({ partition, order, frame }: WindowCall, sqlOf: (part: Expression) => string): string {
  const parts = partition.length === 0 ? [] : [`PARTITION BY ${partition.map(sqlOf).join(', ')}`];
  if (order.length > 0) parts.push(`ORDER BY ${order.map((one) => sortOrderSql(one, sqlOf)).join(', ')}`);
  return [...parts, frameSql(frame)].join(' ');
}

/** `a ASC NULLS FIRST` */
export function sortOrderSql(
  { child, direction, nullOrdering }: SortOrder,
  sqlOf: (part: Expression) => string = (part) => expressionSql(part),
): string {
  const nulls = nullOrdering === 'nullsFirst' ? 'NULLS FIRST' : 'NULLS LAST';
  return `${sqlOf(child)} ${direction === 'ascending' ? 'ASC' : 'DESC'} ${nulls}`;
}

/** `ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW` */
export function frameSql({ unit, lower, upper }: WindowFrame): string {
  return `${unit === 'row' ? 'ROWS' : 'RANGE'} BETWEEN ${boundSql(lower)} AND ${boundSql(upper)}`;
}

/** Where a frame begins or ends, as in its text. */
export function boundSql(bound: FrameBound): string {
  switch (bound.kind) {
    case 'unboundedPreceding':
      return 'UNBOUNDED PRECEDING';
    case 'unboundedFollowing':
      return 'UNBOUNDED FOLLOWING';
    case 'currentRow':
      return 'CURRENT ROW';
    default:
      return bound.text;
  }
}

function subquerySql(
  { subqueryType, values, outer }: Expression & { readonly kind: 'subquery' },
  sqlOf: (part: Expression) => string,
): string {
  const refs = outer.map(sqlOf).join(', ');
  if (subqueryType === 'scalar') return `scalarsubquery(${refs})`;
  if (subqueryType === 'exists') return `exists(${refs})`;
  const left = values.map(sqlOf).join(', ');
  return `(${values.length === 1 ? left : `(${left})`} IN (listquery(${refs})))`;
}

function caseSql(expression: CaseWhen, sqlOf: (part: Expression) => string): string {
  const branches = expression.branches.map(({ condition, value }) => `WHEN ${sqlOf(condition)} THEN ${sqlOf(value)}`);
  const otherwise = isNullLiteral(expression.otherwise) ? '' : ` ELSE ${sqlOf(expression.otherwise)}`;
  return `CASE ${branches.join(' ')}${otherwise} END`;
}

function isNullLiteral(expression: Expression): boolean {
  if (expression.kind === 'cast') return expression.isImplicit === true && isNullLiteral(expression.child);
  return expression.kind === 'literal' && expression.value === null;
}

function literalSql({ value, dataType, shownAs }: Literal, timeZone: string): string {
  if (shownAs !== undefined) return shownAs;
  if (value === null) return 'NULL';
  switch (dataType.kind) {
    case 'double':
      return javaDouble(value as number);
    case 'float':
      return javaFloat(value as number);
    case 'decimal':
      return javaDecimal(value as bigint, dataType.scale);
    case 'date':
      return `DATE '${formatDate(value as number)}'`;
    case 'timestamp':
      return `TIMESTAMP '${formatTimestamp(value as bigint, timeZone)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${formatTimestampNtz(value as bigint)}'`;
    case 'time':
      return `TIME '${formatTime(value as bigint)}'`;
    case 'year_month_interval':
    case 'day_time_interval':
      return plainText(value, dataType, timeZone);
    case 'calendar_interval':
      return `INTERVAL '${plainText(value, dataType, timeZone)}'`;
    case 'binary':
      return `X'${Array.from(value as Uint8Array, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')}'`;
    default:
      return String(value);
  }
}
