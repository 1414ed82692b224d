/** LIKE patterns: `%` is any text, `_` any character, an escape character before them or itself makes them plain. */
import { MillraceError } from '../errors/millrace-error.ts';
import { STRING } from '../types/data-type.ts';
import { sqlValue } from './sql-value.ts';

type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'any' };

const MAX_KEPT = 256;
const compiled = new Map<string, (text: string) => boolean>();

/** A test of the pattern; kept for the next call. */
export function likeTest(pattern: string, escape: string, ignoreCase: boolean): (text: string) => boolean {
  const key = `${ignoreCase ? 'i' : 'c'}${escape}${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const parts = readPattern(ignoreCase ? pattern.toLowerCase() : pattern, escape);
  const test = ignoreCase ? (text: string) => matches(parts, text.toLowerCase()) : testOf(parts);
  if (compiled.size >= MAX_KEPT) compiled.clear();
  compiled.set(key, test);
  return test;
}

function readPattern(pattern: string, escape: string): Part[] {
  const parts: Part[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  const points = [...pattern];
  for (let i = 0; i < points.length; i++) {
    const point = points[i] ?? '';
    if (point === escape) {
      const next = points[++i];
      if (next === undefined)
        throw new MillraceError('INVALID_FORMAT.ESC_AT_THE_END', { format: sqlValue(STRING, pattern) });
      if (next !== '%' && next !== '_' && next !== escape)
        throw new MillraceError('INVALID_FORMAT.ESC_IN_THE_MIDDLE', {
          format: sqlValue(STRING, pattern),
          char: `'${next}'`,
        });
      text += next;
    } else if (point === '%' || point === '_') {
      flush();
      parts.push({ kind: point === '%' ? 'any' : 'one' });
    } else text += point;
  }
  flush();
  return parts;
}

/** The common shapes `a`, `a%`, `%a`, `%a%` need no matching. */
function testOf(parts: readonly Part[]): (text: string) => boolean {
  const [first, second, third] = parts;
  if (first === undefined) return (text) => text === '';
  if (parts.length === 1 && first.kind === 'text') return (text) => text === first.text;
  if (parts.length === 2 && first.kind === 'text' && second?.kind === 'any')
    return (text) => text.startsWith(first.text);
  if (parts.length === 2 && first.kind === 'any' && second?.kind === 'text')
    return (text) => text.endsWith(second.text);
  if (parts.length === 3 && first.kind === 'any' && second?.kind === 'text' && third?.kind === 'any')
    return (text) => text.includes(second.text);
  return (text) => matches(parts, text);
}

/** Greedy with one step back to the last `%`: time is at most text times pattern. */
function matches(parts: readonly Part[], text: string): boolean {
  let part = 0;
  let at = 0;
  let backPart = -1;
  let backAt = 0;
  for (;;) {
    const current = parts[part];
    if (current === undefined && at === text.length) return true;
    if (current?.kind === 'any') {
      backPart = part++;
      backAt = at;
      continue;
    }
    const length = current === undefined ? 0 : lengthAt(current, text, at);
    if (length > 0) {
      part++;
      at += length;
      continue;
    }
    if (backPart < 0 || backAt >= text.length) return false;
    backAt += (text.codePointAt(backAt) ?? 0) > 0xffff ? 2 : 1;
    part = backPart + 1;
    at = backAt;
  }
}

function lengthAt(part: Part, text: string, at: number): number {
  if (part.kind === 'text') return text.startsWith(part.text, at) ? part.text.length : 0;
  if (at >= text.length) return 0;
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
