import { describe, expect, it } from 'vitest';
import type { DataType } from '../../src/types/data-type.ts';
import type { GoldenCase, Mode } from './golden-case.ts';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { expressionSql } from '../../src/expressions/sql-text.ts';
import { findScalar } from '../../src/functions/registry.ts';
import { SPECIAL_CALLS } from '../../src/expressions/special-calls.ts';
import { simpleName } from '../../src/types/data-type.ts';
import { evaluateColumns, evaluateLiteral, literals, readGoldens, resolveCase } from './golden-case.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

const MODES: Record<string, Mode> = {
  ansi: { ansi: true, timeZone: 'America/Los_Angeles' },
  legacy: { ansi: false, timeZone: 'America/Los_Angeles' },
};

/** Spark's math functions differ from V8's in the last digit. */
const INEXACT = new Set(
  'exp expm1 ln log log10 log2 log1p pow power cbrt sin cos tan asin acos atan atan2 sinh cosh tanh degrees radians hypot'.split(
    ' ',
  ),
);

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return { error: error.condition, parameters: error.parameters };
  }
}

/** Arguments that SQL writes as a cast or a call show in names; literals here do not. */
function comparable(result: unknown, golden: GoldenCase): unknown {
  const { column, parameters, ...rest } = result as { column?: string; parameters?: Record<string, string> };
  const isPlain = !/CAST\(|from_json\(|entries|E\d/.test(JSON.stringify(golden.column ?? golden.parameters ?? ''));
  const shown = Object.entries(parameters ?? {}).filter(
    ([name]) => name !== 'ansiConfig' && (isPlain || (name !== 'sqlExpr' && name !== 'inputSql')),
  );
  return { ...rest, ...(isPlain && column !== undefined ? { column } : {}), parameters: Object.fromEntries(shown) };
}

function expected(golden: GoldenCase): unknown {
  if (golden.error === undefined) return { column: golden.column, type: golden.type, text: golden.text };
  return { error: golden.error, parameters: golden.parameters };
}

function isKnown(name: string): boolean {
  const base = name.split(':')[0] ?? name;
  return base === 'cast' || base === 'try_cast' || findScalar(base) !== undefined || SPECIAL_CALLS.has(base);
}

function rounded(result: unknown): unknown {
  const { text } = result as { readonly text?: string | null };
  return typeof text === 'string' && /\d/.test(text)
    ? { ...(result as object), text: Number(text).toPrecision(14) }
    : result;
}

function checkScalar(golden: GoldenCase, mode: Mode): void {
  const actual = outcome(() => {
    const call = resolveCase(golden, literals(golden, mode), mode);
    return {
      column: expressionSql(call, mode.timeZone),
      type: simpleName(call.dataType),
      text: evaluateLiteral(call, mode),
    };
  });
  const wanted = expected(golden);
  if (INEXACT.has(golden.name))
    expect(rounded(comparable(actual, golden))).toEqual(rounded(comparable(wanted, golden)));
  else expect(comparable(actual, golden)).toEqual(comparable(wanted, golden));
  if (golden.error !== undefined) return;
  for (const keep of [[], golden.args.map((_, i) => i).slice(1)]) {
    const columns = outcome(() => evaluateColumns(golden, keep, mode)) as { type?: DataType; texts?: unknown };
    // A column where a literal is required is refused; a literal-dependent type may differ.
    if (columns.type === undefined || simpleName(columns.type) !== golden.type) continue;
    const { text } = actual as { readonly text: string | null };
    expect(columns.texts).toEqual([text, text, text]);
  }
}

for (const [modeName, mode] of Object.entries(MODES)) {
  describe(`scalar functions give Spark's answers, ${modeName}`, () => {
    for (const golden of readGoldens(`scalar-${modeName}.json`)) {
      const title = `${golden.name}(${golden.args.map(([type, text]) => `${type} ${text ?? 'NULL'}`).join(', ')})`;
      if (!isKnown(golden.name) && golden.error !== 'UNRESOLVED_ROUTINE')
        it(`${title} is refused: the function is not built`, () => {
          const call = outcome(() => resolveCase(golden, literals(golden, mode), mode));
          expect(call).toMatchObject({ error: 'UNRESOLVED_ROUTINE' });
        });
      else if (KNOWN_DIFFERENCES.has(`${modeName} ${title}`))
        it(`${title} still differs as listed`, () => expect(() => checkScalar(golden, mode)).toThrow());
      else it(title, () => checkScalar(golden, mode));
    }
  });
}
