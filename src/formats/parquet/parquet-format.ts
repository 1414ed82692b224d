/** The format `parquet`. */
import type { PlacedFormat } from '../placed-format.ts';
import { ParquetEncoder } from './parquet-encoder.ts';
import { PARQUET_OPTION_NAMES, parquetReadOptions, parquetWriteOptions } from './parquet-options.ts';
import { readFooter, readParquet } from './parquet-reader.ts';
import { sparkSchema } from './spark-schema.ts';

export const parquetFormat: PlacedFormat = {
  access: 'placed',
  name: 'parquet',
  extension: 'parquet',
  countsRows: true,
  optionNames: PARQUET_OPTION_NAMES,
  compressedExtension: (options) => `${parquetWriteOptions(options).codecExtension}parquet`,
  createEncoder: (schema, options) => new ParquetEncoder(schema, parquetWriteOptions(options)),
  checkRead: ({ options }) => void parquetReadOptions(options),
  readFile: readParquet,
  inferFile: async (file) => sparkSchema(await readFooter(file)),
  mergesSchemas: (options) => parquetReadOptions(options).mergeSchema,
};
