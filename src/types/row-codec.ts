/**
 * Rows as the user sees them, and batches: BIGINT ↔ bigint, DECIMAL ↔ Decimal, TIMESTAMP ↔ Timestamp, DATE ↔ 'YYYY-MM-DD', STRUCT ↔
 * object, MAP ↔ Map. The only place where rows are objects; readers are made once per batch and column, writers once per column.
 */
import type { ColumnBatch } from './column-batch.ts';
import type { DataType, StructField, StructType } from './data-type.ts';
import type { Value, Vector } from './vector.ts';
import { present, unreachable } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { formatDate } from './civil-time.ts';
import { Decimal } from './decimal.ts';
import { fromExternal, propertyOf, setProperty } from './external-value.ts';
import { formatTime } from './time-of-day.ts';
import { Timestamp } from './timestamp.ts';
import { createBuilder } from './vector-builder.ts';
import { layoutOf } from './vector.ts';

/** A row: one property per column. */
export type Row = Record<string, unknown>;

/** All rows of a batch. */
export function rowsOf(batch: ColumnBatch): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < batch.numRows; i++) rows.push({});
  batch.schema.fields.forEach((field, i) => {
    fillColumn(rows, field.name, readerOf(present(batch.columns[i], 'a batch has a column per field')));
  });
  return rows;
}

/** One row of a batch; for many rows use rowsOf. */
export function rowAt(batch: ColumnBatch, row: number): Row {
  return objectOf(
    batch.schema.fields,
    batch.columns.map((column) => readerOf(column)(row)),
  );
}

/**
 * The batch of some rows, each an object with a property per column or an array in column order. A missing property is null; further
 * properties are ignored. Throws a typed error that names column and value when a value does not fit.
 */
export function batchFromRows(schema: StructType, rows: readonly (Row | readonly unknown[])[]): ColumnBatch {
  const columns = schema.fields.map((field, i) => columnFromRows(field, i, rows));
  return { schema, numRows: rows.length, columns };
}

/** A value of the engine as the user sees it. */
export function toExternal(value: Value | null, type: DataType): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'date':
      return formatDate(value as number);
    case 'timestamp':
    case 'timestamp_ntz':
      return new Timestamp(value as bigint);
    case 'decimal':
      return new Decimal(value as bigint, type.scale);
    case 'array':
      return (value as Items).map((item) => toExternal(item, type.elementType));
    case 'struct':
      return objectOf(
        type.fields,
        type.fields.map((field, i) => toExternal((value as Items)[i] ?? null, field.dataType)),
      );
    case 'map':
      return new Map(
        (value as readonly Items[]).map((pair) => [
          toExternal(pair[0] ?? null, type.keyType),
          toExternal(pair[1] ?? null, type.valueType),
        ]),
      );
    case 'time':
      return formatTime(value as bigint);
    case 'calendar_interval': {
      const [months, days, micros] = value as Items;
      return { months, days, micros };
    }
    case 'year_month_interval':
    case 'day_time_interval':
    case 'void':
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
      return value;
    default:
      return unreachable(type);
  }
}

type Items = readonly (Value | null)[];
type Reader = (row: number) => unknown;

function fillColumn(rows: Row[], name: string, read: Reader): void {
  if (name === '__proto__') rows.forEach((row, i) => setProperty(row, name, read(i)));
  else for (let i = 0; i < rows.length; i++) (rows[i] as Row)[name] = read(i);
}

function objectOf(fields: readonly StructField[], values: readonly unknown[]): Row {
  const row: Row = {};
  fields.forEach((field, i) => setProperty(row, field.name, values[i]));
  return row;
}

/** A function from row number to what the user sees, without a decision per value. */
function readerOf(vector: Vector): Reader {
  const read = presentReaderOf(vector);
  const { validity } = vector;
  return validity === undefined ? read : (row) => (validity[row] === 0 ? null : read(row));
}

function presentReaderOf(vector: Vector): Reader {
  switch (vector.layout) {
    case 'boolean': {
      const { values } = vector;
      return (row) => values[row] === 1;
    }
    case 'int': {
      const { values } = vector;
      return vector.type.kind === 'date' ? dateReader(values) : (row) => values[row];
    }
    case 'double': {
      const { values } = vector;
      return (row) => values[row];
    }
    case 'long': {
      const { values, type } = vector;
      if (type.kind === 'decimal') return (row) => new Decimal(values[row] as bigint, type.scale);
      if (type.kind === 'timestamp' || type.kind === 'timestamp_ntz')
        return (row) => new Timestamp(values[row] as bigint);
      return type.kind === 'long' ? (row) => values[row] : (row) => toExternal(values[row] as bigint, type);
    }
    case 'string': {
      const { ids, dictionary } = vector;
      return (row) => dictionary.text(ids[row] as number);
    }
    case 'struct': {
      const { fields } = vector.type;
      const readers = vector.children.map((child) => readerOf(child));
      return (row) => {
        const object: Row = {};
        for (let i = 0; i < readers.length; i++)
          setProperty(object, (fields[i] as StructField).name, (readers[i] as Reader)(row));
        return object;
      };
    }
    case 'object': {
      const { values, type } = vector;
      return (row) => toExternal(values[row] ?? null, type);
    }
    default:
      return unreachable(vector);
  }
}

/** Neighbouring rows often have the same date. */
function dateReader(values: Int32Array): Reader {
  let lastDays = 0;
  let lastText = formatDate(0);
  return (row) => {
    const days = values[row] as number;
    if (days !== lastDays) {
      lastDays = days;
      lastText = formatDate(days);
    }
    return lastText;
  };
}

type InputRow = Row | readonly unknown[];

function columnFromRows(field: StructField, index: number, rows: readonly InputRow[]): Vector {
  const { name, dataType, nullable } = field;
  const inherited = name in Object.prototype;
  const values: unknown[] = [];
  const validity = new Uint8Array(rows.length).fill(1);
  let numNulls = 0;
  for (const row of rows) {
    const value: unknown = Array.isArray(row) ? row[index] : inherited ? propertyOf(row, name) : (row as Row)[name];
    if (value === null || value === undefined) {
      validity[values.length] = 0;
      numNulls++;
    }
    values.push(value);
  }
  if (numNulls > 0 && !nullable) throw new MillraceError('NULL_IN_NON_NULLABLE_COLUMN', { columnName: `\`${name}\`` });
  return fillVector(dataType, name, values, validity, numNulls > 0 ? validity : undefined);
}

/** The vector of checked values; what is of the plainest form goes straight into the array, the rest through fromExternal. */
function fillVector(
  type: DataType,
  name: string,
  external: readonly unknown[],
  isValid: Uint8Array,
  validity: Uint8Array | undefined,
): Vector {
  const { length } = external;
  const layout = layoutOf(type);
  switch (layout) {
    case 'int': {
      const values = new Int32Array(length);
      const isInteger = type.kind === 'integer';
      for (let i = 0; i < length; i++) {
        const value = external[i];
        if (isInteger && typeof value === 'number' && (value | 0) === value) values[i] = value;
        else if (isValid[i] === 1) values[i] = fromExternal(value, type, name) as number;
      }
      return { layout, type, length, validity, values };
    }
    case 'double': {
      const values = new Float64Array(length);
      const isDouble = type.kind === 'double';
      for (let i = 0; i < length; i++) {
        const value = external[i];
        if (isDouble && typeof value === 'number') values[i] = value;
        else if (isValid[i] === 1) values[i] = fromExternal(value, type, name) as number;
      }
      return { layout, type, length, validity, values };
    }
    case 'long': {
      const values = new BigInt64Array(length);
      for (let i = 0; i < length; i++)
        if (isValid[i] === 1) values[i] = fromExternal(external[i], type, name) as bigint;
      return { layout, type, length, validity, values };
    }
    case 'boolean':
    case 'string':
    case 'struct':
    case 'object': {
      const builder = createBuilder(type);
      for (const value of external) builder.append(fromExternal(value, type, name));
      return builder.build();
    }
    default:
      return unreachable(layout);
  }
}
