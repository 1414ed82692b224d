/** The rule for keys of an object store: relative, parts separated by `/`, no part empty, `.` or `..`. */
import { MillraceError } from '../errors/millrace-error.ts';

/** Throws when `key` could leave the place described by `location`. */
export function checkKey(key: string, location: string): void {
  const isGood = key.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !/[\0\\]/.test(key);
  if (isGood) return;
  const reason = 'a key is relative, without empty parts, "." or ".."';
  throw new MillraceError('STORAGE_IO', { action: 'Access', name: JSON.stringify(key), location, reason });
}
