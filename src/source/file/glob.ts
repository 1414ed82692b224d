/**
 * Path patterns as Hadoop's: `*`, `?`, `[a-z]`, `[^a]`, `{a,b}` and `\` before a literal character. Matching is by path segment; only
 * braces may span segments.
 */
import { MillraceError } from '../../errors/millrace-error.ts';

/** True when the text has a character with a meaning in patterns. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}\\]/.test(text);
}

/** A test of one path segment. */
export type SegmentTest = (segment: string) => boolean;

/** The alternatives of a pattern without braces. */
export function expandBraces(pattern: string): string[] {
  const open = unescapedIndex(pattern, '{', 0);
  if (open < 0) return [pattern];
  let depth = 0;
  const cuts = [open];
  for (let i = open; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '{') depth++;
    else if (char === ',' && depth === 1) cuts.push(i);
    else if (char === '}' && --depth === 0) {
      cuts.push(i);
      const rest = pattern.slice(i + 1);
      const parts = cuts.slice(0, -1).map((cut, n) => pattern.slice(cut + 1, cuts[n + 1]));
      return parts.flatMap((part) => expandBraces(pattern.slice(0, open) + part + rest));
    }
  }
  throw new MillraceError('INVALID_OPTION', {
    option: 'path',
    format: 'files',
    value: pattern,
    expected: 'a closing } for each {',
  });
}

/** The test for a segment of a pattern without braces. */
export function segmentTest(pattern: string): SegmentTest {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\' && i + 1 < pattern.length) source += escaped(pattern[++i] ?? '');
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0)
        throw new MillraceError('INVALID_OPTION', {
          option: 'path',
          format: 'files',
          value: pattern,
          expected: 'a closing ] for each [',
        });
      const body = pattern.slice(i + 1, end);
      const isNegated = body.startsWith('^') || body.startsWith('!');
      const set = (isNegated ? body.slice(1) : body).replaceAll(/[\\\]^[]/g, '\\$&');
      source += `[${isNegated ? '^/' : ''}${set}]`;
      i = end;
    } else source += escaped(char);
  }
  const regex = new RegExp(`^${source}$`, 'su');
  return (segment) => regex.test(segment);
}

function escaped(char: string): string {
  return char.replaceAll(/[$()*+.?[\\\]^{|}/]/g, '\\$&');
}

function unescapedIndex(text: string, wanted: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === wanted) return i;
  }
  return -1;
}
