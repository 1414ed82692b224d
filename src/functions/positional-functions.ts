/** The functions that only work with OVER: ranks, ntile, lag, lead, nth_value, and first and last of a frame. */
import type { DataType } from '../types/data-type.ts';
import type { Vector } from '../types/vector.ts';
import type {
  FixedFrame,
  PartitionRows,
  WindowFunction,
  WindowFunctionArgument,
  WindowSignature,
} from './define-window-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { DOUBLE, INTEGER, sqlName } from '../types/data-type.ts';
import { isNullAt, valueAt } from '../types/vector.ts';
import { checkArgumentCount, notConstant, quotedCall, unexpectedType } from './argument-check.ts';
import { defineWindowFunction } from './define-window-function.ts';

type Compute = WindowSignature['compute'];

const RUNNING: FixedFrame = { kind: 'running' };
const WRITTEN: FixedFrame = { kind: 'written' };

const rowNumber = ranking(
  'row_number',
  'Number of the row in its partition, from 1.',
  ({ start, end }, _args, results) => {
    for (let row = start; row < end; row++) results[row] = row - start + 1;
  },
);

const rank = ranking(
  'rank',
  'Place of the row in its partition; equal rows share one.',
  ({ start, end, peerStart }, _args, results) => {
    for (let row = start; row < end; row++) results[row] = (peerStart[row] as number) - start + 1;
  },
);

const denseRank = ranking(
  'dense_rank',
  'As rank, without gaps after equal rows.',
  ({ start, end, peerStart }, _args, results) => {
    let place = 0;
    for (let row = start; row < end; row++) {
      if (peerStart[row] === row) place += 1;
      results[row] = place;
    }
  },
);

const percentRank = ranking(
  'percent_rank',
  'The rank as a part of the other rows, from 0 to 1.',
  ({ start, end, peerStart }, _args, results) => {
    const others = end - start - 1;
    for (let row = start; row < end; row++)
      results[row] = others === 0 ? 0 : ((peerStart[row] as number) - start) / others;
  },
  DOUBLE,
);

const cumeDist = ranking(
  'cume_dist',
  'The part of the rows that sort up to this one.',
  ({ start, end, peerEnd }, _args, results) => {
    for (let row = start; row < end; row++) results[row] = ((peerEnd[row] as number) - start) / (end - start);
  },
  DOUBLE,
);

function ranking(name: string, usage: string, compute: Compute, returnType: DataType = INTEGER): WindowFunction {
  return defineWindowFunction({
    name,
    doc: {
      usage,
      example: `${name}() OVER (ORDER BY 1)`,
      result: returnType === INTEGER ? '1' : name === 'cume_dist' ? '1.0' : '0.0',
    },
    resolve: (args) => {
      // Spark takes arguments of rank() and its kin and ignores them.
      if (name === 'row_number' || name === 'cume_dist') checkArgumentCount(name, args, 0, 0);
      const argumentTypes = args.map(({ dataType }) => dataType);
      return { argumentTypes, returnType, nullable: false, frame: RUNNING, wantsOrder: true, compute };
    },
  });
}

const ntile = defineWindowFunction({
  name: 'ntile',
  doc: {
    usage: 'Number of the bucket when the rows of the partition are divided into so many, from 1.',
    example: 'ntile(2) OVER (ORDER BY 1)',
    result: '1',
  },
  defaults: [1],
  resolve: (args) => {
    checkArgumentCount('ntile', args, 0, 1);
    const numBuckets = wholeArgument('ntile', 'buckets', args, 0);
    if (numBuckets < 1) throw outOfRange('ntile', args, 'buckets', numBuckets);
    return {
      argumentTypes: [INTEGER],
      returnType: INTEGER,
      nullable: false,
      frame: RUNNING,
      wantsOrder: true,
      compute: ({ start, end }, _args, results) => {
        const numRows = end - start;
        const size = Math.floor(numRows / numBuckets);
        const numLarger = numRows % numBuckets;
        for (let row = 0; row < numRows; row++) {
          const inLarger = row < numLarger * (size + 1);
          const bucket = inLarger
            ? Math.floor(row / (size + 1))
            : numLarger + Math.floor((row - numLarger * (size + 1)) / size);
          results[start + row] = bucket + 1;
        }
      },
    };
  },
});

const lag = shifted('lag', 'The value so many rows before, or the default.', -1);
const lead = shifted('lead', 'The value so many rows behind, or the default.', 1);

function shifted(name: string, usage: string, direction: 1 | -1): WindowFunction {
  return defineWindowFunction({
    name,
    doc: { usage, example: `${name}(1, 1, 7) OVER (ORDER BY 1)`, result: '7' },
    defaults: [1, null],
    takesNullsOption: true,
    resolve: (args, ignoresNulls) => {
      checkArgumentCount(name, args, 1, 3);
      const [value, , otherwise] = args;
      const { dataType } = present(value, 'a value');
      const offset = direction * wholeArgument(name, 'offset', args, 1);
      const isNull = otherwise === undefined || otherwise.dataType.kind === 'void';
      if (!isNull && sqlName(otherwise.dataType) !== sqlName(dataType)) {
        throw new MillraceError('DATATYPE_MISMATCH.DATA_DIFF_TYPES', {
          sqlExpr: quotedCall(name, args),
          functionName: `\`${name}\``,
          dataType: `("${sqlName(dataType)}" or "${sqlName(otherwise.dataType)}")`,
        });
      }
      const shift = ignoresNulls ? shiftOverValues(offset) : shiftRows(offset);
      return {
        argumentTypes: [dataType, INTEGER, dataType],
        returnType: dataType,
        nullable: isNull || (value?.nullable ?? true) || (otherwise?.nullable ?? true),
        frame: { kind: 'offset', offset },
        wantsOrder: true,
        compute: shift,
      };
    },
  });
}

/** The value of the row so far away. */
function shiftRows(offset: number): Compute {
  return ({ start, end }, [values, , otherwise], results) => {
    for (let row = start; row < end; row++) {
      const at = row + offset;
      const isInside = at >= start && at < end;
      results[row] = isInside ? valueAt(values as Vector, at) : valueAt(otherwise as Vector, row);
    }
  };
}

/** The value of the row so far away when only rows with a value are counted. */
function shiftOverValues(offset: number): Compute {
  return ({ start, end }, [values, , otherwise], results) => {
    const column = values as Vector;
    const rows: number[] = [];
    for (let row = start; row < end; row++) if (!isNullAt(column, row)) rows.push(row);
    // `before` counts the rows with a value before the current one.
    for (let row = start, before = 0; row < end; row++) {
      const isValue = rows[before] === row;
      const at = offset <= 0 ? before + offset : before + offset - (isValue ? 0 : 1);
      const found = offset === 0 ? row : rows[at];
      const isThere = at >= 0 && found !== undefined;
      results[row] = isThere || offset === 0 ? valueAt(column, found ?? row) : valueAt(otherwise as Vector, row);
      if (isValue) before += 1;
    }
  };
}

const nthValue = defineWindowFunction({
  name: 'nth_value',
  doc: {
    usage: 'The value of the n-th row of the frame, from 1.',
    example: 'nth_value(5, 1) OVER (ORDER BY 1)',
    result: '5',
  },
  takesNullsOption: true,
  resolve: (args, ignoresNulls) => {
    checkArgumentCount('nth_value', args, 2, 2);
    const n = wholeArgument('nth_value', 'offset', args, 1);
    if (n < 1) throw outOfRange('nth_value', args, 'offset', n);
    const { dataType } = present(args[0], 'a value');
    return frameValue(dataType, [dataType, INTEGER], true, (frame) => frame.from(n - 1), ignoresNulls);
  },
});

/** The rows of a frame that count: all, or those with a value. */
interface CountedRows {
  /** The row so many after the first one, -1 when there is none. */
  from(index: number): number;
  last(): number;
}

/** First or last of a frame, computed by position: no frame is walked through. */
export function edgeOfFrame(
  edge: 'first' | 'last',
  dataType: WindowSignature['returnType'],
  argumentTypes: WindowSignature['argumentTypes'],
  ignoresNulls: boolean,
): WindowSignature {
  return frameValue(
    dataType,
    argumentTypes,
    false,
    (frame) => (edge === 'first' ? frame.from(0) : frame.last()),
    ignoresNulls,
  );
}

function frameValue(
  dataType: WindowSignature['returnType'],
  argumentTypes: WindowSignature['argumentTypes'],
  wantsOrder: boolean,
  pick: (rows: CountedRows) => number,
  ignoresNulls: boolean,
): WindowSignature {
  const compute: Compute = (partition, args, results) => {
    const column = args[0] as Vector;
    const rows = ignoresNulls ? rowsWithValue(partition, column) : allRows(partition);
    for (let row = partition.start; row < partition.end; row++) {
      const found = pick(rows(row));
      results[row] = found < 0 ? null : valueAt(column, found);
    }
  };
  return { argumentTypes, returnType: dataType, nullable: true, frame: WRITTEN, wantsOrder, compute };
}

function allRows({ frameStart, frameEnd }: PartitionRows): (row: number) => CountedRows {
  return (row) => {
    const from = frameStart[row] as number;
    const end = frameEnd[row] as number;
    return { from: (index) => (from + index < end ? from + index : -1), last: () => (end > from ? end - 1 : -1) };
  };
}

function rowsWithValue(partition: PartitionRows, column: Vector): (row: number) => CountedRows {
  const { start, end, frameStart, frameEnd } = partition;
  const rows: number[] = [];
  /** How many rows with a value stand before a position, by position from the start. */
  const before = new Int32Array(end - start + 1);
  for (let row = start; row < end; row++) {
    before[row - start] = rows.length;
    if (!isNullAt(column, row)) rows.push(row);
  }
  before[end - start] = rows.length;
  return (row) => {
    const from = Math.min(frameStart[row] as number, end);
    const until = Math.max(frameEnd[row] as number, from);
    const first = before[from - start] as number;
    const behind = before[until - start] as number;
    return {
      from: (index) => (first + index < behind ? (rows[first + index] as number) : -1),
      last: () => (behind > first ? (rows[behind - 1] as number) : -1),
    };
  };
}

/** A whole number that has to be constant. */
function wholeArgument(
  name: string,
  parameter: string,
  args: readonly WindowFunctionArgument[],
  index: number,
): number {
  const arg = present(args[index], 'an argument or its default');
  if (!arg.isConstant) {
    throw notConstant(name, args, index, { parameter: parameter, type: '"INT"' });
  }
  const isWhole = ['byte', 'short', 'integer'].includes(arg.dataType.kind);
  if (!isWhole || typeof arg.literal !== 'number') throw unexpectedType(name, args, index, '"INT"');
  return arg.literal;
}

function outOfRange(
  name: string,
  args: readonly WindowFunctionArgument[],
  parameter: string,
  value: number,
): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', {
    sqlExpr: quotedCall(name, args),
    exprName: parameter,
    valueRange: '(0, 2147483647]',
    currentValue: `${value}`,
  });
}

/** The list for the registry. */
export const POSITIONAL_FUNCTIONS: readonly WindowFunction[] = [
  rowNumber,
  rank,
  denseRank,
  percentRank,
  cumeDist,
  ntile,
  lag,
  lead,
  nthValue,
];
