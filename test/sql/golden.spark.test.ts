/**
 * SQL queries against the answers of a real PySpark (README.md): columns, types, rows, and for errors Spark's condition. A query that needs
 * something not built yet has to be refused by a typed error.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { MillraceError, MillraceSession } from '../../src/index.ts';
import { simpleName } from '../../src/types/data-type.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

const FOLDER = import.meta.dirname;

interface GoldenQuery {
  readonly sql: string;
  readonly needs?: readonly string[];
  /** The order of the rows counts. */
  readonly ordered?: boolean;
  readonly columns?: readonly string[];
  readonly types?: readonly string[];
  readonly rows?: readonly string[];
  /** Spark's condition; null when it has none. */
  readonly error?: string | null;
}

interface Outcome {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly string[];
}

test('every known difference is about a query that is asked', () => {
  const asked = new Set(allGoldens().flatMap(([, goldens]) => goldens.map(({ sql }) => sql)));
  expect([...KNOWN_DIFFERENCES.keys()].filter((sql) => !asked.has(sql))).toEqual([]);
});

/** The `needs` that are built. A query whose needs are not all here has to be refused, so building one shows up as a failure here. */
const BUILT: readonly string[] = [
  'date_unit',
  'extract_second',
  'filter_clause',
  'grouping_sets',
  'limit_expression',
  'named_arguments',
  'pivot',
  'qualify',
  'recursive',
  'star_except',
  'subquery',
  'tablesample',
  'window_functions',
  'within_group',
  'generator',
  'interval',
  'join',
  'lambda',
  'lateral_view',
  'overlay',
  'session_window',
  'set_operations',
  'shiftrightunsigned',
];

function statementsOf(name: string): string[] {
  const text = readFileSync(join(FOLDER, 'cases', name), 'utf8');
  return text
    .split(';;')
    .map((block) => block.replaceAll(/^-- .*\n/gm, '').trim())
    .filter((statement) => statement !== '');
}

async function run(session: MillraceSession, { sql, ordered }: GoldenQuery): Promise<Outcome> {
  const df = session.sql(sql);
  const rows = await df.toJSON().collect();
  return {
    columns: df.columns,
    types: df.schema.fields.map(({ dataType }) => simpleName(dataType)),
    rows: ordered === true ? rows : rows.toSorted(),
  };
}

async function errorOf(session: MillraceSession, golden: GoldenQuery): Promise<unknown> {
  try {
    await run(session, golden);
    return undefined;
  } catch (error) {
    return error;
  }
}

function allGoldens(): (readonly [file: string, goldens: readonly GoldenQuery[]])[] {
  return readdirSync(join(FOLDER, 'answers'))
    .toSorted()
    .map((file) => [file, JSON.parse(readFileSync(join(FOLDER, 'answers', file), 'utf8')) as readonly GoldenQuery[]]);
}

for (const [file, goldens] of allGoldens()) {
  describe(file.replace('.json', ''), () => {
    let session: MillraceSession;
    beforeAll(() => {
      session = MillraceSession.builder()
        .config('spark.sql.session.timeZone', 'UTC')
        .config('spark.sql.timeType.enabled', 'true')
        .create();
      for (const statement of statementsOf('tables.sql')) session.sql(statement);
    });

    test.for(goldens)('$sql', async (golden) => {
      const missing = (golden.needs ?? []).filter((need) => !BUILT.includes(need));
      if (missing.length > 0) {
        expect(await errorOf(session, golden), missing.join(', ')).toBeInstanceOf(MillraceError);
        return;
      }
      const known = KNOWN_DIFFERENCES.get(golden.sql);
      if (known?.ours === 'rows' || (known === undefined && golden.error === undefined)) {
        const { columns, types, rows = [] } = golden;
        const outcome = await run(session, golden);
        if (known !== undefined) return;
        expect(outcome).toEqual({ columns, types, rows: golden.ordered === true ? rows : rows.toSorted() });
        return;
      }
      const error = await errorOf(session, golden);
      expect(error).toBeInstanceOf(MillraceError);
      const { condition } = error as MillraceError;
      const expected = known?.ours ?? golden.error ?? '';
      if (expected !== '' && !expected.startsWith('_LEGACY')) expect(condition).toBe(expected);
    });
  });
}
