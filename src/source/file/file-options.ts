/** The options of file sources under Spark's names; the options of the format are checked by the format. */
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import type { FileFormat } from '../../formats/registry.ts';
import { parseTimestamp } from '../../types/timestamp-text.ts';
import {
  type Options,
  checkOptionNames,
  invalidOption,
  optionBoolean,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
  requiredOption,
} from '../../types/options.ts';

/** Names that belong to the file source itself. */
export const FILE_OPTION_NAMES: readonly string[] = [
  'path',
  'format',
  'maxFilesPerTrigger',
  'maxBytesPerTrigger',
  'latestFirst',
  'fileNameOnly',
  'maxFileAge',
  'maxCachedFiles',
  'discardCachedInputRatio',
  'cleanSource',
  'sourceArchiveDir',
  'pathGlobFilter',
  'recursiveFileLookup',
  'basePath',
  'ignoreCorruptFiles',
  'ignoreMissingFiles',
  'maxDecompressedBytes',
  'modifiedAfter',
  'modifiedBefore',
  'partitionColumnTypeInference',
  'followLinks',
  'pollIntervalMs',
];

const WEEK_MS = 7 * 86_400_000;
const LOCAL_POLL_MS = 100;
const REMOTE_POLL_MS = 2000;
/** What a compressed file may unpack to unless the user allows more. */
const MAX_DECOMPRESSED_BYTES = 64 * 2 ** 30;

export interface FileOptions {
  readonly path: string;
  readonly cleanSource: 'off' | 'delete' | 'archive';
  /** Set when files are archived. */
  readonly sourceArchiveDir: string | undefined;
  /** Undefined: no limit. */
  readonly maxFilesPerTrigger: number | undefined;
  readonly maxBytesPerTrigger: number | undefined;
  readonly latestFirst: boolean;
  readonly fileNameOnly: boolean;
  /** Files older than this, counted from the newest one seen, are ignored; Infinity when latest files come first under a limit. */
  readonly maxFileAgeMs: number;
  readonly pathGlobFilter: string | undefined;
  readonly basePath: string | undefined;
  /** Types of folder columns are found from their values; else all are STRING. */
  readonly infersFolderTypes: boolean;
  /** Batch reads leave out files beside folders with columns. */
  readonly skipsBesideFolders: boolean;
  readonly recursiveFileLookup: boolean;
  readonly followLinks: boolean;
  readonly pollIntervalMs: number;
  /** Damaged files end where they are damaged, files that have gone have no rows. */
  readonly ignoreCorruptFiles: boolean;
  readonly ignoreMissingFiles: boolean;
  readonly maxDecompressedBytes: number;
  /** Only files modified after the one and before the other time. */
  readonly modifiedAfterMs: number | undefined;
  readonly modifiedBeforeMs: number | undefined;
}

/** Checks names and values; throws typed errors. `timeZone` is that of times without one. */
export function fileOptions(format: FileFormat, options: Options, timeZone: string, isStreaming = true): FileOptions {
  const { name } = format;
  checkOptionNames(name, options, [...format.optionNames, ...FILE_OPTION_NAMES, ...STORE_OPTION_NAMES]);
  const cleanSource = optionOneOf(name, options, 'cleanSource', ['off', 'delete', 'archive'] as const) ?? 'off';
  const sourceArchiveDir = cleanSource === 'archive' ? requiredOption(name, options, 'sourceArchiveDir') : undefined;
  const path = requiredOption(name, options, 'path');
  if (sourceArchiveDir !== undefined && isWithin(sourceArchiveDir, path))
    throw invalidOption(name, 'sourceArchiveDir', sourceArchiveDir, 'a place outside the path that is read');
  const maxFilesPerTrigger = optionInt(name, options, 'maxFilesPerTrigger', { min: 1 });
  const maxBytesPerTrigger = optionInt(name, options, 'maxBytesPerTrigger', { min: 1 });
  if (maxFilesPerTrigger !== undefined && maxBytesPerTrigger !== undefined)
    throw invalidOption(
      name,
      'maxBytesPerTrigger',
      String(maxBytesPerTrigger),
      'not to be given together with maxFilesPerTrigger',
    );
  const latestFirst = optionBoolean(name, options, 'latestFirst') ?? false;
  const isLimited = maxFilesPerTrigger !== undefined || maxBytesPerTrigger !== undefined;
  const isRemote = /^s3[an]?:/i.test(path);
  return {
    path,
    cleanSource,
    sourceArchiveDir,
    maxFilesPerTrigger,
    maxBytesPerTrigger,
    latestFirst,
    fileNameOnly: optionBoolean(name, options, 'fileNameOnly') ?? false,
    maxFileAgeMs: latestFirst && isLimited ? Infinity : (optionDuration(name, options, 'maxFileAge') ?? WEEK_MS),
    pathGlobFilter: optionText(options, 'pathGlobFilter'),
    basePath: optionText(options, 'basePath'),
    infersFolderTypes: optionBoolean(name, options, 'partitionColumnTypeInference') ?? true,
    skipsBesideFolders: !isStreaming,
    recursiveFileLookup: optionBoolean(name, options, 'recursiveFileLookup') ?? false,
    followLinks: optionBoolean(name, options, 'followLinks') ?? true,
    pollIntervalMs:
      optionInt(name, options, 'pollIntervalMs', { min: 1 }) ?? (isRemote ? REMOTE_POLL_MS : LOCAL_POLL_MS),
    ignoreCorruptFiles: optionBoolean(name, options, 'ignoreCorruptFiles') ?? false,
    ignoreMissingFiles: optionBoolean(name, options, 'ignoreMissingFiles') ?? false,
    maxDecompressedBytes: optionInt(name, options, 'maxDecompressedBytes', { min: 1 }) ?? MAX_DECOMPRESSED_BYTES,
    modifiedAfterMs: optionTime(name, options, 'modifiedAfter', timeZone),
    modifiedBeforeMs: optionTime(name, options, 'modifiedBefore', timeZone),
  };
}

/** Whether a place is below another one, up to the first pattern of that. */
function isWithin(place: string, path: string): boolean {
  const plain = (text: string): string =>
    text
      .replace(/^file:\/*/i, '/')
      .replace(/^s3[an]:/i, 's3:')
      .replace(/\/+$/, '');
  const root = plain(path).replace(/\/[^/]*[*?[{].*$/, '');
  return plain(place) === root || plain(place).startsWith(`${root}/`);
}

/** A time as Spark's casts read it, in ms. */
function optionTime(format: string, options: Options, name: string, timeZone: string): number | undefined {
  const text = optionText(options, name);
  if (text === undefined) return undefined;
  const micros = parseTimestamp(text, optionText(options, 'timeZone') ?? timeZone);
  if (micros === null) throw invalidOption(format, name, text, "a time such as '2026-01-31T10:00:00'");
  return Number(micros / 1000n);
}

/** The format's part of the options: without the names of the file source and the stores. */
export function formatOptions(options: Options): Options {
  const others = new Set([...FILE_OPTION_NAMES, ...STORE_OPTION_NAMES].map((name) => name.toLowerCase()));
  return new Map([...options].filter(([name]) => !others.has(name)));
}
