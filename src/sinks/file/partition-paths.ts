/**
 * Folders of a partitioned write, `day=2024-01-31/name=a%2Fb`: which columns, their text as Spark's cast to string prints it, escaped as
 * Spark escapes it, so that no value can leave the root.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructField, StructType } from '../../types/data-type.ts';
import type { Value, Vector } from '../../types/vector.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { plainText } from '../../types/value-text.ts';
import { columnBatch } from '../../types/column-batch.ts';
import { simpleName, sqlName, struct } from '../../types/data-type.ts';
import { gatherBatch } from '../../types/vector-ops.ts';
import { valueAt } from '../../types/vector.ts';

const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__';
// oxlint-disable-next-line no-control-regex
const ESCAPED = /[\x00-\x1F"#%'*/:=?\\\x7F{[\]^]/g;

/** A column's folder name; null and the empty text are the same folder, as in Spark. */
export function partitionFolder(name: string, text: string | null): string {
  return `${escapePathName(name)}=${text === null || text === '' ? NULL_FOLDER : escapePathName(text)}`;
}

/** Text as a part of a path: what could mean something to a path or a glob becomes `%XX`. */
function escapePathName(text: string): string {
  return text.replaceAll(
    ESCAPED,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** Which columns make the folders and which go into the files. */
export class PartitionLayout {
  /** The columns of the files. */
  readonly dataSchema: StructType;
  readonly #dataIndexes: readonly number[];
  readonly #partitionIndexes: readonly number[];
  readonly #fields: readonly StructField[];
  readonly #timeZone: string;

  /** Checks the partition columns against the schema; throws typed errors. */
  constructor(schema: StructType, partitionColumns: readonly string[], timeZone: string) {
    this.#partitionIndexes = partitionColumns.map((name) => partitionIndex(schema, name));
    if (partitionColumns.length > 0 && partitionColumns.length === schema.fields.length)
      throw new MillraceError('ALL_PARTITION_COLUMNS_NOT_ALLOWED', {});
    this.#dataIndexes = schema.fields.flatMap((_, i) => (this.#partitionIndexes.includes(i) ? [] : [i]));
    this.#fields = schema.fields;
    this.#timeZone = timeZone;
    this.dataSchema = struct(this.#dataIndexes.map((i) => present(schema.fields[i], 'a field of the schema')));
  }

  /** The rows of a batch by folder, without the partition columns; the folder is empty when there are none. */
  split(batch: ColumnBatch): Map<string, ColumnBatch> {
    const data = columnBatch(
      this.dataSchema,
      this.#dataIndexes.map((i) => present(batch.columns[i], 'a column per field')),
      batch.numRows,
    );
    if (this.#partitionIndexes.length === 0) return new Map([['', data]]);
    const rowsOfFolder = new Map<string, number[]>();
    const folderOf = this.#folderReader(batch);
    for (let row = 0; row < batch.numRows; row++) {
      const folder = folderOf(row);
      const rows = rowsOfFolder.get(folder);
      if (rows === undefined) rowsOfFolder.set(folder, [row]);
      else rows.push(row);
    }
    return new Map(
      [...rowsOfFolder].map(([folder, rows]) => [folder, gatherBatch(data, Int32Array.from(rows), rows.length)]),
    );
  }

  #folderReader(batch: ColumnBatch): (row: number) => string {
    const readers = this.#partitionIndexes.map((i) => {
      const { name, dataType } = present(this.#fields[i], 'a field of the schema');
      return columnReader(name, dataType, present(batch.columns[i], 'a column per field'), this.#timeZone);
    });
    return (row) => readers.map((read) => read(row)).join('/');
  }
}

/** Values of partition columns are few: the folder of each is made once. */
function columnReader(name: string, type: DataType, vector: Vector, timeZone: string): (row: number) => string {
  const known = new Map<Value | null, string>();
  return (row) => {
    const value = valueAt(vector, row);
    let folder = known.get(value);
    if (folder === undefined) {
      folder = partitionFolder(name, value === null ? null : castText(value, type, timeZone));
      known.set(value, folder);
    }
    return folder;
  };
}

function castText(value: Value, type: DataType, timeZone: string): string {
  switch (type.kind) {
    case 'binary':
      return new TextDecoder().decode(value as Uint8Array);
    default:
      return plainText(value, type, timeZone);
  }
}

function partitionIndex(schema: StructType, name: string): number {
  const exact = schema.fields.findIndex((field) => field.name === name);
  const index =
    exact >= 0 ? exact : schema.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
  const found = schema.fields[index];
  if (found === undefined)
    throw new MillraceError('PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA', {
      column: `\`${name}\``,
      schema: simpleName(schema),
    });
  const { kind } = found.dataType;
  if (kind === 'array' || kind === 'map' || kind === 'struct')
    throw new MillraceError('INVALID_PARTITION_COLUMN_DATA_TYPE', { type: `"${sqlName(found.dataType)}"` });
  return index;
}
