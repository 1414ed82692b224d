/** The file sources, one per format: `json`, `csv`, `text`. */
import type { Format } from '../../formats/format.ts';
import type { SourceContext, SourceProvider } from '../source.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { formats } from '../../formats/registry.ts';
import { type StructType, struct } from '../../types/data-type.ts';
import { FileListing } from './file-listing.ts';
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import { FILE_OPTION_NAMES, fileOptions, formatOptions } from './file-options.ts';
import { FileSource, describeFiles } from './file-source.ts';
import { partitionFields } from './partition-values.ts';

/** For the list of sources. */
export const fileSourceProviders: readonly SourceProvider[] = formats.map((format) => providerOf(format));

function providerOf(format: Format): SourceProvider {
  return {
    name: format.name,
    readsAnywhere: true,
    optionNames: [...format.optionNames, ...FILE_OPTION_NAMES, ...STORE_OPTION_NAMES],
    ...(format.fixedSchema === undefined ? {} : { fixedSchema: format.fixedSchema }),
    inferSchema: (context) => inferSchema(format, context),
    describe: describeFiles,
    create(context) {
      const schema = context.schema ?? format.fixedSchema;
      if (schema === undefined) {
        if (context.isStreaming) throw new MillraceError('_LEGACY_ERROR_TEMP_2048', {});
        throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: format.name.toUpperCase() });
      }
      return new FileSource(format, context, schema);
    },
  };
}

/** The schema of the files there are now; a stream needs one from the user, as its files may not be there yet. */
async function inferSchema(format: Format, context: SourceContext): Promise<StructType | undefined> {
  if (format.fixedSchema !== undefined) return format.fixedSchema;
  if (context.isStreaming || format.inferSchema === undefined) return undefined;
  const options = fileOptions(format, context.options);
  const listing = await FileListing.open(options, context.options, context);
  try {
    const files = await listing.list();
    if (files.length === 0) throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: format.name.toUpperCase() });
    const inferrer = format.inferSchema(formatOptions(context.options), context.timeZone);
    for (const file of files.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      for await (const block of listing.store.readBlocks(file.key, 1 << 18)) inferrer.push(block);
      inferrer.endOfFile();
    }
    const inferred = inferrer.finish();
    const folders = partitionFields(files.map((file) => file.key));
    const names = new Set(folders.map((field) => field.name));
    return struct([...inferred.fields.filter((field) => !names.has(field.name)), ...folders]);
  } finally {
    await listing.store.close();
  }
}
