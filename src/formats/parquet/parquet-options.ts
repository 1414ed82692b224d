/** The options of the Parquet format under Spark's names and their typed form. */
import type { FormatOptions } from '../format.ts';
import type { ParquetCodec } from './parquet-metadata.ts';
import type { TimestampKind } from './value-encoding.ts';
import { checkOptionNames, optionBoolean, optionInt, optionOneOf, optionText } from '../../types/options.ts';
import { writeCodec } from './page-codec.ts';

export const PARQUET_OPTION_NAMES: readonly string[] = [
  'compression',
  'datetimeRebaseMode',
  'int96RebaseMode',
  'mergeSchema',
  'outputTimestampType',
  'parquet.block.size',
  'parquet.compression',
];

const DEFAULT_BLOCK_BYTES = 64 << 20;

export interface ParquetReadOptions {
  readonly mergeSchema: boolean;
}

export interface ParquetWriteOptions {
  readonly codec: ParquetCodec;
  /** Of the file name before `.parquet`, with a dot behind it; empty without compression. */
  readonly codecExtension: string;
  readonly timestamps: TimestampKind;
  /** About so much of a row group is kept in memory before it is written. */
  readonly blockBytes: number;
}

const REBASE_MODES = ['EXCEPTION', 'CORRECTED', 'LEGACY'] as const;

/** Checks the names and reads the options for reading. */
export function parquetReadOptions(options: FormatOptions): ParquetReadOptions {
  check(options);
  return { mergeSchema: optionBoolean('parquet', options, 'mergeSchema') ?? false };
}

/** Checks the names and reads the options for writing. */
export function parquetWriteOptions(options: FormatOptions): ParquetWriteOptions {
  check(options);
  const name = optionText(options, 'compression') ?? optionText(options, 'parquet.compression') ?? 'snappy';
  const { codec, extension } = writeCodec(name);
  const kinds = ['TIMESTAMP_MICROS', 'TIMESTAMP_MILLIS', 'INT96'] as const;
  return {
    codec,
    codecExtension: extension,
    timestamps: optionOneOf('parquet', options, 'outputTimestampType', kinds) ?? 'TIMESTAMP_MICROS',
    blockBytes: optionInt('parquet', options, 'parquet.block.size', { min: 1 }) ?? DEFAULT_BLOCK_BYTES,
  };
}

/** Dates are those of the proleptic calendar, which Spark calls CORRECTED; the names of the modes are checked, files of Spark 2 are not rebased. */
function check(options: FormatOptions): void {
  checkOptionNames('parquet', options, PARQUET_OPTION_NAMES);
  optionOneOf('parquet', options, 'datetimeRebaseMode', REBASE_MODES);
  optionOneOf('parquet', options, 'int96RebaseMode', REBASE_MODES);
}
