/** The options of file sinks under Spark's names; those of the format are checked by the format. */
import type { FileCodec } from '../../formats/file-codec.ts';
import type { BasicFormat, FormatOptions } from '../../formats/format.ts';
import { fileCodec } from '../../formats/file-codec.ts';
import type { Options } from '../../types/options.ts';
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import { optionInt, optionOneOf, optionText, requiredOption } from '../../types/options.ts';

/** Names of the sink itself and of the stores below it. */
export const FILE_SINK_OPTION_NAMES: readonly string[] = [
  'compression',
  'codec',
  'maxRecordsPerFile',
  'partitionOverwriteMode',
  ...STORE_OPTION_NAMES,
];

export interface FileSinkOptions {
  readonly path: string;
  /** Of whole files; `none` where the format compresses inside them. */
  readonly codec: FileCodec;
  /** Of file names, without the dot before it. */
  readonly extension: string;
  /** Infinity when there is no limit. */
  readonly maxRecordsPerFile: number;
  /** Whether an overwrite replaces all files or only those of folders it writes to. */
  readonly partitionOverwriteMode: 'static' | 'dynamic';
  /** What the format is to see. */
  readonly formatOptions: FormatOptions;
}

/** Checks the options of the sink; throws typed errors. */
export function fileSinkOptions(format: BasicFormat, options: Options): FileSinkOptions {
  const known = new Set(format.optionNames.map((name) => name.toLowerCase()));
  const compression = optionText(options, 'compression') ?? optionText(options, 'codec');
  const ofFormat = new Map([...options].filter(([name]) => known.has(name) && name !== 'compression'));
  const maxRecords = optionInt(format.name, options, 'maxRecordsPerFile') ?? 0;
  const rest = {
    path: requiredOption(format.name, options, 'path'),
    maxRecordsPerFile: maxRecords > 0 ? maxRecords : Infinity,
    partitionOverwriteMode:
      optionOneOf(format.name, options, 'partitionOverwriteMode', ['static', 'dynamic'] as const) ?? 'static',
    formatOptions: ofFormat,
  } as const;
  if (format.compressedExtension !== undefined) {
    if (compression !== undefined) ofFormat.set('compression', compression);
    return { ...rest, codec: 'none', extension: format.compressedExtension(ofFormat) };
  }
  const { codec, extension } = fileCodec(compression ?? 'none');
  return { ...rest, codec, extension: format.extension + extension };
}
