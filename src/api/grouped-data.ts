/** Rows grouped by columns, waiting for aggregates; made by `groupBy`. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { DataFrame } from './data-frame.ts';
import type { AggregatedFacts, AggregatedRow, Facts } from './schema-types.ts';
import type { Row } from '../types/row-codec.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { Column, call, columnExpression } from './column.ts';

/** `T` are the rows grouped, `Keys` what they are grouped by, `F` what is known of them. */
export class GroupedData<T = Row, Keys extends readonly unknown[] = readonly Column[], F extends Facts = Facts> {
  readonly #input: UnresolvedPlan;
  readonly #groupings: readonly UnresolvedExpression[];
  readonly #toDataFrame: <R, G extends Facts>(plan: UnresolvedPlan) => DataFrame<R, G>;

  constructor(
    input: UnresolvedPlan,
    groupings: readonly UnresolvedExpression[],
    toDataFrame: <R, G extends Facts>(plan: UnresolvedPlan) => DataFrame<R, G>,
  ) {
    this.#input = input;
    this.#groupings = groupings;
    this.#toDataFrame = toDataFrame;
  }

  /** Aggregate columns, or column names with function names: `agg({ bytes: 'sum' })`. */
  agg<First extends Column, Others extends readonly Column[]>(
    first: First,
    ...others: Others
  ): DataFrame<AggregatedRow<T, Keys, First | Others[number]>, AggregatedFacts<F, Keys>>;
  agg(functions: Readonly<Record<string, string>>): DataFrame<Row, AggregatedFacts<F, Keys>>;
  agg(
    first: Column | Readonly<Record<string, string>>,
    ...others: readonly Column[]
  ): DataFrame<never, AggregatedFacts<F, Keys>> {
    const columns =
      first instanceof Column ? [first, ...others] : Object.entries(first).map(([name, fn]) => aggregateOf(fn, name));
    return this.#aggregate(columns.map(({ expression }) => expression));
  }

  /** The number of rows per group, as column `count`. */
  count(): DataFrame<AggregatedRow<T, Keys, Column<'count', bigint>>, AggregatedFacts<F, Keys>> {
    return this.#aggregate([aggregateOf('count', '*').as('count').expression]);
  }

  sum(...columnNames: readonly string[]): DataFrame<Row, AggregatedFacts<F, Keys>> {
    return this.#each('sum', columnNames);
  }

  avg(...columnNames: readonly string[]): DataFrame<Row, AggregatedFacts<F, Keys>> {
    return this.#each('avg', columnNames);
  }

  /** The same as avg. */
  mean(...columnNames: readonly string[]): DataFrame<Row, AggregatedFacts<F, Keys>> {
    return this.#each('avg', columnNames);
  }

  min(...columnNames: readonly string[]): DataFrame<Row, AggregatedFacts<F, Keys>> {
    return this.#each('min', columnNames);
  }

  max(...columnNames: readonly string[]): DataFrame<Row, AggregatedFacts<F, Keys>> {
    return this.#each('max', columnNames);
  }

  #each(functionName: string, columnNames: readonly string[]): DataFrame<Row, AggregatedFacts<F, Keys>> {
    if (columnNames.length === 0)
      throw new MillraceError('MISSING_OPTION', { option: 'columnNames', format: `groupBy().${functionName}()` });
    return this.#aggregate(columnNames.map((name) => aggregateOf(functionName, name).expression));
  }

  #aggregate<R>(aggregateExpressions: readonly UnresolvedExpression[]): DataFrame<R, AggregatedFacts<F, Keys>> {
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
