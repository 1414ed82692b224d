/**
 * A format turns bytes into column batches and back. It does no I/O: sources hand it blocks, sinks write what it returns.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { DictionaryPool } from './dictionary-pool.ts';

/** Options by lower-case name, as the user gave them. */
export type FormatOptions = ReadonlyMap<string, string>;

/** What a decoder is to produce. */
export interface DecodeRequest {
  /** The whole schema of the table, in the order of the user's declaration. */
  readonly schema: StructType;
  /** The columns wanted, in output order; a subset of the schema's names. The decoder parses only these. */
  readonly columns: readonly string[];
  readonly options: FormatOptions;
  /** `spark.sql.session.timeZone`, for times without zone. */
  readonly timeZone: string;
  /** Dictionaries to share with the other decoders of the same table; without it the decoder has its own. */
  readonly dictionaries?: DictionaryPool;
}

/**
 * Decodes one file or stream of blocks. Call `push` with blocks in order, then `finish` once; records may cross block borders. Batches
 * appear when about 64k rows are complete. After an exception the decoder must be dropped. Blocks are not kept after the call returns.
 */
export interface Decoder {
  push(block: Uint8Array): ColumnBatch[];
  finish(): ColumnBatch[];
}

/** Encodes the rows of one file: header, batches in order, footer. */
export interface Encoder {
  header(): Uint8Array;
  encode(batch: ColumnBatch): Uint8Array;
  footer(): Uint8Array;
}

/** Finds the schema of files by looking at their content: `push` the blocks of a file in order, `endOfFile` after each, then `finish`. */
export interface SchemaInferrer {
  push(block: Uint8Array): void;
  endOfFile(): void;
  finish(): StructType;
}

/** What formats have in common, whichever way their files are read. */
export interface BasicFormat {
  readonly name: string;
  /** File name extension without dot. */
  readonly extension: string;
  /** Option names it knows (Spark's spelling), for both directions. */
  readonly optionNames: readonly string[];
  /** The schema to use when the user gave none, where the format has a fixed one (`text`). */
  readonly fixedSchema?: StructType;
  /** It knows which row of its file a row is. */
  readonly countsRows?: true;
  /** There is no sink of this name. */
  readonly isReadOnly?: true;
  /** Present: the format compresses inside its files; answers the extension of a file written with these options. */
  compressedExtension?(options: FormatOptions): string;
  /** Checks options and schema now; throws typed errors. */
  createEncoder(schema: StructType, options: FormatOptions, timeZone: string): Encoder;
}

/** A format whose files are read from the beginning to the end. */
export interface Format extends BasicFormat {
  readonly access?: 'blocks';
  /** Absent: the format needs a schema from the user. */
  inferSchema?(options: FormatOptions, timeZone: string): SchemaInferrer;
  /** True when every line feed ends a record, so that a file may be cut behind any of them; default false. */
  isCutAtLines?(options: FormatOptions): boolean;
  /** Checks options and schema now; throws typed errors. */
  createDecoder(request: DecodeRequest): Decoder;
}
