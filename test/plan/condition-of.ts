/** The error of an act that is refused, and its condition: for tests of what cannot be written. */
import { MillraceError } from '../../src/index.ts';

/** The error the act throws; throws itself when the act is not refused. */
export function refused(act: () => unknown): MillraceError {
  try {
    act();
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new TypeError('the act is not refused');
}

export function conditionOf(act: () => unknown): string {
  return refused(act).condition;
}
