/** A table's schema as the columns of a Parquet file, as Spark writes it: which elements, which leaves with which levels. */
import type { DataType, StructType } from '../../types/data-type.ts';
import type { LeafStorage, TimestampKind } from './value-encoding.ts';
import type { LogicalType, PhysicalType, Repetition, SchemaElement } from './parquet-metadata.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { isAnsiInterval, sqlName } from '../../types/data-type.ts';
import { someType } from '../../types/inner-types.ts';
import { decimalStorage } from './value-encoding.ts';

/** A leaf to be written. */
export interface WrittenLeaf extends LeafStorage {
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
}

/** How the values of a column go into leaves; leaves are counted over the whole file. */
export type WriteShape =
  | { readonly kind: 'leaf'; readonly leaf: number; readonly isNullable: boolean }
  | { readonly kind: 'struct'; readonly isNullable: boolean; readonly children: readonly WriteShape[] }
  | {
      readonly kind: 'list' | 'map';
      readonly isNullable: boolean;
      readonly repetition: number;
      readonly items: readonly WriteShape[];
    };

export interface WriteSchema {
  readonly elements: readonly SchemaElement[];
  readonly leaves: readonly WrittenLeaf[];
  readonly shapes: readonly WriteShape[];
}

/** Lays out a schema; throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE. */
export function layoutSchema(schema: StructType, timestamps: TimestampKind): WriteSchema {
  const layout = new Layout(timestamps);
  layout.group('spark_schema', 'required', schema.fields.length);
  const shapes = schema.fields.map((field) => {
    checkType(field.name, field.dataType);
    return layout.add(field.name, field.dataType, field.nullable, { path: [], definition: 0, repetition: 0 });
  });
  return { elements: layout.elements, leaves: layout.leaves, shapes };
}

function checkType(column: string, type: DataType): void {
  if (someType(type, isUnwritable))
    throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
      format: 'Parquet',
      columnName: `\`${column}\``,
      columnType: `"${sqlName(type)}"`,
    });
}

/** Parquet has no type without values and no group without fields. */
function isUnwritable(type: DataType): boolean {
  return type.kind === 'void' || (type.kind === 'struct' && type.fields.length === 0);
}

interface Place {
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
}

class Layout {
  readonly elements: SchemaElement[] = [];
  readonly leaves: WrittenLeaf[] = [];
  readonly #timestamps: TimestampKind;

  constructor(timestamps: TimestampKind) {
    this.#timestamps = timestamps;
  }

  group(name: string, repetition: Repetition, numChildren: number, logicalType?: LogicalType): void {
    this.elements.push({ name, physicalType: undefined, typeLength: 0, repetition, numChildren, logicalType });
  }

  add(name: string, type: DataType, isNullable: boolean, above: Place): WriteShape {
    const place: Place = {
      path: [...above.path, name],
      definition: above.definition + (isNullable ? 1 : 0),
      repetition: above.repetition,
    };
    const repetition: Repetition = isNullable ? 'optional' : 'required';
    switch (type.kind) {
      case 'struct': {
        this.group(name, repetition, type.fields.length);
        const children = type.fields.map((field) => this.add(field.name, field.dataType, field.nullable, place));
        return { kind: 'struct', isNullable, children };
      }
      case 'array': {
        this.group(name, repetition, 1, { kind: 'list' });
        this.group('list', 'repeated', 1);
        const inner = repeatedBelow(place, 'list');
        const items = [this.add('element', type.elementType, type.containsNull, inner)];
        return { kind: 'list', isNullable, repetition: inner.repetition, items };
      }
      case 'map': {
        this.group(name, repetition, 1, { kind: 'map' });
        this.group('key_value', 'repeated', 2);
        const inner = repeatedBelow(place, 'key_value');
        const items = [
          this.add('key', type.keyType, false, inner),
          this.add('value', type.valueType, type.valueContainsNull, inner),
        ];
        return { kind: 'map', isNullable, repetition: inner.repetition, items };
      }
      default:
        return this.#addLeaf(name, type, isNullable, place);
    }
  }

  #addLeaf(name: string, type: DataType, isNullable: boolean, place: Place): WriteShape {
    if (isAnsiInterval(type) || type.kind === 'calendar_interval')
      throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
        format: 'Parquet',
        columnName: `\`${name}\``,
        columnType: `"${sqlName(type)}"`,
      });
    const storage = storageOf(type, this.#timestamps);
    const { physicalType, typeLength, logicalType } = storage;
    this.elements.push({
      name,
      physicalType,
      typeLength,
      repetition: isNullable ? 'optional' : 'required',
      numChildren: 0,
      logicalType,
    });
    this.leaves.push({ ...place, type, physicalType, typeLength, timestamps: this.#timestamps });
    return { kind: 'leaf', leaf: this.leaves.length - 1, isNullable };
  }
}

function repeatedBelow({ path, definition, repetition }: Place, name: string): Place {
  return { path: [...path, name], definition: definition + 1, repetition: repetition + 1 };
}

interface Storage {
  readonly physicalType: PhysicalType;
  readonly typeLength: number;
  readonly logicalType: LogicalType | undefined;
}

function storageOf(type: DataType, timestamps: TimestampKind): Storage {
  const leaf = (physicalType: PhysicalType, logicalType?: LogicalType): Storage => ({
    physicalType,
    typeLength: 0,
    logicalType,
  });
  switch (type.kind) {
    case 'boolean':
      return leaf('BOOLEAN');
    case 'byte':
      return leaf('INT32', { kind: 'integer', bits: 8, isSigned: true });
    case 'short':
      return leaf('INT32', { kind: 'integer', bits: 16, isSigned: true });
    case 'integer':
      return leaf('INT32');
    case 'date':
      return leaf('INT32', { kind: 'date' });
    case 'long':
      return leaf('INT64');
    case 'float':
      return leaf('FLOAT');
    case 'double':
      return leaf('DOUBLE');
    case 'string':
      return leaf('BYTE_ARRAY', { kind: 'string' });
    case 'timestamp':
      if (timestamps === 'INT96') return leaf('INT96');
      return leaf('INT64', {
        kind: 'timestamp',
        unit: timestamps === 'TIMESTAMP_MILLIS' ? 'millis' : 'micros',
        isUtc: true,
      });
    case 'timestamp_ntz':
      return leaf('INT64', { kind: 'timestamp', unit: 'micros', isUtc: false });
    case 'time':
      return leaf('INT64', { kind: 'time', unit: 'micros', isUtc: false });
    case 'decimal': {
      const { precision, scale } = type;
      return { ...decimalStorage(type), logicalType: { kind: 'decimal', precision, scale } };
    }
    default:
      return leaf('BYTE_ARRAY');
  }
}
