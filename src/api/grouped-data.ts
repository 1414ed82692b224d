/** Rows grouped by columns, waiting for aggregates; made by `groupBy`. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPivot, UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { DataFrame } from './data-frame.ts';
import type { AggregatedFacts, AggregatedRow, Facts } from './schema-types.ts';
import type { Row } from '../types/row-codec.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { fromExternal } from '../types/external-value.ts';
import { readsStream } from '../plan/unresolved-plan.ts';
import { literalOf } from './literal.ts';
import { markPendingPivot } from './pending-schema.ts';
import { Column, call, columnExpression } from './column.ts';

/** How rows are grouped by the columns. */
type GroupingKind = Pick<UnresolvedPlan & { readonly kind: 'aggregate' }, 'groupType' | 'groupingSets' | 'pivot'>;

/** `T` are the rows grouped, `Keys` what they are grouped by, `F` what is known of them. */
export class GroupedData<T = Row, Keys extends readonly unknown[] = readonly Column[], F extends Facts = Facts> {
  readonly #input: UnresolvedPlan;
  readonly #groupings: readonly UnresolvedExpression[];
  readonly #kind: GroupingKind;
  readonly #toDataFrame: <R, G extends Facts>(plan: UnresolvedPlan) => DataFrame<R, G>;

  constructor(
    input: UnresolvedPlan,
    groupings: readonly UnresolvedExpression[],
    toDataFrame: <R, G extends Facts>(plan: UnresolvedPlan) => DataFrame<R, G>,
    kind: GroupingKind = { groupType: 'groupBy' },
  ) {
    this.#kind = kind;
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
    const all =
      this.#kind.groupType === 'pivot' ? call('count', [new Column(literalOf(1))]) : aggregateOf('count', '*');
    return this.#aggregate([all.as('count').expression]);
  }

  /**
   * The values of a column become columns: of each group, its rows with that value. Without values these are all there are, in their
   * order, found by a query when the first action runs; a stream needs them.
   *
   * @example
   * logs.groupBy('user').pivot('action', ['open', 'close']).count();
   */
  pivot(
    column: Column | string,
    values?: readonly (string | number | bigint | boolean | null | Column)[],
  ): GroupedData<T, readonly Column[], F> {
    if (this.#kind.groupType === 'pivot')
      throw new MillraceError('REPEATED_CLAUSE', { clause: 'PIVOT', operation: 'SUBQUERY' });
    if (this.#kind.groupType !== 'groupBy') throw new MillraceError('UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY', {});
    if (values === undefined && readsStream(this.#input)) throw new MillraceError('_LEGACY_ERROR_TEMP_3063', {});
    const by = columnExpression(column);
    const written = values?.map((value) => (value instanceof Column ? value.expression : literalOf(value)));
    const pivot: UnresolvedPivot = { column: by, values: written };
    if (written === undefined) markPendingPivot(pivot, () => this.#valuesOf(by));
    return new GroupedData(this.#input, this.#groupings, this.#toDataFrame, { groupType: 'pivot', pivot });
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

  /** The values of a column in their order, each as a literal of the column's type. */
  async #valuesOf(column: UnresolvedExpression): Promise<UnresolvedExpression[]> {
    const named: UnresolvedExpression = { kind: 'alias', child: column, name: 'value' };
    const distinct = this.#toDataFrame({ kind: 'project', input: this.#input, expressions: [named] }).distinct();
    const rows = (await distinct.orderBy(new Column(columnExpression('value'))).collect()) as readonly Row[];
    const field = distinct.schema.fields[0];
    return rows.map((row) => {
      const literal = literalOf(row['value']);
      return field === undefined || row['value'] === null
        ? literal
        : { ...literal, dataType: field.dataType, value: fromExternal(row['value'], field.dataType, 'pivot') };
    });
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
      ...this.#kind,
      groupingExpressions: this.#groupings,
      aggregateExpressions,
    });
  }
}

function aggregateOf(functionName: string, columnName: string): Column {
  return call(functionName, [new Column(columnExpression(columnName))]);
}
