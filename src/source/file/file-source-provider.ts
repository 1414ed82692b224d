/** The file sources, one per format: `json`, `csv`, `parquet`, `text`. */
import type { SourceContext, SourceProvider } from '../source.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { type FileFormat, findFormat } from '../../formats/registry.ts';
import { type StructType, struct } from '../../types/data-type.ts';
import { FileListing } from './file-listing.ts';
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import { metadataSchema } from './file-metadata.ts';
import { FILE_OPTION_NAMES, fileOptions } from './file-options.ts';
import { inferFiles } from './infer-files.ts';
import { FileSource, describeFiles } from './file-source.ts';
import { checkPartitionNames, partitionFields } from './partition-values.ts';

/** The source of the files of a format. */
export function fileSourceProvider(formatName: string): SourceProvider {
  const format = findFormat(formatName);
  const { fixedSchema } = format;
  return {
    name: format.name,
    readsAnywhere: true,
    metadataSchema: metadataSchema(format),
    optionNames: [...format.optionNames, ...FILE_OPTION_NAMES, ...STORE_OPTION_NAMES],
    ...(fixedSchema === undefined ? {} : { fixedSchema }),
    inferSchema: (context) => inferSchema(format, context),
    describe: describeFiles,
    create(context) {
      const schema = context.schema ?? fixedSchema;
      if (schema === undefined) {
        if (context.isStreaming) throw new MillraceError('_LEGACY_ERROR_TEMP_2048', {});
        throw unableToInfer(format);
      }
      return new FileSource(format, context, schema);
    },
  };
}

/** The schema of the files there are now; a stream needs one from the user, as its files may not be there yet. */
async function inferSchema(format: FileFormat, context: SourceContext): Promise<StructType | undefined> {
  if (format.fixedSchema !== undefined) return format.fixedSchema;
  if (context.isStreaming) return undefined;
  const options = fileOptions(format, context.options, context.timeZone, false);
  const listing = await FileListing.open(options, context.options, context);
  try {
    const files = await listing.list();
    if (files.length === 0) throw unableToInfer(format);
    const inferred = await inferFiles(format, files, { listing, options, context });
    const paths = files.map((file) => listing.folderPath(file.key));
    checkPartitionNames(paths, listing.store.description);
    const folders = partitionFields(paths, context.timeZone, options.infersFolderTypes);
    const names = new Set(folders.map((field) => field.name));
    return struct([...inferred.fields.filter((field) => !names.has(field.name)), ...folders]);
  } finally {
    await listing.store.close();
  }
}

function unableToInfer(format: FileFormat): MillraceError {
  return new MillraceError('UNABLE_TO_INFER_SCHEMA', {
    format: format.name === 'parquet' ? 'Parquet' : format.name.toUpperCase(),
  });
}
