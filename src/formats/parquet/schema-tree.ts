/** The columns of a Parquet file as a tree, with the levels that say how deep a value is defined and where it repeats. */
import type { FileMetadata, SchemaElement } from './parquet-metadata.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

const MAX_DEPTH = 100;

export interface SchemaNode {
  readonly name: string;
  readonly element: SchemaElement;
  /** Empty for leaves. */
  readonly children: readonly SchemaNode[];
  /** The definition level at which this node has a value. */
  readonly definition: number;
  /** How many of the nodes down to this one repeat. */
  readonly repetition: number;
  /** Place among the leaves, which is the place of its chunk in a row group; -1 for groups. */
  readonly leafIndex: number;
}

/** The tree of a footer; its root is the table. Throws DATA_CORRUPT. */
export function schemaTree({ schema }: FileMetadata): SchemaNode {
  let position = 0;
  let numLeaves = 0;
  const build = (definition: number, repetition: number, depth: number): SchemaNode => {
    const element = schema[position++];
    if (element === undefined) throw corrupt('its schema ends too early');
    if (depth > MAX_DEPTH) throw corrupt('its schema is nested too deep');
    const isRoot = depth === 0;
    const ownDefinition = definition + (isRoot || element.repetition === 'required' ? 0 : 1);
    const ownRepetition = repetition + (!isRoot && element.repetition === 'repeated' ? 1 : 0);
    const isLeaf = element.physicalType !== undefined;
    const leafIndex = isLeaf ? numLeaves++ : -1;
    const children: SchemaNode[] = [];
    for (let i = 0; !isLeaf && i < element.numChildren; i++)
      children.push(build(ownDefinition, ownRepetition, depth + 1));
    return { name: element.name, element, children, definition: ownDefinition, repetition: ownRepetition, leafIndex };
  };
  return build(0, 0, 0);
}

/** The parts of a list: the node that repeats, and the node of an element. Undefined when the node is no list. */
export function listParts(
  node: SchemaNode,
): { readonly repeated: SchemaNode; readonly element: SchemaNode } | undefined {
  if (node.element.logicalType?.kind !== 'list' || node.children.length !== 1) return undefined;
  const [repeated] = node.children;
  if (repeated === undefined || repeated.element.repetition !== 'repeated') return undefined;
  const [inner] = repeated.children;
  const isElement =
    inner === undefined ||
    repeated.children.length > 1 ||
    inner.element.repetition === 'repeated' ||
    repeated.name === 'array' ||
    repeated.name === `${node.name}_tuple`;
  return { repeated, element: isElement ? repeated : inner };
}

/** The parts of a map; undefined when the node is none. */
export function mapParts(
  node: SchemaNode,
): { readonly repeated: SchemaNode; readonly key: SchemaNode; readonly value: SchemaNode } | undefined {
  if (node.element.logicalType?.kind !== 'map' || node.children.length !== 1) return undefined;
  const [repeated] = node.children;
  const [key, value] = repeated?.children ?? [];
  if (repeated?.element.repetition !== 'repeated' || key === undefined || value === undefined) return undefined;
  return { repeated, key, value };
}

/** The leaves below a node. */
export function leavesOf(node: SchemaNode): readonly SchemaNode[] {
  return node.leafIndex >= 0 ? [node] : node.children.flatMap((child) => leavesOf(child));
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'Parquet metadata', reason });
}
