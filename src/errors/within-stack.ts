/**
 * Plans and expressions are walked recursively, so how deep they may be depends on the stack of the thread. What does not fit is refused
 * by a typed error and is never a RangeError.
 */
import { MillraceError } from './millrace-error.ts';

/** Runs `body`; a stack that does not suffice for it is FAILED_TO_PARSE_TOO_COMPLEX. */
export function withinStack<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError) || !error.message.includes('call stack')) throw error;
    const hint =
      'The plan has more levels than fit on the stack: write the results of parts of it to tables or views of their own.';
    throw new MillraceError('FAILED_TO_PARSE_TOO_COMPLEX', {}, { hint, cause: error });
  }
}
