/**
 * Parses one JSON record of any shape into rows: the general path of the JSON decoder, and its oracle in tests. One record can be several
 * rows (an array of objects) or none (white space).
 */
import type { StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { Converter, ConverterContext, FieldConverters } from './json-values.ts';
import type { ParsedRecord, RowValues } from '../decoded-rows.ts';
import type { JsonReadOptions } from './json-options.ts';
import { BAD, convertFields, converterContext, fieldConverters } from './json-values.ts';
import { JsonTokenizer, TOKEN } from './json-tokenizer.ts';

const NOTHING: ParsedRecord = { rows: undefined, isMalformed: true };
const BLANK: ParsedRecord = { rows: [], isMalformed: false };

export class JsonRecordParser {
  readonly #context: ConverterContext;
  readonly #tokens: JsonTokenizer;
  readonly #fields: FieldConverters;

  /** `schema` holds the columns wanted. */
  constructor(schema: StructType, options: JsonReadOptions) {
    this.#context = converterContext(options);
    this.#tokens = new JsonTokenizer(options);
    this.#fields = fieldConverters(schema, this.#context, options.corruptColumn);
  }

  /** The rows of a record; `hasMarks` says that the text stands for bytes with invalid sequences. */
  parse(text: string, hasMarks = false): ParsedRecord {
    const tokens = this.#tokens;
    this.#context.isPartial = false;
    tokens.reset(text, hasMarks);
    switch (tokens.next()) {
      case TOKEN.end:
        return BLANK;
      case TOKEN.startObject: {
        const row = convertFields(tokens, this.#fields, this.#context);
        return row === BAD ? NOTHING : { rows: [row as RowValues], isMalformed: this.#context.isPartial };
      }
      case TOKEN.startArray:
        return this.#array();
      default:
        return NOTHING;
    }
  }

  /** Converts the value of one column that is the whole text; BAD also when the text is no single valid value. */
  convertAlone(text: string, converter: Converter): Value | null | typeof BAD {
    const tokens = this.#tokens;
    this.#context.isPartial = false;
    tokens.reset(text);
    if (tokens.next() === TOKEN.error) return BAD;
    const value = converter(tokens);
    return this.#context.isPartial || tokens.hasFailed ? BAD : value;
  }

  /** The converter of a column by its place in the schema. */
  converter(index: number): Converter {
    return this.#fields.converters[index] as Converter;
  }

  #array(): ParsedRecord {
    const rows: RowValues[] = [];
    for (;;) {
      const token = this.#tokens.next();
      if (token === TOKEN.endArray) return { rows, isMalformed: this.#context.isPartial };
      if (token !== TOKEN.startObject) return NOTHING;
      const row = convertFields(this.#tokens, this.#fields, this.#context);
      if (row === BAD) return NOTHING;
      rows.push(row as RowValues);
    }
  }
}
