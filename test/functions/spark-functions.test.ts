import { describe, expect, test } from 'vitest';
import { ABSENT, BUILT_ELSEWHERE, DIFFERENCES, SPARK_FUNCTION_NAMES, namesOf } from '../../scripts/spark-functions.ts';
import { functionNames } from '../../src/functions/registry.ts';
import { MillraceSession } from '../../src/index.ts';
import { exampleQueries } from './example-queries.ts';

describe("Spark's function names", () => {
  const defined = new Set(functionNames());
  const elsewhere = new Set(BUILT_ELSEWHERE.flatMap(namesOf));
  const absent = ABSENT.flatMap(namesOf);

  test('are each defined, built elsewhere or absent with a reason', () => {
    const known = new Set([...defined, ...elsewhere, ...absent]);
    expect(SPARK_FUNCTION_NAMES.filter((name) => !known.has(name))).toEqual([]);
  });

  test('are not called absent when they are there, and not twice', () => {
    expect(absent.filter((name) => defined.has(name) || elsewhere.has(name))).toEqual([]);
    expect(new Set(absent).size).toBe(absent.length);
    const known = new Set(SPARK_FUNCTION_NAMES);
    expect([...absent, ...DIFFERENCES.flatMap(namesOf)].filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('examples of functions', () => {
  const session = MillraceSession.builder()
    .config('spark.sql.session.timeZone', 'UTC')
    .config('spark.sql.timeType.enabled', 'true')
    .create();

  test.for(exampleQueries())('$name: $sql', async ({ sql, result }) => {
    const [row] = await session.sql(sql).collect();
    expect(Object.values(row ?? {})).toEqual([result]);
  });
});
