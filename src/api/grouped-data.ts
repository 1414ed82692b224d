/** Rows grouped by columns, waiting for aggregates; made by `groupBy`. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { DataFrame } from './data-frame.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { Column, call, columnExpression } from './column.ts';

export class GroupedData {
  readonly #input: UnresolvedPlan;
  readonly #groupings: readonly UnresolvedExpression[];
  readonly #toDataFrame: (plan: UnresolvedPlan) => DataFrame;

  constructor(
    input: UnresolvedPlan,
    groupings: readonly UnresolvedExpression[],
    toDataFrame: (plan: UnresolvedPlan) => DataFrame,
  ) {
    this.#input = input;
    this.#groupings = groupings;
    this.#toDataFrame = toDataFrame;
  }

  /** Aggregate columns, or column names with function names: `agg({ bytes: 'sum' })`. */
  agg(first: Column | Readonly<Record<string, string>>, ...others: readonly Column[]): DataFrame {
    const columns =
      first instanceof Column ? [first, ...others] : Object.entries(first).map(([name, fn]) => aggregateOf(fn, name));
    return this.#aggregate(columns.map(({ expression }) => expression));
  }

  /** The number of rows per group, as column `count`. */
  count(): DataFrame {
    return this.#aggregate([aggregateOf('count', '*').as('count').expression]);
  }

  sum(...columnNames: readonly string[]): DataFrame {
    return this.#each('sum', columnNames);
  }

  avg(...columnNames: readonly string[]): DataFrame {
    return this.#each('avg', columnNames);
  }

  /** The same as avg. */
  mean(...columnNames: readonly string[]): DataFrame {
    return this.#each('avg', columnNames);
  }

  min(...columnNames: readonly string[]): DataFrame {
    return this.#each('min', columnNames);
  }

  max(...columnNames: readonly string[]): DataFrame {
    return this.#each('max', columnNames);
  }

  #each(functionName: string, columnNames: readonly string[]): DataFrame {
    if (columnNames.length === 0)
      throw new MillraceError('MISSING_OPTION', { option: 'columnNames', format: `groupBy().${functionName}()` });
    return this.#aggregate(columnNames.map((name) => aggregateOf(functionName, name).expression));
  }

  #aggregate(aggregateExpressions: readonly UnresolvedExpression[]): DataFrame {
    return this.#toDataFrame({
      kind: 'aggregate',
      input: this.#input,
      groupType: 'groupBy',
      groupingExpressions: this.#groupings,
      aggregateExpressions,
    });
  }
}

function aggregateOf(functionName: string, columnName: string): Column {
  return call(functionName, [new Column(columnExpression(columnName))]);
}
