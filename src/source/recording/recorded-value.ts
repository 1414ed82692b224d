/**
 * Values of rows as JSON and back, exactly: longs, times and decimals as text with all digits, bytes as base64, NaN, infinities and -0 as
 * text, structs as arrays of their fields, maps as arrays of pairs. Driven by the type on both sides.
 */
import type { DataType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { JsonValue } from '../source.ts';

/** A value of a row as JSON. */
export function valueToJson(value: Value | null, type: DataType): JsonValue {
  if (value === null) return null;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : numberText(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return elementTypes(type, value.length).map((elementType, i) =>
    type.kind === 'map' ? pairToJson(value[i] as Pair, type) : valueToJson(value[i] ?? null, elementType),
  );
}

/** A value that `valueToJson` has written. */
export function valueFromJson(json: JsonValue, type: DataType): Value | null {
  if (json === null) return null;
  if (Array.isArray(json)) {
    const items = json as readonly JsonValue[];
    return elementTypes(type, items.length).map((elementType, i) =>
      type.kind === 'map' ? pairFromJson(items[i] ?? null, type) : valueFromJson(items[i] ?? null, elementType),
    );
  }
  if (typeof json !== 'string') return json as number | boolean;
  switch (type.kind) {
    case 'string':
      return json;
    case 'binary':
      return Uint8Array.from(Buffer.from(json, 'base64'));
    case 'float':
    case 'double':
      return Number(json);
    default:
      return BigInt(json);
  }
}

type Pair = readonly [Value, Value | null];
type MapType = DataType & { readonly kind: 'map' };

function pairToJson([key, value]: Pair, type: MapType): JsonValue {
  return [valueToJson(key, type.keyType), valueToJson(value, type.valueType)];
}

function pairFromJson(json: JsonValue, type: MapType): readonly (Value | null)[] {
  const [key, value] = json as readonly [JsonValue, JsonValue];
  return [valueFromJson(key, type.keyType), valueFromJson(value, type.valueType)];
}

/** The type of each element of an array, struct or map value. */
function elementTypes(type: DataType, length: number): readonly DataType[] {
  if (type.kind === 'struct') return type.fields.map(({ dataType }) => dataType);
  const elementType = type.kind === 'array' ? type.elementType : type;
  return Array.from({ length }, () => elementType);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
