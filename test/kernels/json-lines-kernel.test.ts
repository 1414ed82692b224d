import { expect, test } from 'vitest';
import { jsonFormat } from '../../src/formats/json/json-format.ts';
import { parseSchema } from '../../src/types/schema.ts';
import { goldenRows } from '../formats/golden-values.ts';
import { compareSeed } from './json-oracle.ts';

const TIMEOUT_MS = 300_000;

test(
  '20 000 random documents read as by the record parser and JSON.parse',
  () => {
    let numRows = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const comparison = compareSeed(seed, 200);
      expect(comparison.difference).toBeUndefined();
      numRows += comparison.numRows;
    }
    expect(numRows).toBeGreaterThan(15_000);
  },
  TIMEOUT_MS,
);

test.each([1, 63, 64, 65])(
  '%i columns are read, in order or not',
  (numColumns) => {
    const names = Array.from({ length: numColumns }, (_, i) => `column_number_${i}`);
    const schema = parseSchema(names.map((name, i) => `${name} ${i % 2 === 0 ? 'BIGINT' : 'STRING'}`).join(', '));
    const value = (row: number, i: number): number | string => (i % 2 === 0 ? row * 1000 + i : `${row % 7}/${i}`);
    const lines = Array.from({ length: 1200 }, (_, row) => {
      const fields = names.map((name, i) => `"${name}":${JSON.stringify(value(row, i))}`);
      return `{${(row % 5 === 0 ? fields.toReversed() : fields).join(',')}}\n`;
    });
    const decoder = jsonFormat.createDecoder({ schema, columns: names, options: new Map(), timeZone: 'UTC' });
    const rows = goldenRows([...decoder.push(new TextEncoder().encode(lines.join(''))), ...decoder.finish()]);
    expect(rows).toHaveLength(1200);
    for (const [row, values] of rows.entries())
      if (values.some((one, i) => String(one) !== String(value(row, i)))) throw new Error(`row ${row} differs`);
  },
  TIMEOUT_MS,
);

test('names longer than the kernel has room for are read all the same', () => {
  const name = 'n'.repeat(20_000);
  const schema = parseSchema(`a INT, ${name} STRING`);
  const decoder = jsonFormat.createDecoder({ schema, columns: ['a', name], options: new Map(), timeZone: 'UTC' });
  const lines = `{"a":1,"${name}":"x"}\n{"${name}":"y","a":2}\n`;
  expect(goldenRows([...decoder.push(new TextEncoder().encode(lines)), ...decoder.finish()])).toEqual([
    [1, 'x'],
    [2, 'y'],
  ]);
});

test('two decoders that take turns do not disturb each other', () => {
  const schema = parseSchema('a INT, s STRING, t TIMESTAMP');
  const line = (i: number, text: string): Uint8Array =>
    new TextEncoder().encode(`{"a":${i},"s":"${text}${i % 3}","t":"2026-01-01T00:0${i % 10}:00.000Z"}\n`);
  const request = { schema, options: new Map<string, string>(), timeZone: 'UTC' };
  const one = jsonFormat.createDecoder({ ...request, columns: ['a', 's', 't'] });
  const other = jsonFormat.createDecoder({ ...request, columns: ['s', 'a'] });
  for (let i = 0; i < 100; i++) {
    one.push(line(i, 'one'));
    other.push(line(i + 1000, 'other'));
  }
  const rows = goldenRows(one.finish());
  expect(rows.map((row) => [row[0], row[1]])).toEqual(Array.from({ length: 100 }, (_, i) => [i, `one${i % 3}`]));
  expect(goldenRows(other.finish())).toEqual(
    Array.from({ length: 100 }, (_, i) => [`other${(i + 1000) % 3}`, i + 1000]),
  );
});

test('two decoders whose lines are torn between blocks, some longer than the kernel takes, do not disturb each other', () => {
  const schema = parseSchema('a INT, s STRING');
  const request = { schema, options: new Map<string, string>(), timeZone: 'UTC', columns: ['a', 's'] };
  const decoders = ['one', 'other'].map((name) => ({ name, decoder: jsonFormat.createDecoder(request) }));
  const text = (name: string, i: number): string => (i === 7 ? name.repeat(150_000) : `${name}${i}`);
  const inputs = decoders.map(({ name }) =>
    new TextEncoder().encode(
      Array.from({ length: 20 }, (_, i) => `{"a":${i},"s":"${text(name, i)}"}${i === 19 ? '' : '\n'}`).join(''),
    ),
  );
  const rows: unknown[][][] = [[], []];
  for (let at = 0, step = 1; at < 1_000_000; at += step, step = at < 200 ? 1 + (at % 7) : 70_001)
    decoders.forEach(({ decoder }, i) => {
      rows[i]?.push(...goldenRows(decoder.push((inputs[i] as Uint8Array).subarray(at, at + step))));
    });
  decoders.forEach(({ name, decoder }, i) => {
    rows[i]?.push(...goldenRows(decoder.finish()));
    expect(rows[i]).toEqual(Array.from({ length: 20 }, (_, row) => [row, text(name, row)]));
  });
});

test('a line about as long as what the kernel takes at a time is read', () => {
  const schema = parseSchema('s STRING, a INT');
  const request = { schema, options: new Map<string, string>(), timeZone: 'UTC', columns: ['s', 'a'] };
  for (let size = (272 << 10) - 70; size <= (272 << 10) + 70; size++) {
    const text = 'x'.repeat(size - '{"s":"","a":1}\n'.length);
    const bytes = new TextEncoder().encode(`{"s":"${text}","a":1}\n`);
    const decoder = jsonFormat.createDecoder(request);
    const rows = goldenRows([
      ...decoder.push(bytes.subarray(0, 20_000)),
      ...decoder.push(bytes.subarray(20_000)),
      ...decoder.finish(),
    ]);
    expect(rows.map(([s, a]) => [String(s).length, a])).toEqual([[text.length, 1]]);
  }
});
