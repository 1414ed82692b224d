/** like, rlike, split and the regexp_ functions. */
import type { ScalarFunction } from './define-function.ts';
import type { Regex, RegexMatch } from './regex.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BOOLEAN, INTEGER, STRING, array } from '../types/data-type.ts';
import { likeTest } from './like.ts';
import { int, optional, text } from './parameters.ts';
import { compileRegex } from './regex.ts';
import { rowFunction } from './row-function.ts';

/** The regex of a pattern; throws INVALID_PARAMETER_VALUE.PATTERN. */
export function regexOf(name: string, pattern: string): Regex {
  const regex = compileRegex(pattern);
  if (regex !== undefined) return regex;
  throw new MillraceError('INVALID_PARAMETER_VALUE.PATTERN', {
    parameter: '`regexp`',
    functionName: `\`${name}\``,
    value: `'${pattern}'`,
  });
}

function checkGroup(name: string, regex: Regex, group: number): void {
  if (group >= 0 && group <= regex.numGroups) return;
  throw new MillraceError('INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX', {
    parameter: '`idx`',
    functionName: `\`${name}\``,
    groupCount: String(regex.numGroups),
    groupIndex: String(group),
  });
}

/** A replacement with `$1` and `\$` as in Java. */
function expand(replacement: string, match: RegexMatch): string {
  return replacement.replaceAll(/\\(.)|\$(\d)/gs, (_, escaped: string | undefined, group: string | undefined) =>
    group === undefined ? (escaped ?? '') : (match.groups[Number(group)] ?? ''),
  );
}

function replaceMatches(regex: Regex, value: string, replacement: string): string {
  let result = '';
  let end = 0;
  for (const match of regex.matches(value)) {
    result += value.slice(end, match.start) + expand(replacement, match);
    end = match.end;
  }
  return result + value.slice(end);
}

/** Pieces between matches; as Java's split, an empty match at the start gives no piece. */
export function splitText(regex: Regex, value: string, limit: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const match of regex.matches(value)) {
    if (limit > 0 && pieces.length === limit - 1) break;
    if (match.end === 0 || (match.start === match.end && match.start >= value.length)) continue;
    pieces.push(value.slice(start, match.start));
    start = match.end;
  }
  pieces.push(value.slice(start));
  return pieces;
}

/** The characters of a text, the last piece holding what is beyond the limit. */
function charactersOf(value: string, limit: number): string[] {
  const characters = [...value];
  if (limit <= 0 || characters.length <= limit) return characters.length === 0 ? [''] : characters;
  return [...characters.slice(0, limit - 1), characters.slice(limit - 1).join('')];
}

export const PATTERN_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'like',
    doc: {
      usage: 'True when the text matches a pattern of % (any text) and _ (any character).',
      example: "'abc' LIKE 'a%'",
      result: 'true',
    },
    parameters: [text, text, optional(text)],
    returns: BOOLEAN,
    apply: ([value, pattern, escape]) => likeTest(pattern, escape ?? '\\', false)(value),
  }),
  rowFunction({
    name: 'ilike',
    doc: { usage: 'As like, without regard to case.', example: "ilike('ABC', 'a%')", result: 'true' },
    parameters: [text, text, optional(text)],
    returns: BOOLEAN,
    apply: ([value, pattern, escape]) => likeTest(pattern, escape ?? '\\', true)(value),
  }),
  rowFunction({
    name: 'rlike',
    aliases: ['regexp', 'regexp_like'],
    doc: {
      usage: 'True when a regular expression is found in the text.',
      example: "rlike('abc', '^a')",
      result: 'true',
    },
    parameters: [text, text],
    returns: BOOLEAN,
    apply: ([value, pattern]) => regexOf('rlike', pattern).test(value),
  }),
  rowFunction({
    name: 'split',
    doc: { usage: 'The pieces of a text around a regular expression.', example: "split('a,b', ',')", result: '[a, b]' },
    parameters: [text, text, optional(int)],
    returns: array(STRING, false),
    apply: ([value, pattern, limit]) => {
      if (pattern === '') return charactersOf(value, limit ?? -1);
      return splitText(regexOf('split', pattern), value, limit ?? -1);
    },
  }),
  rowFunction({
    name: 'regexp_replace',
    doc: {
      usage: 'The text with every match replaced; $1 stands for the first group.',
      example: "regexp_replace('a1b', '[0-9]', '#')",
      result: 'a#b',
    },
    parameters: [text, text, text, optional(int)],
    returns: STRING,
    apply: ([value, pattern, replacement, position = 1]) => {
      const regex = regexOf('regexp_replace', pattern);
      // What stands before the position is no part of the text that is searched, also not for anchors.
      const start = Math.max(position - 1, 0);
      return start > value.length
        ? value
        : value.slice(0, start) + replaceMatches(regex, value.slice(start), replacement);
    },
  }),
  rowFunction({
    name: 'regexp_extract',
    doc: {
      usage: 'A group (the first by default) of the first match, empty when there is none.',
      example: "regexp_extract('a12', '([0-9]+)', 1)",
      result: '12',
    },
    parameters: [text, text, optional(int)],
    returns: STRING,
    apply: ([value, pattern, group]) => {
      const regex = regexOf('regexp_extract', pattern);
      const [match] = regex.matches(value, 1);
      if (match === undefined) return '';
      checkGroup('regexp_extract', regex, group ?? 1);
      return match.groups[group ?? 1] ?? '';
    },
  }),
  rowFunction({
    name: 'regexp_extract_all',
    doc: {
      usage: 'A group (the first by default) of every match.',
      example: "regexp_extract_all('a1b2', '([0-9])', 1)",
      result: '[1, 2]',
    },
    parameters: [text, text, optional(int)],
    returns: array(STRING),
    apply: ([value, pattern, group]) => {
      const regex = regexOf('regexp_extract_all', pattern);
      const found = regex.matches(value);
      if (found.length > 0) checkGroup('regexp_extract_all', regex, group ?? 1);
      return found.map((match) => match.groups[group ?? 1] ?? '');
    },
  }),
  rowFunction({
    name: 'regexp_count',
    doc: { usage: 'The number of matches.', example: "regexp_count('a1b2', '[0-9]')", result: '2' },
    parameters: [text, text],
    returns: INTEGER,
    apply: ([value, pattern]) => regexOf('regexp_count', pattern).matches(value).length,
  }),
  rowFunction({
    name: 'regexp_substr',
    doc: {
      usage: 'The first match, NULL when there is none.',
      example: "regexp_substr('a12', '[0-9]+')",
      result: '12',
    },
    parameters: [text, text],
    returns: STRING,
    result: 'mayBeNull',
    apply: ([value, pattern]) => {
      const found = regexOf('regexp_substr', pattern).matches(value, 1)[0]?.groups[0] ?? '';
      return found === '' ? null : found;
    },
  }),
  rowFunction({
    name: 'regexp_instr',
    doc: {
      usage: 'The position of the first match, 0 when there is none.',
      example: "regexp_instr('a1', '[0-9]')",
      result: '2',
    },
    parameters: [text, text, optional(int)],
    returns: INTEGER,
    apply: ([value, pattern]) => (regexOf('regexp_instr', pattern).matches(value, 1)[0]?.start ?? -1) + 1,
  }),
];
