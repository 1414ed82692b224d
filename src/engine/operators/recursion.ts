/**
 * A recursive query: puts out its first rows, then runs its step over and over, each time on the rows that came last, until no more come.
 * The step is a plan of its own that is connected anew for every turn. For bounded input.
 */
import type { Observable } from 'rxjs';
import type { Recursion, RecursionInput } from '../../plan/logical-plan.ts';
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { Combine, Epoch, Leaf, Operator } from './operator.ts';
import { EMPTY, concat, defer, from, map } from 'rxjs';
import { MillraceError } from '../../errors/millrace-error.ts';
import { connect } from '../pipeline.ts';
import { schemaOf } from './operator.ts';

/** The rows that came last, by epoch and recursion: queries that run at the same time do not see those of each other. */
const lastRows = new WeakMap<Epoch['metrics'], Map<object, readonly ColumnBatch[]>>();
/** Spark's `spark.sql.cteRecursionRowLimit`. */
const MAX_ROWS = 1_000_000;

export function recursion(
  anchor: Operator,
  step: Operator,
  { marker, output, maxDepth, maxRows = Infinity }: Pick<Recursion, 'marker' | 'output' | 'maxDepth' | 'maxRows'>,
): Combine {
  const schema = schemaOf(output);
  return {
    kind: 'combine',
    distribution: { kind: 'single', reason: 'a recursion runs its step again and again' },
    name: 'Recursion',
    inputs: [anchor],
    output,
    detail: `at most ${maxDepth} levels`,
    combine: (epoch, [first = EMPTY]) => {
      let numRows = 0;
      const turn = (rows: Observable<ColumnBatch>, depth: number): Observable<ColumnBatch> => {
        const made: ColumnBatch[] = [];
        const renamed = rows.pipe(
          map((batch) => {
            const row = { ...batch, schema };
            if (batch.numRows > 0) made.push(row);
            numRows += batch.numRows;
            if (numRows > MAX_ROWS)
              throw new MillraceError('RECURSION_ROW_LIMIT_EXCEEDED', { rowLimit: String(MAX_ROWS) });
            return row;
          }),
        );
        const next = defer(() => {
          if (made.length === 0 || numRows >= maxRows) return EMPTY;
          if (depth >= maxDepth)
            throw new MillraceError('RECURSION_LEVEL_LIMIT_EXCEEDED', { levelLimit: String(maxDepth) });
          rowsOf(epoch).set(marker, made);
          return turn(connect(step, { ...epoch }), depth + 1);
        });
        return concat(renamed, next);
      };
      return turn(first, 0);
    },
  };
}

/** The leaf inside the step. */
export function recursionInput({ marker, output }: Pick<RecursionInput, 'marker' | 'output'>): Leaf {
  const schema = schemaOf(output);
  return {
    kind: 'leaf',
    name: 'RecursionInput',
    inputs: [],
    output,
    detail: '',
    read: (epoch) => defer(() => from((rowsOf(epoch).get(marker) ?? []).map((batch) => ({ ...batch, schema })))),
  };
}

function rowsOf({ metrics }: Epoch): Map<object, readonly ColumnBatch[]> {
  const known = lastRows.get(metrics);
  if (known !== undefined) return known;
  const rows = new Map<object, readonly ColumnBatch[]>();
  lastRows.set(metrics, rows);
  return rows;
}
