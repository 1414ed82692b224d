/** The error for what a stream cannot do: Spark's sentence, and what to write instead. Who throws it: unsupported-operations.ts and the check-* files. */
import { MillraceError } from '../errors/millrace-error.ts';

/** The error with Spark's `msg`. */
export function unsupported(msg: string, hint: string): MillraceError {
  return new MillraceError('_LEGACY_ERROR_TEMP_3102', { msg }, { hint });
}
