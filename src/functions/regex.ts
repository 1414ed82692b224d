/**
 * Regular expressions that run in linear time: patterns of plain characters, classes and one simple repetition use the engine of V8, all
 * others RE2 (no look-around, no back-references).
 */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** One match; groups[0] is the whole, positions count UTF-16 units. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
}

export interface Regex {
  readonly numGroups: number;
  test(text: string): boolean;
  /** All matches from left to right, at most `limit`. */
  matches(text: string, limit?: number): readonly RegexMatch[];
}

const MAX_KEPT = 256;
const compiled = new Map<string, Regex | undefined>();
let engine: typeof RE2JS | undefined;

/** Atoms that cannot backtrack far: at most one unbounded repetition, no groups, no alternatives. */
const SIMPLE =
  /^\^?(?:[\w ,;:!@#%&="'<>/~`-]|\\[dDwWsS.\\/\-[\](){}|^$*+?]|\[(?:[\w ,;:.@#%&="'<>/~-]|\\[dws.\\\-\]])+\]|\.)*(?:[+*])?\$?$/;

/** The regex of a pattern; undefined when it is malformed or needs what RE2 does not have. */
export function compileRegex(pattern: string): Regex | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  const regex = SIMPLE.test(pattern) && !pattern.endsWith('$') ? nativeRegex(pattern) : re2Regex(pattern);
  if (compiled.size >= MAX_KEPT) compiled.clear();
  compiled.set(pattern, regex);
  return regex;
}

function nativeRegex(pattern: string): Regex | undefined {
  const single = new RegExp(pattern, 's');
  const global = new RegExp(pattern, 'g');
  const tester = pattern.includes('.') ? new RegExp(pattern) : single;
  return {
    numGroups: 0,
    test: (text) => tester.test(text),
    matches: (text, limit = Infinity) => {
      const found: RegexMatch[] = [];
      for (const match of text.matchAll(global)) {
        if (found.length >= limit) break;
        found.push({ start: match.index, end: match.index + match[0].length, groups: [match[0]] });
      }
      return found;
    },
  };
}

function re2Regex(pattern: string): Regex | undefined {
  // Read with the first pattern that needs it: it would be a tenth of what an import of the package reads.
  engine ??= (createRequire(import.meta.url)('re2js') as { readonly RE2JS: typeof RE2JS }).RE2JS;
  let regex: RE2JS;
  try {
    regex = engine.compile(pattern);
  } catch {
    return undefined;
  }
  const numGroups = regex.groupCount();
  return {
    numGroups,
    test: (text) => regex.test(text),
    matches: (text, limit = Infinity) => {
      const found: RegexMatch[] = [];
      const matcher = regex.matcher(text);
      while (found.length < limit && matcher.find()) {
        const groups = Array.from({ length: numGroups + 1 }, (_, i) => matcher.group(i) ?? undefined);
        found.push({ start: matcher.start(), end: matcher.end(), groups });
      }
      return found;
    },
  };
}
