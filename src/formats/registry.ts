/** The list of formats. Adding one: a file with a Format, one line here. The package loads the code of a format when the format is asked for. */
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

const FORMATS: ReadonlyMap<string, () => FileFormat> = new Map<string, () => FileFormat>([
  ['avro', () => avroFormat],
  ['binaryFile', () => binaryFileFormat],
  ['csv', () => csvFormat],
  ['json', () => jsonFormat],
  ['parquet', () => parquetFormat],
  ['text', () => textFormat],
]);

/** The names of all formats. */
export const formatNames: readonly string[] = [...FORMATS.keys()];

/** The names of the formats that can be written. */
export const writableFormatNames: readonly string[] = formatNames.filter((name) => name !== 'binaryFile');

/** The format with this name, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findFormat(name: string): FileFormat {
  const known = formatNames.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const format = FORMATS.get(known ?? name);
  if (format !== undefined) return format();
  throw new MillraceError(
    'DATA_SOURCE_NOT_FOUND',
    { provider: name },
    { hint: `Did you mean one of ${nearestNames(name, formatNames, 3).join(', ')}?` },
  );
}
