/** The options of the delivery sink and their typed form; the words are Firehose's where it has them. */
import type { BasicFormat, FormatOptions } from '../../formats/format.ts';
import type { FileCodec } from '../../formats/file-codec.ts';
import type { Options } from '../../types/options.ts';
import type { StructType } from '../../types/data-type.ts';
import { fileCodec } from '../../formats/file-codec.ts';
import { findFormat } from '../../formats/registry.ts';
import { STORE_OPTION_NAMES } from '../../storage/registry.ts';
import {
  invalidOption,
  optionBoolean,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
  requiredOption,
} from '../../types/options.ts';
import { parseSchema } from '../../types/schema.ts';

export const DELIVERY_OPTION_NAMES: readonly string[] = [
  'destination',
  'bufferSize',
  'bufferInterval',
  'flushOnStop',
  'fileFormat',
  'compression',
  'prefix',
  'errorPrefix',
  'customTimeZone',
  'recordColumn',
  'outputSchema',
  'backupPath',
  'url',
  'accessKey',
  'commonAttributes',
  'index',
  'idColumn',
  'retryDuration',
  'requestTimeout',
  'redshiftTable',
  ...STORE_OPTION_NAMES,
];

const DESTINATIONS = ['files', 'http', 'opensearch', 'redshift'] as const;
const MIB = 1 << 20;
const SIZE = /^(\d+(?:\.\d+)?)\s*(b|kib|kb|mib|mb)?$/i;
const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1024, kib: 1024, mb: MIB, mib: MIB };

export interface DeliveryOptions {
  readonly destination: (typeof DESTINATIONS)[number];
  /** Where objects, errors and the buffer are. */
  readonly path: string;
  readonly bufferBytes: number;
  readonly bufferIntervalMs: number;
  /** Whether what is buffered is delivered when the query stops. */
  readonly flushOnStop: boolean;
  readonly format: BasicFormat;
  readonly formatOptions: FormatOptions;
  readonly codec: FileCodec;
  readonly extension: string;
  readonly prefix: string;
  readonly errorPrefix: string;
  readonly timeZone: string;
  /** The column that holds a record as JSON text, to be read as `outputSchema`. */
  readonly recordColumn: string | undefined;
  readonly outputSchema: StructType | undefined;
  readonly backupPath: string | undefined;
  /** Of HTTP and OpenSearch. */
  readonly url: string;
  readonly accessKey: string | undefined;
  readonly commonAttributes: string | undefined;
  readonly index: string;
  readonly idColumn: string | undefined;
  readonly retryDurationMs: number;
  readonly requestTimeoutMs: number;
  readonly redshiftTable: string;
}

/** Checks and reads the options; throws typed errors. `timeZone` is the session's. */
export function deliveryOptions(name: string, options: Options, timeZone: string): DeliveryOptions {
  const destination = optionOneOf(name, options, 'destination', DESTINATIONS) ?? 'files';
  const format = findFormat(optionText(options, 'fileFormat') ?? 'json');
  const formatOptions = new Map<string, string>();
  const compression = optionText(options, 'compression');
  if (format.compressedExtension !== undefined && compression !== undefined)
    formatOptions.set('compression', compression);
  const whole = format.compressedExtension === undefined ? fileCodec(compression ?? 'none') : fileCodec('none');
  const outputSchema = optionText(options, 'outputSchema');
  const recordColumn = optionText(options, 'recordColumn');
  if (recordColumn !== undefined && outputSchema === undefined)
    throw invalidOption(name, 'recordColumn', recordColumn, 'an outputSchema to read the records by');
  const isHttp = destination === 'http' || destination === 'opensearch';
  return {
    destination,
    path: requiredOption(name, options, 'path'),
    bufferBytes: sizeOption(name, options),
    bufferIntervalMs: intervalOption(name, options),
    flushOnStop: optionBoolean(name, options, 'flushOnStop') ?? true,
    format,
    formatOptions,
    codec: whole.codec,
    extension: format.compressedExtension?.(formatOptions) ?? format.extension + whole.extension,
    prefix: optionText(options, 'prefix') ?? '!{timestamp:yyyy/MM/dd/HH}/',
    errorPrefix:
      optionText(options, 'errorPrefix') ?? 'errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
    timeZone: optionText(options, 'customTimeZone') ?? timeZone,
    recordColumn,
    outputSchema: outputSchema === undefined ? undefined : parseSchema(outputSchema),
    backupPath: optionText(options, 'backupPath'),
    url: isHttp ? requiredOption(name, options, 'url') : '',
    accessKey: optionText(options, 'accessKey'),
    commonAttributes: optionText(options, 'commonAttributes'),
    index: destination === 'opensearch' ? requiredOption(name, options, 'index') : '',
    idColumn: optionText(options, 'idColumn'),
    retryDurationMs: optionDuration(name, options, 'retryDuration', 's') ?? 300_000,
    requestTimeoutMs: optionInt(name, options, 'requestTimeout', { min: 1 }) ?? 60_000,
    redshiftTable: destination === 'redshift' ? requiredOption(name, options, 'redshiftTable') : '',
  };
}

/** `5 MiB`, a bare number counts MiB; up to Firehose's 128. */
function sizeOption(name: string, options: Options): number {
  const text = optionText(options, 'bufferSize') ?? '5';
  const [, number = '', unit = 'mib'] = SIZE.exec(text.trim()) ?? [];
  const bytes = Number(number) * (UNITS[unit.toLowerCase()] ?? MIB);
  if (number === '' || bytes <= 0 || bytes > 128 * MIB)
    throw invalidOption(name, 'bufferSize', text, 'a size up to 128 MiB, such as 5 or 64 KiB');
  return bytes;
}

function intervalOption(name: string, options: Options): number {
  const ms = optionDuration(name, options, 'bufferInterval', 's') ?? 300_000;
  if (ms > 900_000)
    throw invalidOption(name, 'bufferInterval', optionText(options, 'bufferInterval') ?? '', 'at most 900 seconds');
  return ms;
}
