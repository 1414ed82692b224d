/** What the WebAssembly module of the kernels exports. */
import { decodeCsvLines } from './csv-lines.ts';
import { decodeJsonLines } from './json-lines.ts';
import { writeRows } from './row-writer.ts';
import { compressSnappy, uncompressSnappy } from './snappy.ts';
import { findTexts, prepareStringCache, rememberTexts } from './string-cache.ts';

export {
  compressSnappy,
  decodeCsvLines,
  decodeJsonLines,
  findTexts,
  prepareStringCache,
  rememberTexts,
  uncompressSnappy,
  writeRows,
};

/** Memory below is the kernels' own. */
export function firstFreeByte(): usize {
  return __heap_base;
}
