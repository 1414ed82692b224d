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
    throw tooDeep('The plan has more levels than fit on the stack.');
  }
}

/** FAILED_TO_PARSE_TOO_COMPLEX with the limit that was passed. */
export function tooDeep(limit: string): MillraceError {
  const hint = `${limit} Write the results of parts of the query to tables of their own.`;
  return new MillraceError('FAILED_TO_PARSE_TOO_COMPLEX', {}, { hint });
}
