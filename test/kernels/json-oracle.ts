/** Compares the JSON Lines kernel with the record parser on every line, and with JSON.parse on every line that is plain JSON. */
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { DecodeRequest } from '../../src/formats/format.ts';
import { DecodedRows } from '../../src/formats/decoded-rows.ts';
import { JsonLinesDecoder } from '../../src/formats/json/json-decoder.ts';
import { jsonReadOptions } from '../../src/formats/json/json-options.ts';
import { JsonRecordParser } from '../../src/formats/json/json-record-parser.ts';
import { isValidUtf8, lenientUtf8Text, utf8Text } from '../../src/formats/utf8.ts';
import { threadKernels } from '../../src/kernels/kernel-instance.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { goldenRows } from '../formats/golden-values.ts';
import { DOCUMENT_SCHEMA, randomLines, randomNumbers } from './json-documents.ts';

const LONE_SURROGATE = /[\ud800-\udfff]/u;
const ZONES = ['UTC', 'UTC', 'Europe/Berlin', 'America/St_Johns'];
const TOOLS = { kernels: threadKernels('wasm'), mayGenerate: true };
const schema = parseSchema(DOCUMENT_SCHEMA);
const names = schema.fields.map((field) => field.name);

/** What a comparison came to. */
export interface Comparison {
  readonly numRows: number;
  /** Lines that JSON.parse reads and whose values were compared with it. */
  readonly numParsed: number;
  /** The first difference, if any. */
  readonly difference: string | undefined;
}

/** Decodes the random lines of a seed in random blocks, and all again by the oracles. */
export function compareSeed(seed: number, numDocuments: number): Comparison {
  const random = randomNumbers(seed ^ 0x5bd1e995);
  const bytes = randomLines(seed, numDocuments);
  const request: DecodeRequest = {
    schema,
    columns: random() < 0.5 ? names : names.filter(() => random() < 0.6),
    options: new Map(),
    timeZone: ZONES[Math.floor(random() * ZONES.length)] ?? 'UTC',
  };
  const decoder = new JsonLinesDecoder(request, jsonReadOptions(request.options, request.timeZone), TOOLS);
  const batches: ColumnBatch[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + 1 + Math.floor(random() * bytes.length));
    batches.push(...decoder.push(bytes.subarray(start, end)));
    start = end;
  }
  batches.push(...decoder.finish());
  const rows = goldenRows(batches);
  const expected = parserRows(request, bytes);
  const place = rows.findIndex((row, i) => !isSameRow(row, expected[i]));
  if (place >= 0 || rows.length !== expected.length)
    return {
      numRows: rows.length,
      numParsed: 0,
      difference: `seed ${seed}, row ${place} of ${rows.length}/${expected.length}: ${JSON.stringify(rows[place])} is not ${JSON.stringify(expected[place])}`,
    };
  return { numRows: rows.length, ...compareParsed(seed, numDocuments, request) };
}

/** Single lines whose values JSON.parse says; only those that mean the same to both. */
function compareParsed(
  seed: number,
  numDocuments: number,
  request: DecodeRequest,
): { numParsed: number; difference: string | undefined } {
  const lines = new TextDecoder().decode(randomLines(seed, numDocuments)).split('\n');
  const plain: Record<string, unknown>[] = [];
  const texts: string[] = [];
  for (const line of lines) {
    const record = plainRecord(line);
    if (record === undefined) continue;
    plain.push(record);
    texts.push(line);
  }
  const decoder = new JsonLinesDecoder(request, jsonReadOptions(request.options, request.timeZone), TOOLS);
  const bytes = new TextEncoder().encode(texts.join('\n'));
  const rows = goldenRows([...decoder.push(bytes), ...decoder.finish()]);
  for (const [row, record] of plain.entries())
    for (const [i, name] of request.columns.entries()) {
      const expected = parsedValue(name, record[name]);
      const found = rows[row]?.[i];
      if (expected !== undefined && !Object.is(found, expected))
        return {
          numParsed: plain.length,
          difference: `seed ${seed}, ${name}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)} in ${texts[row]}`,
        };
    }
  return { numParsed: plain.length, difference: undefined };
}

/** The line as JSON.parse reads it, unless it is no object or names repeat. */
function plainRecord(line: string): Record<string, unknown> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (!isObject || /[\r\ufffd]/.test(line)) return undefined;
  const record = parsed as Record<string, unknown>;
  return names.some((name) => line.split(new RegExp(`"${name}"[ \\t]*:`)).length > 2) ? undefined : record;
}

/** What a column must hold for a parsed value; undefined where the reader's rules are not those of JSON.parse. */
function parsedValue(name: string, value: unknown): unknown {
  if (name === '_corrupt_record') return undefined;
  if (value === null || value === undefined) return null;
  if ((name === 's' || name === 'n') && typeof value === 'string')
    return LONE_SURROGATE.test(value) ? undefined : value;
  if (name === 'b' && typeof value === 'boolean') return value;
  if (typeof value !== 'number') return undefined;
  if (name === 'd' && value !== 0) return Number.isFinite(value) ? value : String(value);
  if (name === 'f' && value !== 0)
    return Number.isFinite(Math.fround(value)) ? Math.fround(value) : String(Math.fround(value));
  return undefined;
}

function isSameRow(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  return one.every((item, i) => isSameRow(item, other[i]));
}

/** Every line through the record parser alone. */
function parserRows(request: DecodeRequest, bytes: Uint8Array): unknown[][] {
  const options = jsonReadOptions(request.options, request.timeZone);
  const rows = new DecodedRows(request, options);
  const parser = new JsonRecordParser(rows.schema, options);
  const batches: ColumnBatch[] = [];
  let start = 0;
  for (let p = 0; p <= bytes.length; p++) {
    if (p < bytes.length && bytes[p] !== 10 && bytes[p] !== 13) continue;
    const from = start;
    const record = parser.parse(lenientUtf8Text(bytes, from, p), !isValidUtf8(bytes, from, p));
    rows.addRecord(record, () => utf8Text(bytes, from, p), batches);
    start = p + 1;
  }
  rows.flush(batches);
  return goldenRows(batches);
}
