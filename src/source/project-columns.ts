/** Column pruning for sources that have whole batches at hand: picks the columns the engine asked for, sharing their vectors. */
import { present } from '../errors/assert.ts';
import { columnBatch, type ColumnBatch } from '../types/column-batch.ts';
import { struct, type StructType } from '../types/data-type.ts';

/** The fields of `schema` named by `columns`, in the order of `columns`. */
export function projectSchema(schema: StructType, columns: readonly string[]): StructType {
  return struct(
    columns.map((name) =>
      present(
        schema.fields.find((field) => field.name === name),
        `column ${name} is in the source's schema`,
      ),
    ),
  );
}

/** The batch with just `columns`, in that order; the same batch when nothing changes. */
export function projectColumns(batch: ColumnBatch, columns: readonly string[]): ColumnBatch {
  const { fields } = batch.schema;
  if (columns.length === fields.length && columns.every((name, i) => fields[i]?.name === name)) return batch;
  const vectors = columns.map((name) =>
    present(batch.columns[fields.findIndex((field) => field.name === name)], `column ${name} is in the batch`),
  );
  return columnBatch(projectSchema(batch.schema, columns), vectors, batch.numRows);
}
