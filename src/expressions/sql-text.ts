/** Expressions as Spark writes them in automatic column names and error texts. Implicit casts are not shown, string literals have no quotes. */
import type { CaseWhen, Expression, Literal } from './expression.ts';
import { callSql } from '../functions/call-sql.ts';
import { formatDate, formatTimestamp, formatTimestampNtz } from '../types/civil-time.ts';
import { sqlName } from '../types/data-type.ts';
import { plainText } from '../types/value-text.ts';
import { decimalText, javaDouble, javaFloat } from '../types/number-text.ts';

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
      return expression.name;
    case 'literal':
      return literalSql(expression, timeZone);
    case 'call':
      return callSql(expression.functionName, expression.arguments.map(sqlOf));
    case 'aggregate': {
      const args = expression.arguments.map(sqlOf);
      return callSql(expression.functionName, expression.isDistinct ? [`DISTINCT ${args.join(', ')}`] : args);
    }
    case 'cast': {
      const child = sqlOf(expression.child);
      if (expression.isImplicit === true) return child;
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

function caseSql(expression: CaseWhen, sqlOf: (part: Expression) => string): string {
  const branches = expression.branches.map(({ condition, value }) => `WHEN ${sqlOf(condition)} THEN ${sqlOf(value)}`);
  const otherwise = isNullLiteral(expression.otherwise) ? '' : ` ELSE ${sqlOf(expression.otherwise)}`;
  return `CASE ${branches.join(' ')}${otherwise} END`;
}

function isNullLiteral(expression: Expression): boolean {
  if (expression.kind === 'cast') return expression.isImplicit === true && isNullLiteral(expression.child);
  return expression.kind === 'literal' && expression.value === null;
}

function literalSql({ value, dataType }: Literal, timeZone: string): string {
  if (value === null) return 'NULL';
  switch (dataType.kind) {
    case 'double':
      return javaDouble(value as number);
    case 'float':
      return javaFloat(value as number);
    case 'decimal':
      return decimalText(value as bigint, dataType.scale);
    case 'date':
      return `DATE '${formatDate(value as number)}'`;
    case 'timestamp':
      return `TIMESTAMP '${formatTimestamp(value as bigint, timeZone)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${formatTimestampNtz(value as bigint)}'`;
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
