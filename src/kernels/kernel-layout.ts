/**
 * Where things lie in the kernels' memory. The one file that both compilers read, so it holds plain whole numbers only. Structures are read
 * and written at these offsets: the kernels have no heap and allocate nothing.
 */

/** The job of the decoders of lines. In: */
export const JOB_POSITION = 0;
export const JOB_END = 4;
export const JOB_ROW_LIMIT = 8;
export const JOB_NUM_COLUMNS = 12;
export const JOB_COLUMNS = 16;
export const JOB_NAMES = 20;
export const JOB_NODES = 24;
/** Where each decoded record starts, a word per row. */
export const JOB_STARTS = 28;
/** Notes of values left to the caller. */
export const JOB_DEFERRED = 32;
export const JOB_DEFERRED_LIMIT = 36;
/** Room for the texts of strings with escapes. */
export const JOB_TEXTS = 40;
export const JOB_TEXTS_END = 44;
/** Out: */
export const JOB_NUM_ROWS = 48;
export const JOB_NUM_DEFERRED = 52;
export const JOB_STATUS = 56;
/** In and out: nodes in use. */
export const JOB_NUM_NODES = 60;
/** CSV only: separator, quote and escape (256: none), the values of a line and whether it must have as many, the column of each (-1: not wanted). */
export const JOB_SEPARATOR = 64;
export const JOB_QUOTE = 68;
export const JOB_NUM_FIELDS = 72;
export const JOB_IS_EXACT = 76;
export const JOB_FIELDS = 80;
export const JOB_ESCAPE = 84;

/** A value left to the caller: row, column, position. */
export const NOTE_BYTES = 12;

/** The decoder went as far as it might: to the end of the input, the row limit or the room for deferred values. */
export const STATUS_DONE = 0;
/** The record at the answered position is not for the kernel. */
export const STATUS_MISFIT = 1;

/** A wanted column. */
export const COLUMN_BYTES = 576;
export const COLUMN_KIND = 0;
export const COLUMN_VALUES = 4;
export const COLUMN_VALIDITY = 8;
/** Position and length of each string. */
export const COLUMN_SPANS = 12;
export const COLUMN_NUM_NULLS = 16;
/** Whole numbers with more digits are left to the caller. */
export const COLUMN_MAX_DIGITS = 20;
/** 1: times without zone are UTC. */
export const COLUMN_IS_UTC = 24;
/** Minutes read before, by the low bits of their last digit, for neighbouring rows are of few minutes in any order. */
export const COLUMN_MINUTES = 64;

/** A minute: its 16 characters, its microseconds as UTC and as local time (the least long when not known). */
export const MINUTE_BYTES = 32;
export const MINUTE_TEXT = 0;
export const MINUTE_UTC_MICROS = 16;
export const MINUTE_LOCAL_MICROS = 24;
export const NUM_MINUTES = 16;

export const KIND_OTHER = 0;
export const KIND_BOOLEAN = 1;
export const KIND_INTEGER = 2;
export const KIND_LONG = 3;
export const KIND_DOUBLE = 4;
export const KIND_FLOAT = 5;
export const KIND_STRING = 6;
export const KIND_TIMESTAMP = 7;
export const KIND_DATE = 8;

/** The name of a wanted column: where its bytes are and how many. */
export const NAME_BYTES = 8;

/**
 * A node stands for the bytes between the end of a value and the start of the next one, as `,"name":`, and remembers which node came next.
 * Node 0 is the start of a record, node 1 its end.
 */
export const NODE_BYTES = 112;
export const NODE_LENGTH = 0;
/** The wanted column, or -1. */
export const NODE_COLUMN = 4;
export const NODE_NEXT = 8;
export const NODE_FIRST = 16;
export const NODE_MASK = 32;
export const NODE_LEAD = 48;
export const MAX_LEAD = 64;
export const MAX_NODES = 64;

/** The string cache. In: where its slots are, their number - 1 (a power of two), free room for long texts. */
export const CACHE_TABLE = 0;
export const CACHE_MASK = 4;
export const CACHE_ARENA = 8;
export const CACHE_ARENA_END = 12;
/** Out: slots in use. */
export const CACHE_NUM_ENTRIES = 16;

/** A slot: id + 1 (0: free), place of the whole text when longer than 16 bytes, tag (hash, length, owner), first 16 bytes. */
export const SLOT_BYTES = 32;
export const SLOT_ID = 0;
export const SLOT_TEXT = 4;
export const SLOT_TAG = 8;
export const SLOT_KEY = 16;
/** Slots looked at for a text. */
export const MAX_PROBES = 8;
/** Longer texts are never cached. */
export const MAX_CACHED_TEXT = 1023;

/** The job of the row writer. In: */
export const WRITE_FROM = 0;
export const WRITE_TO = 4;
export const WRITE_NUM_FIELDS = 8;
export const WRITE_FIELDS = 12;
export const WRITE_OUT = 16;
export const WRITE_OUT_END = 20;
/** What begins and ends a row: place and length. */
export const WRITE_OPEN = 24;
export const WRITE_OPEN_LENGTH = 28;
export const WRITE_CLOSE = 32;
export const WRITE_CLOSE_LENGTH = 36;
/** Bytes to leave out of the lead of the first field of a row that is written. */
export const WRITE_FIRST_SKIP = 40;
/** 1: a row of nothing but `open` is not written. */
export const WRITE_SKIPS_EMPTY = 44;
/** Slots of texts: place and length. */
export const WRITE_TEXTS = 48;
/** Out: behind the last byte written. */
export const WRITE_END = 52;

/** A field of a row. A null one is left out, or written as its lead and the null text when that has a place. */
export const FIELD_BYTES = 32;
export const FIELD_KIND = 0;
export const FIELD_VALUES = 4;
/** 0 when no value is null. */
export const FIELD_VALIDITY = 8;
export const FIELD_LEAD = 12;
export const FIELD_LEAD_LENGTH = 16;
export const FIELD_NULL = 20;
export const FIELD_NULL_LENGTH = 24;

export const WRITE_BOOLEAN = 1;
export const WRITE_INTEGER = 2;
export const WRITE_LONG = 3;
/** A slot of the texts per row. */
export const WRITE_TEXT = 4;
/** Microseconds of the years 1970 to 9999 as ISO text with milliseconds and Z. */
export const WRITE_TIME = 5;
/** The same in quotes. */
export const WRITE_QUOTED_TIME = 6;
/** No value of another kind than text is longer. */
export const MAX_VALUE_BYTES = 32;
