/** What the WebAssembly module of the kernels exports. */
import { decodeJsonLines } from './json-lines.ts';
import { writeRows } from './row-writer.ts';
import { findTexts, prepareStringCache, rememberTexts } from './string-cache.ts';

export { decodeJsonLines, findTexts, prepareStringCache, rememberTexts, writeRows };

/** Memory below is the kernels' own. */
export function firstFreeByte(): usize {
  return __heap_base;
}
