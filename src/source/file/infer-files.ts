/** The schema of files from their content: of all of them where every record counts, of one or all footers where the format has them. */
import type { StructType } from '../../types/data-type.ts';
import type { FileFormat } from '../../formats/registry.ts';
import type { SourceContext } from '../source.ts';
import type { FileEntry, FileListing } from './file-listing.ts';
import type { FileOptions } from './file-options.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { mergeSchemas } from '../../types/merge-schemas.ts';
import { formatOptions } from './file-options.ts';
import { type FileToRead, blocksOf, randomAccess } from './read-file.ts';

/** Where the files are and how they are read. */
export interface InferenceContext {
  readonly listing: FileListing;
  readonly options: FileOptions;
  readonly context: SourceContext;
}

/** The columns the files have, without those of their folders. */
export async function inferFiles(
  format: FileFormat,
  files: readonly FileEntry[],
  { listing, options, context }: InferenceContext,
): Promise<StructType> {
  const sorted = files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const ofFormat = formatOptions(context.options);
  if (format.access !== 'placed') {
    const inferrer = format.inferSchema?.(ofFormat, context.timeZone);
    if (inferrer === undefined)
      throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: format.name.toUpperCase() });
    for (const file of sorted) {
      for await (const block of blocksOf(placeOf(file, listing, options))) inferrer.push(block);
      inferrer.endOfFile();
    }
    return inferrer.finish();
  }
  let schema: StructType | undefined;
  for (const file of sorted) {
    try {
      const found = await format.inferFile(randomAccess(placeOf(file, listing, options)), ofFormat);
      schema = schema === undefined ? found : mergeSchemas(schema, found);
    } catch (error) {
      const isCorrupt = error instanceof MillraceError && error.condition.startsWith('FAILED_READ_FILE.');
      if (!isCorrupt || !options.ignoreCorruptFiles) throw error;
      continue;
    }
    if (!format.mergesSchemas(ofFormat)) break;
  }
  if (schema !== undefined) return schema;
  throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: 'Parquet' });
}

function placeOf({ key, sizeBytes, modifiedMs }: FileEntry, { store }: FileListing, options: FileOptions): FileToRead {
  const range = { from: 0, to: sizeBytes, sizeBytes };
  const onShort = (missingBytes: number): never => {
    throw new MillraceError('FILE_CHANGED', {
      path: `${store.description}/${key}`,
      expectedBytes: String(sizeBytes),
      foundBytes: String(sizeBytes - missingBytes),
    });
  };
  return { store, key, range, modifiedMs, maxDecompressedBytes: options.maxDecompressedBytes, onShort };
}
