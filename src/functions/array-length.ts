/** The longest array a function may make, and the error of a longer one. */
import { MillraceError } from '../errors/millrace-error.ts';

const MAX_ARRAY_LENGTH = 2_147_483_632;
/** More than this is no use in one value: Spark's workers run out of memory there, too. */
const MAX_USEFUL_LENGTH = 2 ** 24;

/** Throws COLLECTION_SIZE_LIMIT_EXCEEDED for more elements than an array may have. */
export function checkLength(name: string, length: number): void {
  if (length <= MAX_USEFUL_LENGTH) return;
  throw new MillraceError('COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION', {
    numberOfElements: String(length),
    maxRoundedArrayLength: String(length > MAX_ARRAY_LENGTH ? MAX_ARRAY_LENGTH : MAX_USEFUL_LENGTH),
    functionName: `\`${name}\``,
  });
}
