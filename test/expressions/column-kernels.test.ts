/** Whole columns computed at once give what the same function gives row by row. */
import { describe, expect, it } from 'vitest';
import type { EvaluationContext, ScalarSignature } from '../../src/functions/define-function.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value, Vector } from '../../src/types/vector.ts';
import { castDigits } from '../../src/expressions/cast-digits.ts';
import { compileCast, valueCast } from '../../src/expressions/cast.ts';
import { evaluateRows } from '../../src/expressions/row-evaluation.ts';
import { floorDivideColumn } from '../../src/functions/floor-division.ts';
import { findScalar } from '../../src/functions/registry.ts';
import { floorDivide } from '../../src/types/civil-time.ts';
import { BYTE, INTEGER, LONG, SHORT, STRING, TIMESTAMP } from '../../src/types/data-type.ts';
import { constantVector } from '../../src/types/vector-ops.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

const context: EvaluationContext = { batchTimestampMicros: 0n, timeZone: 'UTC', ansi: false, seed: 1 };

const valuesOf = (vector: Vector): (Value | null)[] =>
  Array.from({ length: vector.length }, (_, row) => valueAt(vector, row));

function resolved(name: string, types: readonly DataType[]): ScalarSignature {
  const found = findScalar(name);
  if (found === undefined) throw new Error(`no function ${name}`);
  const args = types.map((dataType) => ({ dataType, nullable: true, sql: 'x' }));
  return found.resolve(args, { ansi: false, timeZone: 'UTC' });
}

describe('division of a column of longs', () => {
  const edges = [0n, 1n, -1n, 999_999n, 1_000_000n, 1_000_001n, 2n ** 31n, 2n ** 32n, 2n ** 52n - 1n, -(2n ** 52n)];
  const all = [...edges, ...edges.map((edge) => -edge), ...edges.map((edge) => edge * 1_000_000n - 1n)];

  it.each([1, 7, 1000, 1_000_000])('by %i is rounded down for values of any size', (divisor) => {
    for (const part of [all, all.filter((value) => value > -(2n ** 52n) && value < 2n ** 52n)]) {
      const quotients = floorDivideColumn(BigInt64Array.from(part), divisor, part.length);
      expect([...quotients]).toEqual(part.map((value) => floorDivide(BigInt.asIntN(64, value), BigInt(divisor))));
    }
  });

  it('gives seconds, milliseconds and microseconds of times, and null for null', () => {
    const times = vectorOf(TIMESTAMP, [1_767_225_600_999_999n, null, -1n]);
    for (const [name, seconds] of [
      ['unix_seconds', [1_767_225_600n, null, -1n]],
      ['unix_millis', [1_767_225_600_999n, null, -1n]],
      ['unix_micros', [1_767_225_600_999_999n, null, -1n]],
    ] as const) {
      const { evaluator } = resolved(name, [TIMESTAMP]);
      expect(evaluator.kind === 'columns' && valuesOf(evaluator.apply([times], 3, context))).toEqual(seconds);
    }
  });
});

describe('texts cast to whole numbers', () => {
  const plain = ['0', '-0', '7', '-7', '127', '-128', '00012', '32767'];
  const others = ['', '-', ' 5', '+5', '1.5', '128', '99999999999999999999', 'x', '9223372036854775807', '٣'];

  it.each([BYTE, SHORT, INTEGER, LONG])('are those of the cast of each ($kind)', (type) => {
    for (const texts of [plain, [...plain, ...others], [...plain, null]]) {
      for (const mode of ['legacy', 'try'] as const) {
        const cast = valueCast(STRING, type, mode);
        const expected = texts.map((text) => (text === null ? null : cast(text, context)));
        expect(valuesOf(compileCast(STRING, type, mode)(vectorOf(STRING, texts), context))).toEqual(expected);
      }
    }
  });

  it('are read from their bytes when they are plain, and left to the general cast when one is not', () => {
    expect(castDigits(vectorOf(STRING, ['12', '-3', null]) as never, LONG)?.layout).toBe('long');
    expect(castDigits(vectorOf(STRING, ['12', '1e3']) as never, LONG)).toBeUndefined();
    expect(castDigits(vectorOf(STRING, ['200']) as never, BYTE)).toBeUndefined();
  });
});

describe('a part of a text', () => {
  const texts = ['hello', '', 'a', 'größe', '日本語テキスト', 'x😀y', null, 'hello', 'abcdefghijklmnop'];
  const { evaluator, returnType } = resolved('substring', [STRING, INTEGER, INTEGER]);
  const positions = [-20, -3, -1, 0, 1, 2, 5, 20].flatMap((at) =>
    [-1, 0, 1, 3, 100].map((length) => [at, length] as const),
  );

  it.each(positions)('from %i on of length %i is cut from the bytes as from the text', (position, length) => {
    if (evaluator.kind !== 'row') throw new Error('substring is computed by rows');
    const column = vectorOf(STRING, texts);
    const constants = [constantVector(INTEGER, position, texts.length), constantVector(INTEGER, length, texts.length)];
    const call = { returnType, evaluator, isConstantArgument: [false, true, true], isDeterministic: true };
    const cut = evaluateRows(call)([column, ...constants], texts.length, context);
    const expected = texts.map((text) => (text === null ? null : evaluator.apply([text, position, length], context)));
    expect(valuesOf(cut)).toEqual(expected);
  });
});
