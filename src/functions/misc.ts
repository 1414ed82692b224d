/** Hashes of values, and monotonically_increasing_id. */
import type { EvaluationContext, ScalarFunction } from './define-function.ts';
import type { Value } from '../types/vector.ts';
import { INTEGER, LONG } from '../types/data-type.ts';
import { hashValue } from '../types/hash.ts';
import { vectorOf } from '../types/vector-builder.ts';
import { checkArgumentCount } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { anything } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { xxHash64 } from './xx-hash.ts';

const SEED = 42;

/** Counts the rows of one epoch; there is one partition, so that ids are without gaps. */
const increasingId = defineScalar({
  name: 'monotonically_increasing_id',
  doc: {
    usage: 'A number that grows from row to row; for bounded input.',
    example: 'monotonically_increasing_id()',
    result: '0',
  },
  deterministic: false,
  resolve: (args) => {
    checkArgumentCount('monotonically_increasing_id', args, 0, 0);
    const nextIds = new WeakMap<EvaluationContext, bigint>();
    return {
      argumentTypes: [],
      returnType: LONG,
      nullable: false,
      evaluator: {
        kind: 'columns',
        apply: (_columns, numRows, context) => {
          const first = nextIds.get(context) ?? 0n;
          nextIds.set(context, first + BigInt(numRows));
          return vectorOf(
            LONG,
            Array.from({ length: numRows }, (_, row) => first + BigInt(row)),
          );
        },
      },
    };
  },
});

export const MISC_FUNCTIONS: readonly ScalarFunction[] = [
  increasingId,
  rowFunction({
    name: 'hash',
    doc: { usage: 'The Murmur3 hash of the arguments.', example: "hash('Spark')", result: '228093765' },
    parameters: [anything],
    rest: anything,
    returns: INTEGER,
    result: 'neverNull',
    nulls: 'pass',
    apply: (values, _context, { types }) =>
      types.reduce((hash, type, i) => hashValue(type, (values as readonly (Value | null)[])[i] ?? null, hash), SEED),
  }),
  rowFunction({
    name: 'xxhash64',
    doc: { usage: 'The 64-bit xxHash of the arguments.', example: "xxhash64('Spark')", result: '-4294468057691064905' },
    parameters: [anything],
    rest: anything,
    returns: LONG,
    result: 'neverNull',
    nulls: 'pass',
    apply: (values, _context, { types }) =>
      BigInt.asIntN(
        64,
        types.reduce(
          (hash, type, i) => xxHash64(type, (values as readonly (Value | null)[])[i] ?? null, hash),
          BigInt(SEED),
        ),
      ),
  }),
];
