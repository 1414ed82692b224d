/** Generated decoders: nothing of the user's text gets into the code, and the decoder works where code may not be generated. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodedRows } from '../../../src/formats/decoded-rows.ts';
import { JsonByteReader } from '../../../src/formats/json/json-byte-reader.ts';
import { decoderSource } from '../../../src/formats/json/json-codegen.ts';
import { jsonReadOptions } from '../../../src/formats/json/json-options.ts';
import { JsonRecordParser } from '../../../src/formats/json/json-record-parser.ts';
import { learnShape } from '../../../src/formats/json/json-shape.ts';
import { wantedColumns } from '../../../src/formats/json/json-wanted.ts';
import { READ_PADDING } from '../../../src/formats/read-padding.ts';
import {
  BOOLEAN,
  DOUBLE,
  INTEGER,
  LONG,
  STRING,
  TIMESTAMP,
  array,
  field,
  struct,
} from '../../../src/types/data-type.ts';

const KNOWN =
  /^(?:use|strict|return|function|let|const|while|if|else|break|for|do|run|row|position|end|limit|validity|slots|slotMask|minuteWord[0-3]|minuteUtcMs|booleans|ints|doubles|longs|longWords|getInt32|true|false|Math|clz32|imul|floor|setNull|skipValue|skipString|skipNumber|read|learnMinute|internCached|id|[a-zP]\d*|[0-9]+|0x[0-9a-f]+)$/;
const TYPES = [STRING, LONG, INTEGER, DOUBLE, BOOLEAN, TIMESTAMP, array(STRING)];

function sourceFor(names: readonly string[], values: readonly string[]): string | undefined {
  const schema = struct(names.map((name, i) => field(name, TYPES[i % TYPES.length] ?? STRING)));
  const options = jsonReadOptions(new Map(), 'UTC');
  const rows = new DecodedRows({ schema, columns: names, options: new Map(), timeZone: 'UTC' }, options);
  const parser = new JsonRecordParser(rows.schema, options);
  const reader = new JsonByteReader(wantedColumns(rows, parser, options), parser, 'UTC');
  const line = `{${names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(values[i] ?? '')}`).join(',')}}\n`;
  const text = new TextEncoder().encode(line);
  const bytes = new Uint8Array(text.length + READ_PADDING);
  bytes.set(text);
  reader.attach(bytes, new DataView(bytes.buffer));
  const shape = learnShape(bytes, 0, reader);
  return shape === undefined ? undefined : decoderSource(shape, reader);
}

test('the code has generated identifiers and numbers only, whatever the names', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom('*/', '`${x}`', '\u2028', "');process.exit(1);('", '</script>', '__proto__', 'constructor', '//'),
  );
  let numShapes = 0;
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
      fc.array(fc.string(), { maxLength: 8 }),
      (names, values) => {
        const source = sourceFor(names, values);
        if (source === undefined) return;
        numShapes++;
        const foreign = source.split(/[^\w$\u0080-\uffff]+/).filter((word) => word !== '' && !KNOWN.test(word));
        expect(foreign).toEqual([]);
        expect(source).toMatch(/^[\x20-\x7e\n]*$/);
      },
    ),
    { numRuns: 2000 },
  );
  expect(numShapes).toBeGreaterThan(500);
});

test('where code may not be generated the decoder gives the same rows', () => {
  const url = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../../src/${path}`, import.meta.url)));
  const program = `
    import { jsonFormat } from ${url('formats/json/json-format.ts')};
    import { parseSchema } from ${url('types/schema.ts')};
    import { valueAt } from ${url('types/vector.ts')};
    let isForbidden = false;
    try { new Function('return 1'); } catch { isForbidden = true; }
    const schema = parseSchema('a BIGINT, b STRING');
    const decoder = jsonFormat.createDecoder({ schema, columns: ['a', 'b'], options: new Map(), timeZone: 'UTC' });
    const bytes = new TextEncoder().encode('{"a":1,"b":"x"}\\n{"a":2,"b":"y"}\\n{"b":"z"}\\n');
    const batches = [...decoder.push(bytes), ...decoder.finish()];
    const rows = batches.flatMap((batch) => Array.from({ length: batch.numRows }, (_, row) => batch.columns.map((column) => String(valueAt(column, row)))));
    console.log(JSON.stringify({ isForbidden, rows }));`;
  const output = execFileSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--no-warnings', '--input-type=module-typescript', '--eval', program],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(output)).toEqual({
    isForbidden: true,
    rows: [
      ['1', 'x'],
      ['2', 'y'],
      ['null', 'z'],
    ],
  });
});
