/**
 * The column `_metadata` of file sources: path, name, size, part and modification time of the file a row comes from, as Spark writes them; of
 * Parquet the place of the row in its file as well. Made only in queries that name it.
 */
import type { FileFormat } from '../../formats/registry.ts';
import type { Vector } from '../../types/vector.ts';
import type { FileRange } from './file-range.ts';
import { LONG, STRING, type StructField, type StructType, TIMESTAMP, field, struct } from '../../types/data-type.ts';
import { constantVector } from '../../types/vector-ops.ts';

const FIELDS: readonly StructField[] = [
  field('file_path', STRING, false),
  field('file_name', STRING, false),
  field('file_size', LONG, false),
  field('file_block_start', LONG, false),
  field('file_block_length', LONG, false),
  field('file_modification_time', TIMESTAMP, false),
];
const ROW_INDEX = field('row_index', LONG, false);
/** What cannot stand in a path of a URI; other letters than those of ASCII can. */
// oxlint-disable-next-line no-control-regex
const QUOTED = /[\x00-\x20"#%<>?[\\\]^`{|}\x7F]/g;

export const METADATA_COLUMN = '_metadata';

/** A file, and which part of it is read. */
export interface ReadPart extends FileRange {
  /** As `file:/data/in/a b.json`. */
  readonly path: string;
  readonly modifiedMs: number;
}

/** The fields of the column for a format. */
export function metadataSchema({ countsRows }: FileFormat): StructType {
  return struct(countsRows === true ? [...FIELDS, ROW_INDEX] : FIELDS);
}

/** The column for `numRows` rows of a part, of which the first is row `firstRow` of the file. */
export function metadataVector(type: StructType, part: ReadPart, firstRow: number, numRows: number): Vector {
  const path = part.path.replaceAll(
    QUOTED,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  const values = [
    path,
    path.slice(path.lastIndexOf('/') + 1),
    BigInt(part.sizeBytes),
    BigInt(part.from),
    BigInt(part.to - part.from),
    BigInt(part.modifiedMs) * 1000n,
  ];
  const children = type.fields.map(({ dataType }, i): Vector => {
    const value = values[i];
    if (value !== undefined) return constantVector(dataType, value, numRows);
    const rows = new BigInt64Array(numRows);
    for (let row = 0; row < numRows; row++) rows[row] = BigInt(firstRow + row);
    return { layout: 'long', type: dataType, length: numRows, validity: undefined, values: rows };
  });
  return { layout: 'struct', type, length: numRows, validity: undefined, children };
}
