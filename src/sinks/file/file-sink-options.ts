/** The options of file sinks under Spark's names; those of the format are checked by the format. */
import type { Format, FormatOptions } from '../../formats/format.ts';
import type { Options } from '../../types/options.ts';
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import { invalidOption, optionInt, optionText, requiredOption } from '../../types/options.ts';

/** Names of the sink itself and of the stores below it. */
export const FILE_SINK_OPTION_NAMES: readonly string[] = [
  'compression',
  'codec',
  'maxRecordsPerFile',
  ...STORE_OPTION_NAMES,
];

export interface FileSinkOptions {
  readonly path: string;
  readonly isGzip: boolean;
  /** Infinity when there is no limit. */
  readonly maxRecordsPerFile: number;
  /** What the format is to see. */
  readonly formatOptions: FormatOptions;
}

/** Checks the options of the sink; throws typed errors. */
export function fileSinkOptions(format: Format, options: Options): FileSinkOptions {
  const known = new Set(format.optionNames.map((name) => name.toLowerCase()));
  const compression = optionText(options, 'compression') ?? optionText(options, 'codec') ?? 'none';
  if (!/^(none|uncompressed|gzip)$/i.test(compression))
    throw invalidOption(format.name, 'compression', compression, 'none, uncompressed or gzip');
  const maxRecords = optionInt(format.name, options, 'maxRecordsPerFile') ?? 0;
  return {
    path: requiredOption(format.name, options, 'path'),
    isGzip: compression.toLowerCase() === 'gzip',
    maxRecordsPerFile: maxRecords > 0 ? maxRecords : Infinity,
    formatOptions: new Map([...options].filter(([name]) => known.has(name) && name !== 'compression')),
  };
}
