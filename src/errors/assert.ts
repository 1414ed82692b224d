/** Checks of what must hold inside Millrace. A failed one is a bug of ours, never a user's mistake. */
import { MillraceError } from './millrace-error.ts';

/** Throws `INTERNAL_ERROR` when `condition` is false; `what` says what must hold. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new MillraceError('INTERNAL_ERROR', { message: `must hold: ${what}` });
}

/** Returns `value`, which must be present; `what` says what must hold. For lookups that cannot fail by construction. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined)
    throw new MillraceError('INTERNAL_ERROR', { message: `must be present: ${what}` });
  return value;
}

/** Marks a place the type checker proves unreachable. */
export function unreachable(value: never): never {
  throw new MillraceError('INTERNAL_ERROR', { message: `unreachable: ${JSON.stringify(value)}` });
}
