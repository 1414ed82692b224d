/** The options of file sinks under Spark's names; those of the format are checked by the format. */
import type { FileCodec } from '../../formats/file-codec.ts';
import type { BasicFormat, FormatOptions } from '../../formats/format.ts';
import { fileCodec } from '../../formats/file-codec.ts';
import type { Options } from '../../types/options.ts';
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import { optionDuration, optionInt, optionOneOf, optionText, requiredOption } from '../../types/options.ts';

/** Names of the sink itself and of the stores below it. */
export const FILE_SINK_OPTION_NAMES: readonly string[] = [
  'compression',
  'codec',
  'maxRecordsPerFile',
  'partitionOverwriteMode',
  'retention',
  'compactFiles',
  'compactFileBytes',
  ...STORE_OPTION_NAMES,
];

const COMPACT_FILE_BYTES = 64 << 20;

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
  /** Files committed longer ago are not listed any more; Infinity: all are. */
  readonly retentionMs: number;
  /** So many small files of a folder become one; 0: none do. */
  readonly compactFiles: number;
  /** The size up to which files are merged. */
  readonly compactFileBytes: number;
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
    retentionMs: optionDuration(format.name, options, 'retention') ?? Infinity,
    compactFiles: optionInt(format.name, options, 'compactFiles', { min: 0 }) ?? 0,
    compactFileBytes: optionInt(format.name, options, 'compactFileBytes', { min: 1 }) ?? COMPACT_FILE_BYTES,
    formatOptions: ofFormat,
  } as const;
  if (format.compressedExtension !== undefined) {
    if (compression !== undefined) ofFormat.set('compression', compression);
    return { ...rest, codec: 'none', extension: format.compressedExtension(ofFormat) };
  }
  const { codec, extension } = fileCodec(compression ?? 'none');
  return { ...rest, codec, extension: format.extension + extension };
}
