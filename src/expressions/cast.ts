/**
 * Casts as Spark's: `ansi` throws on bad input and overflow, `try` gives null, `legacy` gives null or wraps. Whole columns where that is
 * simple arithmetic, otherwise value by value, once per distinct string. Which casts exist is cast-rules.ts.
 */
import type { EvaluationContext } from '../functions/define-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value, Vector } from '../types/vector.ts';
import type { Cast } from './expression.ts';
import type { ValueCast } from './value-cast.ts';
import { present } from '../errors/assert.ts';
import { STRING, isIntegral, sameType } from '../types/data-type.ts';
import { nullVector } from '../types/vector-ops.ts';
import { castColumn } from './cast-columns.ts';
import { castDateTime } from './cast-date-time.ts';
import { castInterval } from './cast-interval.ts';
import { castFromText } from './cast-from-text.ts';
import { castTime } from './cast-time.ts';
import { castNumeric } from './cast-numeric.ts';
import { textOfValue } from './cast-text.ts';
import { evaluateRows } from './row-evaluation.ts';

/** The cast of a column. */
export function compileCast(
  from: DataType,
  target: DataType,
  mode: Cast['mode'],
): (vector: Vector, context: EvaluationContext) => Vector {
  if (sameType(from, target)) return (vector) => vector;
  if (from.kind === 'void') return (vector) => nullVector(target, vector.length);
  const cast = valueCast(from, target, mode);
  const evaluate = evaluateRows({
    returnType: target,
    evaluator: { kind: 'row', nulls: 'propagate', apply: ([value], context) => cast(present(value, 'value'), context) },
    isConstantArgument: [false],
    isDeterministic: true,
  });
  return (vector, context) => castColumn(vector, target, mode) ?? evaluate([vector], vector.length, context);
}

/** The cast of single values; nested types cast their parts. */
export function valueCast(from: DataType, target: DataType, mode: Cast['mode']): ValueCast {
  if (sameType(from, target)) return (value) => value;
  if (from.kind === 'void') return () => null;
  if (target.kind === 'string') return (value, context) => textOfValue(from, value, context.timeZone);
  if (from.kind === 'array' && target.kind === 'array') {
    const cast = nullableCast(from.elementType, target.elementType, mode);
    return (value, context) => (value as readonly (Value | null)[]).map((item) => cast(item, context));
  }
  if (from.kind === 'map' && target.kind === 'map') {
    const key = nullableCast(from.keyType, target.keyType, mode);
    const item = nullableCast(from.valueType, target.valueType, mode);
    return (value, context) =>
      (value as readonly (readonly (Value | null)[])[]).map((entry) => [
        key(entry[0] ?? null, context),
        item(entry[1] ?? null, context),
      ]);
  }
  if (from.kind === 'struct' && target.kind === 'struct') {
    const casts = from.fields.map((field, i) =>
      nullableCast(field.dataType, present(target.fields[i], 'same number of fields').dataType, mode),
    );
    return (value, context) => casts.map((cast, i) => cast((value as readonly (Value | null)[])[i] ?? null, context));
  }
  if (from.kind === STRING.kind) return castFromText(target, mode);
  if (target.kind === 'binary' && isIntegral(from)) return (value) => bytesOfInteger(from, value);
  if (from.kind === 'time') return castTime(from, target, mode);
  return castInterval(from, target, mode) ?? castDateTime(from, target, mode) ?? castNumeric(from, target, mode);
}

function nullableCast(
  from: DataType,
  target: DataType,
  mode: Cast['mode'],
): (value: Value | null, context: EvaluationContext) => Value | null {
  const cast = valueCast(from, target, mode);
  return (value, context) => (value === null ? null : cast(value, context));
}

const WIDTHS: Partial<Record<DataType['kind'], number>> = { byte: 1, short: 2, integer: 4, long: 8 };

/** Big-endian two's complement. */
function bytesOfInteger(type: DataType, value: Value): Uint8Array {
  const width = WIDTHS[type.kind] ?? 8;
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt(value as number | bigint));
  return new Uint8Array(view.buffer.slice(8 - width));
}
