/** A compressed file as its readers know it, and the errors it can have. */
import type { FileCodec } from '../../formats/file-codec.ts';
import { MillraceError } from '../../errors/millrace-error.ts';

/** A compressed file. */
export interface CompressedFile {
  readonly codec: FileCodec;
  /** What errors name. */
  readonly description: string;
  readonly maxBytes: number;
}

/** The error for a file whose compressed bytes are wrong. */
export function damaged({ codec, description }: CompressedFile, error: unknown): MillraceError {
  const reason = error instanceof Error ? error.message : String(error);
  const cause = new MillraceError('DATA_CORRUPT', { what: `a file in ${codec}`, reason }, { cause: error });
  return new MillraceError('FAILED_READ_FILE.NO_HINT', { path: description }, { cause });
}

/** The error for a file that unpacks to more than is allowed. */
export function tooLarge({ description, maxBytes }: CompressedFile): MillraceError {
  return new MillraceError('DECOMPRESSED_FILE_TOO_LARGE', { path: description, maxBytes: String(maxBytes) });
}
