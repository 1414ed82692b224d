/** The kinds of parameters functions take, for rowFunction. */
import type { DataType, SimpleType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import type { Parameter } from './row-function.ts';
import {
  BINARY,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  array,
  isIntegral,
  isNumeric,
  map,
  sqlName,
} from '../types/data-type.ts';
import { implicitCast } from './type-rules.ts';

type Items = readonly (Value | null)[];

function exactly<V>(type: SimpleType): Parameter<V> {
  return { required: `"${sqlName(type)}"`, accept: (from) => implicitCast(from, type) };
}

export const text: Parameter<string> = exactly(STRING);
export const int: Parameter<number> = exactly(INTEGER);
export const long: Parameter<bigint> = exactly(LONG);
export const double: Parameter<number> = exactly(DOUBLE);
export const boolean: Parameter<boolean> = exactly(BOOLEAN);
export const binary: Parameter<Uint8Array> = exactly(BINARY);
/** Days since 1970-01-01. */
export const date: Parameter<number> = exactly(DATE);
/** Microseconds since 1970-01-01 UTC. */
export const timestamp: Parameter<bigint> = exactly(TIMESTAMP);

/** Text or bytes as they are; other atomic values become text. */
export const textOrBinary: Parameter<string | Uint8Array> = {
  required: '("STRING" or "BINARY")',
  accept: (from) => (from.kind === 'binary' ? from : implicitCast(from, STRING)),
};

/** Any number; text becomes a double. */
export const numeric: Parameter<number | bigint> = {
  required: '"NUMERIC"',
  accept: (from) => (isNumeric(from) ? from : from.kind === 'string' || from.kind === 'void' ? DOUBLE : undefined),
};

/** Any whole number. */
export const integral: Parameter<number | bigint> = {
  required: '"INTEGRAL"',
  accept: (from) => (isIntegral(from) ? from : from.kind === 'void' ? INTEGER : undefined),
};

export const anything: Parameter<Value | null> = { required: '"ANY"', accept: (from) => from };

/** The same without implicit casts: the type itself or NULL. */
export function strictly<V>(parameter: Parameter<V>, kind: DataType['kind']): Parameter<V> {
  return {
    ...parameter,
    accept: (from) => (from.kind === kind || from.kind === 'void' ? parameter.accept(from) : undefined),
  };
}

export const strictText: Parameter<string> = strictly(text, 'string');

/** What shifts take: whole numbers, everything else that can be one as an int. */
export const shifted: Parameter<number | bigint> = {
  required: '("INT" or "BIGINT")',
  accept: (from) => (isIntegral(from) ? from : implicitCast(from, INTEGER)),
};

/** Any array, elements as they are. */
export const anyArray: Parameter<Items> = {
  required: '"ARRAY"',
  accept: (from) => (from.kind === 'array' ? from : from.kind === 'void' ? array(from) : undefined),
};

/** Any map, as pairs of key and value. */
export const anyMap: Parameter<readonly Items[]> = {
  required: '"MAP"',
  accept: (from) => (from.kind === 'map' ? from : from.kind === 'void' ? map(from, from) : undefined),
};

/** The parameter may be left out; its value is then undefined. */
export function optional<V>(parameter: Parameter<V>): Parameter<V | undefined> {
  return { required: parameter.required, accept: parameter.accept, isOptional: true };
}

/** The element type of an array type. */
export function elementTypeOf(type: DataType | undefined): DataType {
  return type?.kind === 'array' ? type.elementType : { kind: 'void' };
}
