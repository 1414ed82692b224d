/**
 * histogram_numeric: at most n bins at the means of values close to each other (Ben-Haim and Tom-Tov, JMLR 2010). Two pairs of bins that
 * are equally close are chosen between at random, by the fixed seed Spark has.
 */
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { DOUBLE, array, field, isNumeric, struct } from '../types/data-type.ts';
import { decimalText } from '../types/number-text.ts';
import { keeping } from './aggregate-keep.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from './argument-check.ts';
import { defineAggregate } from './define-function.ts';
import { JavaRandom } from './java-random.ts';

const SEED = 31_183n;

interface Bin {
  x: number;
  y: number;
}

/** The bins of some values, in their order. */
function binsOf(values: readonly number[], maxBins: number): readonly Bin[] {
  const bins: Bin[] = [];
  const random = new JavaRandom(SEED);
  for (const value of values) {
    let at = bins.findIndex(({ x }) => x >= value);
    if (at < 0) at = bins.length;
    const found = bins[at];
    if (found?.x === value) found.y += 1;
    else {
      bins.splice(at, 0, { x: value, y: 1 });
      if (bins.length > maxBins) mergeClosest(bins, random);
    }
  }
  return bins;
}

function mergeClosest(bins: Bin[], random: JavaRandom): void {
  let smallest = Infinity;
  let at = 0;
  let ties = 1;
  for (let i = 0; i + 1 < bins.length; i++) {
    const difference = (bins[i + 1] as Bin).x - (bins[i] as Bin).x;
    if (difference < smallest) {
      smallest = difference;
      at = i;
      ties = 1;
    } else if (difference === smallest) {
      ties += 1;
      if (random.nextDouble() <= 1 / ties) at = i;
    }
  }
  const [left, right] = [bins[at] as Bin, bins[at + 1] as Bin];
  const total = left.y + right.y;
  left.x = left.x * (left.y / total) + (right.x / total) * right.y;
  left.y = total;
  bins.splice(at + 1, 1);
}

function numberOf(value: Value, type: DataType): number {
  return type.kind === 'decimal' ? Number(decimalText(value as bigint, type.scale)) : Number(value);
}

/** The place of a bin as a value of the type of the column. */
function placeOf(x: number, type: DataType): Value {
  switch (type.kind) {
    case 'double':
      return x;
    case 'float':
      return Math.fround(x);
    case 'decimal':
      return BigInt(Math.round(x * 10 ** type.scale));
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day_time_interval':
      return BigInt(Math.trunc(x));
    default:
      return Math.trunc(x);
  }
}

const TIMES = ['date', 'timestamp', 'timestamp_ntz', 'year_month_interval', 'day_time_interval'];

/** The function of SQL. */
export const histogramNumeric = defineAggregate({
  name: 'histogram_numeric',
  doc: {
    usage: 'A histogram of at most so many bins, each with the mean and the number of its values.',
    example: 'histogram_numeric(c, 5) FROM VALUES (0), (1), (2), (10) AS t(c)',
    result: '[{0, 1.0}, {1, 1.0}, {2, 1.0}, {10, 1.0}]',
  },
  resolve: (args) => {
    checkArgumentCount('histogram_numeric', args, 2, 2);
    const given = present(args[0], 'a column').dataType;
    const type = given.kind === 'void' ? DOUBLE : given;
    if (!isNumeric(type) && !TIMES.includes(type.kind))
      throw unexpectedType(
        'histogram_numeric',
        args,
        0,
        '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
      );
    const bins = present(args[1], 'a number of bins');
    if (bins.literal === undefined) throw notConstant('histogram_numeric', args, 1, { parameter: 'nb', type: '"INT"' });
    const maxBins = Number(bins.literal);
    if (maxBins < 2)
      throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
        sqlExpr: quotedCall('histogram_numeric', args),
        exprName: '`nb`',
        valueRange: '[2, 2147483647]',
        currentValue: String(maxBins),
      });
    const returnType = array(struct([field('x', type), field('y', DOUBLE)]));
    return keeping([type, bins.dataType], returnType, (values) =>
      binsOf(
        values.map((value) => numberOf(value as Value, type)),
        maxBins,
      ).map(({ x, y }) => [placeOf(x, type), y]),
    );
  },
});
