/** Any text is either parsed or refused by a typed error, in time linear in its length. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MillraceError, MillraceSession } from '../../src/index.ts';
import { parseExpression } from '../../src/sql/parse-expression.ts';

const FOLDER = join(import.meta.dirname, 'cases');
const QUERIES = readdirSync(FOLDER)
  .filter((name) => name !== 'tables.sql')
  .flatMap((name) => readFileSync(join(FOLDER, name), 'utf8').split(';;'))
  .map((query) => query.trim());
const TABLES = readFileSync(join(FOLDER, 'tables.sql'), 'utf8').split(';;');
const PIECES = QUERIES.flatMap((query) => query.match(/\w+|'[^']*'|\s+|[^\w\s]/g) ?? []);

function expectTyped(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
  }
}

function newSession(): MillraceSession {
  const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
  for (const table of TABLES) if (table.trim() !== '') session.sql(table);
  return session;
}

test('any text is an expression or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
      expectTyped(() => parseExpression(text, { timeZone: 'UTC' }));
    }),
    { numRuns: 3000 },
  );
});

test('any sequence of SQL tokens is a statement or a typed error', () => {
  const session = newSession();
  const tokens = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(tokens, fc.constantFrom('', 'SELECT ', 'SELECT * FROM ', 'SELECT id FROM t WHERE '), (found, start) => {
      expectTyped(() => session.sql(start + found.join(' ')));
    }),
    { numRuns: 3000 },
  );
});

test('a query with a piece cut out, doubled or replaced is a statement or a typed error', () => {
  const session = newSession();
  const place = fc.nat({ max: 1000 });
  fc.assert(
    fc.property(fc.constantFrom(...QUERIES), place, place, fc.constantFrom(...PIECES), (query, from, length, piece) => {
      const start = from % (query.length + 1);
      const end = Math.min(query.length, start + (length % 12));
      const cut = query.slice(0, start) + query.slice(end);
      const doubled = query.slice(0, end) + query.slice(start);
      const replaced = `${query.slice(0, start)}${piece}${query.slice(end)}`;
      for (const text of [cut, doubled, replaced]) expectTyped(() => session.sql(text));
    }),
    { numRuns: 2000 },
  );
});

test('a megabyte of SQL takes no more than a few seconds', () => {
  const filler = 'a'.repeat(1_000_000);
  const texts = [
    `a IN (${'1,'.repeat(500_000)}1)`,
    `a${' OR a'.repeat(200_000)}`,
    '/*'.repeat(500_000),
    '"'.repeat(1_000_001),
    "'\\".repeat(500_000),
    '`'.repeat(1_000_001),
    '1'.repeat(1_000_000),
    `1.${'1'.repeat(1_000_000)}x`,
    `${'1e'.repeat(500_000)}`,
    `${filler}.${filler}`,
    '-'.repeat(1_000_000),
    '\\'.repeat(1_000_000),
    `r'${filler}`,
    ' '.repeat(1_000_000),
    ')'.repeat(1_000_000),
  ];
  for (const text of texts) {
    const before = performance.now();
    expectTyped(() => parseExpression(text, { timeZone: 'UTC' }));
    expect(performance.now() - before, text.slice(0, 20)).toBeLessThan(8000);
  }
});
