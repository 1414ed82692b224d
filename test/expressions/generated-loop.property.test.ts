/** Generated loops against the interpreter: the same columns, the same errors, whatever the expression and the rows. */
import { describe, expect, it } from 'vitest';
import type { Attribute, Expression } from '../../src/expressions/expression.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { ColumnBatch } from '../../src/types/column-batch.ts';
import type { Value } from '../../src/types/vector.ts';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { compileExpression, compilePredicate, interpretExpression } from '../../src/expressions/compile.ts';
import { nextAttributeId } from '../../src/expressions/expression.ts';
import { GeneratedLoop } from '../../src/expressions/generated-loop.ts';
import { expressionSql } from '../../src/expressions/sql-text.ts';
import { makeCast, resolveCall } from '../../src/expressions/type-coercion.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import {
  BOOLEAN,
  BYTE,
  DATE,
  decimal,
  DOUBLE,
  field,
  FLOAT,
  INTEGER,
  LONG,
  SHORT,
  STRING,
  struct,
  TIMESTAMP,
} from '../../src/types/data-type.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

const NUM_EXPRESSIONS = 2500;
const BATCHES_EACH = 4;
const NUMBERS: readonly DataType[] = [BYTE, SHORT, INTEGER, LONG, FLOAT, DOUBLE];
const TYPES: readonly DataType[] = [
  ...NUMBERS,
  LONG,
  INTEGER,
  DOUBLE,
  BOOLEAN,
  STRING,
  DATE,
  TIMESTAMP,
  decimal(12, 2),
];
const TEXTS = ['buy', 'view', '', 'ä', '7', 'click'];
const WHOLE_RANGES: Partial<Record<DataType['kind'], bigint>> = {
  byte: 1n << 7n,
  short: 1n << 15n,
  integer: 1n << 31n,
  long: 1n << 63n,
  date: 1n << 20n,
  timestamp: 1n << 55n,
  decimal: 10n ** 12n,
};

class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

function randomValue(random: Random, type: DataType, isWild: boolean): Value {
  switch (type.kind) {
    case 'boolean':
      return random.below(2) === 1;
    case 'string':
      return random.pick(TEXTS);
    case 'float':
    case 'double': {
      const wild = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e300, 2 ** 53, 1e-9];
      const value = isWild && random.below(3) === 0 ? random.pick(wild) : (random.below(41) - 20) / 4;
      return type.kind === 'float' ? Math.fround(value) : value;
    }
    default: {
      const range = WHOLE_RANGES[type.kind] ?? 1n;
      const wild = [range - 1n, -range, range - 2n, 1n - range, range / 2n];
      const value = isWild && random.below(3) === 0 ? random.pick(wild) : BigInt(random.below(31) - 15);
      const within = type.kind === 'decimal' && value === -range ? value + 1n : value;
      return type.kind === 'long' || type.kind === 'timestamp' || type.kind === 'decimal' ? within : Number(within);
    }
  }
}

function column(name: string, dataType: DataType): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable: true };
}

const INPUT = TYPES.map((type, i) => column(`c${i}`, type));

function randomBatch(random: Random, isWild: boolean): ColumnBatch {
  const numRows = 1 + random.below(24);
  const columns = INPUT.map(({ dataType }) => {
    const nullsIn = random.pick([0, 0, 3, 8]);
    return vectorOf(
      dataType,
      Array.from({ length: numRows }, () =>
        nullsIn > 0 && random.below(nullsIn) === 0 ? null : randomValue(random, dataType, isWild),
      ),
    );
  });
  return columnBatch(struct(INPUT.map(({ name, dataType }) => field(name, dataType))), columns, numRows);
}

/** Makes expressions of a wanted type; what analysis refuses is tried again as something simpler. */
class Expressions {
  readonly #random: Random;
  readonly #mode: { readonly ansi: boolean; readonly timeZone: string };

  constructor(random: Random, ansi: boolean) {
    this.#random = random;
    this.#mode = { ansi, timeZone: 'UTC' };
  }

  of(type: DataType, depth: number): Expression {
    if (depth > 0 && this.#random.below(6) > 0) {
      try {
        return type.kind === 'boolean' ? this.#condition(depth - 1) : this.#value(type, depth - 1);
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
      }
    }
    const columns = INPUT.filter(({ dataType }) => dataType.kind === type.kind);
    if (columns.length > 0 && this.#random.below(4) > 0) return this.#random.pick(columns);
    const value = this.#random.below(8) === 0 ? null : randomValue(this.#random, type, this.#random.below(6) === 0);
    return { kind: 'literal', value, dataType: type, nullable: value === null };
  }

  #call(name: string, ...args: Expression[]): Expression {
    return resolveCall(name, args, this.#mode);
  }

  #value(type: DataType, depth: number): Expression {
    const random = this.#random;
    const of = (wanted: DataType): Expression => this.of(wanted, depth);
    const choice = random.below(type.kind === 'string' || !NUMBERS.includes(type) ? 3 : 9);
    switch (choice) {
      case 0:
        return this.#call('when', of(BOOLEAN), of(type), of(BOOLEAN), of(type), of(type));
      case 1:
        return this.#call('if', of(BOOLEAN), of(type), of(type));
      case 2:
        return this.#call('coalesce', of(type), of(type), of(type));
      case 3:
        return makeCast(of(random.pick([...NUMBERS, BOOLEAN])), type, random.pick(['ansi', 'try']), this.#mode);
      case 4:
        return this.#as(type, this.#call(random.pick(['abs', 'negative']), of(type)));
      case 5:
        return this.#as(type, this.#call(random.pick(['/', '%', 'pmod', 'div', 'try_divide']), of(type), of(type)));
      default: {
        const name = random.pick(['+', '-', '*', '+', '-', '*', 'try_add', 'try_multiply']);
        return this.#as(type, this.#call(name, of(type), of(type)));
      }
    }
  }

  #as(type: DataType, expression: Expression): Expression {
    return expression.dataType.kind === type.kind ? expression : makeCast(expression, type, 'try', this.#mode);
  }

  #condition(depth: number): Expression {
    const random = this.#random;
    const type = random.pick(TYPES);
    const of = (wanted: DataType): Expression => this.of(wanted, depth);
    switch (random.below(9)) {
      case 0:
      case 1:
        return this.#call(random.pick(['and', 'or']), of(BOOLEAN), of(BOOLEAN));
      case 2:
        return this.#call('not', of(BOOLEAN));
      case 3:
        return this.#call(random.pick(['isnull', 'isnotnull']), of(type));
      case 4:
        return this.#call('in', of(type), of(type), of(type), of(type));
      case 5:
        return this.#call('isnan', of(DOUBLE));
      case 6:
        return this.#call('like', of(STRING), { kind: 'literal', value: '%i%', dataType: STRING, nullable: false });
      default:
        return this.#call(random.pick(['=', '!=', '<', '<=', '>', '>=', '<=>']), of(type), of(type));
    }
  }
}

type Outcome = readonly (Value | null)[] | string;

function outcomeOf(run: () => readonly (Value | null)[]): Outcome {
  try {
    return run();
  } catch (error) {
    if (error instanceof MillraceError && error.condition !== 'INTERNAL_ERROR') return error.message;
    throw error;
  }
}

describe('a generated loop', () => {
  it('computes what the interpreter computes, and fails where it fails', () => {
    const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? 20_261_121);
    const random = new Random(seed);
    let numLoops = 0;
    let numErrors = 0;
    for (let round = 0; round < NUM_EXPRESSIONS; round++) {
      const ansi = random.below(4) > 0;
      const isWild = random.below(4) === 0;
      const context = { ansi, timeZone: 'UTC', batchTimestampMicros: 0n, seed: 1 };
      const expression = new Expressions(random, ansi).of(random.pick(TYPES), 1 + random.below(4));
      if (GeneratedLoop.of(expression, INPUT, compileExpression) !== undefined) numLoops++;
      const generated = compileExpression(expression, INPUT);
      const interpreted = interpretExpression(expression, INPUT);
      const predicate = expression.dataType.kind === 'boolean' ? compilePredicate(expression, INPUT) : undefined;
      for (let part = 0; part < BATCHES_EACH; part++) {
        const batch = randomBatch(random, isWild);
        const rowsOf = (evaluate: typeof generated): readonly (Value | null)[] => {
          const vector = evaluate(batch, context);
          expect(vector.type).toEqual(expression.dataType);
          return Array.from({ length: batch.numRows }, (_, row) => valueAt(vector, row));
        };
        const expected = outcomeOf(() => rowsOf(interpreted));
        const hint = `seed ${seed}, round ${round}: ${expressionSql(expression)}`;
        expect(
          outcomeOf(() => rowsOf(generated)),
          hint,
        ).toEqual(expected);
        if (typeof expected === 'string') numErrors++;
        else if (predicate !== undefined) {
          const { rows, count } = predicate(batch, context);
          expect([...rows.subarray(0, count)], hint).toEqual(
            expected.flatMap((value, row) => (value === true ? [row] : [])),
          );
        }
      }
    }
    process.stdout.write(
      `seed ${seed}: ${NUM_EXPRESSIONS} expressions on ${BATCHES_EACH} batches each, ${numLoops} as loops, ${numErrors} errors\n`,
    );
    expect(numLoops).toBeGreaterThan(NUM_EXPRESSIONS / 3);
    expect(numErrors).toBeGreaterThan(100);
  }, 120_000);
});
