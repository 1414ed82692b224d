/** Rows with new keys before the others, as a delta lists them: loading adds those without looking for them. */

/** The slots with new keys before the others, each in their order. */
export function newFirst(slots: Int32Array, isNew: (slot: number) => boolean): Int32Array {
  const ordered = new Int32Array(slots.length);
  let numNew = 0;
  let numOld = 0;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number;
    if (isNew(slot)) ordered[numNew++] = slot;
    else ordered[slots.length - 1 - numOld++] = slot;
  }
  ordered.subarray(numNew).reverse();
  return ordered;
}

/** The rows with a flag of this value. */
export function rowsFlagged(flags: Uint8Array, flag: number): Int32Array {
  const rows = new Int32Array(flags.length);
  let count = 0;
  for (let row = 0; row < flags.length; row++) if (flags[row] === flag) rows[count++] = row;
  return rows.subarray(0, count);
}
