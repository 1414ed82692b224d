/** What generated loops are made of and where they are not used. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Attribute, Expression } from '../../src/expressions/expression.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { compileExpression } from '../../src/expressions/compile.ts';
import { nextAttributeId } from '../../src/expressions/expression.ts';
import { loopSource } from '../../src/expressions/generated-source.ts';
import { canGenerate } from '../../src/expressions/generated-support.ts';
import { resolveCall } from '../../src/expressions/type-coercion.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { field, LONG, STRING, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

const MODE = { ansi: true, timeZone: 'UTC' };
const CONTEXT = { ...MODE, batchTimestampMicros: 0n, seed: 1 };

function column(name: string, dataType: DataType): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable: true };
}

function literal(value: Value | null, dataType: DataType): Expression {
  return { kind: 'literal', value, dataType, nullable: value === null };
}

function call(name: string, ...args: Expression[]): Expression {
  return resolveCall(name, args, MODE);
}

function evaluate(
  expression: Expression,
  input: readonly Attribute[],
  columns: readonly (Value | null)[][],
): unknown[] {
  const schema = struct(input.map(({ name, dataType }) => field(name, dataType)));
  const vectors = input.map(({ dataType }, i) => vectorOf(dataType, columns[i] ?? []));
  const numRows = columns[0]?.length ?? 0;
  const vector = compileExpression(expression, input)(columnBatch(schema, vectors, numRows), CONTEXT);
  return Array.from({ length: numRows }, (_, row) => valueAt(vector, row));
}

const amount = column('amount"];evil()//', LONG);
const kind = column('kind', STRING);

describe('the text of a generated loop', () => {
  it('has generated identifiers and operators only, whatever names and literals are', () => {
    const test = call('and', call('=', kind, literal(`'];evil()`, STRING)), call('>', amount, literal(77_777n, LONG)));
    const chosen = call('if', test, literal('`evil`', STRING), literal('"', STRING));
    const { source } = loopSource(chosen, { isSelected: false, isPredicate: false });
    expect(source).not.toMatch(/evil|77777|amount|kind|["'`](?!use strict)(?!;)/);
    const words = new Set(source.match(/[a-z_]\w*/gi));
    const known = /^(use|strict|const|let|if|else|for|return|function|Math|floor|trunc|fround|abs|[a-z]\d*|[KVNWR])$/;
    expect([...words].filter((word) => !known.test(word))).toEqual([]);
  });

  it('is one loop over the rows for a whole tree', () => {
    const tree = call('+', call('*', amount, literal(2n, LONG)), call('coalesce', amount, literal(1n, LONG)));
    const { source } = loopSource(tree, { isSelected: false, isPredicate: false });
    expect(source.match(/\bfor\(/g)).toHaveLength(1);
  });
});

describe('a generated loop gives way to the interpreter', () => {
  it('for rows whose numbers are beyond what a double holds exactly', () => {
    const sum = call('+', amount, literal(1n, LONG));
    expect(canGenerate(sum)).toBe(true);
    const huge = 2n ** 62n + 1n;
    for (let batch = 0; batch < 20; batch++)
      expect(evaluate(sum, [amount], [[huge, 1n, null]])).toEqual([huge + 1n, 2n, null]);
  });

  it('on overflow, which is the error it always was', () => {
    const sum = call('+', amount, literal(1n, LONG));
    expect(() => evaluate(sum, [amount], [[1n, 2n ** 63n - 1n]])).toThrow(/ARITHMETIC_OVERFLOW/);
  });

  it('where a part that may fail, and that it does not know, is reached by some rows only', () => {
    const risky = call(
      '>',
      call('element_at', call('split', kind, literal(',', STRING)), literal(2, { kind: 'integer' })),
      literal('b', STRING),
    );
    expect(canGenerate(call('and', call('=', kind, literal('a,c', STRING)), risky))).toBe(false);
  });
});

describe('a host that forbids to make functions from text', () => {
  it('gets the same rows', () => {
    const program = `
      import { MillraceSession } from './src/index.ts';
      let forbidden = false;
      try { new Function('return 1'); } catch { forbidden = true; }
      const session = MillraceSession.builder().getOrCreate();
      const rows = await session.sql("SELECT id * 2 + 1 AS x FROM range(6) WHERE id % 2 = 1 AND id > 1").collect();
      console.log(JSON.stringify({ forbidden, rows: rows.map(({ x }) => String(x)) }));
    `;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ forbidden: true, rows: ['7', '11'] });
  }, 60_000);
});
