/** What all kinds of windows share in analysis: the time they are made of, the column they make, the watermark it carries. */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { DataType, StructType } from '../types/data-type.ts';
import type { ResolveContext } from '../functions/define-function.ts';
import { nextAttributeId, withoutAlias } from '../expressions/expression.ts';
import { implicitCastTo } from '../expressions/scalar-call.ts';
import { TIMESTAMP, field, struct } from '../types/data-type.ts';

/** The types a window can be made of, as Spark lists them. */
export const REQUIRED_TYPE =
  '("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" or "STRUCT<start: TIMESTAMP, end: TIMESTAMP>" or "STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>")';

/** True for a time, or a window, whose time is its last microsecond. */
export function isTimeOrWindow(type: DataType): boolean {
  if (type.kind !== 'struct') return isTime(type);
  const names = type.fields.map((candidate) => candidate.name).join();
  return names === 'start,end' && type.fields.every(({ dataType }) => isTime(dataType));
}

function isTime({ kind }: DataType): boolean {
  return kind === 'timestamp' || kind === 'timestamp_ntz';
}

/** Texts and dates under a window are cast to timestamps. */
export function asTime(expression: Expression, context: ResolveContext): Expression {
  const { kind } = expression.dataType;
  if (kind !== 'string' && kind !== 'date') return expression;
  return implicitCastTo(withoutAlias(expression), TIMESTAMP, context);
}

/** The column of windows over `time`: a struct of start and end; over an event-time column it is one too. */
export function windowAttribute(time: Expression, name: string): Attribute & { readonly dataType: StructType } {
  const timeType = time.dataType.kind === 'struct' ? (time.dataType.fields[0]?.dataType ?? TIMESTAMP) : time.dataType;
  const dataType = struct([field('start', timeType), field('end', timeType)]);
  const attribute = {
    kind: 'attribute',
    id: nextAttributeId(),
    name,
    qualifier: [],
    dataType,
    nullable: false,
  } as const;
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
