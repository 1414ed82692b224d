/** What the string functions compute, on plain strings; positions count code points from 1. */

/** The code points of a text. */
export function points(text: string): readonly string[] {
  return isPlain(text) ? text.split('') : [...text];
}

/** True when no character takes two UTF-16 units. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xf800) === 0xd800) return false;
  return true;
}

/** Where a position of `count` items is, counted from 0; a negative one counts from the end and may lie before the first. */
export function firstOf(count: number, position: number): number {
  return position > 0 ? position - 1 : position < 0 ? count + position : 0;
}

/** Start and end of `length` items at a position of `count` items; a negative position counts from the end. */
export function rangeOf(count: number, position: number, length: number): readonly [number, number] {
  const start = firstOf(count, position);
  const end = Math.min(start + length, count);
  return start >= end || length <= 0 ? [0, 0] : [Math.max(start, 0), Math.max(end, 0)];
}

export function sliced(text: string, position: number, length: number): string {
  if (isPlain(text)) return text.slice(...rangeOf(text.length, position, length));
  const all = [...text];
  return all.slice(...rangeOf(all.length, position, length)).join('');
}

export function slicedBytes(bytes: Uint8Array, position: number, length: number): Uint8Array {
  return bytes.slice(...rangeOf(bytes.length, position, length));
}

export function trimmed(text: string, characters: string, sides: 'both' | 'left' | 'right'): string {
  const removed = new Set(characters);
  const all = points(text);
  let start = 0;
  let end = all.length;
  if (sides !== 'right') while (start < end && removed.has(all[start] ?? '')) start++;
  if (sides !== 'left') while (end > start && removed.has(all[end - 1] ?? '')) end--;
  return all.slice(start, end).join('');
}

export function padded(text: string, length: number, filling: string, side: 'left' | 'right'): string {
  const all = points(text);
  if (length <= all.length) return all.slice(0, Math.max(length, 0)).join('');
  const fill = points(filling);
  if (fill.length === 0) return text;
  let added = '';
  for (let i = 0; i < length - all.length; i++) added += fill[i % fill.length] ?? '';
  return side === 'left' ? added + text : text + added;
}

export function paddedBytes(
  bytes: Uint8Array,
  length: number,
  filling: Uint8Array,
  side: 'left' | 'right',
): Uint8Array {
  if (length <= bytes.length || filling.length === 0) return bytes.slice(0, Math.max(length, 0));
  const added = Uint8Array.from({ length: length - bytes.length }, (_, i) => filling[i % filling.length] as number);
  return Buffer.concat(side === 'left' ? [added, bytes] : [bytes, added]);
}

export function reversed(text: string): string {
  return points(text).toReversed().join('');
}

/** The position of a part at or behind `from`; 0 when it is not there. */
export function locate(part: string, text: string, from: number): number {
  if (from < 1) return 0;
  if (isPlain(text))
    return text.indexOf(part, from - 1) < 0 || from - 1 > text.length ? 0 : text.indexOf(part, from - 1) + 1;
  const all = [...text];
  const rest = all.slice(from - 1).join('');
  const at = rest.indexOf(part);
  return at < 0 ? 0 : from + points(rest.slice(0, at)).length;
}

/** The character that begins a word: of a letter that becomes two in upper case, only the first is upper case. */
function titleCase(point: string): string {
  const [first = '', ...rest] = points(point.toUpperCase());
  return first + rest.join('').toLowerCase();
}

/** Words end at spaces. */
export function capitalized(text: string): string {
  return points(text.toLowerCase())
    .map((point, i, all) => (i === 0 || all[i - 1] === ' ' ? titleCase(point) : point))
    .join('');
}

/** Characters without a counterpart are removed. */
export function translated(text: string, from: string, to: string): string {
  const targets = points(to);
  const replacements = new Map<string, string>();
  for (const [i, point] of points(from).entries())
    if (!replacements.has(point)) replacements.set(point, targets[i] ?? '');
  return points(text)
    .map((point) => replacements.get(point) ?? point)
    .join('');
}
