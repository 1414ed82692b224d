/** Expressions as Spark writes them in automatic column names and error texts. Implicit casts are not shown, string literals have no quotes. */
import type { CaseWhen, Expression, Literal } from './expression.ts';
import { callSql } from '../functions/call-sql.ts';
import { formatDate, formatTimestampNtz } from '../types/civil-time.ts';
import { sqlName } from '../types/data-type.ts';
import { decimalText, javaDouble, javaFloat } from '../types/number-text.ts';

/**
 * The text of an expression.
 *
 * @example
 * expressionSql(resolved); // '(a + 1)', 'count(1)', 'CAST(a AS BIGINT)'
 */
export function expressionSql(expression: Expression): string {
  switch (expression.kind) {
    case 'attribute':
      return expression.name;
    case 'literal':
      return literalSql(expression);
    case 'call':
      return callSql(expression.functionName, expression.arguments.map(expressionSql));
    case 'aggregate': {
      const args = expression.arguments.map(expressionSql);
      return callSql(expression.functionName, expression.isDistinct ? [`DISTINCT ${args.join(', ')}`] : args);
    }
    case 'cast': {
      const child = expressionSql(expression.child);
      if (expression.isImplicit === true) return child;
      return `${expression.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${child} AS ${sqlName(expression.dataType)})`;
    }
    case 'case':
      return expression.writtenAs ?? caseSql(expression);
    case 'coalesce':
      return expression.writtenAs ?? callSql('coalesce', expression.arguments.map(expressionSql));
    case 'logical':
      return callSql(expression.operator, [expressionSql(expression.left), expressionSql(expression.right)]);
    case 'field':
      return `${expressionSql(expression.child)}.${expression.name}`;
    case 'alias':
      return `${expressionSql(expression.child)} AS ${expression.name}`;
  }
}

function caseSql(expression: CaseWhen): string {
  const branches = expression.branches.map(
    ({ condition, value }) => `WHEN ${expressionSql(condition)} THEN ${expressionSql(value)}`,
  );
  const otherwise = isNullLiteral(expression.otherwise) ? '' : ` ELSE ${expressionSql(expression.otherwise)}`;
  return `CASE ${branches.join(' ')}${otherwise} END`;
}

function isNullLiteral(expression: Expression): boolean {
  if (expression.kind === 'cast') return expression.isImplicit === true && isNullLiteral(expression.child);
  return expression.kind === 'literal' && expression.value === null;
}

function literalSql({ value, dataType }: Literal): string {
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
      return `TIMESTAMP '${formatTimestampNtz(value as bigint)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${formatTimestampNtz(value as bigint)}'`;
    case 'binary':
      return `X'${Array.from(value as Uint8Array, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')}'`;
    default:
      return String(value);
  }
}
