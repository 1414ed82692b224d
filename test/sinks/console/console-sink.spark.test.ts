/** show() and the console sink against the stored output of a real PySpark (make-show-goldens.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { StructType } from '../../../src/types/data-type.ts';
import type { Value } from '../../../src/types/vector.ts';
import { consoleSinkProvider } from '../../../src/sinks/console/console-sink.ts';
import { showTable } from '../../../src/sinks/console/show-table.ts';
import { parseTypeJson } from '../../../src/types/schema.ts';
import { batchOf, ID_NAME, identity, openSink, streamOf } from '../../contract/sink-contract.ts';

interface ShowGolden {
  readonly name: string;
  readonly schema: string;
  readonly numRows: number;
  readonly truncate: number;
  readonly vertical?: boolean;
  readonly text: string;
}

const golden = (name: string) => readFileSync(new URL(`./goldens/${name}`, import.meta.url), 'utf8');
const bytes = (...values: number[]) => Uint8Array.from(values);
const micros = (text: string) => BigInt(Date.parse(`${text}Z`)) * 1000n;
const range = (count: number) => Array.from({ length: count }, (_, i) => [BigInt(i)]);

/** The rows of the queries in make-show-goldens.py. */
const ROWS: Readonly<Record<string, readonly (readonly (Value | null)[])[]>> = {
  simple: [
    [1n, 'a'],
    [2n, null],
    [3n, 'ccc'],
  ],
  empty: [],
  'no columns named short': [[1]],
  'long text': [['abcdefghijklmnopqrst', 'abcdefghijklmnopqrstu']],
  'wide characters': [
    ['日本語テキスト', 'abc'],
    ['カ', 'ｆｕｌｌ'],
    ['한글', '—'],
  ],
  'wide truncated': [['日本語テキスト日本語テキスト日本語テキスト']],
  emoji: [['😀😀', 'é']],
  'emoji cut': [['abcdefghijklmnop😀😀😀']],
  numbers: [
    [
      1,
      15n,
      1e10,
      Math.fround(0.1),
      Number.NaN,
      -Infinity,
      -0,
      1e-5,
      123456789,
      100_000_000n,
      true,
      9223372036854775807n,
    ],
  ],
  time: [
    [micros('2024-01-01T00:00:00'), micros('2024-01-01T00:00:00.120'), -1n, 19782, micros('2024-01-01T01:02:03.500')],
  ],
  binary: [[bytes(0, 255, 65), bytes(), null]],
  nested: [
    [
      [1, null, 3],
      [
        ['k', 1],
        ['l', null],
      ],
      [1, null, ['p', null]],
      [],
      [[bytes(65), 150n, micros('2024-01-01T00:00:00.500')]],
    ],
  ],
  'control characters': [['a\nb\tc\rd', 'back\\slash', 'q"uote', '\bf\u0007\u000b']],
  'strange names': [[1, 3]],
  many: range(25),
  'one more': range(21),
  void: [[null]],
};

describe('show', () => {
  const goldens = JSON.parse(golden('show.json')) as ShowGolden[];
  test.each(
    goldens.map((entry) => [`${entry.name}, ${entry.numRows} rows, truncate ${entry.truncate}`, entry] as const),
  )('prints as Spark: %s', (_, { name, schema, numRows, truncate, vertical, text }) => {
    const type = parseTypeJson(schema) as StructType;
    const batch = batchOf(type, ROWS[name] ?? []);
    const options = { numRows, truncate, timeZone: 'UTC', vertical: vertical ?? false };
    expect(showTable(type, [batch], options)).toBe(text);
  });
});

test('the console sink prints batches as Spark', async () => {
  const lines: string[] = [];
  for (const options of [{}, { numRows: '3', truncate: 'false' }]) {
    const sink = await openSink(consoleSinkProvider, {
      schema: ID_NAME,
      options,
      printLine: (line) => lines.push(line),
    });
    for (const [batchId, count] of [0, 15, 30].entries()) {
      const rows = Array.from({ length: count }, (_, i) => [BigInt(i), 'x'.repeat(15 + batchId * 8)]);
      await sink.addBatch(identity(batchId), streamOf(batchOf(ID_NAME, rows)));
    }
  }
  expect(`${lines.join('\n')}\n`).toBe(golden('console.txt'));
});
