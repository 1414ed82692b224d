/**
 * `window(time, duration, slide, startTime)` in a query: checks its arguments and makes the TimeWindow node that computes it below the
 * expression in which it stands. One time window per node of the plan, as in Spark.
 */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import type { StructType } from '../types/data-type.ts';
import type { WindowSpec } from '../windows/window-spec.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId } from '../expressions/expression.ts';
import { implicitCastTo } from '../expressions/scalar-call.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { TIMESTAMP, field, sqlName, struct } from '../types/data-type.ts';
import { parseInterval } from '../types/interval.ts';

/** A window call found while resolving the expressions of one node. */
export interface WindowCall {
  readonly time: Expression;
  readonly spec: WindowSpec;
  readonly window: Attribute;
}

/** Collects the window calls of one node; equal calls share a window, different ones are refused. */
export class WindowCalls {
  #call: WindowCall | undefined;

  /** The window column, once there is one. */
  get columns(): readonly Attribute[] {
    return this.#call === undefined ? [] : [this.#call.window];
  }

  /** The window column of a call with these resolved arguments. */
  add(args: readonly Expression[], context: ResolveContext): Attribute {
    const call = windowCall(args, context);
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
    return this.#call === undefined ? child : { kind: 'timeWindow', child, ...this.#call };
  }
}

function sameWindow(left: WindowCall, right: WindowCall): boolean {
  return (
    expressionSql(left.time) === expressionSql(right.time) &&
    left.spec.durationMicros === right.spec.durationMicros &&
    left.spec.slideMicros === right.spec.slideMicros &&
    left.spec.startTimeMicros === right.spec.startTimeMicros
  );
}

function windowCall(args: readonly Expression[], context: ResolveContext): WindowCall {
  const [given, duration, slide, start] = args;
  if (given === undefined || duration === undefined || args.length > 4) {
    throw new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', {
      functionName: '`window`',
      expectedNum: '[2, 3, 4]',
      actualNum: String(args.length),
      docroot: 'https://spark.apache.org/docs/latest',
    });
  }
  const time = asTime(given, context);
  const durationMicros = intervalMicros(duration);
  const spec: WindowSpec = {
    durationMicros,
    slideMicros: slide === undefined ? durationMicros : intervalMicros(slide),
    startTimeMicros: start === undefined ? 0n : intervalMicros(start),
  };
  const sql = `"window(${expressionSql(time)}, ${spec.durationMicros}, ${spec.slideMicros}, ${spec.startTimeMicros})"`;
  checkTimeType(time, sql);
  checkSpec(spec, sql);
  return { time, spec, window: windowAttribute(time) };
}

/** Texts and dates under a window are cast to timestamps. */
function asTime(expression: Expression, context: ResolveContext): Expression {
  const { kind } = expression.dataType;
  if (kind !== 'string' && kind !== 'date') return expression;
  return implicitCastTo(expression.kind === 'alias' ? expression.child : expression, TIMESTAMP, context);
}

function windowAttribute(time: Expression): Attribute {
  const timeType = time.dataType.kind === 'struct' ? (time.dataType.fields[0]?.dataType ?? TIMESTAMP) : time.dataType;
  const dataType: StructType = struct([field('start', timeType), field('end', timeType)]);
  const attribute: Attribute = {
    kind: 'attribute',
    id: nextAttributeId(),
    name: 'window',
    qualifier: [],
    dataType,
    nullable: false,
  };
  const delayMs = watermarkDelayOf(time);
  return delayMs === undefined ? attribute : { ...attribute, watermarkDelayMs: delayMs };
}

/** The watermark delay of the event-time column an expression is, directly or as an alias or window of it. */
export function watermarkDelayOf(expression: Expression): number | undefined {
  if (expression.kind === 'attribute' || expression.kind === 'alias') return expression.watermarkDelayMs;
  if (expression.kind !== 'call' || expression.functionName !== 'window_time') return undefined;
  const [window] = expression.arguments;
  return window === undefined ? undefined : watermarkDelayOf(window);
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
  const type = time.dataType;
  const isTime = type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
  const isWindow =
    type.kind === 'struct' &&
    type.fields.map((candidate) => candidate.name).join() === 'start,end' &&
    type.fields.every(({ dataType }) => dataType.kind === 'timestamp' || dataType.kind === 'timestamp_ntz');
  if (isTime || isWindow) return;
  throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', {
    sqlExpr,
    paramIndex: 'first',
    inputSql: `"${expressionSql(time)}"`,
    inputType: `"${sqlName(type)}"`,
    requiredType:
      '("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" or "STRUCT<start: TIMESTAMP, end: TIMESTAMP>" or "STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>")',
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
