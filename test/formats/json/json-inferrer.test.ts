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
