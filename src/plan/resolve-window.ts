/**
 * `window(time, duration, slide, startTime)` and `session_window(time, gap)` in a query: makes the node that computes the window column
 * below the expression in which it stands, and checks the arguments of the first. One window per node of the plan, as in Spark.
 */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { WindowSpec } from '../windows/window-spec.ts';
import type { LogicalPlan, SessionWindow, TimeWindow } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { wrongNumArguments } from '../functions/argument-check.ts';
import { sqlName } from '../types/data-type.ts';
import { parseInterval } from '../types/interval.ts';
import { windowSpecText } from '../windows/window-spec.ts';
import { calendarSpec } from './resolve-calendar-window.ts';
import { belowSessions, sessionWindowCall } from './resolve-session-window.ts';
import { REQUIRED_TYPE, asTime, isTimeOrWindow, windowAttribute } from './window-column.ts';

/** A window call found while resolving the expressions of one node. */
type WindowCall = Omit<TimeWindow, 'child'> | Omit<SessionWindow, 'child'>;

/** True for the functions, by lower-case name, that make a window column. */
export function isWindowFunction(name: string): boolean {
  return name === 'window' || name === 'session_window' || name === 'calendar_window';
}

/** Collects the window calls of one node; equal calls share a window, different ones are refused. */
export class WindowCalls {
  #call: WindowCall | undefined;

  /** The window column, once there is one. */
  get columns(): readonly Attribute[] {
    return this.#call === undefined ? [] : [this.#call.window];
  }

  /** The window column of a call of this window function with these resolved arguments. */
  add(name: string, args: readonly Expression[], context: ResolveContext): Attribute {
    const call = name === 'session_window' ? sessionWindowCall(args, context) : windowCall(name, args, context);
    const known = this.#call;
    if (known === undefined) {
      this.#call = call;
      return call.window;
    }
    if (!sameWindow(known, call)) throw new MillraceError('_LEGACY_ERROR_TEMP_1039', {});
    return known.window;
  }

  /** The plan that also computes the window, or `child` when no call was added. */
  apply(child: LogicalPlan): LogicalPlan {
    const call = this.#call;
    if (call === undefined) return child;
    return { ...call, child: call.kind === 'sessionWindow' ? belowSessions(call, child) : child };
  }
}

function sameWindow(left: WindowCall, right: WindowCall): boolean {
  if (expressionSql(left.time) !== expressionSql(right.time)) return false;
  if (left.kind === 'sessionWindow')
    return right.kind === 'sessionWindow' && expressionSql(left.gap) === expressionSql(right.gap);
  return right.kind === 'timeWindow' && windowSpecText(left.spec) === windowSpecText(right.spec);
}

function windowCall(name: string, args: readonly Expression[], context: ResolveContext): Omit<TimeWindow, 'child'> {
  const [given, duration, slide, start] = args;
  if (given === undefined || duration === undefined || args.length > 4) {
    throw wrongNumArguments(name, '[2, 3, 4]', args.length);
  }
  const time = asTime(given, context);
  if (name === 'calendar_window') {
    checkTimeType(time, `"calendar_window(${expressionSql(time)})"`);
    const isZoned = windowAttribute(time, 'window').dataType.fields[0]?.dataType.kind === 'timestamp';
    const spec = calendarSpec([duration, slide], isZoned, context);
    return { kind: 'timeWindow', time, spec, window: windowAttribute(time, 'window') };
  }
  const durationMicros = intervalMicros(duration);
  const spec: WindowSpec = {
    durationMicros,
    slideMicros: slide === undefined ? durationMicros : intervalMicros(slide),
    startTimeMicros: start === undefined ? 0n : intervalMicros(start),
  };
  const sql = `"window(${expressionSql(time)}, ${spec.durationMicros}, ${spec.slideMicros}, ${spec.startTimeMicros})"`;
  checkTimeType(time, sql);
  checkSpec(spec, sql);
  return { kind: 'timeWindow', time, spec, window: windowAttribute(time, 'window') };
}

function intervalMicros(expression: Expression): bigint {
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') {
    if (expression.kind === 'literal' && typeof expression.value === 'bigint') return expression.value;
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', {
      sqlExpr: `"${expressionSql(expression)}"`,
      inputName: '`window_duration`',
      inputType: '"STRING"',
      inputExpr: `"${expressionSql(expression)}"`,
    });
  }
  const { months, days, micros } = parseInterval(expression.value);
  if (months !== 0) throw new MillraceError('_LEGACY_ERROR_TEMP_3231', { interval: expression.value });
  return BigInt(days) * 86_400_000_000n + micros;
}

function checkTimeType(time: Expression, sqlExpr: string): void {
  if (isTimeOrWindow(time.dataType)) return;
  throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', {
    sqlExpr,
    paramIndex: 'first',
    inputSql: `"${expressionSql(time)}"`,
    inputType: `"${sqlName(time.dataType)}"`,
    requiredType: REQUIRED_TYPE,
  });
}

function checkSpec(spec: WindowSpec, sqlExpr: string): void {
  const { durationMicros, slideMicros, startTimeMicros } = spec;
  const positive = [
    ['`window_duration`', durationMicros],
    ['`slide_duration`', slideMicros],
  ] as const;
  for (const [exprName, value] of positive) {
    if (value > 0n) continue;
    throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
      sqlExpr,
      exprName,
      valueRange: '(0, 9223372036854775807]',
      currentValue: `${value}L`,
    });
  }
  if (slideMicros > durationMicros) {
    throw new MillraceError('DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION', {
      sqlExpr,
      leftExprName: '`slide_duration`',
      leftExprValue: `${slideMicros}L`,
      constraint: '<=',
      rightExprName: '`window_duration`',
      rightExprValue: `${durationMicros}L`,
    });
  }
  const absStart = startTimeMicros < 0n ? -startTimeMicros : startTimeMicros;
  if (absStart >= slideMicros) {
    throw new MillraceError('DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION', {
      sqlExpr,
      leftExprName: '`abs(start_time)`',
      leftExprValue: `${absStart}L`,
      constraint: '<',
      rightExprName: '`slide_duration`',
      rightExprValue: `${slideMicros}L`,
    });
  }
}
