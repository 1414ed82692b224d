/**
 * A Parquet file as column batches: reads the footer, picks the row groups of the part asked for that can hold wanted rows, reads the chunks
 * of the wanted columns only, and decodes them side by side.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { StructType } from '../../types/data-type.ts';
import type { FileReadRequest, RandomAccessFile } from '../placed-format.ts';
import type { FileMetadata, RowGroup } from './parquet-metadata.ts';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { TARGET_BATCH_ROWS, columnBatch } from '../../types/column-batch.ts';
import { ColumnBuffer } from '../column-buffer.ts';
import { DictionaryPool } from '../dictionary-pool.ts';
import { wantedSchema } from '../decoded-rows.ts';
import { type LeafAccess, childNamed, leavesOfPlan, openColumn, planColumn } from './column-reader.ts';
import { LeafReader } from './leaf-reader.ts';
import { PageReader } from './page-reader.ts';
import { fileMetadata } from './parquet-metadata.ts';
import { schemaTree } from './schema-tree.ts';
import { mayHoldRows } from './statistics.ts';
import { ThriftReader } from './thrift-reader.ts';

const MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
const TAIL_BYTES = 1 << 16;
/** Chunks closer than this are read at once. */
const GAP_BYTES = 1 << 20;
const MAX_FOOTER_BYTES = 1 << 29;

/** The footer of a file; throws FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER. */
export async function readFooter(file: RandomAccessFile): Promise<FileMetadata> {
  try {
    return await footerOf(file);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.condition !== 'DATA_CORRUPT') throw error;
    throw new MillraceError('FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER', { path: file.description }, { cause: error });
  }
}

async function footerOf(file: RandomAccessFile): Promise<FileMetadata> {
  const { sizeBytes } = file;
  if (sizeBytes < 12) throw corrupt(`a file of ${sizeBytes} bytes`);
  const tail = await file.read(Math.max(0, sizeBytes - TAIL_BYTES), sizeBytes);
  const magic = new TextDecoder('latin1').decode(tail.subarray(-4));
  if (magic === ENCRYPTED_MAGIC)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The encrypted Parquet footer of ${file.description}` });
  if (magic !== MAGIC) throw corrupt(`the last bytes are not ${MAGIC}`);
  const length = new DataView(tail.buffer, tail.byteOffset, tail.length).getUint32(tail.length - 8, true);
  if (length > sizeBytes - 12 || length > MAX_FOOTER_BYTES)
    throw corrupt(`a footer of ${length} bytes in a file of ${sizeBytes}`);
  const bytes =
    length + 8 <= tail.length
      ? tail.subarray(tail.length - 8 - length, tail.length - 8)
      : await file.read(sizeBytes - 8 - length, sizeBytes - 8);
  return fileMetadata(new ThriftReader(bytes).readRecord());
}

/** The rows of a file, or of the row groups whose middle lies in `request.range`. */
export async function* readParquet(file: RandomAccessFile, request: FileReadRequest): AsyncGenerator<ColumnBatch> {
  const metadata = await readFooter(file);
  const schema = wantedSchema(request);
  const dictionaries = request.dictionaries ?? new DictionaryPool();
  const { onFirstRow = () => {} } = request;
  try {
    const groups = numbered(metadata.rowGroups).filter((group) => isInRange(group, request));
    const root = schemaTree(metadata);
    const wanted = groups.filter((group) => mayHoldRows(group, root, request.schema, request.filters ?? []));
    if (schema.fields.length === 0) {
      for (const { numRows, firstRow } of wanted) yield* emptyBatches(schema, numRows, firstRow, onFirstRow);
      return;
    }
    const plans = schema.fields.map(({ name, dataType }) => planColumn(childNamed(root, name), dataType));
    for (const group of wanted) {
      const access = await openGroup(file, group, plans.flatMap(leavesOfPlan), dictionaries);
      const columns = plans.map((plan, i) => openColumn(plan, schema.fields[i]?.name ?? '', access));
      for (let left = group.numRows; left > 0;) {
        const count = Math.min(left, TARGET_BATCH_ROWS);
        onFirstRow(group.firstRow + group.numRows - left);
        yield columnBatch(
          schema,
          columns.map((read) => read(count).vector),
          count,
        );
        left -= count;
      }
    }
  } catch (error) {
    throw located(error, file);
  }
}

/** Errors that do not know the file get its name. */
function located(error: unknown, file: RandomAccessFile): unknown {
  if (!(error instanceof MillraceError)) return error;
  if (error.condition === 'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH') {
    const { column = '', expectedType = '', actualType = '' } = error.parameters;
    return new MillraceError(error.condition, { path: file.description, column, expectedType, actualType });
  }
  if (error.condition !== 'DATA_CORRUPT' && error.condition !== 'UNSUPPORTED_FEATURE') return error;
  return new MillraceError('FAILED_READ_FILE.NO_HINT', { path: file.description }, { cause: error });
}

/** A row group belongs to the part of the file in which its middle lies, as Spark cuts. */
function isInRange({ columns }: RowGroup, { range }: FileReadRequest): boolean {
  if (range === undefined) return true;
  const start = Math.min(...columns.map(({ offset }) => offset));
  const size = columns.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  const middle = start + Math.floor(size / 2);
  return middle >= range.from && middle < range.to;
}

type Leaves = ReturnType<typeof leavesOfPlan>;

/** Reads the chunks of the leaves and gives access to them. */
async function openGroup(
  file: RandomAccessFile,
  group: RowGroup,
  leaves: Leaves,
  dictionaries: DictionaryPool,
): Promise<LeafAccess> {
  const indexes = [...new Set(leaves.map(({ node }) => node.leafIndex))];
  const chunkOf = (index: number): RowGroup['columns'][number] => {
    const chunk = group.columns[index];
    if (chunk === undefined) throw corrupt('a row group without one of its columns');
    return chunk;
  };
  const bytes = await readRanges(
    file,
    indexes.map((index) => ({ index, from: chunkOf(index).offset, size: chunkOf(index).compressedBytes })),
  );
  return {
    open: ({ node, convert }) => {
      const chunk = present(bytes.get(node.leafIndex), 'the chunk of a planned leaf is read');
      return new LeafReader(new PageReader(node, chunkOf(node.leafIndex), chunk), node.definition, convert);
    },
    column: ({ node, type }, name) =>
      new ColumnBuffer(type, () => dictionaries.take(node.repetition > 0 ? `${name}[]` : name)),
  };
}

interface ByteRange {
  readonly index: number;
  readonly from: number;
  readonly size: number;
}

/** The bytes of the ranges, neighbours in one read. */
async function readRanges(
  file: RandomAccessFile,
  ranges: readonly ByteRange[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const found = new Map<number, Uint8Array>();
  const sorted = ranges.toSorted((a, b) => a.from - b.from);
  for (let first = 0; first < sorted.length;) {
    const start = sorted[first]?.from ?? 0;
    let end = start;
    let next = first;
    for (; next < sorted.length; next++) {
      const range = present(sorted[next], 'a range');
      if (range.from < 4 || range.size < 0 || range.from + range.size > file.sizeBytes)
        throw corrupt(`a column from byte ${range.from} to ${range.from + range.size} in a file of ${file.sizeBytes}`);
      if (next > first && range.from > end + GAP_BYTES) break;
      end = Math.max(end, range.from + range.size);
    }
    const bytes = await file.read(start, end);
    for (const { index, from, size } of sorted.slice(first, next))
      found.set(index, bytes.subarray(from - start, from - start + size));
    first = next;
  }
  return found;
}

function* emptyBatches(
  schema: StructType,
  numRows: number,
  firstRow: number,
  onFirstRow: (row: number) => void,
): Generator<ColumnBatch> {
  for (let row = 0; row < numRows; row += TARGET_BATCH_ROWS) {
    onFirstRow(firstRow + row);
    yield columnBatch(schema, [], Math.min(numRows - row, TARGET_BATCH_ROWS));
  }
}

/** The row groups with the places of their first rows in the file. */
function numbered(groups: readonly RowGroup[]): (RowGroup & { readonly firstRow: number })[] {
  let numRows = 0;
  return groups.map((group) => {
    const firstRow = numRows;
    numRows += group.numRows;
    return { ...group, firstRow };
  });
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'a Parquet file', reason });
}
