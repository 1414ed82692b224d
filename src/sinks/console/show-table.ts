/**
 * Draws rows as `DataFrame.show` and the console sink print them, character for character as Spark: NULL, nested values, binary as hex,
 * control characters escaped, East Asian wide characters two columns wide.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { DataType, StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import { present } from '../../errors/assert.ts';
import { plainText } from '../../types/value-text.ts';
import { valueAt } from '../../types/vector.ts';

const MIN_WIDTH = 3;
const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g;
// oxlint-disable-next-line no-control-regex
const ESCAPED = /[\n\r\t\f\b\v\x07]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\v': '\\v',
  '\u0007': '\\a',
};

export interface ShowOptions {
  /** Rows to print at most. */
  readonly numRows: number;
  /** Longest text of a cell; 0 means whole, aligned left. */
  readonly truncate: number;
  readonly timeZone: string;
  /** One line per column instead of one per row. */
  readonly vertical?: boolean;
}

/** The whole text, without a line break behind its last line; Spark prints one more line break, so a full table ends in an empty line. */
export function showTable(schema: StructType, batches: readonly ColumnBatch[], options: ShowOptions): string {
  const limit = Math.max(0, options.numRows);
  const numRows = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  const rows = cellsOf(schema, batches, { ...options, numRows: limit });
  const names = schema.fields.map((field) => escaped(field.name));
  const isVertical = options.vertical === true;
  const body = isVertical ? verticalText(names, rows) : tableText(names, rows, options.truncate > 0);
  if (isVertical && rows.length === 0) return `${body}(0 rows)`;
  return numRows > limit ? `${body}only showing top ${limit} ${limit === 1 ? 'row' : 'rows'}` : body;
}

function cellsOf(schema: StructType, batches: readonly ColumnBatch[], options: ShowOptions): string[][] {
  const rows: string[][] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.numRows && rows.length < options.numRows; row++) {
      rows.push(
        schema.fields.map((field, i) => {
          const value = valueAt(present(batch.columns[i], 'one column per field'), row);
          return cut(escaped(prettyText(value, field.dataType, options.timeZone)), options.truncate);
        }),
      );
    }
  }
  return rows;
}

/** A value as Spark's show prints it. */
function prettyText(value: Value | null, type: DataType, timeZone: string): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'binary':
      return `[${Array.from(value as Uint8Array, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')}]`;
    case 'array':
      return `[${(value as readonly (Value | null)[]).map((item) => prettyText(item, type.elementType, timeZone)).join(', ')}]`;
    case 'struct': {
      const parts = value as readonly (Value | null)[];
      return `{${type.fields.map((field, i) => prettyText(parts[i] ?? null, field.dataType, timeZone)).join(', ')}}`;
    }
    case 'map': {
      const entries = value as readonly (readonly [Value, Value | null])[];
      const texts = entries.map(
        ([key, item]) => `${prettyText(key, type.keyType, timeZone)} -> ${prettyText(item, type.valueType, timeZone)}`,
      );
      return `{${texts.join(', ')}}`;
    }
    default:
      return plainText(value, type, timeZone);
  }
}

function escaped(text: string): string {
  return text.replaceAll(ESCAPED, (character) => ESCAPES[character] ?? character);
}

/** Cuts in UTF-16 units as Java does; half of a surrogate pair is printed as `?`. */
function cut(text: string, truncate: number): string {
  if (truncate <= 0 || text.length <= truncate) return text;
  const kept = text.slice(0, truncate < 4 ? truncate : truncate - 3).replace(/[\uD800-\uDBFF]$/, '?');
  return truncate < 4 ? kept : `${kept}...`;
}

function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

function padded(text: string, width: number, isRight: boolean): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return isRight ? spaces + text : text + spaces;
}

function tableText(names: readonly string[], rows: readonly (readonly string[])[], isRight: boolean): string {
  const widths = names.map((name, i) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[i] ?? '')), Math.max(MIN_WIDTH, widthOf(name))),
  );
  const line = `+${widths.map((width) => '-'.repeat(width)).join('+')}+\n`;
  const rowText = (cells: readonly string[]) =>
    `|${cells.map((cell, i) => padded(cell, widths[i] ?? 0, isRight)).join('|')}|\n`;
  return line + rowText(names) + line + rows.map(rowText).join('') + line;
}

function verticalText(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const nameWidth = names.reduce((width, name) => Math.max(width, widthOf(name)), MIN_WIDTH);
  const cellWidth = rows.flat().reduce((width, cell) => Math.max(width, widthOf(cell)), MIN_WIDTH);
  return rows
    .map((row, i) => {
      const lines = row.map(
        (cell, column) => ` ${padded(names[column] ?? '', nameWidth, false)} | ${padded(cell, cellWidth, false)} \n`,
      );
      return `${`-RECORD ${i}`.padEnd(nameWidth + cellWidth + 5, '-')}\n${lines.join('')}`;
    })
    .join('');
}
