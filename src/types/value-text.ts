/**
 * The text of a value that is not nested, as Spark's casts, tables and partition folders print it. Each of them has a form of its own for
 * nested values and bytes.
 */
import type { DataType } from './data-type.ts';
import type { Value } from './vector.ts';
import { formatDate, formatTimestamp, formatTimestampNtz } from './civil-time.ts';
import { ansiIntervalText, calendarIntervalText, intervalOfValue } from './interval-text.ts';
import { formatTime } from './time-of-day.ts';
import { decimalText, javaDouble, javaFloat } from './number-text.ts';

/** The text of a value of any type but binary, array, map and struct; timestamps in `zone`. */
export function plainText(value: Value, type: DataType, zone: string): string {
  switch (type.kind) {
    case 'float':
      return javaFloat(value as number);
    case 'double':
      return javaDouble(value as number);
    case 'decimal':
      return decimalText(value as bigint, type.scale);
    case 'date':
      return formatDate(value as number);
    case 'timestamp':
      return formatTimestamp(value as bigint, zone);
    case 'timestamp_ntz':
      return formatTimestampNtz(value as bigint);
    case 'time':
      return formatTime(value as bigint);
    case 'year_month_interval':
    case 'day_time_interval':
      return ansiIntervalText(value as number | bigint, type);
    case 'calendar_interval':
      return calendarIntervalText(intervalOfValue(value));
    default:
      return String(value);
  }
}
