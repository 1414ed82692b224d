/**
 * Parts of large files of lines, so that several threads can read one file. A line belongs to the part in which its first byte lies: a part
 * skips the end of a line that began before it and reads its last line to the end. Knows bytes and line feeds, no formats.
 */

/** Bytes `from` to `to` of a file of `sizeBytes`. */
export interface FileRange {
  readonly from: number;
  readonly to: number;
  readonly sizeBytes: number;
}

const LINE_FEED = 0x0a;

/** Cuts a file into parts of about `partBytes`, none much smaller. */
export function rangesOf(sizeBytes: number, partBytes: number): FileRange[] {
  const count = Math.max(1, Math.floor(sizeBytes / partBytes));
  const at = (part: number): number => Math.floor((part * sizeBytes) / count);
  return Array.from({ length: count }, (_, part) => ({ from: at(part), to: at(part + 1), sizeBytes }));
}

/** Where the blocks of a part must start: one byte before it, to see whether a line begins with it. */
export function firstByteOf({ from }: FileRange): number {
  return Math.max(0, from - 1);
}

/**
 * The lines of a part, in blocks of the file that start at `firstByteOf`. Stops at the size the file had when it was planned; calls
 * `onShort` when the file ends before the part does.
 */
export async function* bytesOfRange(
  blocks: AsyncIterable<Uint8Array>,
  range: FileRange,
  onShort: (missingBytes: number) => never,
): AsyncGenerator<Uint8Array> {
  const { from, to, sizeBytes } = range;
  let position = firstByteOf(range);
  let isInside = from === 0;
  if (sizeBytes === 0) return;
  for await (const block of blocks) {
    let part = block.subarray(0, sizeBytes - position);
    if (!isInside) {
      const found = part.indexOf(LINE_FEED);
      const skipped = found < 0 ? part.length : found + 1;
      position += skipped;
      if (position >= to) return;
      if (found < 0) continue;
      isInside = true;
      part = part.subarray(skipped);
    }
    const end = position + part.length < to ? -1 : part.indexOf(LINE_FEED, Math.max(0, to - 1 - position));
    if (end >= 0) {
      yield part.subarray(0, end + 1);
      return;
    }
    position += part.length;
    if (part.length > 0) yield part;
    if (position >= sizeBytes) return;
  }
  if (position < to) onShort(sizeBytes - position);
}
