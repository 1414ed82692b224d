/** Rows of columns as the decoders of lines write them: nulls, spans of texts, and notes of values that are left to the caller. */
import {
  COLUMN_BYTES,
  COLUMN_KIND,
  COLUMN_NUM_NULLS,
  COLUMN_SPANS,
  COLUMN_VALIDITY,
  COLUMN_VALUES,
  KIND_BOOLEAN,
  KIND_DATE,
  KIND_INTEGER,
  KIND_STRING,
  NOTE_BYTES,
} from '../kernel-layout.ts';

// @ts-ignore: decorator
@inline
export function spanOf(column: usize, row: usize): usize {
  return <usize>load<u32>(column + COLUMN_SPANS) + (row << 3);
}

/** Null: the value is 0 and the validity says so. */
export function setNull(column: usize, row: usize): void {
  const values = <usize>load<u32>(column + COLUMN_VALUES);
  store<u8>(<usize>load<u32>(column + COLUMN_VALIDITY) + row, 0);
  store<u32>(column + COLUMN_NUM_NULLS, load<u32>(column + COLUMN_NUM_NULLS) + 1);
  switch (load<i32>(column + COLUMN_KIND)) {
    case KIND_STRING: {
      store<u32>(spanOf(column, row) + 4, -1);
      store<u32>(values + (row << 2), 0);
      break;
    }
    case KIND_BOOLEAN: {
      store<u8>(values + row, 0);
      break;
    }
    case KIND_INTEGER:
    case KIND_DATE: {
      store<u32>(values + (row << 2), 0);
      break;
    }
    default:
      store<u64>(values + (row << 3), 0);
  }
}

/** Null in the columns of a bit mask. */
// @ts-ignore: decorator
@inline
export function setMissing(columns: usize, mask: u64, row: usize): void {
  let missing = mask;
  while (missing != 0) {
    setNull(columns + <usize>ctz(missing) * COLUMN_BYTES, row);
    missing &= missing - 1;
  }
}

/** Notes a value at `position` that the caller is to convert. */
export function noteDeferred(notes: usize, count: u32, column: usize, row: usize, index: i32, position: usize): void {
  const note = notes + <usize>count * NOTE_BYTES;
  store<u32>(note, row);
  store<u32>(note + 4, index);
  store<u32>(note + 8, position);
  if (load<i32>(column + COLUMN_KIND) == KIND_STRING) store<u32>(spanOf(column, row) + 4, -1);
}

/** The number of notes without those of the record that was given up. */
export function withoutRow(deferred: usize, numDeferred: u32, row: u32): u32 {
  let count = numDeferred;
  while (count > 0 && load<u32>(deferred + <usize>(count - 1) * NOTE_BYTES) == row) count--;
  return count;
}
