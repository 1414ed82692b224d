/** What a state table takes in memory, about: for its metrics and for the memory budget. Arithmetic on schemas and columns only. */
import type { GrowableColumn } from '../types/growable-column.ts';
import type { StateSchema } from './state-table.ts';
import { layoutOf } from '../types/vector.ts';
import { keyLayout } from './key-layout.ts';

/** What a slot takes in memory, about: for the memory budget. */
const BYTES_OF_LAYOUT = { boolean: 1, int: 4, double: 8, long: 8, object: 32 } as const;
const INDEX_BYTES_PER_KEY = 16;

/** What a key and its values take in memory, about; strings and other objects are taken for short ones. */
export function bytesPerKey({ keys, values }: StateSchema): number {
  const valueBytes = values.fields.reduce((total, { dataType }) => {
    const layout = layoutOf(dataType);
    return total + 1 + BYTES_OF_LAYOUT[layout === 'string' || layout === 'struct' ? 'object' : layout];
  }, 0);
  return 4 * keyLayout(keys).stride + 1 + valueBytes + INDEX_BYTES_PER_KEY;
}

/** What a column holds; objects are taken for short ones. */
export function columnBytes(column: GrowableColumn): number {
  const { booleans, ints, doubles, longs, validity, objects } = column;
  const typed = booleans.byteLength + ints.byteLength + doubles.byteLength + longs.byteLength + validity.byteLength;
  return typed + objects.length * 32;
}
