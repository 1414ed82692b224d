/** Failures of file operations as typed errors: a full disk, missing rights, anything else. */
import { MillraceError } from '../errors/millrace-error.ts';

/** The error for a failed file operation: STORAGE_FULL or STORAGE_IO. */
export function storageFailure(
  what: { readonly action: string; readonly name: string; readonly location: string },
  cause: unknown,
): MillraceError {
  const code = errorCode(cause);
  const { name, location } = what;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new MillraceError('STORAGE_FULL', { name, location }, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new MillraceError(
      'STORAGE_IO',
      { ...what, reason },
      { cause, hint: `Give this process write access to ${location}.` },
    );
  return new MillraceError('STORAGE_IO', { ...what, reason }, { cause });
}

/** The `code` of a failure of a file system, empty when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
