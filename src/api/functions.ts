/**
 * `functions`: every built-in function under Spark's name. A string argument that stands for a column is its name; other arguments become
 * literals. What a name computes is defined in src/functions; here are only the signatures.
 */
import type { Column, ColumnOrName, ColumnOrValue } from './column.ts';
import { call, Column as ColumnClass, columnExpression } from './column.ts';
import { literalOf } from './literal.ts';
import { named } from './named-column.ts';
export { udaf, udf } from './user-functions.ts';
import type { PlainName, ReferenceTo, SessionWindow } from './schema-types.ts';
import type { Timestamp } from '../types/timestamp.ts';

/** A column by name; `a.b` is a field of a struct or a qualified column, `*` all columns. */
export function col<Name extends string>(name: Name): Column<PlainName<Name>, ReferenceTo<Name>> {
  return new ColumnClass(columnExpression(name));
}

/** The same as col. */
export const column = col;

/** A constant. A column is returned as it is. */
export function lit(value: ColumnOrValue): Column {
  return value instanceof ColumnClass ? value : new ColumnClass(literalOf(value));
}

/** SQL text as a column, as `expr('a + 1')`. */
export function expr(text: string): Column {
  return new ColumnClass({ kind: 'expressionString', expression: text });
}

/** Any function by name; strings are column names. */
export function callFunction(name: string, ...columns: readonly ColumnOrName[]): Column {
  return call(name, columns.map(named));
}

/** CASE WHEN: `when(condition, value).when(…).otherwise(value)`. */
export function when(condition: Column, value: ColumnOrValue): Column {
  return call('when', [condition, value]);
}

/** Rows, or non-null values of the columns; `count('*')` counts rows. */
export function count(...columns: readonly ColumnOrName[]): Column<string, bigint> {
  return call('count', columns.map(named));
}

/** 1 when the column of ROLLUP, CUBE or GROUPING SETS is null because it is not in the row's set, else 0. */
export function grouping(column: ColumnOrName): Column<string, number> {
  return call('grouping', [named(column)]);
}

/** The set a row of ROLLUP, CUBE or GROUPING SETS belongs to: a bit per grouping column, 1 where it is not in the set. */
export function grouping_id(...columns: readonly ColumnOrName[]): Column<string, bigint> {
  return call('grouping_id', columns.map(named));
}

export function countDistinct(...columns: readonly ColumnOrName[]): Column<string, bigint> {
  return call('count', columns.map(named), true);
}

/** The same as countDistinct. */
export const count_distinct = countDistinct;

export function sum_distinct(column: ColumnOrName): Column {
  return call('sum', [named(column)], true);
}

/** About how many distinct values, with HyperLogLog++; `rsd` is the relative standard deviation allowed, 0.05 by default. */
export function approx_count_distinct(column: ColumnOrName, rsd?: number): Column {
  return call('approx_count_distinct', rsd === undefined ? [named(column)] : [named(column), rsd]);
}

/** The first value of a group; not deterministic on unordered input. */
export function first(column: ColumnOrName, ignoreNulls = false): Column {
  return call('first', [named(column), ignoreNulls]);
}

/** The last value of a group; not deterministic on unordered input. */
export function last(column: ColumnOrName, ignoreNulls = false): Column {
  return call('last', [named(column), ignoreNulls]);
}

export function any_value(column: ColumnOrName, ignoreNulls = false): Column {
  return call('any_value', [named(column), ignoreNulls]);
}

export function max_by(column: ColumnOrName, order: ColumnOrName): Column {
  return call('max_by', [named(column), named(order)]);
}

export function min_by(column: ColumnOrName, order: ColumnOrName): Column {
  return call('min_by', [named(column), named(order)]);
}

/** Windows of whole days, weeks or months of a time zone, the session's by default; right also on days when clocks change. */
export interface CalendarOptions {
  readonly calendar: true;
  readonly timeZone?: string;
}

/**
 * Time windows of fixed length over an event-time column: a struct `window` with start and end (exclusive). With `slideDuration` a row
 * falls into several windows. Durations are texts as `'10 minutes'`; windows are aligned to 1970-01-01 UTC plus `startTime`. With
 * `{ calendar: true }` instead, days begin at local midnight, weeks on Monday, months on their first day.
 *
 * @example
 * logs.groupBy(F.window(F.col('time'), '1 hour')).count();
 * logs.groupBy(F.window(F.col('time'), '1 month', { calendar: true, timeZone: 'Europe/Berlin' })).count();
 */
export function window(
  timeColumn: ColumnOrName,
  windowDuration: string,
  slideDuration?: string | CalendarOptions,
  startTime?: string,
): Column<'window', { start: Timestamp; end: Timestamp }> {
  if (typeof slideDuration === 'object') {
    const zone = slideDuration.timeZone === undefined ? [] : [slideDuration.timeZone];
    return new ColumnClass(call('calendar_window', [named(timeColumn), windowDuration, ...zone]).expression);
  }
  const durations = [windowDuration, slideDuration ?? windowDuration, startTime ?? '0 seconds'];
  return new ColumnClass(call('window', [named(timeColumn), ...durations]).expression);
}

/**
 * Sessions of activity: a struct `session_window` from the first event to the last one plus the gap. Events whose gaps meet are one
 * session. The gap is a text as `'10 minutes'` or a column of such texts; on a stream, group by one more column at least.
 *
 * @example
 * logs.groupBy(F.col('user'), F.session_window(F.col('time'), '30 minutes')).count();
 */
export function session_window(
  timeColumn: ColumnOrName,
  gapDuration: Column | string,
): Column<'session_window', SessionWindow> {
  return new ColumnClass(call('session_window', [named(timeColumn), gapDuration]).expression);
}

/** Parses JSON text with a schema given as DDL; options as of the JSON source. */
export function from_json(
  column: ColumnOrName,
  schema: string,
  options: Readonly<Record<string, string>> = {},
): Column {
  return call('from_json', [named(column), schema, ...optionMap(options)]);
}

export function to_json(column: ColumnOrName, options: Readonly<Record<string, string>> = {}): Column {
  return call('to_json', [named(column), ...optionMap(options)]);
}

/** The value at a JSON path such as `$.a[0].b`, as text. */
export function get_json_object(column: ColumnOrName, path: string): Column {
  return call('get_json_object', [named(column), path]);
}

/** A timestamp cut to `year`, `month`, `day`, `hour`, `minute`, …. */
export function date_trunc(format: string, timestamp: ColumnOrName): Column {
  return call('date_trunc', [format, named(timestamp)]);
}

export function trunc(date: ColumnOrName, format: string): Column {
  return call('trunc', [named(date), format]);
}

export function date_format(timestamp: ColumnOrName, format: string): Column {
  return call('date_format', [named(timestamp), format]);
}

export function substring(column: ColumnOrName, position: number | Column, length: number | Column): Column {
  return call('substring', [named(column), position, length]);
}

export function concat_ws(separator: string, ...columns: readonly ColumnOrName[]): Column {
  return call('concat_ws', [separator, ...columns.map(named)]);
}

export function format_string(format: string, ...columns: readonly ColumnOrName[]): Column {
  return call('format_string', [format, ...columns.map(named)]);
}

export function rand(seed?: number): Column {
  return call('rand', seed === undefined ? [] : [seed]);
}

export function randn(seed?: number): Column {
  return call('randn', seed === undefined ? [] : [seed]);
}

export function named_struct(...namesAndValues: readonly ColumnOrValue[]): Column {
  return call('named_struct', namesAndValues);
}

export function asc(name: string): Column {
  return col(name).asc();
}

export function desc(name: string): Column {
  return col(name).desc();
}

function optionMap(options: Readonly<Record<string, string>>): Column[] {
  const entries = Object.entries(options);
  return entries.length === 0 ? [] : [call('map', entries.flat())];
}

function nullary(name: string): () => Column {
  return () => call(name, []);
}

function unary(name: string): (column: ColumnOrName) => Column {
  return (argument) => call(name, [named(argument)]);
}

function binary(name: string): (left: ColumnOrName, right: ColumnOrName) => Column {
  return (left, right) => call(name, [named(left), named(right)]);
}

/** A column, then values that become literals. */
function withValues(name: string): (column: ColumnOrName, ...values: readonly ColumnOrValue[]) => Column {
  return (argument, ...values) => call(name, [named(argument), ...values]);
}

function variadic(name: string): (...columns: readonly ColumnOrName[]) => Column {
  return (...columns) => call(name, columns.map(named));
}

// Aggregates and functions of one column.
export const upper = unary('upper');
export const lower = unary('lower');
export const trim = unary('trim');
export const ltrim = unary('ltrim');
export const rtrim = unary('rtrim');
export const length = unary('length');
export const char_length = unary('char_length');
export const reverse = unary('reverse');
export const initcap = unary('initcap');
export const ascii = unary('ascii');
export const md5 = unary('md5');
export const base64 = unary('base64');
export const unbase64 = unary('unbase64');
export const hex = unary('hex');
export const unhex = unary('unhex');
export const abs = unary('abs');
export const ceil = unary('ceil');
export const floor = unary('floor');
export const sqrt = unary('sqrt');
export const exp = unary('exp');
export const ln = unary('ln');
export const log10 = unary('log10');
export const log2 = unary('log2');
export const sin = unary('sin');
export const cos = unary('cos');
export const tan = unary('tan');
export const sign = unary('sign');
export const isnull = unary('isnull');
export const isnotnull = unary('isnotnull');
export const isnan = unary('isnan');
export const negative = unary('negative');
export const not = unary('not');
export const year = unary('year');
export const quarter = unary('quarter');
export const month = unary('month');
export const dayofmonth = unary('dayofmonth');
export const day = unary('day');
export const dayofweek = unary('dayofweek');
export const dayofyear = unary('dayofyear');
export const weekofyear = unary('weekofyear');
export const hour = unary('hour');
export const minute = unary('minute');
export const second = unary('second');
export const last_day = unary('last_day');
export const timestamp_seconds = unary('timestamp_seconds');
export const timestamp_millis = unary('timestamp_millis');
export const timestamp_micros = unary('timestamp_micros');
export const unix_millis = unary('unix_millis');
export const unix_seconds = unary('unix_seconds');
export const unix_micros = unary('unix_micros');
export const json_array_length = unary('json_array_length');
export const size = unary('size');
export const array_distinct = unary('array_distinct');
export const array_max = unary('array_max');
export const array_min = unary('array_min');
export const map_keys = unary('map_keys');
export const map_values = unary('map_values');
export const bitwise_not = unary('bitwise_not');
export const window_time = unary('window_time');
export const crc32 = unary('crc32');
export const sha1 = unary('sha1');
export const sum = unary('sum');
export const avg = unary('avg');
export const mean = unary('mean');
export const min = unary('min');
export const max = unary('max');
export const stddev = unary('stddev');
export const stddev_samp = unary('stddev_samp');
export const stddev_pop = unary('stddev_pop');
export const variance = unary('variance');
export const var_samp = unary('var_samp');
export const var_pop = unary('var_pop');
export const bool_and = unary('bool_and');
export const bool_or = unary('bool_or');
export const every = unary('every');
export const some = unary('some');
export const count_if = unary('count_if');
export const collect_list = unary('collect_list');
export const collect_set = unary('collect_set');
export const skewness = unary('skewness');
export const kurtosis = unary('kurtosis');

// Functions without arguments.
export const current_timestamp = nullary('current_timestamp');
export const now = nullary('now');
export const current_date = nullary('current_date');
export const localtimestamp = nullary('localtimestamp');
export const uuid = nullary('uuid');
export const pi = nullary('pi');
export const e = nullary('e');

// Functions of any number of columns.
export const coalesce = variadic('coalesce');
export const concat = variadic('concat');
export const struct = variadic('struct');
export const array = variadic('array');
export const map = variadic('map');
export const greatest = variadic('greatest');
export const least = variadic('least');
export const nvl = variadic('nvl');
export const ifnull = variadic('ifnull');
export const nullif = variadic('nullif');
export const nvl2 = variadic('nvl2');
export const hash = variadic('hash');
export const xxhash64 = variadic('xxhash64');
export const equal_null = variadic('equal_null');

// Functions of two columns.
export const nanvl = binary('nanvl');
export const atan2 = binary('atan2');
export const array_union = binary('array_union');
export const array_intersect = binary('array_intersect');
export const array_except = binary('array_except');
export const arrays_overlap = binary('arrays_overlap');
export const map_from_arrays = binary('map_from_arrays');
export const date_diff = binary('date_diff');
export const datediff = binary('datediff');
export const months_between = binary('months_between');

// Functions of a column and literals.
export const replace = withValues('replace');
export const split = withValues('split');
export const lpad = withValues('lpad');
export const rpad = withValues('rpad');
export const repeat = withValues('repeat');
export const left = withValues('left');
export const right = withValues('right');
export const translate = withValues('translate');
export const regexp_replace = withValues('regexp_replace');
export const regexp_extract = withValues('regexp_extract');
export const regexp_like = withValues('regexp_like');
export const sha2 = withValues('sha2');
export const like = withValues('like');
export const rlike = withValues('rlike');
export const startswith = withValues('startswith');
export const endswith = withValues('endswith');
export const contains = withValues('contains');
export const instr = withValues('instr');
export const round = withValues('round');
export const bround = withValues('bround');
export const pow = withValues('pow');
export const mod = withValues('mod');
export const pmod = withValues('pmod');
export const log = withValues('log');
export const shiftleft = withValues('shiftleft');
export const shiftright = withValues('shiftright');
export const to_timestamp = withValues('to_timestamp');
export const try_to_timestamp = withValues('try_to_timestamp');
export const to_date = withValues('to_date');
export const unix_timestamp = withValues('unix_timestamp');
export const to_unix_timestamp = withValues('to_unix_timestamp');
export const from_unixtime = withValues('from_unixtime');
export const date_add = withValues('date_add');
export const date_sub = withValues('date_sub');
export const add_months = withValues('add_months');
export const element_at = withValues('element_at');
export const array_contains = withValues('array_contains');
export const array_position = withValues('array_position');
export const array_join = withValues('array_join');
export const array_repeat = withValues('array_repeat');
export const sort_array = withValues('sort_array');
export const slice = withValues('slice');
export const array_sort = withValues('array_sort');
export const date_part = withValues('date_part');
export const from_utc_timestamp = withValues('from_utc_timestamp');
export const to_utc_timestamp = withValues('to_utc_timestamp');
export const json_tuple = withValues('json_tuple');
/** A row per element of an array, or per entry of a map; in a select list, one such function per list. */
export const explode = unary('explode');
export const explode_outer = unary('explode_outer');
export const posexplode = unary('posexplode');
export const posexplode_outer = unary('posexplode_outer');
export const inline = unary('inline');
export const inline_outer = unary('inline_outer');
export const stack = variadic('stack');
export const schema_of_json = withValues('schema_of_json');
export const conv = withValues('conv');
export const split_part = withValues('split_part');
export const substring_index = withValues('substring_index');
export const levenshtein = withValues('levenshtein');
export const try_add = withValues('try_add');
export const try_subtract = withValues('try_subtract');
export const try_multiply = withValues('try_multiply');
export const try_divide = withValues('try_divide');
export const try_element_at = withValues('try_element_at');
export const curdate = nullary('curdate');
export const current_timezone = nullary('current_timezone');
export const monotonically_increasing_id = nullary('monotonically_increasing_id');
export const acos = unary('acos');
export const acosh = unary('acosh');
export const array_compact = unary('array_compact');
export const array_size = unary('array_size');
export const asin = unary('asin');
export const asinh = unary('asinh');
export const atan = unary('atan');
export const atanh = unary('atanh');
export const bin = unary('bin');
export const bit_count = unary('bit_count');
export const bit_length = unary('bit_length');
export const cbrt = unary('cbrt');
export const char = unary('char');
export const character_length = unary('character_length');
export const chr = unary('chr');
export const cosh = unary('cosh');
export const cot = unary('cot');
export const csc = unary('csc');
export const date_from_unix_date = unary('date_from_unix_date');
export const dayname = unary('dayname');
export const degrees = unary('degrees');
export const expm1 = unary('expm1');
export const factorial = unary('factorial');
export const flatten = unary('flatten');
export const is_valid_utf8 = unary('is_valid_utf8');
export const json_object_keys = unary('json_object_keys');
export const lcase = unary('lcase');
export const log1p = unary('log1p');
export const luhn_check = unary('luhn_check');
export const make_valid_utf8 = unary('make_valid_utf8');
export const map_entries = unary('map_entries');
export const map_from_entries = unary('map_from_entries');
export const monthname = unary('monthname');
export const octet_length = unary('octet_length');
export const positive = unary('positive');
export const quote = unary('quote');
export const radians = unary('radians');
export const rint = unary('rint');
export const sec = unary('sec');
export const signum = unary('signum');
export const sinh = unary('sinh');
export const soundex = unary('soundex');
export const std = unary('std');
export const tanh = unary('tanh');
export const try_url_decode = unary('try_url_decode');
const typeOf = unary('typeof');
export { typeOf as typeof };
export const ucase = unary('ucase');
export const unix_date = unary('unix_date');
export const url_decode = unary('url_decode');
export const url_encode = unary('url_encode');
export const weekday = unary('weekday');
export const hypot = binary('hypot');
export const find_in_set = binary('find_in_set');
export const array_append = withValues('array_append');
export const array_insert = withValues('array_insert');
export const array_prepend = withValues('array_prepend');
export const array_remove = withValues('array_remove');
export const bit_get = withValues('bit_get');
export const btrim = withValues('btrim');
export const convert_timezone = withValues('convert_timezone');
export const dateadd = withValues('dateadd');
export const decode = withValues('decode');
export const encode = withValues('encode');
export const format_number = withValues('format_number');
export const getbit = withValues('getbit');
export const ilike = withValues('ilike');
export const map_contains_key = withValues('map_contains_key');
export const mask = withValues('mask');
export const parse_url = withValues('parse_url');
export const power = withValues('power');
export const regexp_count = withValues('regexp_count');
export const regexp_extract_all = withValues('regexp_extract_all');
export const regexp_instr = withValues('regexp_instr');
export const regexp_substr = withValues('regexp_substr');
export const sequence = withValues('sequence');
export const shiftrightunsigned = withValues('shiftrightunsigned');
export const space = withValues('space');
export const str_to_map = withValues('str_to_map');
export const to_binary = withValues('to_binary');
export const try_mod = withValues('try_mod');
export const try_parse_url = withValues('try_parse_url');
export const try_to_binary = withValues('try_to_binary');
export const width_bucket = withValues('width_bucket');
export const arrays_zip = variadic('arrays_zip');
export const map_concat = variadic('map_concat');
export const make_date = variadic('make_date');
export const make_timestamp = variadic('make_timestamp');
export const make_timestamp_ltz = variadic('make_timestamp_ltz');
export const make_timestamp_ntz = variadic('make_timestamp_ntz');
export const try_make_timestamp = variadic('try_make_timestamp');
export const try_make_timestamp_ltz = variadic('try_make_timestamp_ltz');
export const try_make_timestamp_ntz = variadic('try_make_timestamp_ntz');
export const elt = variadic('elt');

/** The columns written into a format, as `printf('%s: %d', col('a'), col('b'))`. */
export function printf(format: string, ...columns: readonly ColumnOrName[]): Column {
  return call('printf', [format, ...columns.map(named)]);
}
export * from './lambda-functions.ts';
export * from './positional-functions.ts';
export * from './typed-functions.ts';
