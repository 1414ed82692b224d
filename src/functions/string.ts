/** String functions without patterns; positions and lengths count code points, starting at 1. */
import type { ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BOOLEAN, INTEGER, STRING, array } from '../types/data-type.ts';
import { int, long, optional, text, textOrBinary } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import {
  capitalized,
  locate,
  padded,
  paddedBytes,
  points,
  reversed,
  firstOf,
  slicedBytes,
  sliced,
  trimmed,
  translated,
} from './text-operations.ts';

const encoder = new TextEncoder();

function textTest(
  name: string,
  usage: string,
  test: (value: string, part: string) => boolean,
  example: string,
): ScalarFunction {
  return rowFunction({
    name,
    doc: { usage, example, result: 'true' },
    parameters: [text, text],
    returns: BOOLEAN,
    apply: ([value, part]) => test(value, part),
  });
}

/** With two arguments the characters to remove come first, as in SQL's `TRIM(characters FROM text)`. */
function trim(name: string, sides: 'both' | 'left' | 'right'): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: 'The text without spaces, or the given characters, around it.',
      example: `${name}('a')`,
      result: 'a',
    },
    parameters: [text, optional(text)],
    returns: STRING,
    apply: ([first, second]) => (second === undefined ? trimmed(first, ' ', sides) : trimmed(second, first, sides)),
  });
}

function pad(name: string, side: 'left' | 'right'): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: 'The text filled up with another to a length, or cut to it.',
      example: `${name}('hi', 2, 'x')`,
      result: 'hi',
    },
    parameters: [textOrBinary, int, optional(textOrBinary)],
    returns: ([type]) => type ?? STRING,
    apply: ([value, length, filling]) => {
      if (typeof value === 'string') return padded(value, length, typeof filling === 'string' ? filling : ' ', side);
      return paddedBytes(value, length, filling instanceof Uint8Array ? filling : Uint8Array.of(0), side);
    },
  });
}

const substring = rowFunction({
  name: 'substring',
  aliases: ['substr'],
  doc: {
    usage: 'The part of a text from a position on, counted from the end when negative.',
    example: "substring('hello', 2, 3)",
    result: 'ell',
  },
  parameters: [textOrBinary, int, optional(int)],
  returns: ([type]) => type ?? STRING,
  apply: ([value, position, length]) =>
    typeof value === 'string'
      ? sliced(value, position, length ?? 2 ** 31)
      : slicedBytes(value, position, length ?? 2 ** 31),
  slice: (bytes, start, end, [, position, length], part) => {
    for (let i = start; i < end; i++) if ((bytes[i] as number) >= 0x80) return false;
    const count = end - start;
    const wanted = typeof length === 'number' ? length : 2 ** 31;
    const first = firstOf(count, position as number);
    part.start = start + Math.min(count, Math.max(first, 0));
    part.end = Math.max(part.start, start + Math.min(first + wanted, count));
    return true;
  },
});

const concatWs = rowFunction({
  name: 'concat_ws',
  doc: {
    usage: 'All texts (and texts of arrays) that are not NULL, joined by the first.',
    example: "concat_ws(',', 'a', 'b')",
    result: 'a,b',
  },
  parameters: [text],
  rest: {
    required: '("ARRAY<STRING>" or "STRING")',
    accept: (type) => (type.kind === 'array' ? array(STRING) : text.accept(type)),
  },
  returns: STRING,
  nulls: 'pass',
  apply: (values) => {
    const [separator, ...parts] = values as readonly unknown[];
    if (typeof separator !== 'string') return null;
    return parts
      .flat()
      .filter((part) => typeof part === 'string')
      .join(separator);
  },
});

const splitPart = rowFunction({
  name: 'split_part',
  doc: {
    usage: 'One part of a text cut at a delimiter, counted from the end when negative.',
    example: "split_part('a,b', ',', 2)",
    result: 'b',
  },
  parameters: [text, text, int],
  returns: STRING,
  apply: ([value, delimiter, part]) => {
    if (part === 0) throw new MillraceError('INVALID_INDEX_OF_ZERO', {});
    const parts = delimiter === '' ? [value] : value.split(delimiter);
    return parts.at(part > 0 ? part - 1 : part) ?? '';
  },
});

/** Where a part starts for the n-th time from a position on; from a negative position it is searched backwards. */
function occurrenceOf(value: string, part: string, start: number, occurrence: number): number {
  if (occurrence < 1)
    throw new MillraceError('INVALID_PARAMETER_VALUE.OCCURRENCE', {
      parameter: '`occurrence`',
      functionName: '`instr`',
      actual: String(occurrence),
    });
  if (start === 0) return 0;
  const [all, wanted] = [points(value), points(part)];
  const step = start > 0 ? 1 : -1;
  let left = occurrence;
  for (let at = start > 0 ? start - 1 : all.length + start; at >= 0 && at <= all.length; at += step) {
    if (at + wanted.length > all.length || wanted.some((character, i) => all[at + i] !== character)) continue;
    left -= 1;
    if (left === 0) return at + 1;
  }
  return 0;
}

function substringIndex(value: string, delimiter: string, count: number): string {
  if (count === 0 || delimiter === '') return '';
  const parts = value.split(delimiter);
  return count > 0
    ? parts.slice(0, count).join(delimiter)
    : parts.slice(Math.max(0, parts.length + count)).join(delimiter);
}

export const STRING_FUNCTIONS: readonly ScalarFunction[] = [
  rowFunction({
    name: 'upper',
    aliases: ['ucase'],
    doc: { usage: 'The text in upper case.', example: "upper('ab')", result: 'AB' },
    parameters: [text],
    returns: STRING,
    apply: ([value]) => value.toUpperCase(),
  }),
  rowFunction({
    name: 'lower',
    aliases: ['lcase'],
    doc: { usage: 'The text in lower case.', example: "lower('AB')", result: 'ab' },
    parameters: [text],
    returns: STRING,
    apply: ([value]) => value.toLowerCase(),
  }),
  trim('trim', 'both'),
  rowFunction({
    name: 'btrim',
    doc: {
      usage: 'The text without spaces, or the given characters, around it.',
      example: "btrim('xax', 'x')",
      result: 'a',
    },
    parameters: [text, optional(text)],
    returns: STRING,
    apply: ([value, characters]) => trimmed(value, characters ?? ' ', 'both'),
  }),
  trim('ltrim', 'left'),
  trim('rtrim', 'right'),
  rowFunction({
    name: 'length',
    aliases: ['char_length', 'character_length', 'len'],
    doc: { usage: 'The number of characters of a text or bytes of a binary.', example: "length('abc')", result: '3' },
    parameters: [textOrBinary],
    returns: INTEGER,
    apply: ([value]) => (typeof value === 'string' ? points(value).length : value.length),
  }),
  rowFunction({
    name: 'octet_length',
    doc: { usage: 'The number of bytes.', example: "octet_length('é')", result: '2' },
    parameters: [textOrBinary],
    returns: INTEGER,
    apply: ([value]) => (typeof value === 'string' ? encoder.encode(value) : value).length,
  }),
  rowFunction({
    name: 'bit_length',
    doc: { usage: 'The number of bits.', example: "bit_length('a')", result: '8' },
    parameters: [textOrBinary],
    returns: INTEGER,
    apply: ([value]) => (typeof value === 'string' ? encoder.encode(value) : value).length * 8,
  }),
  substring,
  rowFunction({
    name: 'left',
    doc: { usage: 'The first characters of a text.', example: "left('hello', 2)", result: 'he' },
    parameters: [textOrBinary, int],
    returns: ([type]) => type ?? STRING,
    apply: ([value, length]) => {
      if (typeof value !== 'string') return length <= 0 ? new Uint8Array(0) : slicedBytes(value, 1, length);
      return length <= 0 ? '' : sliced(value, 1, length);
    },
  }),
  rowFunction({
    name: 'right',
    doc: { usage: 'The last characters of a text.', example: "right('hello', 2)", result: 'lo' },
    parameters: [text, int],
    returns: STRING,
    apply: ([value, length]) => (length <= 0 ? '' : points(value).slice(-length).join('')),
  }),
  concatWs,
  rowFunction({
    name: 'replace',
    doc: {
      usage: 'The text with every occurrence of a part replaced.',
      example: "replace('abc', 'b', 'x')",
      result: 'axc',
    },
    parameters: [text, text, optional(text)],
    returns: STRING,
    apply: ([value, search, replacement]) =>
      search === '' ? value : value.replaceAll(search, () => replacement ?? ''),
  }),
  pad('lpad', 'left'),
  pad('rpad', 'right'),
  rowFunction({
    name: 'repeat',
    doc: { usage: 'The text several times in a row.', example: "repeat('ab', 2)", result: 'abab' },
    parameters: [text, int],
    returns: STRING,
    apply: ([value, times]) => value.repeat(Math.max(times, 0)),
  }),
  rowFunction({
    name: 'reverse',
    doc: {
      usage: 'The characters of a text, or the elements of an array, from last to first.',
      example: "reverse('abc')",
      result: 'cba',
    },
    parameters: [
      {
        required: '("STRING" or "ARRAY")',
        accept: (type) => (type.kind === 'array' ? type : textOrBinary.accept(type)),
      },
    ],
    returns: ([type]) => type ?? STRING,
    apply: ([value]) =>
      typeof value === 'string'
        ? reversed(value)
        : value instanceof Uint8Array
          ? value.toReversed()
          : Array.isArray(value)
            ? value.toReversed()
            : null,
  }),
  rowFunction({
    name: 'instr',
    doc: {
      usage: 'The position of a part in a text, 0 when it is not there.',
      example: "instr('hello', 'l')",
      result: '3',
    },
    parameters: [text, text, optional(int), optional(int)],
    returns: INTEGER,
    apply: ([value, part, start, occurrence]) => occurrenceOf(value, part, start ?? 1, occurrence ?? 1),
  }),
  rowFunction({
    name: 'locate',
    aliases: ['position'],
    doc: {
      usage: 'The position of a part in a text from a position on, 0 when it is not there.',
      example: "locate('l', 'hello')",
      result: '3',
    },
    parameters: [text, text, optional(int)],
    returns: INTEGER,
    nulls: 'pass',
    apply: ([part, value, start]) => {
      const from: number | null | undefined = start;
      if (from === null) return 0;
      return typeof part === 'string' && typeof value === 'string' ? locate(part, value, from ?? 1) : null;
    },
  }),
  rowFunction({
    name: 'initcap',
    doc: {
      usage: 'The text with every word starting in upper case.',
      example: "initcap('hello wORLD')",
      result: 'Hello World',
    },
    parameters: [text],
    returns: STRING,
    apply: ([value]) => capitalized(value),
  }),
  rowFunction({
    name: 'ascii',
    doc: { usage: 'The code point of the first character.', example: "ascii('a')", result: '97' },
    parameters: [text],
    returns: INTEGER,
    apply: ([value]) => value.codePointAt(0) ?? 0,
  }),
  rowFunction({
    name: 'chr',
    aliases: ['char'],
    doc: { usage: 'The character of a code below 256; higher codes wrap.', example: 'chr(65)', result: 'A' },
    parameters: [long],
    returns: STRING,
    apply: ([code]) => (code < 0n ? '' : String.fromCharCode(Number(code % 256n))),
  }),
  rowFunction({
    name: 'translate',
    doc: {
      usage: 'The text with each character of one list replaced by the one at its place in another.',
      example: "translate('abc', 'ab', '12')",
      result: '12c',
    },
    parameters: [text, text, text],
    returns: STRING,
    apply: ([value, from, to]) => translated(value, from, to),
  }),
  rowFunction({
    name: 'space',
    doc: { usage: 'A text of spaces.', example: "concat('a', space(1), 'b')", result: 'a b' },
    parameters: [int],
    returns: STRING,
    apply: ([length]) => ' '.repeat(Math.max(length, 0)),
  }),
  splitPart,
  rowFunction({
    name: 'substring_index',
    doc: {
      usage: 'What stands before the count-th delimiter, from the end when negative.',
      example: "substring_index('a.b.c', '.', 2)",
      result: 'a.b',
    },
    parameters: [text, text, int],
    returns: STRING,
    apply: ([value, delimiter, count]) => substringIndex(value, delimiter, count),
  }),
  textTest(
    'startswith',
    'True when the text starts with another.',
    (value, part) => value.startsWith(part),
    "startswith('hello', 'he')",
  ),
  textTest(
    'endswith',
    'True when the text ends with another.',
    (value, part) => value.endsWith(part),
    "endswith('hello', 'lo')",
  ),
  textTest(
    'contains',
    'True when the text holds another.',
    (value, part) => value.includes(part),
    "contains('hello', 'ell')",
  ),
];
