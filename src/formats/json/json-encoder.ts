/**
 * Encodes column batches as JSON Lines, as Spark's JSON writer: null fields left out, times ISO with milliseconds, numbers as Java prints
 * them. Rows are put together by a kernel; without it, and for nested values, by one writer per column over its typed arrays. Strings are
 * escaped once per distinct value.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import type { Value, Vector } from '../../types/vector.ts';
import type { StringDictionary } from '../../types/string-dictionary.ts';
import type { Encoder, FormatOptions } from '../format.ts';
import type { KernelInstance } from '../../kernels/kernel-instance.ts';
import { Buffer } from 'node:buffer';
import { unreachable } from '../../errors/assert.ts';
import { quoteJson } from '../../types/json-text.ts';
import { decimalText, javaDouble, javaFloat } from '../../types/number-text.ts';
import { checkOptionNames, optionBoolean } from '../../types/options.ts';
import { plainText } from '../../types/value-text.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type TimeWriters, timeWriters } from '../time-writers.ts';
import { JSON_OPTION_NAMES, lineSeparator, refuseUnsupported, timeOptions } from './json-options.ts';
import { type RowField, type RowWriter, TextSlots, rowWriter } from '../../kernels/row-writer.ts';
import { WRITE_QUOTED_TIME, WRITE_TEXT, WRITE_TIME } from '../../kernels/kernel-layout.ts';
import { isUtc, writtenKind } from '../written-kind.ts';
import { ESCAPED_IN_JSON, escapeJson } from './json-escape.ts';

const EMPTY = new Uint8Array(0);
const OPEN = new TextEncoder().encode('{');
const NULL = new TextEncoder().encode('null');
/** Escaped texts of larger dictionaries are not kept. */
const MAX_KEPT_TEXTS = 1 << 16;

type ValueWriter = (row: number) => void;

export class JsonEncoder implements Encoder {
  readonly #out = new ByteWriter();
  readonly #schema: StructType;
  readonly #keepsNulls: boolean;
  readonly #times: TimeWriters;
  readonly #lineSep: Uint8Array;
  readonly #close: Uint8Array;
  readonly #isUtc: boolean;
  readonly #writer: RowWriter | undefined;
  readonly #slots = new WeakMap<StringDictionary, TextSlots>();
  readonly #escaped = new WeakMap<StringDictionary, (Uint8Array | undefined)[]>();

  /** Without `kernels` rows are written by TypeScript. */
  constructor(schema: StructType, options: FormatOptions, timeZone: string, kernels: KernelInstance | undefined) {
    checkOptionNames('json', options, JSON_OPTION_NAMES);
    refuseUnsupported('json', options);
    this.#schema = schema;
    this.#keepsNulls = !(optionBoolean('json', options, 'ignoreNullFields') ?? true);
    this.#times = timeWriters(timeOptions(options, timeZone));
    this.#lineSep = new TextEncoder().encode(lineSeparator('json', options) ?? '\n');
    this.#close = Buffer.concat([Buffer.of(0x7d), this.#lineSep]);
    const times = timeOptions(options, timeZone);
    this.#isUtc = times.timestampFormat === undefined && isUtc(times.timeZone);
    this.#writer = kernels === undefined ? undefined : rowWriter(kernels);
  }

  header(): Uint8Array {
    return EMPTY;
  }

  footer(): Uint8Array {
    return EMPTY;
  }

  encode(batch: ColumnBatch): Uint8Array {
    if (this.#writer !== undefined) {
      const frame = { open: OPEN, close: this.#close, firstSkip: 1, skipsEmpty: false };
      const fields = batch.columns.map((column, i) => this.#rowField(column, this.#schema.fields[i]?.name ?? ''));
      if (this.#writer.write(frame, fields, batch.numRows, (part) => this.#out.append(part))) return this.#out.take();
      this.#out.length = 0;
    }
    return this.#encodeRows(batch);
  }

  /** Row by row; the twin of the kernel. */
  #encodeRows(batch: ColumnBatch): Uint8Array {
    const out = this.#out;
    const writeFields = this.#fieldsWriter(this.#schema, batch.columns);
    for (let row = 0; row < batch.numRows; row++) {
      writeFields(row);
      out.append(this.#lineSep);
    }
    return out.take();
  }

  /** What the kernel needs of a column: its values where it writes them itself, else its texts. */
  #rowField(vector: Vector, name: string): RowField {
    const field = {
      lead: Buffer.concat([Buffer.of(0x2c), escapeJson(name), Buffer.of(0x3a)]),
      nullText: this.#keepsNulls ? NULL : undefined,
      validity: vector.validity,
    };
    const kind = writtenKind(vector, this.#isUtc);
    if (vector.layout === 'string') {
      const { ids, dictionary } = vector;
      const slots = this.#slots.get(dictionary) ?? new TextSlots();
      this.#slots.set(dictionary, slots);
      const plain = { dictionary, isSpecial: ESCAPED_IN_JSON, mark: 0x22 };
      return { ...field, kind, ids, slots, plain, text: (id) => escapeJson(dictionary.bytes(id)) };
    }
    if (kind !== WRITE_TEXT && (vector.layout === 'boolean' || vector.layout === 'int' || vector.layout === 'long'))
      return { ...field, kind: kind === WRITE_TIME ? WRITE_QUOTED_TIME : kind, values: vector.values };
    return { ...field, kind: WRITE_TEXT, text: this.#out.partsOf(this.#vectorWriter(vector)) };
  }

  /** Writes `{…}` of the same row of several vectors. */
  #fieldsWriter(type: StructType, columns: readonly Vector[]): ValueWriter {
    const out = this.#out;
    const fields = columns.map((column, i) => ({
      lead: escapeJson(type.fields[i]?.name ?? ''),
      validity: column.validity,
      write: this.#vectorWriter(column),
    }));
    return (row) => {
      out.byte(0x7b);
      let isFirst = true;
      for (const { lead, validity, write } of fields) {
        const isNull = validity !== undefined && validity[row] === 0;
        if (isNull && !this.#keepsNulls) continue;
        if (!isFirst) out.byte(0x2c);
        isFirst = false;
        out.append(lead);
        out.byte(0x3a);
        if (isNull) out.text('null');
        else write(row);
      }
      out.byte(0x7d);
    };
  }

  /** Writes the non-null value of a row. */
  #vectorWriter(vector: Vector): ValueWriter {
    const out = this.#out;
    switch (vector.layout) {
      case 'boolean':
        return (row) => out.text(vector.values[row] === 1 ? 'true' : 'false');
      case 'int':
        if (vector.type.kind !== 'date' && vector.type.kind !== 'year_month_interval')
          return (row) => out.integer(vector.values[row] as number);
        return (row) => this.#value(vector.values[row] as number, vector.type);
      case 'long':
        if (vector.type.kind === 'long') return longWriter(out, vector.values);
        return (row) => this.#value(vector.values[row] as bigint, vector.type);
      case 'double':
        return (row) => this.#value(vector.values[row] as number, vector.type);
      case 'string':
        return this.#stringWriter(vector.ids, vector.dictionary);
      case 'struct':
        return this.#fieldsWriter(vector.type, vector.children);
      case 'object':
        return (row) => this.#value(vector.values[row] ?? null, vector.type);
      default:
        return unreachable(vector);
    }
  }

  #stringWriter(ids: Int32Array, dictionary: StringDictionary): ValueWriter {
    const out = this.#out;
    const texts = this.#escaped.get(dictionary) ?? [];
    this.#escaped.set(dictionary, texts);
    return (row) => {
      const id = ids[row] as number;
      const known = texts[id];
      if (known !== undefined) return out.append(known);
      const text = escapeJson(dictionary.bytes(id));
      if (id < MAX_KEPT_TEXTS) texts[id] = text;
      out.append(text);
    };
  }

  /** Writes any value; the way for nested ones. */
  #value(value: Value | null, type: DataType): void {
    const out = this.#out;
    if (value === null) return out.text('null');
    const list = value as readonly (Value | null)[];
    switch (type.kind) {
      case 'string':
        return out.append(escapeJson(value as string));
      case 'boolean':
      case 'byte':
      case 'short':
      case 'integer':
      case 'long':
        return out.text(String(value));
      case 'float':
        return this.#number(value as number, javaFloat);
      case 'double':
        return this.#number(value as number, javaDouble);
      case 'decimal':
        return out.text(decimalText(value as bigint, type.scale));
      case 'date':
        return this.#quoted(() => this.#times.date(out, value as number));
      case 'timestamp':
        return this.#quoted(() => this.#times.timestamp(out, value as bigint));
      case 'timestamp_ntz':
        return this.#quoted(() => this.#times.timestampNtz(out, value as bigint));
      case 'time':
        return this.#quoted(() => this.#times.time(out, value as bigint));
      case 'year_month_interval':
      case 'day_time_interval':
      case 'calendar_interval':
        return out.text(quoteJson(plainText(value, type, 'UTC')));
      case 'binary':
        return this.#quoted(() => out.base64(value as Uint8Array));
      case 'struct':
        return this.#struct(list, type);
      case 'array':
        return this.#list(0x5b, 0x5d, list, (item) => this.#value(item, type.elementType));
      case 'map':
        return this.#list(0x7b, 0x7d, list, (entry) => {
          const [key = null, item = null] = entry as readonly (Value | null)[];
          this.#key(key, type.keyType);
          this.#value(item, type.valueType);
        });
      case 'void':
        return out.text('null');
      default:
        return unreachable(type);
    }
  }

  #struct(values: readonly (Value | null)[], type: StructType): void {
    const out = this.#out;
    out.byte(0x7b);
    let isFirst = true;
    type.fields.forEach((field, i) => {
      const value = values[i] ?? null;
      if (value === null && !this.#keepsNulls) return;
      if (!isFirst) out.byte(0x2c);
      isFirst = false;
      out.append(escapeJson(field.name));
      out.byte(0x3a);
      this.#value(value, field.dataType);
    });
    out.byte(0x7d);
  }

  #list(open: number, close: number, items: readonly (Value | null)[], write: (item: Value | null) => void): void {
    const out = this.#out;
    out.byte(open);
    items.forEach((item, i) => {
      if (i > 0) out.byte(0x2c);
      write(item);
    });
    out.byte(close);
  }

  /** Keys are strings; other types are printed as values and quoted. */
  #key(key: Value | null, type: DataType): void {
    const out = this.#out;
    if (type.kind === 'string') out.append(escapeJson(key as string));
    else {
      const start = out.length;
      this.#value(key, type);
      const text = new TextDecoder().decode(out.bytes.subarray(start, out.length));
      out.length = start;
      out.append(text.startsWith('"') ? new TextEncoder().encode(text) : escapeJson(text));
    }
    out.byte(0x3a);
  }

  #number(value: number, text: (value: number) => string): void {
    const isFinite = Number.isFinite(value);
    if (!isFinite) this.#out.byte(0x22);
    this.#out.text(text(value));
    if (!isFinite) this.#out.byte(0x22);
  }

  #quoted(write: () => void): void {
    this.#out.byte(0x22);
    write();
    this.#out.byte(0x22);
  }
}

/** Longs within 2^53 are written from their two words, without BigInts. */
function longWriter(out: ByteWriter, values: BigInt64Array): ValueWriter {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  return (row) => {
    const high = words[2 * row + 1] as number;
    if (high >= -0x20_0000 && high < 0x20_0000) out.integer(high * 4_294_967_296 + ((words[2 * row] as number) >>> 0));
    else out.text(String(values[row]));
  };
}
