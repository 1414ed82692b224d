/** Functions of `functions` whose further arguments are values more often than columns; the rest is functions.ts. */
import type { Column, ColumnOrName, ColumnOrValue } from './column.ts';
import { call } from './column.ts';
import { named } from './named-column.ts';

type OfColumns = (...columns: readonly ColumnOrName[]) => Column;
type OfColumnAndValues = (column: ColumnOrName, ...values: readonly ColumnOrValue[]) => Column;
type OfValues = (...values: readonly ColumnOrValue[]) => Column;

/** A function of columns; texts are their names. */
function ofColumns(name: string): OfColumns {
  return (...columns) => call(name, columns.map(named));
}

/** A function of a column and constants; a text behind the first is a text. */
function ofColumn(name: string): OfColumnAndValues {
  return (column, ...values) => call(name, [named(column), ...values]);
}

/** A function of constants, or of columns given as such. */
function ofValues(name: string): OfValues {
  return (...values) => call(name, values);
}

export const bitmap_and_agg = ofColumns('bitmap_and_agg');
export const bitmap_bit_position = ofColumns('bitmap_bit_position');
export const bitmap_bucket_number = ofColumns('bitmap_bucket_number');
export const bitmap_construct_agg = ofColumns('bitmap_construct_agg');
export const bitmap_count = ofColumns('bitmap_count');
export const bitmap_or_agg = ofColumns('bitmap_or_agg');
export const from_base32 = ofColumns('from_base32');
export const jaro_winkler_similarity = ofColumns('jaro_winkler_similarity');
export const to_base32 = ofColumns('to_base32');
export const try_validate_utf8 = ofColumns('try_validate_utf8');
export const validate_utf8 = ofColumns('validate_utf8');
export const vector_avg = ofColumns('vector_avg');
export const vector_cosine_similarity = ofColumns('vector_cosine_similarity');
export const vector_inner_product = ofColumns('vector_inner_product');
export const vector_l2_distance = ofColumns('vector_l2_distance');
export const vector_sum = ofColumns('vector_sum');
export const aes_decrypt = ofColumn('aes_decrypt');
export const aes_encrypt = ofColumn('aes_encrypt');
export const assert_true = ofColumn('assert_true');
export const from_csv = ofColumn('from_csv');
export const histogram_numeric = ofColumn('histogram_numeric');
export const overlay = ofColumn('overlay');
export const sentences = ofColumn('sentences');
export const shuffle = ofColumn('shuffle');
export const to_char = ofColumn('to_char');
export const to_csv = ofColumn('to_csv');
export const to_number = ofColumn('to_number');
export const to_timestamp_ltz = ofColumn('to_timestamp_ltz');
export const to_timestamp_ntz = ofColumn('to_timestamp_ntz');
export const to_varchar = ofColumn('to_varchar');
export const try_aes_decrypt = ofColumn('try_aes_decrypt');
export const try_to_date = ofColumn('try_to_date');
export const try_to_number = ofColumn('try_to_number');
export const vector_norm = ofColumn('vector_norm');
export const vector_normalize = ofColumn('vector_normalize');
export const make_dt_interval = ofValues('make_dt_interval');
export const make_interval = ofValues('make_interval');
export const make_ym_interval = ofValues('make_ym_interval');
export const raise_error = ofValues('raise_error');
export const randstr = ofValues('randstr');
export const schema_of_csv = ofValues('schema_of_csv');
export const schema_of_json = ofValues('schema_of_json');
export const spark_partition_id = ofValues('spark_partition_id');
export const try_make_interval = ofValues('try_make_interval');
export const uniform = ofValues('uniform');

/** The digest of a message with a key. */
export function hmac(key: ColumnOrValue, message: ColumnOrName, algorithm: ColumnOrValue = 'SHA-256'): Column {
  return call('hmac', [key, named(message), algorithm]);
}

/** A field of a date, timestamp or interval by name, as `extract('HOUR', 'time')`. */
export function extract(field: string, source: ColumnOrName): Column {
  return call('extract', [field, named(source)]);
}

/** The start of the bucket of a length that holds a time; `length` is an interval, as `expr("INTERVAL '15' MINUTE")`. */
export function time_bucket(length: Column, time: ColumnOrName, origin?: ColumnOrName): Column {
  return call('time_bucket', [length, named(time), ...(origin === undefined ? [] : [named(origin)])]);
}

/** A time moved by a number of units. */
export function timestamp_add(unit: string, count: ColumnOrValue, time: ColumnOrName): Column {
  return call('timestampadd', [unit, count, named(time)]);
}

/** The whole units from one time to another. */
export function timestamp_diff(unit: string, start: ColumnOrName, end: ColumnOrName): Column {
  return call('timestampdiff', [unit, named(start), named(end)]);
}
