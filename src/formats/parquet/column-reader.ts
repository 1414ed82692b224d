/**
 * The columns of a row group: plans which leaves a wanted type needs, then reads so many rows at a time as vectors. Structs that do not
 * repeat stay columns; arrays and maps are put together from the levels of their leaves, value by value.
 */
import type { ArrayType, DataType, MapType, StructField, StructType } from '../../types/data-type.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { ColumnBuffer } from '../column-buffer.ts';
import type { LeafReader } from './leaf-reader.ts';
import type { SchemaNode } from './schema-tree.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { simpleName } from '../../types/data-type.ts';
import { nullVector } from '../../types/vector-ops.ts';
import { EntryCursor, type RecordShape } from './entry-cursor.ts';
import { type LeafConversion, leafConversion } from './leaf-conversion.ts';
import { leavesOf, listParts, mapParts } from './schema-tree.ts';

/** A leaf to be read as `type`. */
export interface WantedLeaf {
  readonly node: SchemaNode;
  readonly type: DataType;
  readonly convert: LeafConversion;
}

/** How a column is read; made once per file. */
export type ColumnPlan =
  | { readonly kind: 'missing'; readonly type: DataType }
  | { readonly kind: 'leaf'; readonly leaf: WantedLeaf }
  | {
      readonly kind: 'struct';
      readonly type: StructType;
      readonly definition: number;
      readonly children: readonly ColumnPlan[];
      /** Says where the struct is null when none of its wanted fields is in the file. */
      readonly marker: WantedLeaf | undefined;
    }
  | {
      readonly kind: 'records';
      readonly type: DataType;
      readonly shape: RecordShape;
      readonly leaves: readonly WantedLeaf[];
    };

/** The plan for a column of the file; `undefined`: the file has none of that name. */
export function planColumn(node: SchemaNode | undefined, type: DataType): ColumnPlan {
  if (node === undefined) return { kind: 'missing', type };
  const isRepeated = node.element.repetition === 'repeated' || type.kind === 'array' || type.kind === 'map';
  if (isRepeated) {
    const leaves: WantedLeaf[] = [];
    return { kind: 'records', type, shape: shapeOf(node, type, leaves), leaves };
  }
  if (type.kind !== 'struct') return { kind: 'leaf', leaf: wantedLeaf(node, type) };
  checkGroup(node, type);
  const children = type.fields.map((field) => planColumn(childNamed(node, field.name), field.dataType));
  const hasLevels = children.some(({ kind }) => kind !== 'missing');
  return {
    kind: 'struct',
    type,
    definition: node.definition,
    children,
    marker: hasLevels ? undefined : markerOf(node),
  };
}

/** All leaves a plan reads. */
export function leavesOfPlan(plan: ColumnPlan): readonly WantedLeaf[] {
  switch (plan.kind) {
    case 'missing':
      return [];
    case 'leaf':
      return [plan.leaf];
    case 'struct':
      return [
        ...(plan.marker === undefined ? [] : [plan.marker]),
        ...plan.children.flatMap((child) => leavesOfPlan(child)),
      ];
    default:
      return plan.leaves;
  }
}

/** The field of a group: by name, else by name in any letter case if that is one field only. */
export function childNamed(node: SchemaNode, name: string): SchemaNode | undefined {
  const exact = node.children.find((child) => child.name === name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  const found = node.children.filter((child) => child.name.toLowerCase() === lower);
  if (found.length <= 1) return found[0];
  throw new MillraceError('_LEGACY_ERROR_TEMP_2093', {
    requiredFieldName: name,
    matchedOrcFields: `[${found.map((child) => child.name).join(', ')}]`,
  });
}

function wantedLeaf(node: SchemaNode, type: DataType): WantedLeaf {
  const convert = node.leafIndex < 0 ? undefined : leafConversion(node, type);
  if (convert === undefined) throw mismatch(node, type);
  return { node, type, convert };
}

/** The leaf whose levels are cheapest to read: one that does not repeat, if there is one. */
function markerOf(node: SchemaNode): WantedLeaf {
  const leaves = leavesOf(node);
  const leaf = present(leaves.find(({ repetition }) => repetition === 0) ?? leaves[0], 'a group has a leaf');
  return { node: leaf, type: { kind: 'void' }, convert: () => undefined };
}

function checkGroup(node: SchemaNode, type: DataType): void {
  if (node.leafIndex >= 0) throw mismatch(node, type);
}

/** The shape of a value below a node, leaves added to `leaves` in order. */
function shapeOf(node: SchemaNode, type: DataType, leaves: WantedLeaf[], isElement = false): RecordShape {
  const { definition } = node;
  if (type.kind === 'array') {
    const isBare = !isElement && node.element.repetition === 'repeated';
    const parts = isBare ? { repeated: node, element: node } : listParts(node);
    if (parts === undefined) throw mismatch(node, type);
    return {
      kind: 'list',
      ...repetitionOf(isBare ? definition - 1 : definition, parts.repeated),
      ...elementOf(parts, type, leaves),
    };
  }
  if (type.kind === 'map') return mapShape(node, type, leaves);
  if (type.kind === 'struct') {
    checkGroup(node, type);
    return structShape(node, type.fields, leaves);
  }
  leaves.push(wantedLeaf(node, type));
  return { kind: 'leaf', definition, leaf: leaves.length - 1 };
}

function repetitionOf(
  definition: number,
  repeated: SchemaNode,
): { readonly definition: number; readonly itemDefinition: number; readonly itemRepetition: number } {
  return { definition, itemDefinition: repeated.definition, itemRepetition: repeated.repetition };
}

function elementOf(
  { element }: { readonly element: SchemaNode },
  type: ArrayType,
  leaves: WantedLeaf[],
): { readonly firstLeaf: number; readonly numLeaves: number; readonly items: readonly RecordShape[] } {
  const firstLeaf = leaves.length;
  const items = [shapeOf(element, type.elementType, leaves, true)];
  return { firstLeaf, numLeaves: leaves.length - firstLeaf, items };
}

function mapShape(node: SchemaNode, type: MapType, leaves: WantedLeaf[]): RecordShape {
  const parts = mapParts(node);
  if (parts === undefined) throw mismatch(node, type);
  const firstLeaf = leaves.length;
  const items = [shapeOf(parts.key, type.keyType, leaves), shapeOf(parts.value, type.valueType, leaves)];
  return {
    kind: 'map',
    ...repetitionOf(node.definition, parts.repeated),
    firstLeaf,
    numLeaves: leaves.length - firstLeaf,
    items,
  };
}

function structShape(node: SchemaNode, fields: readonly StructField[], leaves: WantedLeaf[]): RecordShape {
  const firstLeaf = leaves.length;
  const items = fields.map((field): RecordShape | undefined => {
    const child = childNamed(node, field.name);
    return child === undefined ? undefined : shapeOf(child, field.dataType, leaves);
  });
  if (leaves.length === firstLeaf) leaves.push(markerOf(node));
  const { definition, repetition } = node;
  return { kind: 'struct', definition, repetition, firstLeaf, numLeaves: leaves.length - firstLeaf, items };
}

function mismatch(node: SchemaNode, type: DataType): MillraceError {
  const { physicalType } = node.element;
  return new MillraceError('FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH', {
    path: '',
    column: `[${node.name}]`,
    expectedType: simpleName(type),
    actualType: physicalType === 'BYTE_ARRAY' ? 'BINARY' : (physicalType ?? 'group'),
  });
}

/** Opens leaves of the current row group and gives columns to read into. */
export interface LeafAccess {
  open(leaf: WantedLeaf): LeafReader;
  column(leaf: WantedLeaf, name: string): ColumnBuffer;
}

/** A vector, and where a parent wants to know: the definition level of each row (undefined: all have a value). */
interface ReadColumn {
  readonly vector: Vector;
  readonly levels: Uint8Array | undefined;
}

/** Reads the rows of a planned column of one row group. */
export type ColumnReader = (count: number) => ReadColumn;

/** The reader of a column; `name` says which dictionary its texts share. */
export function openColumn(plan: ColumnPlan, name: string, access: LeafAccess): ColumnReader {
  switch (plan.kind) {
    case 'missing':
      return (count) => ({ vector: nullVector(plan.type, count), levels: undefined });
    case 'leaf': {
      const reader = access.open(plan.leaf);
      const column = access.column(plan.leaf, name);
      return (count) => {
        column.startBatch(count);
        const levels = reader.readRows(column, count);
        return { vector: column.build(count), levels };
      };
    }
    case 'struct':
      return openStruct(plan, name, access);
    default:
      return openRecords(plan, name, access);
  }
}

function openStruct(plan: ColumnPlan & { readonly kind: 'struct' }, name: string, access: LeafAccess): ColumnReader {
  const { type, definition } = plan;
  const children = plan.children.map((child, i) => openColumn(child, `${name}.${type.fields[i]?.name ?? ''}`, access));
  const informed = plan.children.findIndex(({ kind }) => kind !== 'missing');
  const marker = plan.marker === undefined ? undefined : openMarker(plan.marker, name, access);
  return (count) => {
    const columns = children.map((read) => read(count));
    const levels = marker === undefined ? columns[informed]?.levels : marker(count);
    let validity: Uint8Array | undefined;
    if (levels?.some((level) => level < definition) === true)
      validity = levels.map((level) => (level < definition ? 0 : 1));
    return {
      vector: { layout: 'struct', type, length: count, validity, children: columns.map(({ vector }) => vector) },
      levels,
    };
  };
}

function openMarker(leaf: WantedLeaf, name: string, access: LeafAccess): (count: number) => Uint8Array | undefined {
  const reader = access.open(leaf);
  const column = access.column(leaf, name);
  return (count) => {
    column.startBatch(count);
    if (leaf.node.repetition === 0) return reader.readRows(column, count);
    return firstLevels(reader.readRecords(column, count), count);
  };
}

function openRecords(plan: ColumnPlan & { readonly kind: 'records' }, name: string, access: LeafAccess): ColumnReader {
  const { type, shape } = plan;
  const leaves = plan.leaves.map((leaf) => ({ reader: access.open(leaf), column: access.column(leaf, name) }));
  return (count) => {
    const cursors = leaves.map(({ reader, column }) => {
      column.startBatch(count);
      const entries = reader.readRecords(column, count);
      return new EntryCursor(entries, reader.definition, column);
    });
    const first = present(cursors[0], 'a value has a leaf');
    const levels = firstLevels(first.entries, count);
    const values: (Value | null)[] = [];
    let validity: Uint8Array | undefined;
    for (let row = 0; row < count; row++) {
      const value = first.read(shape, cursors);
      values.push(value);
      if (value !== null) continue;
      validity ??= new Uint8Array(count).fill(1);
      validity[row] = 0;
    }
    return { vector: { layout: 'object', type, length: count, validity, values }, levels };
  };
}

/** The definition level of each record's first entry. */
function firstLevels({ count, definitions, repetitions }: EntryCursor['entries'], numRecords: number): Uint8Array {
  const levels = new Uint8Array(numRecords);
  let record = 0;
  for (let i = 0; i < count; i++) if (repetitions[i] === 0) levels[record++] = definitions[i] as number;
  return levels;
}
