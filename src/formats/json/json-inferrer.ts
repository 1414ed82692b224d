/**
 * Finds the schema of JSON files as Spark infers it: BIGINT, DECIMAL for larger whole numbers, DOUBLE, BOOLEAN, STRING, structs with
 * fields sorted by name, arrays. Types that do not fit together become STRING; what is only ever null too. A malformed record adds the
 * column for corrupt records.
 */
import type { SchemaInferrer, FormatOptions } from '../format.ts';
import type { JsonReadOptions } from './json-options.ts';
import {
  BOOLEAN,
  DOUBLE,
  type DataType,
  LONG,
  STRING,
  type StructField,
  type StructType,
  TIMESTAMP,
  VOID,
  array,
  decimal,
  field,
  struct,
} from '../../types/data-type.ts';
import { recordSampler } from '../sampling.ts';
import { optionBoolean } from '../../types/options.ts';
import { LineBuffer } from '../record-splitter.ts';
import { timeParsers } from '../text-values.ts';
import { lenientUtf8Text } from '../utf8.ts';
import { jsonReadOptions } from './json-options.ts';
import { JsonTokenizer, TOKEN } from './json-tokenizer.ts';

const MAX_PRECISION = 38;
/** Digits of a BIGINT as a DECIMAL. */
const LONG_PRECISION = 20;

export class JsonInferrer implements SchemaInferrer {
  readonly #options: JsonReadOptions;
  readonly #isAllText: boolean;
  readonly #prefersDecimal: boolean;
  readonly #timestamp: ((text: string) => bigint | undefined) | undefined;
  readonly #tokens: JsonTokenizer;
  #lines = new LineBuffer();
  /** What a field is that was never anything but null; undefined: there is none. */
  readonly #nullType: DataType | undefined;
  readonly #isSampled: () => boolean;
  #type: DataType = VOID;
  #hasCorrupt = false;

  constructor(options: FormatOptions, timeZone: string) {
    this.#options = jsonReadOptions(options, timeZone);
    this.#isAllText = optionBoolean('json', options, 'primitivesAsString') ?? false;
    this.#prefersDecimal = optionBoolean('json', options, 'prefersDecimal') ?? false;
    this.#nullType = optionBoolean('json', options, 'dropFieldIfAllNull') === true ? undefined : STRING;
    this.#isSampled = recordSampler('json', options);
    const infersTime = optionBoolean('json', options, 'inferTimestamp') ?? false;
    this.#timestamp = infersTime ? timeParsers(this.#options).timestamp : undefined;
    this.#tokens = new JsonTokenizer(this.#options);
  }

  push(block: Uint8Array): void {
    this.#lines.add(block);
    if (this.#options.multiLine || this.#options.lineSep !== undefined) return;
    this.#addLines(this.#lines.endOfLastLine());
  }

  endOfFile(): void {
    if (this.#options.multiLine) this.#record(lenientUtf8Text(this.#lines.bytes, this.#lines.start, this.#lines.end));
    else this.#addLines(this.#lines.end);
    this.#lines = new LineBuffer();
  }

  finish(): StructType {
    const found = this.#type.kind === 'struct' ? finished(this.#type, this.#nullType) : undefined;
    const fields = found?.kind === 'struct' ? [...found.fields] : [];
    const { corruptColumn } = this.#options;
    if (this.#hasCorrupt && !fields.some((one) => one.name === corruptColumn))
      fields.push(field(corruptColumn, STRING));
    return struct(sorted(fields));
  }

  #addLines(end: number): void {
    const { bytes, start } = this.#lines;
    if (end <= start) return;
    const text = lenientUtf8Text(bytes, start, end);
    this.#lines.consume(end);
    for (const line of text.split(this.#options.lineSep ?? /\r\n?|\n/)) this.#record(line);
  }

  #record(text: string): void {
    const tokens = this.#tokens;
    tokens.reset(text);
    if (tokens.next() === TOKEN.end || !this.#isSampled()) return;
    let found: DataType | undefined;
    if (tokens.token === TOKEN.startObject) found = this.#value();
    else if (tokens.token === TOKEN.startArray) {
      const elements = this.#value();
      found = elements.kind === 'array' && elements.elementType.kind === 'struct' ? elements.elementType : undefined;
    }
    if (found === undefined || tokens.hasFailed) {
      if (this.#options.mode === 'PERMISSIVE') this.#hasCorrupt = true;
      return;
    }
    this.#type = merged(this.#type, found);
  }

  /** The type of the current value, which is read to its end. */
  #value(): DataType {
    const tokens = this.#tokens;
    switch (tokens.token) {
      case TOKEN.startObject: {
        const fields: StructField[] = [];
        while (tokens.next() === TOKEN.name) {
          const name = tokens.name ?? '';
          tokens.next();
          const place = fields.findIndex((one) => one.name === name);
          const found = field(name, this.#value());
          if (place < 0) fields.push(found);
          else fields[place] = found;
        }
        return struct(sorted(fields));
      }
      case TOKEN.startArray: {
        let element: DataType = VOID;
        for (
          let token = tokens.next();
          token !== TOKEN.endArray && token !== TOKEN.end && token !== TOKEN.error;
          token = tokens.next()
        )
          element = merged(element, this.#value());
        return array(element);
      }
      case TOKEN.string: {
        const text = tokens.text() ?? '';
        if (text === '') return VOID;
        return this.#timestamp?.(text) === undefined ? STRING : TIMESTAMP;
      }
      case TOKEN.int:
      case TOKEN.float:
        return this.#isAllText ? STRING : this.#numberType(tokens.text() ?? '', tokens.token === TOKEN.int);
      case TOKEN.true:
      case TOKEN.false:
        return this.#isAllText ? STRING : BOOLEAN;
      default:
        return VOID;
    }
  }

  #numberType(text: string, isInt: boolean): DataType {
    if (isInt) {
      const value = BigInt(text);
      if (BigInt.asIntN(64, value) === value) return LONG;
      const digits = text.replace('-', '').length;
      return digits <= MAX_PRECISION ? decimal(digits, 0) : DOUBLE;
    }
    const parts = this.#prefersDecimal ? /^-?(\d+)\.(\d+)$/.exec(text) : null;
    if (parts === null) return DOUBLE;
    const scale = parts[2]?.length ?? 0;
    const precision = Math.max((parts[1] ?? '').replace(/^0+/, '').length + scale, scale);
    return precision <= MAX_PRECISION ? decimal(precision, scale) : DOUBLE;
  }
}

/** The type that holds the values of both, as Spark's inference joins types. */
function merged(left: DataType, right: DataType): DataType {
  if (left.kind === 'void') return right;
  if (right.kind === 'void') return left;
  if (left.kind === 'struct' && right.kind === 'struct') {
    const fields = new Map(left.fields.map((one) => [one.name, one]));
    for (const one of right.fields) {
      const known = fields.get(one.name);
      fields.set(one.name, known === undefined ? one : field(one.name, merged(known.dataType, one.dataType)));
    }
    return struct(sorted([...fields.values()]));
  }
  if (left.kind === 'array' && right.kind === 'array') return array(merged(left.elementType, right.elementType));
  if (left.kind === 'decimal' || right.kind === 'decimal') return mergedDecimal(left, right);
  if (left.kind === right.kind) return left;
  const kinds = new Set([left.kind, right.kind]);
  return kinds.has('long') && kinds.has('double') ? DOUBLE : STRING;
}

function mergedDecimal(left: DataType, right: DataType): DataType {
  const [a, b] = [left, right].map((type) =>
    type.kind === 'decimal' ? type : type.kind === 'long' ? decimal(LONG_PRECISION, 0) : undefined,
  );
  if (a === undefined || b === undefined) return left.kind === 'double' || right.kind === 'double' ? DOUBLE : STRING;
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  return whole + scale > MAX_PRECISION ? DOUBLE : decimal(whole + scale, scale);
}

/** What was never anything but null is of `nullType`, or goes; structs without fields go. */
function finished(type: DataType, nullType: DataType | undefined): DataType | undefined {
  switch (type.kind) {
    case 'void':
      return nullType;
    case 'struct': {
      const fields = type.fields.flatMap((one) => {
        const dataType = finished(one.dataType, nullType);
        return dataType === undefined ? [] : [field(one.name, dataType)];
      });
      return fields.length === 0 ? undefined : struct(fields);
    }
    case 'array': {
      const element = finished(type.elementType, nullType);
      return element === undefined ? undefined : array(element);
    }
    default:
      return type;
  }
}

/** By name in the order of UTF-16 units, as Java sorts strings. */
function sorted(fields: readonly StructField[]): StructField[] {
  return fields.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
