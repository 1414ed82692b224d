import { expect, test } from 'vitest';
import type { StringVector } from '../../src/types/vector.ts';
import { DictionaryPool } from '../../src/formats/dictionary-pool.ts';
import { jsonFormat } from '../../src/formats/json/json-format.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { valueAt } from '../../src/types/vector.ts';

const schema = parseSchema('a STRING, b STRING');

function decode(text: string, dictionaries: DictionaryPool): readonly StringVector[] {
  const request = { schema, columns: ['a', 'b'], options: new Map(), timeZone: 'UTC', dictionaries };
  const decoder = jsonFormat.createDecoder(request);
  const [batch] = [...decoder.push(new TextEncoder().encode(text)), ...decoder.finish()];
  return (batch?.columns ?? []) as readonly StringVector[];
}

test('the decoders of a table share a dictionary per column', () => {
  const pool = new DictionaryPool();
  const first = decode('{"a":"x","b":"y"}\n', pool);
  const second = decode('{"a":"z","b":"y"}\n{"a":"x"}\n', pool);
  expect(second[0]?.dictionary).toBe(first[0]?.dictionary);
  expect(second[0]?.dictionary).not.toBe(second[1]?.dictionary);
  expect(second[0]?.ids.slice(0, 2)).toEqual(Int32Array.of(1, 0));
  expect(first.map((column) => valueAt(column, 0))).toEqual(['x', 'y']);
});

test('a full dictionary is replaced, and batches keep the one they were made with', () => {
  const pool = new DictionaryPool();
  const long = 'x'.repeat(1 << 20);
  const first = decode('{"a":"old"}\n', pool);
  const full = decode(Array.from({ length: 40 }, (_, i) => `{"a":"${long}${i}"}\n`).join(''), pool);
  const next = decode('{"a":"new"}\n', pool);
  expect(full[0]?.dictionary).toBe(first[0]?.dictionary);
  expect(next[0]?.dictionary).not.toBe(first[0]?.dictionary);
  expect([first[0], next[0]].map((column) => column && valueAt(column, 0))).toEqual(['old', 'new']);
});
