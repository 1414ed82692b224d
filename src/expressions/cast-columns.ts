/** Casts of whole columns: between number layouts, where no value can be out of range or the check is one comparison, and from digits. */
import type { DataType } from '../types/data-type.ts';
import type { Vector } from '../types/vector.ts';
import type { Cast } from './expression.ts';
import { isAnsiInterval, isIntegral } from '../types/data-type.ts';
import { castDigits } from './cast-digits.ts';
import { castOverflow } from './cast-numeric.ts';

/** The cast column, or undefined when there is no kernel for the two types. */
export function castColumn(vector: Vector, target: DataType, mode: Cast['mode']): Vector | undefined {
  const { length, validity, type } = vector;
  if (isAnsiInterval(target)) return undefined;
  if (vector.layout === 'string') return isIntegral(target) ? castDigits(vector, target) : undefined;
  if (vector.layout === 'int' && type.kind !== 'date' && type.kind !== 'year_month_interval') {
    if (target.kind === 'long')
      return { layout: 'long', type: target, length, validity, values: longsOf(vector.values, length) };
    if (target.kind === 'double')
      return {
        layout: 'double',
        type: target,
        length,
        validity,
        values: Float64Array.from(vector.values.subarray(0, length)),
      };
    if (target.kind === 'integer') return { layout: 'int', type: target, length, validity, values: vector.values };
  }
  if (vector.layout === 'double' && target.kind === 'double') return { ...vector, type: target };
  if (vector.layout !== 'long' || type.kind !== 'long') return undefined;
  if (target.kind === 'double') {
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++) values[i] = Number(vector.values[i]);
    return { layout: 'double', type: target, length, validity, values };
  }
  if (target.kind === 'integer' && mode === 'ansi') {
    const values = new Int32Array(length);
    for (let i = 0; i < length; i++) values[i] = Number(vector.values[i]);
    for (let i = 0; i < length; i++)
      if (BigInt(values[i] as number) !== vector.values[i] && validity?.[i] !== 0)
        throw castOverflow(vector.values[i] as bigint, type, target);
    return { layout: 'int', type: target, length, validity, values };
  }
  return undefined;
}

function longsOf(ints: Int32Array, length: number): BigInt64Array {
  const values = new BigInt64Array(length);
  // The low and high halves of each long, little-endian as on every platform Node runs on here.
  const halves = new Int32Array(values.buffer);
  for (let i = 0; i < length; i++) {
    const value = ints[i] as number;
    halves[i * 2] = value;
    halves[i * 2 + 1] = value >> 31;
  }
  return values;
}
