/** One schema for files that differ, as Spark's mergeSchema makes it. */
import { expect, test } from 'vitest';
import { mergeSchemas } from '../../src/types/merge-schemas.ts';
import { parseSchema, toDdl } from '../../src/types/schema.ts';

test.each([
  ['a INT', 'b STRING', 'a INT,b STRING'],
  ['a INT NOT NULL', 'a INT', 'a INT'],
  ['a STRUCT<x: INT>', 'a STRUCT<y: INT>', 'a STRUCT<x: INT, y: INT>'],
  ['a ARRAY<STRUCT<x: INT>>', 'a ARRAY<STRUCT<y: INT>>', 'a ARRAY<STRUCT<x: INT, y: INT>>'],
  ['a MAP<STRING, STRUCT<x: INT>>', 'a MAP<STRING, STRUCT<y: INT>>', 'a MAP<STRING, STRUCT<x: INT, y: INT>>'],
  ['a DECIMAL(5,2)', 'a DECIMAL(9,2)', 'a DECIMAL(9,2)'],
])('%s and %s make %s', (left, right, merged) => {
  expect(toDdl(mergeSchemas(parseSchema(left), parseSchema(right)))).toBe(merged);
});

test.each([
  ['a INT', 'a BIGINT'],
  ['a INT', 'a STRING'],
  ['a DECIMAL(5,2)', 'a DECIMAL(5,1)'],
  ['a STRUCT<x: INT>', 'a STRUCT<x: DATE>'],
])('%s and %s cannot be one column', (left, right) => {
  expect(() => mergeSchemas(parseSchema(left), parseSchema(right))).toThrow(
    expect.objectContaining({
      condition: 'CANNOT_MERGE_SCHEMAS',
      cause: expect.objectContaining({ condition: 'CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE' }) as unknown,
    }),
  );
});
