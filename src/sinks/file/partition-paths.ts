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
    const { folders, groups } = this.#groupsOf(batch);
    return new Map(
      rowsByGroup(groups, folders.length).map((rows, group) => [
        present(folders[group], 'a folder per group'),
        rows.length === batch.numRows ? data : gatherBatch(data, rows, rows.length),
      ]),
    );
  }

  /** The folders of a batch in the order they are met, and which of them each row goes to. */
  #groupsOf(batch: ColumnBatch): { readonly folders: readonly string[]; readonly groups: Int32Array } {
    const folders: string[] = [''];
    let groups: Int32Array = new Int32Array(batch.numRows);
    for (const i of this.#partitionIndexes) {
      const { name, dataType } = present(this.#fields[i], 'a field of the schema');
      const column = present(batch.columns[i], 'a column per field');
      const codes = codesOf(column, (value) =>
        partitionFolder(name, value === null ? null : castText(value, dataType, this.#timeZone)),
      );
      groups = deepened(folders, groups, codes);
    }
    return { folders, groups };
  }
}

/** Texts by row, each once; two values may have one text. */
interface Codes {
  readonly texts: readonly string[];
  readonly codes: Int32Array;
}

/** The folder names of a column: each made once per distinct value of the batch, since partition columns have few. */
function codesOf(vector: Vector, folderOf: (value: Value | null) => string): Codes {
  const texts = new Map<string, number>();
  const codeOf = (value: Value | null): number => {
    const text = folderOf(value);
    const code = texts.get(text) ?? texts.size;
    texts.set(text, code);
    return code;
  };
  const { length, validity } = vector;
  const codes = new Int32Array(length);
  if (vector.layout === 'string') {
    const known = new Int32Array(vector.dictionary.size).fill(-1);
    for (let row = 0; row < length; row++) {
      const id = vector.ids[row] as number;
      if (validity !== undefined && validity[row] === 0) codes[row] = codeOf(null);
      else {
        if ((known[id] as number) < 0) known[id] = codeOf(vector.dictionary.text(id));
        codes[row] = known[id] as number;
      }
    }
  } else {
    const known = new Map<Value | null, number>();
    for (let row = 0; row < length; row++) {
      const value = valueAt(vector, row);
      const code = known.get(value) ?? codeOf(value);
      known.set(value, code);
      codes[row] = code;
    }
  }
  return { texts: [...texts.keys()], codes };
}

/** The groups of rows one folder deeper; replaces `folders` by those below them. */
function deepened(folders: string[], groups: Int32Array, { texts, codes }: Codes): Int32Array {
  const above = folders.splice(0);
  const known = new Map<number, number>();
  return groups.map((group, row) => {
    const pair = group * texts.length + (codes[row] as number);
    let found = known.get(pair);
    if (found === undefined) {
      const outer = above[group] ?? '';
      found = folders.push(`${outer}${outer === '' ? '' : '/'}${texts[codes[row] as number]}`) - 1;
      known.set(pair, found);
    }
    return found;
  });
}

/** The rows of each group, in order. */
function rowsByGroup(groups: Int32Array, numGroups: number): Int32Array[] {
  const counts = new Int32Array(numGroups);
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row] as number;
    counts[group] = (counts[group] as number) + 1;
  }
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row] as number;
    const place = counts[group] as number;
    (rows[group] as Int32Array)[place] = row;
    counts[group] = place + 1;
  }
  return rows;
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
