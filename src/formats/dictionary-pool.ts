/**
 * The string dictionaries that the decoders of one table share, one per column: a text that is in every file gets one id, once. A dictionary
 * that has grown too large is replaced, so that unique texts do not fill the memory; batches made before keep the old one.
 */
import { StringDictionary } from '../types/string-dictionary.ts';

const MAX_ENTRIES = 1 << 19;
const MAX_BYTES = 32 << 20;

export class DictionaryPool {
  readonly #dictionaries = new Map<string, StringDictionary>();

  /** The dictionary of a column: the one in use, or a fresh one when that is full. */
  take(column: string): StringDictionary {
    const known = this.#dictionaries.get(column);
    if (known !== undefined && !isFull(known)) return known;
    const fresh = new StringDictionary();
    this.#dictionaries.set(column, fresh);
    return fresh;
  }
}

/** Whether a dictionary is to be replaced when the batch has ended. */
export function isFull(dictionary: StringDictionary): boolean {
  return dictionary.size > MAX_ENTRIES || dictionary.sizeBytes > MAX_BYTES;
}
