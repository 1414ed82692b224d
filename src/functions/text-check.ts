/** Functions that check texts or raise errors, similarity of texts, sentences and base 32. */
import type { DataType } from '../types/data-type.ts';
import type { ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BINARY, DOUBLE, STRING, VOID, array } from '../types/data-type.ts';
import { binary, int, optional, text, textOrBinary } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { sliced, slicedBytes } from './text-operations.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of valid UTF-8; undefined when the bytes are not. */
function decoded(bytes: Uint8Array | string): string | undefined {
  if (typeof bytes === 'string') return bytes;
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

function validation(name: string, isTry: boolean): ScalarFunction {
  return rowFunction({
    name,
    doc: {
      usage: `The text, which has to be valid UTF-8${isTry ? '; NULL when it is not' : ''}.`,
      example: `${name}('Spark')`,
      result: 'Spark',
    },
    parameters: [textOrBinary],
    returns: STRING,
    ...(isTry ? { result: 'mayBeNull' as const } : {}),
    apply: ([value]) => {
      const valid = decoded(value);
      if (valid !== undefined || isTry) return valid ?? null;
      const hex = Array.from(value as Uint8Array, (byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`);
      throw new MillraceError('INVALID_UTF8_STRING', { str: hex.join('') });
    },
  });
}

/** Replaces a part of a text; a negative length means that of the replacement. */
function overlaid(value: string, replacement: string, position: number, length: number): string {
  const size = length >= 0 ? length : [...replacement].length;
  return sliced(value, 1, position - 1) + replacement + sliced(value, position + size, 2 ** 31);
}

function overlaidBytes(value: Uint8Array, replacement: Uint8Array, position: number, length: number): Uint8Array {
  const size = length >= 0 ? length : replacement.length;
  return Buffer.concat([
    slicedBytes(value, 1, position - 1),
    replacement,
    slicedBytes(value, position + size, 2 ** 31),
  ]);
}

/** The share of characters two texts have in common, in order, with a bonus for a common beginning. */
function jaroWinkler(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  if (a.length === 0 && b.length === 0) return 1;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = b.map(() => false);
  const matched: string[] = [];
  a.forEach((character, i) => {
    for (let j = Math.max(0, i - reach); j <= Math.min(b.length - 1, i + reach); j++) {
      if (taken[j] === true || b[j] !== character) continue;
      taken[j] = true;
      matched.push(character);
      return;
    }
  });
  if (matched.length === 0) return 0;
  const others = b.filter((_, j) => taken[j]);
  const swapped = matched.filter((character, i) => character !== others[i]).length / 2;
  const m = matched.length;
  const jaro = (m / a.length + m / b.length + (m - swapped) / m) / 3;
  let prefix = 0;
  while (prefix < Math.min(4, a.length, b.length) && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  const digits = groups.map((group) => BASE32.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
  return digits.padEnd(Math.ceil(digits.length / 8) * 8, '=');
}

function fromBase32(digits: string): Uint8Array {
  const plain = digits.replaceAll(/[^A-Z2-7]/g, '');
  const bits = Array.from(plain, (digit) => BASE32.indexOf(digit).toString(2).padStart(5, '0')).join('');
  const bytes = bits.slice(0, Math.floor(bits.length / 8) * 8).match(/.{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}

/** The words of each sentence, as the rules of a language cut them. */
function sentencesOf(value: string, language: string, country: string): string[][] {
  const locale = language === '' ? 'en' : country === '' ? language : `${language}-${country}`;
  const known = isLocale(locale) ? locale : 'en';
  const words = new Intl.Segmenter(known, { granularity: 'word' });
  return [...new Intl.Segmenter(known, { granularity: 'sentence' }).segment(value)].map(({ segment }) =>
    [...words.segment(segment)].map((word) => word.segment).filter((word) => /^[\p{L}\p{Nd}]/u.test(word)),
  );
}

function isLocale(name: string): boolean {
  try {
    return Intl.Segmenter.supportedLocalesOf(name).length > 0;
  } catch {
    return false;
  }
}

/** Both texts, or both bytes. */
const same = { ...textOrBinary, accept: (type: DataType): DataType | undefined => textOrBinary.accept(type) };

export const TEXT_CHECK_FUNCTIONS: readonly ScalarFunction[] = [
  validation('validate_utf8', false),
  validation('try_validate_utf8', true),
  rowFunction({
    name: 'raise_error',
    doc: {
      usage: 'Fails with a message.',
      example: "if(true, 1, raise_error('never'))",
      result: '1',
    },
    deterministic: false,
    parameters: [text],
    returns: VOID,
    result: 'mayBeNull',
    nulls: 'pass',
    apply: ([message]) => {
      throw new MillraceError('USER_RAISED_EXCEPTION', { errorMessage: (message as string | null) ?? 'null' });
    },
  }),
  rowFunction({
    name: 'overlay',
    doc: {
      usage: 'A text with a part replaced by another, from a position on.',
      example: "overlay('Spark SQL', '_', 6)",
      result: 'Spark_SQL',
    },
    parameters: [same, same, int, optional(int)],
    returns: ([type]) => type ?? STRING,
    apply: ([value, replacement, position, length]) =>
      typeof value === 'string' || typeof replacement === 'string'
        ? overlaid(String(value), String(replacement), position, length ?? -1)
        : overlaidBytes(value, replacement, position, length ?? -1),
  }),
  rowFunction({
    name: 'jaro_winkler_similarity',
    doc: {
      usage: 'How alike two texts are, from 0 to 1.',
      example: "jaro_winkler_similarity('MARTHA', 'MARHTA')",
      result: '0.9611111111111111',
    },
    parameters: [text, text],
    returns: DOUBLE,
    apply: ([left, right]) => jaroWinkler(left, right),
  }),
  rowFunction({
    name: 'to_base32',
    doc: { usage: 'Bytes as base 32 digits.', example: "to_base32('foobar')", result: 'MZXW6YTBOI======' },
    parameters: [binary],
    returns: STRING,
    apply: ([bytes]) => toBase32(bytes),
  }),
  rowFunction({
    name: 'from_base32',
    doc: {
      usage: 'The bytes of base 32 digits.',
      example: "CAST(from_base32('MZXW6YTBOI======') AS STRING)",
      result: 'foobar',
    },
    parameters: [text],
    returns: BINARY,
    apply: ([digits]) => fromBase32(digits),
  }),
  rowFunction({
    name: 'sentences',
    doc: {
      usage: 'The words of a text, sentence by sentence.',
      example: "sentences('Hi there! Good morning.')",
      result: '[[Hi, there], [Good, morning]]',
    },
    parameters: [text, optional(text), optional(text)],
    returns: array(array(STRING, false), false),
    apply: ([value, language, country]) => sentencesOf(value, language ?? '', country ?? ''),
  }),
];
