/**
 * Plans as the user wrote them; nodes and fields correspond to Spark Connect's Relation messages. The DataFrame API and SQL build these;
 * the analyzer resolves them into logical-plan.ts.
 */
import type { SqlTableFunction } from '../expressions/sql-function.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { SortOrder } from '../expressions/expression.ts';
import type { ColumnBatch } from '../types/column-batch.ts';
import type { StructType } from '../types/data-type.ts';
import type { ScanFilter } from '../types/scan-filter.ts';
import type { KeyFunction, RowPredicate, RowsFunction } from './user-function.ts';
import type { GroupsWithState, StatefulTransform } from './grouped-function.ts';
import type { JoinType } from './join-type.ts';

/** A source with its options, whose schema is known. `handle` tells the engine's environment which open source it is. */
export interface SourceRelation {
  /** The format as written, `json` or `kinesis`. */
  readonly format: string;
  readonly schema: StructType;
  /** Options by lower-case name; paths under `path`. */
  readonly options: ReadonlyMap<string, string>;
  readonly isStreaming: boolean;
  /** What explain and progress print, as `FileStreamSource[file:/in]`. Holds no secret. */
  readonly description: string;
  /** An in-process source (memory stream, Observable) that cannot be opened by options alone. */
  readonly handle?: object;
  /** The fields of the hidden column `_metadata`, where the source has one. */
  readonly metadata?: StructType;
  /** Set by the optimizer: rows that do not pass all of these are filtered out above. */
  readonly filters?: readonly ScanFilter[];
}

/** ORDER BY ALL: every item of the select list, in one direction. */
export interface OrderByAll {
  readonly all: Pick<SortOrder, 'direction' | 'nullOrdering'>;
}

export type UnresolvedPlan =
  | { readonly kind: 'read'; readonly relation: SourceRelation }
  | { readonly kind: 'localRelation'; readonly schema: StructType; readonly batches: readonly ColumnBatch[] }
  | { readonly kind: 'range'; readonly start: bigint; readonly end: bigint; readonly step: bigint }
  /** A call of a table function written in SQL. */
  | {
      readonly kind: 'sqlTableCall';
      readonly definition: SqlTableFunction;
      readonly arguments: readonly UnresolvedExpression[];
    }
  | { readonly kind: 'project'; readonly input: UnresolvedPlan; readonly expressions: readonly UnresolvedExpression[] }
  | { readonly kind: 'filter'; readonly input: UnresolvedPlan; readonly condition: UnresolvedExpression }
  | {
      readonly kind: 'aggregate';
      readonly input: UnresolvedPlan;
      readonly groupType: 'groupBy' | 'rollup' | 'cube' | 'groupingSets' | 'pivot';
      readonly groupingExpressions: readonly UnresolvedExpression[];
      readonly aggregateExpressions: readonly UnresolvedExpression[];
      /** With `groupingSets`: the sets. `groupingExpressions` are then the columns to put out, and may be fewer. */
      readonly groupingSets?: readonly (readonly UnresolvedExpression[])[] | undefined;
      /** With `pivot`. */
      readonly pivot?: UnresolvedPivot | undefined;
    }
  /** One SELECT of SQL, whose clauses see each other: ordinals, aliases, HAVING and ORDER BY. WHERE is a filter below it. */
  | {
      readonly kind: 'select';
      readonly input: UnresolvedPlan;
      readonly selectList: readonly UnresolvedExpression[];
      /** Undefined without GROUP BY. */
      readonly grouping: readonly UnresolvedExpression[] | 'all' | undefined;
      /** GROUPING SETS, CUBE and ROLLUP: the sets, as places in `grouping`. */
      readonly groupingSets?: readonly (readonly number[])[] | undefined;
      readonly having: UnresolvedExpression | undefined;
      /** QUALIFY: a condition over window functions. */
      readonly qualify?: UnresolvedExpression | undefined;
      readonly isDistinct: boolean;
      readonly order: readonly UnresolvedExpression[] | OrderByAll;
    }
  | {
      readonly kind: 'withColumns';
      readonly input: UnresolvedPlan;
      readonly aliases: readonly { readonly name: string; readonly child: UnresolvedExpression }[];
      /** Only columns that are there are replaced, as by the pipe operator SET. */
      readonly mustExist?: true | undefined;
    }
  /** UNPIVOT: columns become rows. */
  | {
      readonly kind: 'unpivot';
      readonly input: UnresolvedPlan;
      readonly columns: readonly UnpivotColumns[];
      readonly valueNames: readonly string[];
      readonly variableName: string;
      readonly includesNulls: boolean;
    }
  /** A recursive WITH: the rows of `anchor`, then those of `step` over the rows that came last, until there are none. */
  | {
      readonly kind: 'recursion';
      readonly name: string;
      readonly anchor: UnresolvedPlan;
      readonly step: UnresolvedPlan;
      /** What the name of the query stands for inside the step. */
      readonly marker: object;
      readonly maxDepth: number | undefined;
      readonly columnNames: readonly string[] | undefined;
    }
  /** The rows that came last, inside the step of a recursion. */
  | { readonly kind: 'recursionInput'; readonly marker: object; readonly name: string }
  | {
      readonly kind: 'withColumnsRenamed';
      readonly input: UnresolvedPlan;
      readonly renames: ReadonlyMap<string, string>;
    }
  /** `LATERAL VIEW [OUTER] generator alias AS columns`: the rows a generator makes, beside those they are made of. */
  | {
      readonly kind: 'lateralView';
      readonly input: UnresolvedPlan;
      readonly generator: UnresolvedExpression & { readonly kind: 'unresolvedFunction' };
      readonly isOuter: boolean;
      readonly alias: string;
      /** Empty: the generator's own names. */
      readonly columnNames: readonly string[];
    }
  | { readonly kind: 'drop'; readonly input: UnresolvedPlan; readonly columnNames: readonly string[] }
  | {
      readonly kind: 'subqueryAlias';
      readonly input: UnresolvedPlan;
      readonly alias: string;
      /** New names for all columns, as in `AS t(a, b)`. */
      readonly columnNames?: readonly string[] | undefined;
      /** Catalog and database of a table; `db` in `db.t.a`. */
      readonly within?: readonly string[];
    }
  | {
      readonly kind: 'withWatermark';
      readonly input: UnresolvedPlan;
      readonly eventTime: string;
      readonly delayThreshold: string;
      /** Not in Spark: an interval of processing time without rows after which the stream is idle. */
      readonly idleTimeout?: string | undefined;
    }
  | {
      readonly kind: 'deduplicate';
      readonly input: UnresolvedPlan;
      /** Undefined: all columns. */
      readonly columnNames: readonly string[] | undefined;
      readonly withinWatermark: boolean;
      /** DISTINCT or UNION of SQL; of a stream they are an aggregation by all columns. */
      readonly isSqlDistinct?: true;
    }
  | {
      readonly kind: 'union';
      readonly left: UnresolvedPlan;
      readonly right: UnresolvedPlan;
      readonly byName: boolean;
      readonly allowMissingColumns: boolean;
    }
  | {
      readonly kind: 'setOperation';
      readonly operation: 'intersect' | 'except';
      /** Duplicates are kept. */
      readonly isAll: boolean;
      readonly left: UnresolvedPlan;
      readonly right: UnresolvedPlan;
    }
  | {
      readonly kind: 'sample';
      readonly input: UnresolvedPlan;
      readonly fraction: number;
      readonly withReplacement: boolean;
      readonly seed: number | bigint;
    }
  | {
      readonly kind: 'observe';
      readonly input: UnresolvedPlan;
      readonly name: string;
      readonly metrics: readonly UnresolvedExpression[];
      /** Who takes the metrics of a bounded query, beside the progress of a streaming one. */
      readonly observer?: { finish(row: Readonly<Record<string, unknown>>): void };
    }
  /** At most one of `joinCondition`, `usingColumns` and `isNatural` is given. */
  | {
      readonly kind: 'join';
      readonly left: UnresolvedPlan;
      readonly right: UnresolvedPlan;
      readonly joinCondition: UnresolvedExpression | undefined;
      readonly joinType: JoinType;
      readonly usingColumns: readonly string[];
      /** All columns that both sides have are using columns. */
      readonly isNatural?: true | undefined;
      /** It stands for NEAREST BY, whose order may draw values. */
      readonly isNearest?: true;
      /** The right side sees the columns of the left one, row by row. */
      readonly isLateral?: true | undefined;
      /** Using columns of both sides stay there under their qualified names, as `b.id`; the SELECT around drops them. */
      readonly keepsHidden?: true | undefined;
    }
  | { readonly kind: 'sort'; readonly input: UnresolvedPlan; readonly order: readonly UnresolvedExpression[] }
  | { readonly kind: 'limit'; readonly input: UnresolvedPlan; readonly limit: number }
  | { readonly kind: 'offset'; readonly input: UnresolvedPlan; readonly offset: number }
  /** `filter` by a function over rows. */
  | { readonly kind: 'typedFilter'; readonly input: UnresolvedPlan; readonly predicate: RowPredicate }
  /** `map`, `flatMap` and `mapPartitions`. */
  | {
      readonly kind: 'mapPartitions';
      readonly input: UnresolvedPlan;
      readonly function: RowsFunction;
      readonly schema: StructType;
    }
  | {
      readonly kind: 'flatMapGroupsWithState';
      readonly input: UnresolvedPlan;
      readonly grouping: UnresolvedGrouping;
      readonly groups: GroupsWithState;
      /** Rows of keys and their states at the very start. */
      readonly initialState: GroupedInput | undefined;
    }
  | {
      readonly kind: 'transformWithState';
      readonly input: UnresolvedPlan;
      readonly grouping: UnresolvedGrouping;
      readonly transform: StatefulTransform;
      readonly initialState: GroupedInput | undefined;
    };

/** Which values of a column become columns of their own. */
export interface UnresolvedPivot {
  readonly column: UnresolvedExpression;
  /** Constants, an alias naming the columns of one; undefined: all values there are, in their order. */
  readonly values: readonly UnresolvedExpression[] | undefined;
  /** Grouped by all columns that are neither in `column` nor in the aggregates, as in SQL's PIVOT; `groupingExpressions` is empty. */
  readonly groupsByOthers?: true | undefined;
}

/** The columns of one row of an UNPIVOT, and what the row is called; by default after its columns. */
export interface UnpivotColumns {
  readonly columns: readonly UnresolvedExpression[];
  readonly label: string | undefined;
}

/** What rows are grouped by: columns, or a function over the row. */
export type UnresolvedGrouping =
  | { readonly kind: 'columns'; readonly expressions: readonly UnresolvedExpression[] }
  | { readonly kind: 'function'; readonly function: KeyFunction };

export interface GroupedInput {
  readonly input: UnresolvedPlan;
  readonly grouping: UnresolvedGrouping;
}

/** The plans a plan reads, left to right. */
export function unresolvedInputs(plan: UnresolvedPlan): readonly UnresolvedPlan[] {
  if ('initialState' in plan && plan.initialState !== undefined) return [plan.input, plan.initialState.input];
  if ('input' in plan) return [plan.input];
  if (plan.kind === 'recursion') return [plan.anchor, plan.step];
  return 'left' in plan ? [plan.left, plan.right] : [];
}

/** True when the plan reads an unbounded source. */
export function readsStream(plan: UnresolvedPlan): boolean {
  return (plan.kind === 'read' && plan.relation.isStreaming) || unresolvedInputs(plan).some(readsStream);
}
