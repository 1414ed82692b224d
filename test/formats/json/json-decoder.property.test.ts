/**
 * The ways of the JSON decoder against each other on random input: kernel, generated code, byte reader, record parser; and against JSON.parse
 * where the input is plain JSON. Blocks are cut at random.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnBatch } from '../../../src/types/column-batch.ts';
import type { DecodeRequest } from '../../../src/formats/format.ts';
import { DecodedRows } from '../../../src/formats/decoded-rows.ts';
import { JsonLinesDecoder } from '../../../src/formats/json/json-decoder.ts';
import { threadKernels } from '../../../src/kernels/kernel-instance.ts';
import { jsonReadOptions } from '../../../src/formats/json/json-options.ts';
import { JsonRecordParser } from '../../../src/formats/json/json-record-parser.ts';
import { isValidUtf8, lenientUtf8Text, utf8Text } from '../../../src/formats/utf8.ts';
import { parseSchema } from '../../../src/types/schema.ts';
import { goldenRows } from '../golden-values.ts';

const WAYS = {
  kernel: { kernels: threadKernels('wasm'), mayGenerate: true },
  generated: { kernels: undefined, mayGenerate: true },
  reader: { kernels: undefined, mayGenerate: false },
} as const;
type Way = keyof typeof WAYS;
const NUM_RUNS = 2000;
const TIMEOUT_MS = 120_000;
const schema = parseSchema(
  's STRING, l BIGINT, i INT, si SMALLINT, d DOUBLE, f FLOAT, b BOOLEAN, t TIMESTAMP, da DATE, de DECIMAL(12,3), ar ARRAY<INT>, st STRUCT<x: INT, y: STRING>, `__proto__` STRING, `naïve key` INT, _corrupt_record STRING',
);
const names = schema.fields.map((field) => field.name);
const encoder = new TextEncoder();

function blocks(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.slice(places[i], end));
}

function decoded(request: DecodeRequest, parts: readonly Uint8Array[], way: Way): unknown[][] {
  const decoder = new JsonLinesDecoder(request, jsonReadOptions(request.options, request.timeZone), WAYS[way]);
  const batches: ColumnBatch[] = [...parts.flatMap((part) => decoder.push(part)), ...decoder.finish()];
  return goldenRows(batches);
}

/** Every line through the record parser alone. */
function oracle(request: DecodeRequest, bytes: Uint8Array): unknown[][] {
  const options = jsonReadOptions(request.options, request.timeZone);
  const rows = new DecodedRows(request, options);
  const parser = new JsonRecordParser(rows.schema, options);
  const batches: ColumnBatch[] = [];
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let p = start; p <= bytes.length; p++) {
    if (p < bytes.length && bytes[p] !== 10 && bytes[p] !== 13) continue;
    const from = start;
    rows.addRecord(
      parser.parse(lenientUtf8Text(bytes, from, p), !isValidUtf8(bytes, from, p)),
      () => utf8Text(bytes, from, p),
      batches,
    );
    start = p + 1;
  }
  rows.flush(batches);
  return goldenRows(batches);
}

const requestOf = (columns: readonly string[], timeZone: string): DecodeRequest => ({
  schema,
  columns,
  options: new Map(),
  timeZone,
});

const text = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z]{0,12}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
const timestamp = fc
  .tuple(
    fc.integer({ min: -2_000_000_000_000, max: 9_000_000_000_000 }),
    fc.constantFrom('Z', '', '+02:00', ' UTC', '123Z', '123', 'z'),
  )
  .map(([ms, end]) =>
    new Date(ms)
      .toISOString()
      .replace('Z', end)
      .replace('T', ms % 3 === 0 ? ' ' : 'T'),
  );
const number = fc.oneof(
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double().map((value) => (Number.isFinite(value) ? JSON.stringify(value) : '1e999')),
  fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom(
    '0',
    '-0',
    '-0.0',
    '01',
    '1.',
    '.5',
    '1e5',
    '1E+2',
    '1e',
    '-',
    '+1',
    'NaN',
    '-INF',
    'Infinity',
    '0.1e-7',
    '123456789012345678',
    '0x1',
  ),
);
const scalar = fc.oneof(
  { weight: 3, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 4, arbitrary: number },
  { weight: 3, arbitrary: timestamp.map((value) => `"${value}"`) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'true',
      'false',
      'null',
      '"2026-01-02"',
      '"12.5"',
      '"\\u0041\\n"',
      "'single'",
      '"bad \\x"',
      'nul',
      'truex',
      '"tab\there"',
    ),
  },
);
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.array(number, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`) },
  { weight: 1, arbitrary: fc.tuple(scalar, scalar).map(([x, y]) => `{"x":${x}, "y" :${y}}`) },
);
/** For each column values that fit it, mostly in the forms the fast ways know. */
const isoTime = fc
  .tuple(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.constantFrom('Z', 'Z', 'Z', '', '123Z', '123'))
  .map(([ms, end]) => `"${new Date(ms).toISOString().replace('Z', end)}"`);
const fitting: Readonly<Record<string, fc.Arbitrary<string>>> = {
  s: text.map((one) => JSON.stringify(one)),
  l: fc.oneof(fc.integer().map(String), fc.maxSafeInteger().map(String)),
  i: fc.integer().map(String),
  si: fc.integer({ min: -32_768, max: 32_767 }).map(String),
  d: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => JSON.stringify(one)),
    fc.integer().map(String),
    fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  ),
  f: fc.integer({ min: -9999, max: 9999 }).map(String),
  b: fc.boolean().map(String),
  t: isoTime,
  da: fc.constantFrom('"2026-01-02"', '"1969-12-31"'),
  de: fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  ar: fc.array(fc.integer(), { maxLength: 3 }).map((items) => JSON.stringify(items)),
  st: fc.integer().map((x) => `{"x":${x}}`),
};
const name = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom(...names) },
    { weight: 2, arbitrary: fc.constantFrom('zzz', 'S', 'l2', 'a"b', '', 'é', 'constructor') },
  )
  .map((one) => JSON.stringify(one));
const field = fc.tuple(
  fc.oneof({ weight: 20, arbitrary: name }, { weight: 1, arbitrary: fc.constant('"\\u0073"') }),
  value,
);
const spacing = fc.constantFrom(['', ''], ['', ''], [' ', ' '], ['', ' '], [' \t', '  ']);

/** Null but for one in `times`. */
const rarely = <T>(times: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: one });

/** A list of lines: a usual shape, its values varied, sometimes changed or broken. */
const lines = fc
  .record({
    shape: fc.uniqueArray(name, { maxLength: 8 }),
    rows: fc.array(
      fc.record({
        fits: fc.record(fitting),
        isOdd: fc.array(fc.nat(15), { minLength: 8, maxLength: 8 }),
        values: fc.array(value, { minLength: 8, maxLength: 8 }),
        others: rarely(3, fc.array(field, { maxLength: 4 })),
        missing: rarely(4, fc.nat(7)),
        spacing,
        damage: rarely(
          10,
          fc.tuple(fc.nat(200), fc.constantFrom('', '"', '\\', '}', '{', ',', ':', ' ', '\r', '\u0001', 'é')),
        ),
        lineEnd: fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\r', ' \n'),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ shape, rows }) =>
    rows
      .map(({ fits, isOdd, values, others, missing, spacing: [colon = '', comma = ''], damage, lineEnd }) => {
        const valueFor = (one: string, i: number): string =>
          (isOdd[i] === 0 ? undefined : fits[JSON.parse(one) as string]) ?? values[i] ?? '1';
        const fields = [
          ...shape.map((one, i) => [one, valueFor(one, i)] as const).filter((_, i) => i !== missing),
          ...(others ?? []),
        ];
        const line = `{${fields.map(([one, two]) => `${one}${colon}:${colon}${two}`).join(`,${comma}`)}}`;
        if (damage === null) return line + lineEnd;
        const at = damage[0] % (line.length + 1);
        return line.slice(0, at) + damage[1] + line.slice(at + 1) + lineEnd;
      })
      .join(''),
  );
const columns = fc.oneof(fc.constant(names), fc.shuffledSubarray(names));
const cuts = fc.array(fc.nat(2000), { maxLength: 4 });
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York');

describe('on random lines', () => {
  test(
    'all ways of the decoder agree',
    () => {
      fc.assert(
        fc.property(lines, columns, cuts, zone, (input, wanted, places, timeZone) => {
          const bytes = encoder.encode(input);
          const request = requestOf(wanted, timeZone);
          const expected = oracle(request, bytes);
          for (const way of ['kernel', 'generated', 'reader'] as const)
            expect([way, decoded(request, way === 'reader' ? [bytes] : blocks(bytes, places), way)]).toEqual([
              way,
              expected,
            ]);
        }),
        { numRuns: NUM_RUNS },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'bytes that are no UTF-8 change nothing for other lines',
    () => {
      fc.assert(
        fc.property(lines, fc.nat(1000), fc.integer({ min: 128, max: 255 }), cuts, (input, place, byte, places) => {
          const bytes = encoder.encode(input);
          bytes[place % bytes.length] = byte;
          const request = requestOf(names, 'UTC');
          const expected = oracle(request, bytes);
          for (const way of ['kernel', 'generated', 'reader'] as const)
            expect([way, decoded(request, way === 'reader' ? [bytes] : blocks(bytes, places), way)]).toEqual([
              way,
              expected,
            ]);
        }),
        { numRuns: 500 },
      );
    },
    TIMEOUT_MS,
  );
});

test(
  'plain documents read as JSON.parse reads them',
  () => {
    const document = fc.record(
      {
        s: fc.option(text),
        l: fc.option(fc.maxSafeInteger()),
        i: fc.option(fc.integer()),
        d: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        b: fc.option(fc.boolean()),
        unknown: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(document, { maxLength: 6 }), fc.boolean(), cuts, (documents, isSpaced, places) => {
        const input = documents
          .map((one) => `${JSON.stringify(one)}\n`.replaceAll(isSpaced ? '":' : '\0', '" : '))
          .join('');
        // Strings that hold the separator are changed by the spacing; parse what is decoded.
        const parsed = input
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        const expected = parsed.map((one) => [
          typeof one['s'] === 'string' ? one['s'] : null,
          typeof one['l'] === 'number' ? String(one['l']) : null,
          one['i'] ?? null,
          typeof one['d'] === 'number' ? one['d'] + 0 : null,
          one['b'] ?? null,
        ]);
        const rows = decoded(
          requestOf(['s', 'l', 'i', 'd', 'b'], 'UTC'),
          blocks(encoder.encode(input), places),
          'kernel',
        );
        expect(rows.map((row) => row.map((one) => (typeof one === 'number' ? one + 0 : one)))).toEqual(
          expected.map((row) => row.map((one) => (typeof one === 'number' ? one + 0 : one))),
        );
      }),
      { numRuns: NUM_RUNS },
    );
  },
  TIMEOUT_MS,
);
