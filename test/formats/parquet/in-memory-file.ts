/** A Parquet file in memory: written by our encoder, read by our reader, for tests without a store. */
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import type { StructType } from '../../../src/types/data-type.ts';
import type { Value } from '../../../src/types/vector.ts';
import type { FileReadRequest, RandomAccessFile } from '../../../src/formats/placed-format.ts';
import { columnBatch } from '../../../src/types/column-batch.ts';
import { parquetFormat } from '../../../src/formats/parquet/parquet-format.ts';
import { vectorOf } from '../../../src/types/vector-builder.ts';
import { valueAt } from '../../../src/types/vector.ts';

export type TestRow = readonly (Value | null)[];

/** The bytes of a file with these batches of rows. */
export function fileOf(
  schema: StructType,
  batches: readonly (readonly TestRow[])[],
  options: Record<string, string> = {},
): Uint8Array {
  const encoder = parquetFormat.createEncoder(schema, new Map(Object.entries(options)), 'UTC');
  const parts = [
    encoder.header(),
    ...batches.map((rows) => encoder.encode(batchOfRows(schema, rows))),
    encoder.footer(),
  ];
  return Uint8Array.from(Buffer.concat(parts));
}

function batchOfRows(schema: StructType, rows: readonly TestRow[]): ColumnBatch {
  const columns = schema.fields.map(({ dataType }, i) =>
    vectorOf(
      dataType,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return columnBatch(schema, columns, rows.length);
}

/** Gives the bytes by place, and counts what was asked for. */
export function inMemory(bytes: Uint8Array): RandomAccessFile & { bytesRead: number } {
  return {
    description: 'memory',
    sizeBytes: bytes.length,
    modifiedMs: 0,
    bytesRead: 0,
    async read(from, to) {
      this.bytesRead += to - from;
      return bytes.subarray(from, to);
    },
  };
}

/** The rows of a file. */
export async function rowsOf(
  file: RandomAccessFile,
  schema: StructType,
  request: Partial<FileReadRequest> = {},
): Promise<TestRow[]> {
  const rows: TestRow[] = [];
  const columns = schema.fields.map(({ name }) => name);
  for await (const batch of parquetFormat.readFile(file, {
    schema,
    columns,
    options: new Map(),
    timeZone: 'UTC',
    ...request,
  }))
    for (let row = 0; row < batch.numRows; row++) rows.push(batch.columns.map((column) => valueAt(column, row)));
  return rows;
}
