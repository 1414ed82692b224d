/**
 * The JSON Lines decoder: records to columns, for plain records only. It predicts the bytes between two values (`,"name":`) from the
 * record before and compares them at once; where that fails it reads the name. Strings become spans, which string-cache.ts turns into
 * ids. A value it cannot convert exactly is skipped and noted for the caller; a record it cannot read ends the run.
 */
import {
  CARRIAGE_RETURN,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LINE_FEED,
  OPEN_OBJECT,
  QUOTE,
  WORD_FALS,
  WORD_NULL,
  WORD_TRUE,
  endOfPlainText,
  sameRest,
  skipBlanks,
  skipDigits,
} from './characters.ts';
import { skipStringRest, skipValue } from './json-skip.ts';
import {
  COLUMN_BYTES,
  COLUMN_KIND,
  COLUMN_VALUES,
  JOB_COLUMNS,
  JOB_DEFERRED,
  JOB_DEFERRED_LIMIT,
  JOB_END,
  JOB_NAMES,
  JOB_NODES,
  JOB_NUM_COLUMNS,
  JOB_NUM_DEFERRED,
  JOB_NUM_NODES,
  JOB_NUM_ROWS,
  JOB_POSITION,
  JOB_ROW_LIMIT,
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
  MAX_LEAD,
  MAX_NODES,
  NAME_BYTES,
  NODE_BYTES,
  NODE_COLUMN,
  NODE_FIRST,
  NODE_LEAD,
  NODE_LENGTH,
  NODE_MASK,
  NODE_NEXT,
  STATUS_DONE,
  STATUS_MISFIT,
} from '../kernel-layout.ts';
import { noteDeferred, setMissing, setNull, spanOf, withoutRow } from './columns.ts';
import { readDouble, readInteger } from './numbers.ts';
import { unescapeText } from './json-unescape.ts';
import { readDate, readTimestamp } from './times.ts';

/** Set by readName: the column found and where its value starts; NAME_END when the record ends instead. */
let foundColumn: i32 = 0;
const NAME_END: i32 = -2;

/** Decodes records as the job says; answers the position behind the last one decoded. */
export function decodeJsonLines(job: usize): usize {
  const columns = <usize>load<u32>(job + JOB_COLUMNS);
  const numColumns = load<i32>(job + JOB_NUM_COLUMNS);
  const nodes = <usize>load<u32>(job + JOB_NODES);
  const endNode = nodes + NODE_BYTES;
  const starts = <usize>load<u32>(job + JOB_STARTS);
  const end = <usize>load<u32>(job + JOB_END);
  const deferred = <usize>load<u32>(job + JOB_DEFERRED);
  const deferredLimit = load<u32>(job + JOB_DEFERRED_LIMIT) - numColumns;
  const rowLimit = load<u32>(job + JOB_ROW_LIMIT);
  const wanted: u64 = numColumns == 64 ? u64.MAX_VALUE : (<u64>1 << numColumns) - 1;
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
    if (first == LINE_FEED || first == CARRIAGE_RETURN) {
      start++;
      continue;
    }
    let node = nodes;
    let seen: u64 = 0;
    while (true) {
      const next = <usize>load<u32>(node + NODE_NEXT);
      if (next == endNode && load<u16>(p) == 0x0a7d && node != nodes) {
        p += 2;
        break;
      }
      let index: i32;
      if (matchesLead(p, next)) {
        p += load<u32>(next + NODE_LENGTH);
        index = load<i32>(next + NODE_COLUMN);
        node = next;
      } else {
        const lead = p;
        p = readName(job, p, node == nodes);
        index = foundColumn;
        if (index == NAME_END) {
          if (p == 0) break;
          store<u32>(node + NODE_NEXT, endNode);
          p = endOfLine(p);
          break;
        }
        if (p == 0) break;
        node = learnNode(job, node, lead, p, index);
      }
      if (index < 0) {
        p = skipUsual(p);
        if (p == 0) break;
        continue;
      }
      const bit: u64 = (<u64>1) << index;
      if ((seen & bit) != 0) {
        p = 0;
        break;
      }
      seen |= bit;
      const column = columns + <usize>index * COLUMN_BYTES;
      const after = readValue(job, column, p, row);
      if (after != 0) {
        p = after;
        continue;
      }
      if (load<u32>(p) == WORD_NULL) {
        setNull(column, row);
        p += 4;
        continue;
      }
      noteDeferred(deferred, numDeferred++, column, row, index, p);
      p = skipValue(p);
      if (p == 0) break;
    }
    if (p == 0) break;
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

/** Skips a value nobody wants: the usual forms here, the others by skipValue. */
// @ts-ignore: decorator
@inline
function skipUsual(position: usize): usize {
  const first: u32 = load<u8>(position);
  if (first == QUOTE) {
    const end = endOfPlainText(position + 1);
    return load<u8>(end) == QUOTE ? end + 1 : skipStringRest(end);
  }
  if (first - 0x31 < 9) {
    const end = skipDigits(position);
    const next: u32 = load<u8>(end);
    return (next == COMMA || next == CLOSE_OBJECT) && end - position < 64 ? end : skipValue(position);
  }
  const word = load<u32>(position);
  if (word == WORD_TRUE) return position + 4;
  return word == WORD_FALS && load<u8>(position + 4) == 0x65 ? position + 5 : skipValue(position);
}

// @ts-ignore: decorator
@inline
function matchesLead(position: usize, node: usize): bool {
  const bytes = v128.load(position);
  if (v128.any_true(v128.and(v128.xor(bytes, v128.load(node, NODE_FIRST)), v128.load(node, NODE_MASK)))) return false;
  const length = load<u32>(node + NODE_LENGTH);
  if (length <= 16) return length != 0;
  return sameRest(position, node + NODE_LEAD, length);
}

/** Reads the value of a wanted column; answers the position behind it, or 0 for null and what is not read here. */
// @ts-ignore: decorator
@inline
function readValue(job: usize, column: usize, position: usize, row: usize): usize {
  const values = <usize>load<u32>(column + COLUMN_VALUES);
  switch (load<i32>(column + COLUMN_KIND)) {
    case KIND_STRING: {
      if (load<u8>(position) != QUOTE) return 0;
      const text = position + 1;
      const end = endOfPlainText(text);
      const span = spanOf(column, row);
      if (load<u8>(end) == QUOTE) {
        store<u32>(span, text);
        store<u32>(span + 4, end - text);
        return end + 1;
      }
      return unescapeText(job, text, end, span);
    }
    case KIND_TIMESTAMP: {
      if (load<u8>(position) != QUOTE) return 0;
      const end = readTimestamp(column, position + 1, values + (row << 3));
      return end != 0 && load<u8>(end) == QUOTE ? end + 1 : 0;
    }
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
    case KIND_DATE: {
      if (load<u8>(position) != QUOTE) return 0;
      const end = readDate(position + 1, values + (row << 2));
      return end != 0 && load<u8>(end) == QUOTE ? end + 1 : 0;
    }
    default:
      return 0;
  }
}

/** The position behind the end of the line, or 0 when something else comes first. */
function endOfLine(position: usize): usize {
  let p = skipBlanks(position);
  if (load<u8>(p) == CARRIAGE_RETURN) p++;
  return load<u8>(p) == LINE_FEED ? p + 1 : 0;
}

/** Reads from the end of a value up to the next one and sets foundColumn; 0 when the text is not plain. */
function readName(job: usize, position: usize, isFirst: bool): usize {
  foundColumn = NAME_END;
  let p = skipBlanks(position);
  const code: u32 = load<u8>(p);
  if (isFirst) {
    if (code != OPEN_OBJECT) return 0;
    p = skipBlanks(p + 1);
    if (load<u8>(p) == CLOSE_OBJECT) return p + 1;
  } else {
    if (code == CLOSE_OBJECT) return p + 1;
    if (code != COMMA) return 0;
    p = skipBlanks(p + 1);
  }
  if (load<u8>(p) != QUOTE) return 0;
  const name = p + 1;
  const end = endOfPlainText(name);
  if (load<u8>(end) != QUOTE) return 0;
  p = skipBlanks(end + 1);
  if (load<u8>(p) != COLON) return 0;
  foundColumn = columnOf(job, name, end - name);
  return skipBlanks(p + 1);
}

/** The wanted column of a name, or -1. */
function columnOf(job: usize, name: usize, length: usize): i32 {
  const numColumns = load<i32>(job + JOB_NUM_COLUMNS);
  let entry = <usize>load<u32>(job + JOB_NAMES);
  for (let index = 0; index < numColumns; index++, entry += NAME_BYTES) {
    if (<usize>load<u32>(entry + 4) != length) continue;
    if (memory.compare(load<u32>(entry), name, length) == 0) return index;
  }
  return -1;
}

/** The node of the bytes `[lead, value)`, made if there is room, as the one that came behind `node`; node 1 when there is none. */
function learnNode(job: usize, node: usize, lead: usize, value: usize, index: i32): usize {
  const nodes = <usize>load<u32>(job + JOB_NODES);
  const numNodes = load<i32>(job + JOB_NUM_NODES);
  const length = value - lead;
  const unknown = nodes + NODE_BYTES;
  if (length > <usize>MAX_LEAD) return unknown;
  let found = unknown;
  for (let i = 2; i < numNodes; i++) {
    found += NODE_BYTES;
    if (<usize>load<u32>(found + NODE_LENGTH) == length && memory.compare(found + NODE_LEAD, lead, length) == 0) {
      store<u32>(node + NODE_NEXT, found);
      return found;
    }
  }
  if (numNodes == MAX_NODES) return unknown;
  found += NODE_BYTES;
  memory.fill(found, 0, NODE_BYTES);
  memory.copy(found + NODE_LEAD, lead, length);
  const inFirst: usize = length < 16 ? length : 16;
  memory.copy(found + NODE_FIRST, lead, inFirst);
  memory.fill(found + NODE_MASK, 0xff, inFirst);
  store<u32>(found + NODE_LENGTH, length);
  store<i32>(found + NODE_COLUMN, index);
  store<u32>(found + NODE_NEXT, unknown);
  store<u32>(node + NODE_NEXT, found);
  store<i32>(job + JOB_NUM_NODES, numNodes + 1);
  return found;
}
