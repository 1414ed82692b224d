/**
 * `session_window(time, gap)` in a query: checks its arguments. The gap is an interval as text, the same for all rows or an expression
 * over them. resolve-window.ts puts the node into the plan.
 */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { DataType } from '../types/data-type.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { LogicalPlan, SessionWindow } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { withoutAlias } from '../expressions/expression.ts';
import { foldExpression } from '../expressions/fold.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { wrongNumArguments } from '../functions/argument-check.ts';
import { BOOLEAN, sqlName } from '../types/data-type.ts';
import { intervalOrNone } from '../types/interval.ts';
import { REQUIRED_TYPE, asTime, isTimeOrWindow, windowAttribute } from './window-column.ts';

/** The session window of a call with these resolved arguments. */
export function sessionWindowCall(args: readonly Expression[], context: ResolveContext): Omit<SessionWindow, 'child'> {
  const [given, givenGap] = args;
  if (given === undefined || givenGap === undefined || args.length > 2) {
    throw wrongNumArguments('session_window', '2', args.length);
  }
  const time = asTime(given, context);
  const gap = foldExpression(withoutAlias(givenGap), context);
  if (gap.dataType.kind !== 'string') {
    throw new MillraceError('_LEGACY_ERROR_TEMP_1040', { dt: className(gap.dataType) });
  }
  checkTimeType(time, gap);
  return { kind: 'sessionWindow', time, gap, window: sessionAttribute(time) };
}

/** What a session window reads: nothing where the gap is a constant that is no interval, as Spark, which does not refuse it. */
export function belowSessions({ gap }: Pick<SessionWindow, 'gap'>, child: LogicalPlan): LogicalPlan {
  if (gap.kind !== 'literal' || (typeof gap.value === 'string' && intervalOrNone(gap.value) !== undefined))
    return child;
  return { kind: 'filter', child, condition: { kind: 'literal', value: false, dataType: BOOLEAN, nullable: false } };
}

function sessionAttribute(time: Expression): Attribute {
  return { ...windowAttribute(time, 'session_window'), isSession: true };
}

function checkTimeType(time: Expression, gap: Expression): void {
  if (isTimeOrWindow(time.dataType)) return;
  throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', {
    sqlExpr: `"sessionwindow(${expressionSql(time)}, ${expressionSql(gap)})"`,
    paramIndex: 'first',
    inputSql: `"${expressionSql(time)}"`,
    inputType: `"${sqlName(time.dataType)}"`,
    requiredType: REQUIRED_TYPE,
  });
}

/** The type as Spark's class of it is called. */
function className({ kind }: DataType): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Type`;
}
