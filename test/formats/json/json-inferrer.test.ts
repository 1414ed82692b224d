/** The schema of JSON files against what a real Spark infers, and the rows read with it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonFormat } from '../../../src/formats/json/json-format.ts';
import { simpleName } from '../../../src/types/data-type.ts';
import { type ReadCase, goldenRows, inputBytes, optionMap } from '../golden-values.ts';

const cases = JSON.parse(readFileSync(new URL('../goldens/json-read.json', import.meta.url), 'utf8')) as ReadCase[];

test.each(cases.filter((item) => item.inferred !== undefined))("'$name' is inferred and read as in Spark", (item) => {
  const bytes = inputBytes(item.input);
  const options = optionMap(item.options);
  const inferrer = jsonFormat.inferSchema?.(options, 'UTC');
  inferrer?.push(bytes.slice(0, 10));
  inferrer?.push(bytes.slice(10));
  inferrer?.endOfFile();
  const schema = inferrer?.finish();
  if (schema === undefined) throw new Error('JSON infers schemas');
  expect(simpleName(schema)).toBe(item.inferred);
  const columns = schema.fields.map((field) => field.name);
  const decoder = jsonFormat.createDecoder({ schema, columns, options, timeZone: 'UTC' });
  expect(goldenRows([...decoder.push(bytes), ...decoder.finish()])).toEqual(item.rows);
});

function inferred(text: string, options: Readonly<Record<string, string>>): string {
  const inferrer = jsonFormat.inferSchema?.(optionMap(options), 'UTC');
  inferrer?.push(new TextEncoder().encode(text));
  inferrer?.endOfFile();
  const schema = inferrer?.finish();
  return schema === undefined ? 'no schema' : simpleName(schema);
}

test('dropFieldIfAllNull leaves out what was never anything but null', () => {
  const text = '{"a":1,"b":null,"c":[null],"d":{"e":null}}\n{"a":2,"b":null,"c":[]}\n';
  expect(inferred(text, {})).toBe('struct<a:bigint,b:string,c:array<string>,d:struct<e:string>>');
  expect(inferred(text, { dropFieldIfAllNull: 'true' })).toBe('struct<a:bigint>');
});

test('samplingRatio looks at an even part of the records, the first among them', () => {
  const text = Array.from({ length: 10 }, (_, i) => `{"f${i}":1}\n`).join('');
  expect(inferred(text, { samplingRatio: '0.5' })).toBe('struct<f0:bigint,f2:bigint,f4:bigint,f6:bigint,f8:bigint>');
  for (const samplingRatio of ['0', '-1', 'x', ''])
    expect(() => inferred(text, { samplingRatio })).toThrow(expect.objectContaining({ condition: 'INVALID_OPTION' }));
});
