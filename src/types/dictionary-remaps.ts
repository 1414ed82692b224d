/**
 * Strings of many dictionaries on their way into one: which id of the one an id of another has become, looked up once per distinct string.
 * The target belongs to the caller, who begins anew with `clear` when it is replaced.
 */
import { StringDictionary } from './string-dictionary.ts';

export class DictionaryRemaps {
  #target = new StringDictionary();
  /** Id in the target + 1 by id of another dictionary; 0 is not looked up yet. */
  #remaps = new WeakMap<StringDictionary, Int32Array>();

  /** The dictionary that strings go into. */
  get target(): StringDictionary {
    return this.#target;
  }

  /** Forgets all strings, or goes on with those of another dictionary. */
  clear(target = new StringDictionary()): void {
    this.#target = target;
    this.#remaps = new WeakMap();
  }

  /** The ids of another dictionary: `ids[id] - 1` is the id in the target, where it is not 0; then `add` gives it. */
  idsOf(dictionary: StringDictionary): Int32Array {
    const known = this.#remaps.get(dictionary);
    if (known !== undefined && known.length >= dictionary.size) return known;
    const ids = new Int32Array(Math.max(64, Math.ceil(dictionary.size * 1.5)));
    if (known !== undefined) ids.set(known);
    this.#remaps.set(dictionary, ids);
    return ids;
  }

  /** The id in the target of a string that is not in `ids` yet, where it is noted. */
  add(dictionary: StringDictionary, id: number, ids: Int32Array): number {
    const added = this.#target.internFrom(dictionary, id);
    ids[id] = added + 1;
    return added;
  }
}
