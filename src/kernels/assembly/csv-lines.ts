/**
 * The CSV decoder: plain lines to columns. Values are cut at the separator, 16 bytes looked at at a time; a value it cannot convert exactly
 * is noted for the caller. A line ends the run when it has a quoted value with an escape, an odd end or an unusual content, too few or too
 * many values, or may be blank.
 */
import { CARRIAGE_RETURN, LINE_FEED, SPACE, WORD_FALS, WORD_TRUE } from './characters.ts';
import { noteDeferred, setMissing, setNull, spanOf, withoutRow } from './columns.ts';
import {
  COLUMN_BYTES,
  COLUMN_KIND,
  COLUMN_VALUES,
  JOB_COLUMNS,
  JOB_DEFERRED,
  JOB_DEFERRED_LIMIT,
  JOB_END,
  JOB_ESCAPE,
  JOB_FIELDS,
  JOB_IS_EXACT,
  JOB_NUM_COLUMNS,
  JOB_NUM_DEFERRED,
  JOB_NUM_FIELDS,
  JOB_NUM_ROWS,
  JOB_POSITION,
  JOB_QUOTE,
  JOB_ROW_LIMIT,
  JOB_SEPARATOR,
  JOB_STARTS,
  JOB_STATUS,
  KIND_BOOLEAN,
  KIND_DATE,
  KIND_DOUBLE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_LONG,
  KIND_STRING,
  KIND_TIMESTAMP,
  STATUS_DONE,
  STATUS_MISFIT,
} from '../kernel-layout.ts';
import { readDouble, readInteger } from './numbers.ts';
import { readDate, readTimestamp } from './times.ts';

/** Decodes lines as the job says; answers the position behind the last one decoded. */
export function decodeCsvLines(job: usize): usize {
  const columns = <usize>load<u32>(job + JOB_COLUMNS);
  const numColumns = load<i32>(job + JOB_NUM_COLUMNS);
  const starts = <usize>load<u32>(job + JOB_STARTS);
  const end = <usize>load<u32>(job + JOB_END);
  const deferred = <usize>load<u32>(job + JOB_DEFERRED);
  const deferredLimit = load<u32>(job + JOB_DEFERRED_LIMIT) - numColumns;
  const rowLimit = load<u32>(job + JOB_ROW_LIMIT);
  const wanted: u64 = numColumns == 64 ? u64.MAX_VALUE : (<u64>1 << numColumns) - 1;
  const separator = load<u32>(job + JOB_SEPARATOR);
  const separators = i8x16.splat(<i8>separator);
  const quote = load<u32>(job + JOB_QUOTE);
  const escape = load<u32>(job + JOB_ESCAPE);
  const quotes = i8x16.splat(<i8>quote);
  const escapes = i8x16.splat(<i8>(escape > 0xff ? quote : escape));
  const fields = <usize>load<u32>(job + JOB_FIELDS);
  const numFields = load<u32>(job + JOB_NUM_FIELDS);
  const isExact = load<u32>(job + JOB_IS_EXACT) != 0;
  let start = <usize>load<u32>(job + JOB_POSITION);
  let row: usize = 0;
  let numDeferred: u32 = 0;
  let status = STATUS_MISFIT;
  while (true) {
    if (start >= end || row >= rowLimit || numDeferred > deferredLimit) {
      status = STATUS_DONE;
      break;
    }
    let p = start;
    const first: u32 = load<u8>(p);
    if (first <= SPACE) {
      // An empty line; any other one that begins so may be blank.
      if (first != LINE_FEED && first != CARRIAGE_RETURN) break;
      start++;
      continue;
    }
    let seen: u64 = 0;
    let place: u32 = 0;
    while (true) {
      const code: u32 = load<u8>(p);
      const index = place < numFields ? load<i32>(fields + (<usize>place << 2)) : -1;
      let after: usize;
      if (code == quote) {
        const close = endOfQuoted(p + 1, quotes, escapes);
        if (load<u8>(close) != quote || !endsValue(close + 1, separator)) {
          p = 0;
          break;
        }
        if (index >= 0) {
          seen |= (<u64>1) << index;
          if (!readQuoted(columns + <usize>index * COLUMN_BYTES, p + 1, close, row, separators)) {
            p = 0;
            break;
          }
        }
        after = close + 1;
      } else if (index < 0) after = endOfValue(p, separators);
      else {
        seen |= (<u64>1) << index;
        const column = columns + <usize>index * COLUMN_BYTES;
        if (code == separator || code == LINE_FEED || code == CARRIAGE_RETURN) {
          setNull(column, row);
          after = p;
        } else {
          after = readValue(column, p, row, separators);
          if (after == 0 || !endsValue(after, separator)) {
            noteDeferred(deferred, numDeferred++, column, row, index, p);
            after = endOfValue(p, separators);
          }
        }
      }
      place++;
      const next: u32 = load<u8>(after);
      p = after + 1;
      if (next == separator) continue;
      if (next == CARRIAGE_RETURN) p = load<u8>(p) == LINE_FEED ? p + 1 : 0;
      break;
    }
    if (p == 0 || (isExact && place != numFields)) break;
    setMissing(columns, wanted & ~seen, row);
    store<u32>(starts + (row << 2), start);
    row++;
    start = p;
  }
  if (status == STATUS_MISFIT) numDeferred = withoutRow(deferred, numDeferred, <u32>row);
  store<u32>(job + JOB_NUM_ROWS, row);
  store<u32>(job + JOB_NUM_DEFERRED, numDeferred);
  store<i32>(job + JOB_STATUS, status);
  return start;
}

// @ts-ignore: decorator
@inline
function endsValue(position: usize, separator: u32): bool {
  const code: u32 = load<u8>(position);
  return code == separator || code == LINE_FEED || code == CARRIAGE_RETURN;
}

/** The position of the first separator or line end. */
// @ts-ignore: decorator
@inline
function endOfValue(position: usize, separators: v128): usize {
  let p = position;
  while (true) {
    const bytes = v128.load(p);
    const lineEnds = v128.or(i8x16.eq(bytes, i8x16.splat(0x0a)), i8x16.eq(bytes, i8x16.splat(0x0d)));
    const ends: u32 = i8x16.bitmask(v128.or(i8x16.eq(bytes, separators), lineEnds));
    if (ends != 0) return p + ctz(ends);
    p += 16;
  }
}

/** The position of the first quote, escape or line end. */
// @ts-ignore: decorator
@inline
function endOfQuoted(position: usize, quotes: v128, escapes: v128): usize {
  let p = position;
  while (true) {
    const bytes = v128.load(p);
    const lineEnds = v128.or(i8x16.eq(bytes, i8x16.splat(0x0a)), i8x16.eq(bytes, i8x16.splat(0x0d)));
    const marks = v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, escapes));
    const ends: u32 = i8x16.bitmask(v128.or(lineEnds, marks));
    if (ends != 0) return p + ctz(ends);
    p += 16;
  }
}

/** Reads the value between two quotes; false for an empty one and what is not read here. */
function readQuoted(column: usize, position: usize, close: usize, row: usize, separators: v128): bool {
  if (position == close) return false;
  if (load<i32>(column + COLUMN_KIND) != KIND_STRING) return readValue(column, position, row, separators) == close;
  const span = spanOf(column, row);
  store<u32>(span, position);
  store<u32>(span + 4, close - position);
  return true;
}

/** Reads the value of a wanted column; answers the position behind it, or 0 for what is not read here. */
// @ts-ignore: decorator
@inline
function readValue(column: usize, position: usize, row: usize, separators: v128): usize {
  const values = <usize>load<u32>(column + COLUMN_VALUES);
  switch (load<i32>(column + COLUMN_KIND)) {
    case KIND_STRING: {
      const end = endOfValue(position, separators);
      const span = spanOf(column, row);
      store<u32>(span, position);
      store<u32>(span + 4, end - position);
      return end;
    }
    case KIND_TIMESTAMP:
      return readTimestamp(column, position, values + (row << 3));
    case KIND_LONG:
      return readInteger<i64>(column, position, values + (row << 3));
    case KIND_INTEGER:
      return readInteger<i32>(column, position, values + (row << 2));
    case KIND_BOOLEAN: {
      const word = load<u32>(position);
      if (word == WORD_TRUE) {
        store<u8>(values + row, 1);
        return position + 4;
      }
      if (word != WORD_FALS || load<u8>(position + 4) != 0x65) return 0;
      store<u8>(values + row, 0);
      return position + 5;
    }
    case KIND_DOUBLE:
      return readDouble(position, values + (row << 3), false);
    case KIND_FLOAT:
      return readDouble(position, values + (row << 3), true);
    case KIND_DATE:
      return readDate(position, values + (row << 2));
    default:
      return 0;
  }
}
