/**
 * The options of the JSON format under Spark's names: what is known, what is refused, and their typed form.
 */
import type { FormatOptions } from '../format.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { encodingOf, isKnownEncoding } from '../charset.ts';
import { checkOptionNames, optionBoolean, optionInt, optionText } from '../../types/options.ts';

export type ParseMode = 'PERMISSIVE' | 'DROPMALFORMED' | 'FAILFAST';

/** Names for reading and writing. */
export const JSON_OPTION_NAMES: readonly string[] = [
  'allowBackslashEscapingAnyCharacter',
  'allowComments',
  'allowNonNumericNumbers',
  'allowNumericLeadingZeros',
  'allowSingleQuotes',
  'allowUnquotedControlChars',
  'allowUnquotedFieldNames',
  'columnNameOfCorruptRecord',
  'compression',
  'dateFormat',
  'dropFieldIfAllNull',
  'enablePartialResults',
  'encoding',
  'charset',
  'ignoreNullFields',
  'inferTimestamp',
  'lineSep',
  'locale',
  'maxNestingDepth',
  'maxNumLen',
  'maxStringLen',
  'mode',
  'multiLine',
  'prefersDecimal',
  'preferDate',
  'primitivesAsString',
  'samplingRatio',
  'timeFormat',
  'timeZone',
  'timestampFormat',
  'timestampNTZFormat',
];

/** Time formats and zone; undefined formats mean those of CAST. */
export interface TimeOptions {
  readonly timeZone: string;
  readonly timestampFormat: string | undefined;
  readonly timestampNtzFormat: string | undefined;
  readonly dateFormat: string | undefined;
  readonly timeFormat: string | undefined;
}

/** How JSON text is read. */
export interface JsonReadOptions extends TimeOptions {
  readonly mode: ParseMode;
  readonly corruptColumn: string;
  readonly multiLine: boolean;
  /** Undefined: LF, CR LF or CR. */
  readonly lineSep: string | undefined;
  readonly allowBackslashEscapingAnyCharacter: boolean;
  readonly allowComments: boolean;
  readonly allowNonNumericNumbers: boolean;
  readonly allowNumericLeadingZeros: boolean;
  readonly allowSingleQuotes: boolean;
  readonly allowUnquotedControlChars: boolean;
  readonly allowUnquotedFieldNames: boolean;
  /** False: a bad part of a nested value ends its record, as before Spark 3.5. */
  readonly enablePartialResults: boolean;
  readonly maxNestingDepth: number;
  readonly maxNumLen: number;
  readonly maxStringLen: number;
}

/** Checks the names and reads the options for a decoder; throws typed errors. */
export function jsonReadOptions(options: FormatOptions, timeZone: string): JsonReadOptions {
  checkOptionNames('json', options, JSON_OPTION_NAMES);
  refuseUnsupported('json', options);
  const flag = (name: string, otherwise: boolean): boolean => optionBoolean('json', options, name) ?? otherwise;
  const limit = (name: string, otherwise: number): number => optionInt('json', options, name, { min: 1 }) ?? otherwise;
  return {
    ...timeOptions(options, timeZone),
    mode: parseMode(options),
    corruptColumn: optionText(options, 'columnNameOfCorruptRecord') ?? '_corrupt_record',
    multiLine: flag('multiLine', false),
    lineSep: lineSeparator('json', options),
    allowBackslashEscapingAnyCharacter: flag('allowBackslashEscapingAnyCharacter', false),
    allowComments: flag('allowComments', false),
    allowNonNumericNumbers: flag('allowNonNumericNumbers', true),
    allowNumericLeadingZeros: flag('allowNumericLeadingZeros', false),
    allowSingleQuotes: flag('allowSingleQuotes', true),
    allowUnquotedControlChars: flag('allowUnquotedControlChars', false),
    allowUnquotedFieldNames: flag('allowUnquotedFieldNames', false),
    enablePartialResults: flag('enablePartialResults', true),
    maxNestingDepth: limit('maxNestingDepth', 1000),
    maxNumLen: limit('maxNumLen', 1000),
    maxStringLen: limit('maxStringLen', 0x7fff_ffff),
  };
}

/** The mode; as in Spark, an unknown one means PERMISSIVE. */
export function parseMode(options: FormatOptions): ParseMode {
  const mode = optionText(options, 'mode')?.toUpperCase();
  return mode === 'DROPMALFORMED' || mode === 'FAILFAST' ? mode : 'PERMISSIVE';
}

/** Zone and patterns, the option before the session. */
export function timeOptions(options: FormatOptions, timeZone: string): TimeOptions {
  return {
    timeZone: optionText(options, 'timeZone') ?? timeZone,
    timestampFormat: optionText(options, 'timestampFormat'),
    timestampNtzFormat: optionText(options, 'timestampNTZFormat'),
    dateFormat: optionText(options, 'dateFormat'),
    timeFormat: optionText(options, 'timeFormat'),
  };
}

/** The record separator; an empty one is an error. */
export function lineSeparator(format: string, options: FormatOptions): string | undefined {
  const separator = optionText(options, 'lineSep');
  if (separator === '')
    throw new MillraceError('INVALID_OPTION', {
      option: 'lineSep',
      format,
      value: '',
      expected: 'at least one character',
    });
  return separator;
}

/** Unknown encodings and other locales are refused, not misread. As in Spark `compression` is for writing: readers go by the extension. */
export function refuseUnsupported(format: string, options: FormatOptions): void {
  const encoding = encodingOf(options);
  if (encoding !== undefined && !isKnownEncoding(encoding))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The encoding ${encoding} of ${format} files` });
  const locale = optionText(options, 'locale');
  if (locale !== undefined && !/^en([-_]us)?$/i.test(locale))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `The locale ${locale} of ${format} files` });
}
