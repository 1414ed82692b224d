/** The encoders against files a real Spark wrote. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { findFormat } from '../../src/formats/registry.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { optionMap } from './golden-values.ts';

interface WriteCase {
  readonly name: string;
  readonly format: string;
  readonly schema: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly unknown[])[];
  readonly text?: string;
  readonly error?: string;
}

const cases = JSON.parse(readFileSync(new URL('goldens/write.json', import.meta.url), 'utf8')) as WriteCase[];

/** A value in the notation of make-goldens.py as the engine holds it. */
function engineValue(value: unknown, type: DataType): Value | null {
  if (value === null) return null;
  const list = value as unknown[];
  switch (type.kind) {
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return BigInt(value as string);
    case 'decimal':
      return BigInt((value as string).replace('.', ''));
    case 'float':
    case 'double':
      return Number(value);
    case 'binary':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'struct':
      return type.fields.map((field, i) => engineValue(list[i], field.dataType));
    case 'array':
      return list.map((item) => engineValue(item, type.elementType));
    case 'map':
      return list.map((entry) => {
        const [key, item] = entry as unknown[];
        return [engineValue(key, type.keyType), engineValue(item, type.valueType)];
      });
    default:
      return value as Value;
  }
}

function encoded(item: WriteCase): string {
  const schema = parseSchema(item.schema);
  const columns = schema.fields.map((field, i) =>
    vectorOf(
      field.dataType,
      item.rows.map((row) => engineValue(row[i], field.dataType)),
    ),
  );
  const encoder = findFormat(item.format).createEncoder(schema, optionMap(item.options), 'UTC');
  const parts = [encoder.header(), encoder.encode(columnBatch(schema, columns, item.rows.length)), encoder.footer()];
  return parts.map((part) => new TextDecoder().decode(part)).join('');
}

describe('as Spark', () => {
  test.each(cases.filter((item) => item.text !== undefined))("'$name' is written", (item) => {
    expect(encoded(item)).toBe(item.text);
  });
  test.each(cases.filter((item) => item.error !== undefined))("'$name' is refused", (item) => {
    expect(() => encoded(item)).toThrow(/UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE/);
  });
});

test('formulas are defused when asked for', () => {
  const item = {
    name: '',
    format: 'csv',
    schema: 's STRING',
    options: { escapeFormulas: 'true' },
    rows: [['=1+1'], ['a=1'], ['-x'], ['@y']],
  };
  expect(encoded(item)).toBe("'=1+1\na=1\n'-x\n'@y\n");
});

test('an unknown format names the nearest', () => {
  expect(() => findFormat('jsn')).toThrow(/DATA_SOURCE_NOT_FOUND/);
});
