/** The JSON decoder against the answers of a real Spark, in every way it can work. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import type { StructType } from '../../../src/types/data-type.ts';
import { MillraceError } from '../../../src/errors/millrace-error.ts';
import { threadKernels } from '../../../src/kernels/kernel-instance.ts';
import {
  type JsonDecoderTools,
  JsonDocumentDecoder,
  JsonLinesDecoder,
} from '../../../src/formats/json/json-decoder.ts';
import { jsonReadOptions } from '../../../src/formats/json/json-options.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import { type ReadCase, goldenRows, inputBytes } from '../golden-values.ts';

const cases = JSON.parse(readFileSync(new URL('../goldens/json-read.json', import.meta.url), 'utf8')) as ReadCase[];

interface Way {
  readonly blockBytes: number;
  readonly tools: JsonDecoderTools;
}

function decode(schema: StructType, item: ReadCase, bytes: Uint8Array, way: Way): ColumnBatch[] {
  const options = new Map(Object.entries(item.options ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
  const columns = item.columns ?? schema.fields.map((field) => field.name);
  const request = { schema, columns, options, timeZone: 'UTC' };
  const parsed = jsonReadOptions(options, 'UTC');
  const decoder = parsed.multiLine
    ? new JsonDocumentDecoder(request, parsed)
    : new JsonLinesDecoder(request, parsed, way.tools);
  const batches: ColumnBatch[] = [];
  for (let start = 0; start < bytes.length; start += way.blockBytes)
    batches.push(...decoder.push(bytes.slice(start, start + way.blockBytes)));
  return [...batches, ...decoder.finish()];
}

const KERNEL = { kernels: threadKernels('wasm'), mayGenerate: true };
const GENERATED = { kernels: undefined, mayGenerate: true };
const WAYS: readonly (readonly [string, Way])[] = [
  ['the kernel', { blockBytes: 1 << 20, tools: KERNEL }],
  ['the kernel, small blocks', { blockBytes: 7, tools: KERNEL }],
  ['generated code', { blockBytes: 1 << 20, tools: GENERATED }],
  ['generated code, small blocks', { blockBytes: 7, tools: GENERATED }],
  ['no generated code', { blockBytes: 1 << 20, tools: { kernels: undefined, mayGenerate: false } }],
];

describe.each(WAYS)('with %s', (_, way) => {
  test.each(cases.filter((item) => item.schema !== undefined && item.rows !== undefined))(
    "'$name' reads as in Spark",
    (item) => {
      const schema = parseSchema(item.schema ?? '');
      expect(goldenRows(decode(schema, item, inputBytes(item.input), way))).toEqual(item.rows);
    },
  );

  test.each(cases.filter((item) => item.error?.includes('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION')))(
    "'$name' fails as in Spark",
    (item) => {
      const schema = parseSchema(item.schema ?? '');
      expect(() => decode(schema, item, inputBytes(item.input), way)).toThrow(MillraceError);
      expect(() => decode(schema, item, inputBytes(item.input), way)).toThrow(/MALFORMED_RECORD_IN_PARSING/);
    },
  );
});
