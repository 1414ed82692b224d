/** The type of a JSON or CSV text, for schema_of_json and schema_of_csv. */
import type { DataType } from '../types/data-type.ts';
import type { JsonNode } from './json-tree.ts';
import {
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  VOID,
  array,
  decimal,
  field,
  struct,
} from '../types/data-type.ts';
import { parseDate, parseTimestamp } from '../types/timestamp-text.ts';
import { widerDecimal } from './type-rules.ts';

const MAX_LONG = 2n ** 63n;

/** The type of a JSON value; null counts as a text. */
export function typeOfJson(node: JsonNode): DataType {
  return withoutVoid(inferred(node));
}

function inferred(node: JsonNode): DataType {
  switch (node.kind) {
    case 'null':
      return VOID;
    case 'boolean':
      return BOOLEAN;
    case 'string':
      return STRING;
    case 'number':
      return typeOfNumber(node.text);
    case 'array':
      return array(node.items.map(inferred).reduce(merged, VOID));
    case 'object': {
      const types = new Map<string, DataType>();
      for (const { name, value } of node.entries) types.set(name, inferred(value));
      return struct([...types].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => field(name, type)));
    }
  }
}

function typeOfNumber(text: string): DataType {
  if (!/^-?\d+$/.test(text)) return DOUBLE;
  const value = BigInt(text);
  if (value >= -MAX_LONG && value < MAX_LONG) return LONG;
  const digits = text.replace('-', '').length;
  return digits <= 38 ? decimal(digits, 0) : DOUBLE;
}

/** A type both fit; text where there is no other. */
function merged(left: DataType, right: DataType): DataType {
  if (left.kind === 'void') return right;
  if (right.kind === 'void') return left;
  if (left.kind === 'array' && right.kind === 'array') return array(merged(left.elementType, right.elementType));
  if (left.kind === 'struct' && right.kind === 'struct') {
    const types = new Map(left.fields.map((part) => [part.name, part.dataType]));
    for (const { name, dataType } of right.fields) types.set(name, merged(types.get(name) ?? VOID, dataType));
    return struct([...types].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => field(name, type)));
  }
  if (left.kind === right.kind && left.kind !== 'decimal') return left;
  const numbers = [left, right].map((type) => (type.kind === 'long' ? decimal(20, 0) : type));
  const [a, b] = numbers;
  if (a?.kind === 'decimal' && b?.kind === 'decimal') return widerDecimal(a, b);
  return numbers.every((type) => type.kind === 'decimal' || type.kind === 'double') ? DOUBLE : STRING;
}

function withoutVoid(type: DataType): DataType {
  if (type.kind === 'void') return STRING;
  if (type.kind === 'array') return array(withoutVoid(type.elementType));
  if (type.kind !== 'struct') return type;
  return struct(type.fields.map((part) => field(part.name, withoutVoid(part.dataType))));
}

/** The type of a cell of CSV. */
export function typeOfCell(cell: string | undefined, zone: string): DataType {
  if (cell === undefined) return STRING;
  if (/^[+-]?\d+$/.test(cell)) {
    const value = BigInt(cell.replace('+', ''));
    if (value >= -(2n ** 31n) && value < 2n ** 31n) return INTEGER;
    if (value >= -MAX_LONG && value < MAX_LONG) return LONG;
    return cell.length <= 38 ? decimal(cell.replace(/[+-]/, '').length, 0) : DOUBLE;
  }
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(cell)) return DOUBLE;
  if (/^\d{4}-\d{2}-\d{2}$/.test(cell) && parseDate(cell) !== null) return DATE;
  if (/^\d{4}-\d{2}-\d{2}[T ]/.test(cell) && parseTimestamp(cell, zone) !== null) return TIMESTAMP;
  return /^(?:true|false)$/i.test(cell) ? BOOLEAN : STRING;
}
