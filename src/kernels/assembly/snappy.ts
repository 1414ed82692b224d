/**
 * Snappy's blocks behind their length, both ways. Input and output have 64 bytes of padding behind them, so that short pieces are copied
 * 16 bytes at a time. What is not a block is answered with 0: the twin says what is wrong.
 */
const WINDOW: usize = 65536;
/** Behind this place of a window no match is looked for. */
const MARGIN: usize = 15;
const TABLE_SHIFT: u32 = 18;
const TABLE_BYTES: usize = 32768;

/** Unpacks `[source, sourceEnd)` to exactly `[target, targetEnd)`; 1 when that is what it was. */
export function uncompressSnappy(source: usize, sourceEnd: usize, target: usize, targetEnd: usize): i32 {
  let p = source;
  let at = target;
  while (p < sourceEnd) {
    const tag: u32 = load<u8>(p++);
    let size: usize;
    let distance: usize;
    const kind = tag & 3;
    if (kind == 0) {
      size = (tag >> 2) + 1;
      if (size > 60) {
        const extra = size - 60;
        if (p + extra > sourceEnd) return 0;
        const word = load<u32>(p);
        size = <usize>(extra == 4 ? word : word & ((1 << (<u32>extra * 8)) - 1)) + 1;
        p += extra;
        if (size == 0) return 0;
      }
      if (size > sourceEnd - p || size > targetEnd - at) return 0;
      if (size <= 32) {
        v128.store(at, v128.load(p));
        if (size > 16) v128.store(at + 16, v128.load(p + 16));
      } else memory.copy(at, p, size);
      p += size;
      at += size;
      continue;
    }
    if (kind == 1) {
      size = ((tag >> 2) & 7) + 4;
      distance = ((tag & 0xe0) << 3) | load<u8>(p);
      p += 1;
    } else if (kind == 2) {
      size = (tag >> 2) + 1;
      distance = load<u16>(p);
      p += 2;
    } else {
      size = (tag >> 2) + 1;
      distance = load<u32>(p);
      p += 4;
    }
    if (p > sourceEnd || distance == 0 || distance > at - target || size > targetEnd - at) return 0;
    copyBack(at, distance, size);
    at += size;
  }
  return at == targetEnd ? 1 : 0;
}

/** Repeats what lies `distance` before `at`, up to 64 bytes. */
// @ts-ignore: decorator
@inline
function copyBack(at: usize, distance: usize, size: usize): void {
  const from = at - distance;
  if (distance >= 16) {
    for (let i: usize = 0; i < size; i += 16) v128.store(at + i, v128.load(from + i));
  } else if (distance >= 8) {
    for (let i: usize = 0; i < size; i += 8) store<u64>(at + i, load<u64>(from + i));
  } else {
    for (let i: usize = 0; i < size; i++) store<u8>(at + i, load<u8>(from + i));
  }
}

/** Packs `[source, sourceEnd)` to `target`, which has room for the worst; answers the end. `table` has 32 KB. */
export function compressSnappy(source: usize, sourceEnd: usize, target: usize, table: usize): usize {
  let at = target;
  for (let start = source; start < sourceEnd; start += WINDOW)
    at = compressWindow(start, min(start + WINDOW, sourceEnd), at, table);
  return at;
}

function compressWindow(start: usize, end: usize, target: usize, table: usize): usize {
  let at = target;
  let literalStart = start;
  if (end - start > MARGIN) {
    memory.fill(table, 0, TABLE_BYTES);
    const limit = end - MARGIN;
    let p = start + 1;
    let skip: usize = 32;
    while (p < limit) {
      const word = load<u32>(p);
      const slot = table + ((<usize>((word * 0x1e35a7bd) >> TABLE_SHIFT)) << 1);
      const candidate = start + load<u16>(slot);
      store<u16>(slot, <u16>(p - start));
      if (candidate >= p || load<u32>(candidate) != word) {
        p += skip++ >> 5;
        continue;
      }
      skip = 32;
      at = writeLiteral(literalStart, p, at);
      const size = matchLength(candidate, p, end);
      at = writeCopy(p - candidate, size, at);
      p += size;
      literalStart = p;
      if (p < limit) {
        const before = load<u32>(p - 1);
        store<u16>(table + ((<usize>((before * 0x1e35a7bd) >> TABLE_SHIFT)) << 1), <u16>(p - 1 - start));
      }
    }
  }
  return writeLiteral(literalStart, end, at);
}

function matchLength(candidate: usize, p: usize, end: usize): usize {
  let size: usize = 4;
  while (p + size + 8 <= end) {
    const difference = load<u64>(candidate + size) ^ load<u64>(p + size);
    if (difference != 0) return size + <usize>(ctz(difference) >> 3);
    size += 8;
  }
  while (p + size < end && load<u8>(candidate + size) == load<u8>(p + size)) size++;
  return size;
}

function writeLiteral(start: usize, end: usize, target: usize): usize {
  const size = end - start;
  if (size == 0) return target;
  let at = target;
  const last = size - 1;
  if (last < 60) store<u8>(at++, <u8>(last << 2));
  else if (last < 256) {
    store<u8>(at++, 240);
    store<u8>(at++, <u8>last);
  } else {
    store<u8>(at++, 244);
    store<u16>(at, <u16>last);
    at += 2;
  }
  if (size <= 16) v128.store(at, v128.load(start));
  else memory.copy(at, start, size);
  return at + size;
}

function writeCopy(distance: usize, length: usize, target: usize): usize {
  let at = target;
  let left = length;
  while (left >= 68) {
    at = writeShortCopy(distance, 64, at);
    left -= 64;
  }
  if (left > 64) {
    at = writeShortCopy(distance, 60, at);
    left -= 60;
  }
  return writeShortCopy(distance, left, at);
}

function writeShortCopy(distance: usize, size: usize, at: usize): usize {
  if (size < 12 && distance < 2048) {
    store<u8>(at, <u8>(1 | ((size - 4) << 2) | ((distance >> 8) << 5)));
    store<u8>(at + 1, <u8>distance);
    return at + 2;
  }
  store<u8>(at, <u8>(2 | ((size - 1) << 2)));
  store<u16>(at + 1, <u16>distance);
  return at + 3;
}
