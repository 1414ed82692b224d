/**
 * The number formats of to_char and to_number: `[MI|S] [$] [0|9|G|,]… [.|D] [0|9]… [$] [PR|MI|S]`. A format is read once into its parts;
 * numbers are unscaled decimals with their scale.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import { decimalText } from '../types/number-text.ts';

type Sign = 'S' | 'MI' | 'PR' | undefined;
/** A run of digits; `isExact` when it starts with 0: that many digits have to be there. */
interface Digits {
  readonly count: number;
  readonly isExact: boolean;
}

/** A checked number format. */
export interface NumberFormat {
  readonly text: string;
  readonly sign: Sign;
  readonly isSignFirst: boolean;
  /** A dollar sign before the digits. */
  readonly hasDollar: boolean;
  /** The runs of digits before the point, separated by thousands separators. */
  readonly groups: readonly Digits[];
  /** Digits behind the point; undefined without a point. */
  readonly fraction: number | undefined;
  readonly precision: number;
}

const KINDS = [
  'EMPTY',
  'WRONG_NUM_DIGIT',
  'CUR_MUST_BEFORE_DIGIT',
  'CUR_MUST_BEFORE_DEC',
  'CONT_THOUSANDS_SEPS',
  'THOUSANDS_SEPS_MUST_BEFORE_DEC',
] as const;

function invalid(kind: (typeof KINDS)[number], text: string): MillraceError {
  return new MillraceError(`INVALID_FORMAT.${kind}`, { format: `'${text}'` });
}

/** Reads a format; throws one of INVALID_FORMAT when it is none. */
export function parseNumberFormat(text: string): NumberFormat {
  if (text === '') throw invalid('EMPTY', text);
  const upper = text.toUpperCase();
  if (!/[09]/.test(upper)) throw invalid('WRONG_NUM_DIGIT', upper);
  checkTokens(text, upper);
  const found = /^(MI|S)?(\$)?([09G,]*)(?:([.D])([09]*))?(PR|MI|S)?$/.exec(upper);
  if (found === null) throw misplaced(text, upper);
  const [, first, dollar, whole = '', point, fraction = '', last] = found;
  if (first !== undefined && last !== undefined) throw unexpected(last, text);
  const runs = whole === '' ? [] : whole.split(/[G,]/);
  if (runs.length > 1 && runs.includes('')) throw invalid('CONT_THOUSANDS_SEPS', text);
  const groups = runs.flatMap(digitRuns);
  return {
    text,
    sign: (first ?? last) as Sign,
    isSignFirst: first !== undefined,
    hasDollar: dollar !== undefined,
    groups,
    fraction: point === undefined ? undefined : fraction.length,
    precision: runs.join('').length + fraction.length,
  };
}

/** One group of a format is one run; what kind it is says its first digit. */
function digitRuns(run: string): readonly Digits[] {
  return [{ count: run.length, isExact: run.startsWith('0') }];
}

/** Tokens that may occur once, and characters that are none. */
function checkTokens(text: string, upper: string): void {
  const tokens = upper.match(/MI|PR|[\s\S]/g) ?? [];
  for (const token of ['S', 'MI', '$', 'PR'])
    if (tokens.filter((other) => other === token).length > 1) throw repeated(token, text);
  if (tokens.filter((token) => token === '.' || token === 'D').length > 1) throw repeated('. or D', text);
  const strange = tokens.find((token) => !/^(?:MI|PR|[09G,.D$S])$/.test(token));
  if (strange !== undefined) throw unexpected(strange, text);
}

function repeated(token: string, text: string): MillraceError {
  return new MillraceError('INVALID_FORMAT.WRONG_NUM_TOKEN', { token, format: `'${text}'` });
}

function unexpected(token: string, text: string): MillraceError {
  return new MillraceError('INVALID_FORMAT.UNEXPECTED_TOKEN', { token: `character '${token}'`, format: `'${text}'` });
}

/** Why the tokens are in a wrong order. */
function misplaced(text: string, upper: string): MillraceError {
  const dollar = upper.indexOf('$');
  const digit = upper.search(/[09]/);
  const point = upper.search(/[.D]/);
  if (dollar > digit) return invalid('CUR_MUST_BEFORE_DIGIT', text);
  if (point >= 0 && dollar > point) return invalid('CUR_MUST_BEFORE_DEC', text);
  if (point >= 0 && /[G,]/.test(upper.slice(point))) return invalid('THOUSANDS_SEPS_MUST_BEFORE_DEC', text);
  return unexpected(upper.slice(0, 1), text);
}

/** The number as text; `#` for every digit when it has more than the format. */
export function formatNumber(unscaled: bigint, scale: number, format: NumberFormat): string {
  const isNegative = unscaled < 0n;
  const [whole = '', part = ''] = decimalText(isNegative ? -unscaled : unscaled, scale).split('.');
  const wholeDigits = format.groups.reduce((sum, { count }) => sum + count, 0);
  const places = format.fraction ?? 0;
  let before = whole.replace(/^0+/, '');
  let after = part.replace(/0+$/, '');
  if (before.length > wholeDigits || after.length > places) {
    before = '#'.repeat(wholeDigits);
    after = '#'.repeat(places);
  }
  before = before.padStart(wholeDigits, ' ');
  after = after.padEnd(places, '0');
  const out = new FormattedNumber();
  if (format.isSignFirst) out.sign(format.sign, isNegative);
  if (format.sign === 'PR' && isNegative) out.add('<');
  if (format.hasDollar) out.add('$');
  let at = 0;
  format.groups.forEach(({ count, isExact }, i) => {
    if (i > 0) out.separator();
    for (let digit = 0; digit < count; digit++) out.digit(before.charAt(at++), isExact);
  });
  if (format.fraction !== undefined) out.point(after);
  if (!format.isSignFirst) out.sign(format.sign, isNegative);
  return out.finish();
}

/** Collects the characters of a number; signs move in front of the spaces of digits that are not there. */
class FormattedNumber {
  #text = '';

  add(character: string): void {
    this.#text += character;
  }

  digit(character: string, isExact: boolean): void {
    if (character !== ' ') this.#text += character;
    else if (isExact) this.#text += '0';
    else this.#space();
  }

  separator(): void {
    if (/\d$/.test(this.#text)) this.#text += ',';
    else this.#space();
  }

  point(fraction: string): void {
    if (this.#text.endsWith(' ')) this.#text = `${this.#text.slice(0, -1)}0`;
    this.#text += `.${fraction}`;
  }

  sign(sign: Sign, isNegative: boolean): void {
    if (sign === undefined) return;
    if (sign === 'S' || isNegative) {
      this.#stripLonePoint();
      this.#beforeSpaces(sign === 'PR' ? '>' : isNegative ? '-' : '+');
    } else this.#text += sign === 'PR' ? '  ' : ' ';
  }

  finish(): string {
    this.#stripLonePoint();
    return ['', '+', '-'].includes(this.#text) ? '0' : this.#text;
  }

  #space(): void {
    const [, signs = ''] = /([+\-<]*)$/.exec(this.#text) ?? [];
    this.#text = `${this.#text.slice(0, this.#text.length - signs.length)} ${signs}`;
  }

  #beforeSpaces(character: string): void {
    const [, spaces = ''] = /( *)$/.exec(this.#text) ?? [];
    this.#text = `${this.#text.slice(0, this.#text.length - spaces.length)}${character}${spaces}`;
  }

  #stripLonePoint(): void {
    this.#text = this.#text.replace(/\.(?=$| )/, ' ');
  }
}

/** The unscaled number of a text, with the scale of the format; undefined when the text does not fit. */
export function parseFormatted(text: string, format: NumberFormat): bigint | undefined {
  const reader = new FormattedReader(text);
  let isNegative = format.isSignFirst && reader.sign(format.sign);
  const isAngled = format.sign === 'PR' && reader.skip('<');
  if (format.hasDollar && !reader.atEnd && !reader.skip('$')) return undefined;
  const groups = reader.groups();
  const expected = format.groups;
  if (groups.length > expected.length && !(expected.length === 0 && groups.join('') === '')) return undefined;
  for (let i = 0; i < expected.length; i++) {
    const { count, isExact } = expected[expected.length - 1 - i] as Digits;
    const actual = groups[groups.length - 1 - i]?.length ?? 0;
    if (isExact ? actual !== count : actual > count) return undefined;
  }
  let fraction = '';
  if (format.fraction !== undefined && reader.skip('.')) {
    fraction = reader.groups().join('');
    if (fraction.length > format.fraction) return undefined;
  }
  if (!format.isSignFirst && format.sign !== 'PR') isNegative = reader.sign(format.sign);
  const isClosed = format.sign === 'PR' && reader.skip('>');
  if (!reader.atEnd || isAngled !== isClosed) return undefined;
  const whole = groups.join('');
  if (whole + fraction === '') return undefined;
  const unscaled = BigInt(whole + fraction.padEnd(format.fraction ?? 0, '0'));
  return isNegative || isClosed ? -unscaled : unscaled;
}

/** A position in a text that is read by a format. */
class FormattedReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skip(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  /** True for a minus sign; a plus sign is taken too where S allows it. */
  sign(sign: Sign): boolean {
    if (sign === undefined) return false;
    if (sign === 'S' && this.skip('+')) return false;
    return this.skip('-');
  }

  /** The digits that come next, cut at thousands separators; white space is ignored. */
  groups(): string[] {
    const [taken = ''] = /^[\d,\s]*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += taken.length;
    return taken.replaceAll(/\s/g, '').split(',');
  }
}
