/**
 * Patterns of column names, as Hive writes them: a name matches as a whole, letter case ignored. The engine behind has no possessive
 * repetition; the one that matters, at the beginning (`(a|b)?+.+`: all but a and b), is taken apart here.
 */
import { regexOf } from '../functions/pattern.ts';

/** `(…)?+`, `(…)++` or `(…)*+`, and the rest of the pattern. */
const POSSESSIVE = /^(\((?:[^()\\]|\\.)*\))([?*+])\+(.*)$/s;

/** The test of a pattern; throws INVALID_PARAMETER_VALUE.PATTERN when it is none. */
export function namePattern(pattern: string): (name: string) => boolean {
  const [, group, repetition, rest] = POSSESSIVE.exec(pattern) ?? [];
  if (group === undefined || repetition === undefined || rest === undefined) return wholeMatch(pattern);
  const begin = regexOf('colRegex', `(?i)^(?:${group}${repetition})`);
  const isRest = namePattern(rest);
  return (name) => {
    const [taken] = begin.matches(name, 1);
    return taken !== undefined && isRest(name.slice(taken.end));
  };
}

function wholeMatch(pattern: string): (name: string) => boolean {
  const regex = regexOf('colRegex', `(?i)^(?:${pattern})$`);
  return (name) => regex.test(name);
}
