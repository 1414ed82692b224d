/** The list of formats. Adding one: a file with a Format, one line here. */
import type { Format } from './format.ts';
import type { PlacedFormat } from './placed-format.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { avroFormat } from './avro/avro-format.ts';
import { binaryFileFormat } from './binary-file/binary-file-format.ts';
import { csvFormat } from './csv/csv-format.ts';
import { jsonFormat } from './json/json-format.ts';
import { parquetFormat } from './parquet/parquet-format.ts';
import { textFormat } from './text/text-format.ts';

/** A format of files, whichever way they are read. */
export type FileFormat = Format | PlacedFormat;

export const formats: readonly FileFormat[] = [
  avroFormat,
  binaryFileFormat,
  csvFormat,
  jsonFormat,
  parquetFormat,
  textFormat,
];

/** The format with this name, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findFormat(name: string): FileFormat {
  const format = formats.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (format !== undefined) return format;
  const names = formats.map((candidate) => candidate.name);
  throw new MillraceError(
    'DATA_SOURCE_NOT_FOUND',
    { provider: name },
    { hint: `Did you mean one of ${nearestNames(name, names, 3).join(', ')}?` },
  );
}
