/**
 * Turns the tokens of one value into a `Value` of a type, as Spark's JSON reader converts them: what counts as a wrong type, which parts
 * of a broken value survive. One converter per type, made once per decoder. Recursion follows the schema, never the input.
 */
import type { DataType, DecimalType, MapType, StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { JsonReadOptions } from './json-options.ts';
import type { JsonTokenizer } from './json-tokenizer.ts';
import type { TimeParsers } from '../text-values.ts';
import { unreachable } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { sqlName } from '../../types/data-type.ts';
import { decodeBase64 } from './base64.ts';
import { decimalOfText, timeParsers } from '../text-values.ts';
import { TOKEN } from './json-tokenizer.ts';
import { wellFormedText } from '../utf8.ts';

/** The value cannot be read as its type; the field stays as it was and the record counts as malformed. */
export const BAD = Symbol('bad value');
export type Converted = Value | null | typeof BAD;
/** Converts the current value; on return it has been read to its end, or the tokenizer stands where Spark's would. */
export type Converter = (tokens: JsonTokenizer) => Converted;

/** What the converters of one decoder share. */
export interface ConverterContext {
  readonly options: JsonReadOptions;
  readonly times: TimeParsers;
  /** Set when a value was kept although a part of it is bad. */
  isPartial: boolean;
}

/** The fields of a struct by name. */
export interface FieldConverters {
  readonly indexes: ReadonlyMap<string, number>;
  readonly converters: readonly Converter[];
}

const SPECIAL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['+INF', Infinity],
  ['+Infinity', Infinity],
  ['Infinity', Infinity],
  ['-INF', -Infinity],
  ['-Infinity', -Infinity],
]);
const LONG_MAX = 9_223_372_036_854_775_807n;
const LONG_MIN = -9_223_372_036_854_775_808n;

export function converterContext(options: JsonReadOptions): ConverterContext {
  return { options, times: timeParsers(options), isPartial: false };
}

/** The converters of a struct's fields; `without` names the column for corrupt records, which is never read from the input. */
export function fieldConverters(type: StructType, context: ConverterContext, without?: string): FieldConverters {
  const indexes = new Map<string, number>();
  type.fields.forEach((field, i) => {
    if (field.name !== without) indexes.set(field.name, i);
  });
  return { indexes, converters: type.fields.map((field) => converterOf(field.dataType, context)) };
}

/** The converter of a type; null for JSON null is answered before. */
export function converterOf(type: DataType, context: ConverterContext): Converter {
  const convert = nonNullConverter(type, context);
  return (tokens) => {
    if (tokens.token === TOKEN.name && tokens.next() === TOKEN.error) return BAD;
    return tokens.token === TOKEN.null ? null : convert(tokens);
  };
}

/** Reads the fields of the object the tokenizer has entered; BAD when the input is broken there. */
export function convertFields(
  tokens: JsonTokenizer,
  fields: FieldConverters,
  context: ConverterContext,
  isNested = false,
): Value | typeof BAD {
  const row: (Value | null)[] = fields.converters.map(() => null);
  for (;;) {
    const token = tokens.next();
    if (token === TOKEN.endObject || token === TOKEN.end) return row;
    if (token === TOKEN.error) return BAD;
    const name = tokens.name;
    const index = name === undefined ? undefined : fields.indexes.get(name);
    const converter = index === undefined ? undefined : fields.converters[index];
    if (index === undefined || converter === undefined) {
      if (token === TOKEN.name) tokens.next();
      tokens.skipChildren();
      continue;
    }
    const value = converter(tokens);
    if (value === BAD) {
      if (isNested && !context.options.enablePartialResults) return BAD;
      context.isPartial = true;
      tokens.skipChildren();
    } else row[index] = value;
  }
}

/** Reads the elements of the array the tokenizer has entered. */
export function convertElements(tokens: JsonTokenizer, element: Converter): (Value | null)[] | typeof BAD {
  const values: (Value | null)[] = [];
  for (;;) {
    const token = tokens.next();
    if (token === TOKEN.endArray || token === TOKEN.end) return values;
    if (token === TOKEN.error) return BAD;
    const value = element(tokens);
    if (value === BAD) return BAD;
    values.push(value);
  }
}

function nonNullConverter(type: DataType, context: ConverterContext): Converter {
  switch (type.kind) {
    case 'boolean':
      return (tokens) =>
        tokens.token === TOKEN.true ? true : tokens.token === TOKEN.false ? false : wrongType(tokens);
    case 'byte':
      return integerConverter(-128n, 255n, (value) => (Number(value) << 24) >> 24);
    case 'short':
      return integerConverter(-32_768n, 32_767n, Number);
    case 'integer':
      return integerConverter(-2_147_483_648n, 2_147_483_647n, Number);
    case 'long':
      return integerConverter(LONG_MIN, LONG_MAX, (value) => value);
    case 'float':
      return (tokens) => floating(tokens, context.options.allowNonNumericNumbers, Math.fround);
    case 'double':
      return (tokens) => floating(tokens, context.options.allowNonNumericNumbers, (value) => value);
    case 'decimal':
      return (tokens) => decimalValue(tokens, type);
    case 'string':
      return stringValue;
    case 'binary':
      return binaryValue;
    case 'date':
      return (tokens) =>
        timeValue(
          tokens,
          (text) =>
            context.times.date(text) ?? (context.options.dateFormat === undefined ? daysOfText(text) : undefined),
        );
    case 'timestamp':
      return (tokens) =>
        tokens.token === TOKEN.int ? secondsValue(tokens) : timeValue(tokens, context.times.timestamp);
    case 'timestamp_ntz':
      return (tokens) => timeValue(tokens, context.times.timestampNtz);
    case 'time':
      return (tokens) => timeValue(tokens, context.times.time);
    case 'struct': {
      const fields = fieldConverters(type, context);
      return (tokens) =>
        tokens.token === TOKEN.startObject ? convertFields(tokens, fields, context, true) : wrongType(tokens);
    }
    case 'array': {
      const element = converterOf(type.elementType, context);
      return (tokens) => (tokens.token === TOKEN.startArray ? convertElements(tokens, element) : wrongType(tokens));
    }
    case 'map':
      return mapConverter(type, context);
    case 'year_month_interval':
    case 'day_time_interval':
    case 'calendar_interval':
      throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
        format: 'JSON',
        columnName: '`value`',
        columnType: `"${sqlName(type)}"`,
      });
    case 'void':
      return () => null;
    default:
      return unreachable(type);
  }
}

/** A wrong type is noticed after the text of a string has been looked at, so a broken string breaks the record. */
function wrongType(tokens: JsonTokenizer): typeof BAD {
  if (tokens.token === TOKEN.string) tokens.text();
  return BAD;
}

function integerConverter(min: bigint, max: bigint, convert: (value: bigint) => Value): Converter {
  return (tokens) => {
    if (tokens.token !== TOKEN.int) return wrongType(tokens);
    const value = BigInt(tokens.text() ?? '0');
    return value < min || value > max ? BAD : convert(value);
  };
}

function floating(tokens: JsonTokenizer, allowSpecial: boolean, round: (value: number) => number): Converted {
  const text = tokens.text();
  if (text === undefined) return BAD;
  if (tokens.token === TOKEN.int) return round(Number(text) + 0);
  if (tokens.token === TOKEN.float) return round(SPECIAL_NUMBERS.get(text) ?? Number(text));
  if (tokens.token !== TOKEN.string || !allowSpecial) return BAD;
  // Of strings only the words for special numbers are numbers, and the word INF needs a sign.
  return SPECIAL_NUMBERS.get(text) ?? BAD;
}

function decimalValue(tokens: JsonTokenizer, type: DecimalType): Converted {
  const text = tokens.text();
  if (text === undefined) return BAD;
  if (tokens.token === TOKEN.int || tokens.token === TOKEN.float)
    return decimalOfText(text, type.precision, type.scale) ?? BAD;
  if (tokens.token !== TOKEN.string || text === '') return BAD;
  return decimalOfText(text.replaceAll(',', ''), type.precision, type.scale) ?? BAD;
}

/** Strings as they are; anything else as its source text. */
function stringValue(tokens: JsonTokenizer): Converted {
  const start = tokens.start;
  switch (tokens.token) {
    case TOKEN.startObject:
    case TOKEN.startArray: {
      tokens.skipChildren();
      return tokens.hasFailed ? BAD : wellFormedText(tokens.slice(start, tokens.position));
    }
    case TOKEN.int:
    case TOKEN.float:
    case TOKEN.true:
    case TOKEN.false:
      return tokens.slice(start, tokens.position);
    case TOKEN.string: {
      const text = tokens.text();
      return text === undefined ? BAD : wellFormedText(text);
    }
    default:
      return BAD;
  }
}

function binaryValue(tokens: JsonTokenizer): Converted {
  if (tokens.token !== TOKEN.string) return BAD;
  const text = tokens.text();
  if (text === undefined) return BAD;
  const bytes = decodeBase64(text);
  if (bytes === 'cut') tokens.fail();
  return typeof bytes === 'string' ? BAD : bytes;
}

function timeValue(tokens: JsonTokenizer, parse: (text: string) => Value | undefined): Converted {
  const text = tokens.text();
  if (tokens.token !== TOKEN.string || text === undefined || text === '') return BAD;
  return parse(text) ?? BAD;
}

/** A whole number under a timestamp counts seconds. */
function secondsValue(tokens: JsonTokenizer): Converted {
  const seconds = BigInt(tokens.text() ?? '0');
  return seconds < LONG_MIN || seconds > LONG_MAX ? BAD : BigInt.asIntN(64, seconds * 1_000_000n);
}

function mapConverter(type: MapType, context: ConverterContext): Converter {
  const convert = converterOf(type.valueType, context);
  return (tokens) => {
    if (tokens.token !== TOKEN.startObject) return wrongType(tokens);
    const entries = new Map<string, Value | null>();
    let isBad = false;
    for (;;) {
      const token = tokens.next();
      if (token === TOKEN.endObject || token === TOKEN.end) return isBad ? BAD : [...entries];
      if (token === TOKEN.error) return BAD;
      const key = wellFormedText(tokens.name ?? '');
      const value = convert(tokens);
      if (value === BAD) {
        if (!context.options.enablePartialResults) return BAD;
        isBad = true;
        tokens.skipChildren();
      } else entries.set(key, value);
    }
  };
}

/** A date given as its number of days, which Spark takes where no format is set. */
function daysOfText(text: string): number | undefined {
  const days = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return days === Math.trunc(days) && days === (days | 0) ? days : undefined;
}
