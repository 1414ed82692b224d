/** The format `binaryFile`: a row per file with its path, time, length and bytes. Bytes nobody asks for are not read. Reading only. */
import type { Value } from '../../types/vector.ts';
import type { PlacedFormat } from '../placed-format.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { columnBatch } from '../../types/column-batch.ts';
import { BINARY, LONG, STRING, TIMESTAMP, field, struct } from '../../types/data-type.ts';
import { checkOptionNames } from '../../types/options.ts';
import { vectorOf } from '../../types/vector-builder.ts';
import { wantedSchema } from '../decoded-rows.ts';

const SCHEMA = struct([
  field('path', STRING),
  field('modificationTime', TIMESTAMP),
  field('length', LONG),
  field('content', BINARY),
]);
/** Spark's limit: an array of Java holds no more. */
const MAX_LENGTH = 2 ** 31 - 1;

export const binaryFileFormat: PlacedFormat = {
  access: 'placed',
  name: 'binaryFile',
  extension: 'bin',
  optionNames: [],
  fixedSchema: SCHEMA,
  isReadOnly: true,
  checkRead: ({ options }) => checkOptionNames('binaryFile', options, []),
  inferFile: async () => SCHEMA,
  mergesSchemas: () => false,
  createEncoder: () => {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'Writing binaryFile' });
  },
  async *readFile(file, request) {
    // A file is one row: it belongs to the part that begins it. Empty files have none, as in Spark.
    if (file.sizeBytes === 0 || (request.range !== undefined && request.range.from > 0)) return;
    const schema = wantedSchema(request);
    const valueOf = async (name: string): Promise<Value | null> => {
      switch (name) {
        case 'path':
          return file.description;
        case 'modificationTime':
          return BigInt(file.modifiedMs) * 1000n;
        case 'length':
          return BigInt(file.sizeBytes);
        case 'content':
          if (file.sizeBytes > MAX_LENGTH)
            throw new MillraceError('_LEGACY_ERROR_TEMP_2076', {
              path: file.description,
              len: String(file.sizeBytes),
              maxLength: String(MAX_LENGTH),
            });
          return Uint8Array.from(await file.read(0, file.sizeBytes));
        default:
          return null;
      }
    };
    const values = await Promise.all(schema.fields.map(({ name }) => valueOf(name)));
    yield columnBatch(
      schema,
      schema.fields.map(({ dataType }, i) => vectorOf(dataType, [values[i] ?? null])),
      1,
    );
  },
};
