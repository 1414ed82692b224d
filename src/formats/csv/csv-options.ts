/** The options of the CSV format under Spark's names and their typed form, for reading and writing. */
import type { FormatOptions } from '../format.ts';
import type { MalformedOptions } from '../decoded-rows.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  checkOptionNames,
  invalidOption,
  optionBoolean,
  optionInt,
  optionOneOf,
  optionText,
} from '../../types/options.ts';
import { type TimeOptions, lineSeparator, parseMode, refuseUnsupported, timeOptions } from '../json/json-options.ts';

export const CSV_OPTION_NAMES: readonly string[] = [
  'charset',
  'columnNameOfCorruptRecord',
  'columnPruning',
  'comment',
  'compression',
  'dateFormat',
  'delimiter',
  'emptyValue',
  'encoding',
  'enforceSchema',
  'escape',
  'escapeFormulas',
  'escapeQuotes',
  'header',
  'ignoreLeadingWhiteSpace',
  'ignoreTrailingWhiteSpace',
  'inferSchema',
  'lineSep',
  'locale',
  'maxCharsPerColumn',
  'maxColumns',
  'mode',
  'multiLine',
  'nanValue',
  'negativeInf',
  'nullValue',
  'positiveInf',
  'preferDate',
  'quote',
  'quoteAll',
  'samplingRatio',
  'sep',
  'timeFormat',
  'timeZone',
  'timestampFormat',
  'timestampNTZFormat',
  'unescapedQuoteHandling',
];

/** How values are told apart. */
export interface CsvSyntax {
  readonly separator: string;
  /** Empty: no quoting. */
  readonly quote: string;
  readonly escape: string;
  readonly trimsLeading: boolean;
  readonly trimsTrailing: boolean;
  readonly maxCharsPerColumn: number;
  readonly maxColumns: number;
  readonly unescapedQuotes: 'STOP_AT_DELIMITER' | 'STOP_AT_CLOSING_QUOTE';
}

export interface CsvReadOptions extends CsvSyntax, TimeOptions, MalformedOptions {
  readonly header: boolean;
  readonly enforceSchema: boolean;
  readonly multiLine: boolean;
  readonly lineSep: string | undefined;
  readonly comment: string;
  readonly nullValue: string;
  readonly emptyValue: string;
  readonly nanValue: string;
  readonly positiveInf: string;
  readonly negativeInf: string;
  readonly inferSchema: boolean;
  /** Days are DATE when the types are inferred, else TIMESTAMP. */
  readonly preferDate: boolean;
}

export interface CsvWriteOptions extends TimeOptions {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
  readonly comment: string;
  readonly header: boolean;
  readonly nullValue: string;
  readonly emptyValue: string;
  readonly quoteAll: boolean;
  readonly escapeQuotes: boolean;
  readonly trimsLeading: boolean;
  readonly trimsTrailing: boolean;
  readonly escapeFormulas: boolean;
  readonly lineSep: string;
}

const UNLIMITED = -1;

/** Checks the names and reads the options for a decoder; throws typed errors. */
export function csvReadOptions(options: FormatOptions, timeZone: string): CsvReadOptions {
  check(options);
  const flag = flagOf(options);
  const maxChars = optionInt('csv', options, 'maxCharsPerColumn', { min: -1 }) ?? UNLIMITED;
  const handling = [
    'STOP_AT_DELIMITER',
    'STOP_AT_CLOSING_QUOTE',
    'BACK_TO_DELIMITER',
    'SKIP_VALUE',
    'RAISE_ERROR',
  ] as const;
  const unescapedQuotes = optionOneOf('csv', options, 'unescapedQuoteHandling', handling) ?? 'STOP_AT_DELIMITER';
  if (unescapedQuotes !== 'STOP_AT_DELIMITER' && unescapedQuotes !== 'STOP_AT_CLOSING_QUOTE')
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `The value ${unescapedQuotes} of option unescapedQuoteHandling`,
    });
  return {
    ...timeOptions(options, timeZone),
    ...quoting(options),
    comment: character(options, 'comment', ''),
    mode: parseMode(options),
    corruptColumn: optionText(options, 'columnNameOfCorruptRecord') ?? '_corrupt_record',
    trimsLeading: flag('ignoreLeadingWhiteSpace', false),
    trimsTrailing: flag('ignoreTrailingWhiteSpace', false),
    maxCharsPerColumn: maxChars === UNLIMITED ? Infinity : maxChars,
    maxColumns: optionInt('csv', options, 'maxColumns', { min: 1 }) ?? 20_480,
    unescapedQuotes,
    header: flag('header', false),
    enforceSchema: flag('enforceSchema', true),
    multiLine: flag('multiLine', false),
    lineSep: lineSeparator('csv', options),
    nullValue: optionText(options, 'nullValue') ?? '',
    emptyValue: optionText(options, 'emptyValue') ?? '',
    nanValue: optionText(options, 'nanValue') ?? 'NaN',
    positiveInf: optionText(options, 'positiveInf') ?? 'Inf',
    negativeInf: optionText(options, 'negativeInf') ?? '-Inf',
    inferSchema: flag('inferSchema', false),
    preferDate: flag('preferDate', true),
  };
}

/** Checks the names and reads the options for an encoder. */
export function csvWriteOptions(options: FormatOptions, timeZone: string): CsvWriteOptions {
  check(options);
  const flag = flagOf(options);
  return {
    ...timeOptions(options, timeZone),
    ...quoting(options),
    comment: character(options, 'comment', '#'),
    header: flag('header', false),
    nullValue: optionText(options, 'nullValue') ?? '',
    emptyValue: optionText(options, 'emptyValue') ?? '""',
    quoteAll: flag('quoteAll', false),
    escapeQuotes: flag('escapeQuotes', true),
    trimsLeading: flag('ignoreLeadingWhiteSpace', true),
    trimsTrailing: flag('ignoreTrailingWhiteSpace', true),
    escapeFormulas: flag('escapeFormulas', false),
    lineSep: lineSeparator('csv', options) ?? '\n',
  };
}

function check(options: FormatOptions): void {
  checkOptionNames('csv', options, CSV_OPTION_NAMES);
  refuseUnsupported('csv', options);
}

function flagOf(options: FormatOptions): (name: string, otherwise: boolean) => boolean {
  return (name, otherwise) => optionBoolean('csv', options, name) ?? otherwise;
}

function quoting(options: FormatOptions): Pick<CsvSyntax, 'separator' | 'quote' | 'escape'> {
  const separator = unescapedSeparator(optionText(options, 'sep') ?? optionText(options, 'delimiter') ?? ',');
  const quote = character(options, 'quote', '"');
  return { separator, quote: quote === '\0' ? '' : quote, escape: character(options, 'escape', '\\') };
}

function character(options: FormatOptions, name: string, otherwise: string): string {
  const text = optionText(options, name) ?? otherwise;
  if (text.length > 1) throw invalidOption('csv', name, text, 'one character');
  return text;
}

/** `\t` and the like, as written in options. */
function unescapedSeparator(text: string): string {
  if (text === '') throw invalidOption('csv', 'sep', text, 'at least one character');
  if (text === '\\') throw invalidOption('csv', 'sep', text, 'two backslashes for a backslash');
  const known: Readonly<Record<string, string>> = {
    t: '\t',
    r: '\r',
    b: '\b',
    f: '\f',
    '"': '"',
    "'": "'",
    '\\': '\\',
    '0': '\0',
  };
  return text.replaceAll(/\\u0000|\\(.)/gs, (whole, letter: string | undefined) => {
    if (letter === undefined) return '\0';
    const char = known[letter];
    if (char === undefined) throw invalidOption('csv', 'sep', whole, 'a known escape such as \\t');
    return char;
  });
}
