/**
 * Calls of every function with arguments at the edges, against the answers of a real PySpark (make-edge-goldens.py). edge-differences.json
 * lists the calls that are answered otherwise here; one that is not any more has to leave it.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MillraceError, MillraceSession } from '../../src/index.ts';
import { simpleName } from '../../src/types/data-type.ts';

type Answer = readonly (string | null)[] | { readonly error: string | null };

function stored<T>(name: string): Readonly<Record<string, T>> {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Readonly<Record<string, T>>;
}

const GOLDENS = stored<Readonly<Record<string, Answer>>>('goldens/edges.json');
const DIFFERENCES = stored<readonly string[]>('edge-differences.json');
const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();

async function answer(query: string): Promise<Answer> {
  const [expression = '', ...rest] = query.split(' FROM VALUES ');
  const from = rest.length === 0 ? '' : ` FROM VALUES ${rest.join(' FROM VALUES ')}`;
  try {
    const df = session.sql(`SELECT ${expression} AS x${from}`);
    const fields = df.schema.fields.map(({ name, dataType }) => ({ name, type: simpleName(dataType) }));
    const types = fields.map(({ type }) => type).join(', ');
    if (new Set(df.columns).size < fields.length) return [types];
    const texts = fields.map(
      ({ name, type }, i) => `${type === 'binary' ? `hex(\`${name}\`)` : `CAST(\`${name}\` AS STRING)`} AS c${i}`,
    );
    const rows = await df.selectExpr(...texts).collect();
    return [types, ...rows.flatMap((row) => Object.values(row) as (string | null)[])];
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return { error: error.condition };
  }
}

/** Without a condition of Spark's any typed error will do. */
function isSame(known: Answer, own: Answer): boolean {
  const hasNoCondition = 'error' in known && (known.error === null || known.error.startsWith('_LEGACY'));
  return hasNoCondition ? 'error' in own : JSON.stringify(known) === JSON.stringify(own);
}

describe("calls at the edges give Spark's answers", () => {
  for (const [name, answers] of Object.entries(GOLDENS))
    test(name, async () => {
      const differing: unknown[] = [];
      const expected = new Set(DIFFERENCES[name]);
      for (const [query, known] of Object.entries(answers)) {
        const own = await answer(query);
        if (isSame(known, own) === expected.has(query)) differing.push({ query, known, own });
      }
      expect(differing).toEqual([]);
    });
});
