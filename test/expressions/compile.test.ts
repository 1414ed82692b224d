import { describe, expect, it } from 'vitest';
import type { Attribute, Expression } from '../../src/expressions/expression.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { compileExpression, compilePredicate } from '../../src/expressions/compile.ts';
import { nextAttributeId } from '../../src/expressions/expression.ts';
import { foldExpression } from '../../src/expressions/fold.ts';
import { expressionSql } from '../../src/expressions/sql-text.ts';
import { makeCast, resolveCall } from '../../src/expressions/type-coercion.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { BOOLEAN, INTEGER, LONG, STRING, field, struct } from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

const MODE = { ansi: true, timeZone: 'UTC' };
const CONTEXT = { ...MODE, batchTimestampMicros: 5_000_000n, seed: 1 };

function column(name: string, dataType: DataType): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable: true };
}

function literal(value: Value | null, dataType: DataType): Expression {
  return { kind: 'literal', value, dataType, nullable: value === null };
}

const a = column('a', INTEGER);
const s = column('s', STRING);
const b = column('b', BOOLEAN);
const INPUT = [a, s, b];
const BATCH = columnBatch(
  struct(INPUT.map(({ name, dataType }) => field(name, dataType))),
  [
    vectorOf(INTEGER, [1, 0, null, 4]),
    vectorOf(STRING, ['7', 'x', null, '9']),
    vectorOf(BOOLEAN, [true, false, null, true]),
  ],
  4,
);

function call(name: string, ...args: Expression[]): Expression {
  return resolveCall(name, args, MODE);
}

function evaluate(expression: Expression): (Value | null)[] {
  const vector = compileExpression(expression, INPUT)(BATCH, CONTEXT);
  return [0, 1, 2, 3].map((row) => valueAt(vector, row));
}

const number = makeCast(s, INTEGER, 'ansi', MODE);

describe('later parts are evaluated only for the rows that reach them', () => {
  it('a cast that fails alone throws', () => {
    expect(() => evaluate(number)).toThrow(/CAST_INVALID_INPUT/);
  });

  it('case', () => {
    expect(evaluate(call('when', b, number, literal(-1, INTEGER)))).toEqual([7, -1, -1, 9]);
  });

  it('and, or', () => {
    const isLarge = call('>', number, literal(8, INTEGER));
    expect(evaluate(call('and', b, isLarge))).toEqual([false, false, null, true]);
    expect(evaluate(call('or', call('not', b), isLarge))).toEqual([false, true, null, true]);
  });

  it('coalesce', () => {
    const present = call('when', call('=', a, literal(0, INTEGER)), literal(5, INTEGER));
    expect(evaluate(call('coalesce', present, number, literal(3, INTEGER)))).toEqual([7, 5, 3, 9]);
  });

  it('if', () => {
    expect(
      evaluate(
        call('if', call('=', a, literal(0, INTEGER)), literal(null, INTEGER), call('/', literal(8, INTEGER), a)),
      ),
    ).toEqual([8, null, null, 2]);
  });
});

describe('compilePredicate', () => {
  it('selects rows that are true, not those that are null', () => {
    const { rows, count } = compilePredicate(call('>', a, literal(0, INTEGER)), INPUT)(BATCH, CONTEXT);
    expect([...rows.subarray(0, count)]).toEqual([0, 3]);
  });
});

describe('foldExpression', () => {
  it('computes constants and keeps what would fail', () => {
    expect(foldExpression(call('+', literal(1, INTEGER), literal(2, INTEGER)), MODE)).toMatchObject({
      kind: 'literal',
      value: 3,
    });
    expect(foldExpression(call('/', literal(1, INTEGER), literal(0, INTEGER)), MODE).kind).toBe('call');
    expect(foldExpression(call('current_timestamp'), MODE).kind).toBe('call');
    expect(foldExpression(call('+', a, call('+', literal(1, INTEGER), literal(2, INTEGER))), MODE)).toMatchObject({
      arguments: [a, { value: 3 }],
    });
  });
});

describe('names and errors', () => {
  it('implicit casts are not shown, written ones are', () => {
    expect(expressionSql(call('+', a, literal(1n, LONG)))).toBe('(a + 1)');
    expect(expressionSql(makeCast(a, LONG, 'ansi', MODE))).toBe('CAST(a AS BIGINT)');
    expect(expressionSql(call('nvl', a, literal(0, INTEGER)))).toBe('nvl(a, 0)');
  });

  it('an unknown function names the nearest', () => {
    expect(() => call('uper', s)).toThrow(
      expect.objectContaining({
        condition: 'UNRESOLVED_ROUTINE',
        hint: expect.stringContaining('upper') as string,
      }) as Error,
    );
  });

  it('current_timestamp is the time of the batch', () => {
    expect(evaluate(call('current_timestamp'))).toEqual([5_000_000n, 5_000_000n, 5_000_000n, 5_000_000n]);
  });
});

describe('functions of one string column', () => {
  it('remember results per dictionary and keep nulls', () => {
    const upper = compileExpression(call('concat', s, literal('!', STRING)), INPUT);
    for (const round of [1, 2])
      expect(
        [0, 1, 2, 3].map((row) => valueAt(upper(BATCH, CONTEXT), row)),
        String(round),
      ).toEqual(['7!', 'x!', null, '9!']);
  });
});
