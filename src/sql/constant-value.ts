/** Values the parser needs at once: LIMIT, the arguments of table functions, names in IDENTIFIER(…). */
import type { Expression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { ParseContext } from './parse-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { compileExpression } from '../expressions/compile.ts';
import { foldExpression } from '../expressions/fold.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { readsQuery } from '../expressions/unresolved-operands.ts';
import { resolveExpression } from '../plan/resolve-expressions.ts';
import { namePartsOf } from './token-cursor.ts';
import { sqlName } from '../types/data-type.ts';
import { valueAt } from '../types/vector.ts';

/** The expression resolved without columns, and computed as far as it is constant. */
export function foldedConstant(expression: UnresolvedExpression, context: ParseContext): Expression {
  const { timeZone, ansi = true } = context;
  const settings = { ansi, timeZone };
  const resolved = resolveExpression(expression, { columns: [], context: settings });
  return foldExpression(resolved, settings);
}

/** The value of an expression that is the same for all rows; what makes it fail is thrown. */
export function constantValue(expression: Expression, context: ParseContext): Expression {
  const { timeZone, ansi = true } = context;
  const row = { schema: { kind: 'struct', fields: [] }, numRows: 1, columns: [] } as const;
  const evaluation = { ansi, timeZone, batchTimestampMicros: 0n, seed: 0 };
  const value = valueAt(compileExpression(expression, [])(row, evaluation), 0);
  return { kind: 'literal', value, dataType: expression.dataType, nullable: value === null };
}

/** The parts of the name that `IDENTIFIER(…)` stands for. */
export function identifierParts(expression: UnresolvedExpression, context: ParseContext): readonly string[] {
  const folded = constantOrColumn(
    expression,
    context,
    (expr) => new MillraceError('NOT_A_CONSTANT_STRING.NOT_CONSTANT', { name: 'IDENTIFIER', expr }),
  );
  const expr = expressionSql(folded);
  if (folded.dataType.kind !== 'string')
    throw new MillraceError('NOT_A_CONSTANT_STRING.WRONG_TYPE', {
      name: 'IDENTIFIER',
      expr,
      dataType: sqlName(folded.dataType),
    });
  if (folded.kind !== 'literal')
    throw new MillraceError('NOT_A_CONSTANT_STRING.NOT_CONSTANT', { name: 'IDENTIFIER', expr });
  if (folded.value === null) throw new MillraceError('NOT_A_CONSTANT_STRING.NULL', { name: 'IDENTIFIER', expr });
  return namePartsOf(String(folded.value));
}

/** The number of rows of LIMIT or OFFSET that comes next. */
export function rowCount(context: ParseContext, expressions: ExpressionParser, name: 'limit' | 'offset'): number {
  const written = expressions.expression();
  const folded = constantOrColumn(
    written,
    context,
    (column) => new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE', { expr: `"${column}"`, name }),
  );
  const { value, dataType } = folded.kind === 'literal' ? folded : { value: undefined, dataType: folded.dataType };
  const expr = `"${expressionSql(folded)}"`;
  if (value === undefined) throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE', { expr, name });
  if (dataType.kind !== 'integer' && dataType.kind !== 'short' && dataType.kind !== 'byte')
    throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE', {
      expr,
      name,
      dataType: `"${sqlName(dataType)}"`,
    });
  if (value === null) throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL', { expr, name });
  return Number(value);
}

/** The folded expression; a column, which is none, is the given error. */
function constantOrColumn(
  written: UnresolvedExpression,
  context: ParseContext,
  errorOf: (column: string) => MillraceError,
): Expression {
  if (readsQuery(written)) throw errorOf('scalarsubquery()');
  try {
    return foldedConstant(written, context);
  } catch (error) {
    const isColumn = error instanceof MillraceError && error.condition.startsWith('UNRESOLVED_COLUMN');
    if (!isColumn || written.kind !== 'unresolvedAttribute') throw error;
    throw errorOf(written.nameParts.join('.'));
  }
}
