/**
 * Reads the neutral program of a golden query and builds it with Millrace's DataFrame API. make-goldens.py does the same with PySpark, so
 * both sides run one program. Not a query language: it knows exactly the words README.md lists.
 */
import type { StatefulOp } from './stateful.ts';
import { applyStateful } from './stateful.ts';
import { functions as F } from '../../src/index.ts';
import type { Column, DataFrame, GroupedData, MillraceSession } from '../../src/index.ts';

/** An expression: one key says what it is. */
export type Expression =
  | { readonly col: string }
  | { readonly lit: string | number | boolean | null }
  | { readonly fn: string; readonly args: readonly Expression[] }
  | { readonly cast: readonly [Expression, string] }
  | { readonly alias: readonly [Expression, string] }
  | { readonly aliases: readonly [Expression, readonly string[]] }
  | { readonly expr: string }
  | { readonly field: readonly [Expression, string] }
  | { readonly desc: Expression }
  | { readonly case: readonly (readonly [Expression, Expression])[]; readonly else?: Expression };

/** A step that makes one DataFrame of another. */
export type Op =
  | StatefulOp
  | { readonly op: 'withWatermark'; readonly column: string; readonly delay: string }
  | { readonly op: 'select'; readonly columns: readonly Expression[] }
  | { readonly op: 'where'; readonly condition: Expression }
  | { readonly op: 'withColumn'; readonly name: string; readonly column: Expression }
  | { readonly op: 'drop'; readonly names: readonly string[] }
  | { readonly op: 'groupBy'; readonly by: readonly Expression[]; readonly agg: readonly Expression[] }
  | { readonly op: 'rollup' | 'cube'; readonly by: readonly Expression[]; readonly agg: readonly Expression[] }
  | {
      readonly op: 'groupingSets';
      readonly sets: readonly (readonly string[])[];
      readonly by: readonly Expression[];
      readonly agg: readonly Expression[];
    }
  | {
      readonly op: 'pivot';
      readonly by: readonly Expression[];
      readonly column: string;
      readonly values?: readonly (string | number | null)[];
      readonly agg: readonly Expression[];
    }
  | { readonly op: 'alias'; readonly name: string }
  | {
      readonly op: 'join';
      readonly input: string;
      readonly ops: readonly Op[];
      readonly on: readonly string[] | Expression | null;
      readonly how: string;
      /** The other side is a table. */
      readonly static?: true;
      /** The other side is the left one. */
      readonly swap?: true;
    }
  | {
      readonly op: 'union' | 'intersect' | 'except';
      readonly input: string;
      readonly ops: readonly Op[];
      readonly static?: true;
      readonly swap?: true;
    }
  | { readonly op: 'sample'; readonly fraction: number; readonly seed: number }
  | { readonly op: 'offset'; readonly count: number }
  | { readonly op: 'dropDuplicates'; readonly names: readonly string[] }
  | { readonly op: 'dropDuplicatesWithinWatermark'; readonly names: readonly string[] }
  | { readonly op: 'orderBy'; readonly columns: readonly Expression[] }
  | { readonly op: 'observe'; readonly name: string; readonly exprs: readonly Expression[] }
  | { readonly op: 'limit'; readonly count: number }
  /** A query over the view `events`, which is what the steps so far made, and views of inputs. */
  | {
      readonly op: 'sql';
      readonly text: string;
      readonly views: Readonly<Record<string, { readonly input: string; readonly static?: true }>>;
    };

/** Makes the DataFrame of one input folder; a static one is a table also in a streaming query. */
export interface Load {
  (input: string, isStatic?: boolean): DataFrame;
  readonly session: Pick<MillraceSession, 'sql'>;
}

/** Builds the program over the inputs; `load(name)` makes the DataFrame of one input folder. */
export function applyOps(start: DataFrame, ops: readonly Op[], load: Load): DataFrame {
  return ops.reduce((df, op) => applyOp(df, op, load), start);
}

function applyOp(df: DataFrame, op: Op, load: Load): DataFrame {
  switch (op.op) {
    case 'withWatermark':
      return df.withWatermark(op.column, op.delay);
    case 'select':
      return df.select(...op.columns.map(toColumn));
    case 'where':
      return df.where(toColumn(op.condition));
    case 'withColumn':
      return df.withColumn(op.name, toColumn(op.column));
    case 'drop':
      return df.drop(...op.names);
    case 'groupBy':
    case 'rollup':
    case 'cube':
      return aggregated(df[op.op](...op.by.map(toColumn)), op.agg);
    case 'groupingSets':
      return aggregated(df.groupingSets(op.sets, ...op.by.map(toColumn)), op.agg);
    case 'pivot':
      return aggregated(df.groupBy(...op.by.map(toColumn)).pivot(op.column, op.values), op.agg);
    case 'alias':
      return df.alias(op.name);
    case 'join':
      return join(df, op, load);
    case 'union':
    case 'intersect':
    case 'except': {
      const other = applyOps(load(op.input, op.static), op.ops, load);
      return op.swap === true ? other[op.op](df) : df[op.op](other);
    }
    case 'sample':
      return df.sample(op.fraction, op.seed);
    case 'offset':
      return df.offset(op.count);
    case 'dropDuplicates':
      return op.names.length === 0 ? df.dropDuplicates() : df.dropDuplicates([...op.names]);
    case 'dropDuplicatesWithinWatermark':
      return df.dropDuplicatesWithinWatermark([...op.names]);
    case 'transformWithState':
    case 'flatMapGroupsWithState':
      return applyStateful(df, op);
    case 'orderBy':
      return df.orderBy(...op.columns.map(toColumn));
    case 'observe': {
      const [first = F.count('*'), ...others] = op.exprs.map(toColumn);
      return df.observe(op.name, first, ...others);
    }
    case 'limit':
      return df.limit(op.count);
    case 'sql':
      df.createOrReplaceTempView('events');
      for (const [view, { input, static: isStatic }] of Object.entries(op.views))
        load(input, isStatic).createOrReplaceTempView(view);
      return load.session.sql(op.text);
  }
}

function aggregated(grouped: GroupedData, agg: readonly Expression[]): DataFrame {
  const [first = F.count('*'), ...others] = agg.map(toColumn);
  return grouped.agg(first, ...others);
}

function join(df: DataFrame, op: Op & { readonly op: 'join' }, load: Load): DataFrame {
  const other = applyOps(load(op.input, op.static), op.ops, load);
  const on = op.on === null ? undefined : isNames(op.on) ? op.on : toColumn(op.on);
  return op.swap === true ? other.join(df, on, op.how) : df.join(other, on, op.how);
}

function isNames(on: readonly string[] | Expression): on is readonly string[] {
  return Array.isArray(on);
}

function toColumn(tree: Expression): Column {
  if ('col' in tree) return F.col(tree.col);
  if ('lit' in tree) return F.lit(tree.lit);
  if ('fn' in tree) return call(tree.fn, tree.args.map(toColumn));
  if ('cast' in tree) return toColumn(tree.cast[0]).cast(tree.cast[1]);
  if ('expr' in tree) return F.expr(tree.expr);
  if ('alias' in tree) return toColumn(tree.alias[0]).alias(tree.alias[1]);
  if ('aliases' in tree) {
    const [first = '', ...others] = tree.aliases[1];
    return toColumn(tree.aliases[0]).alias(first, ...others);
  }
  if ('field' in tree) return toColumn(tree.field[0]).getField(tree.field[1]);
  if ('desc' in tree) return toColumn(tree.desc).desc();
  const branches = tree.case.flatMap((branch) => branch.map(toColumn));
  return F.callFunction('when', ...branches, ...(tree.else === undefined ? [] : [toColumn(tree.else)]));
}

/** Operators are functions under Spark's names; only what PySpark's Column composes is composed here too. */
function call(name: string, args: readonly Column[]): Column {
  const [first, second, third] = args;
  if (name === '!=') return F.callFunction('not', F.callFunction('=', ...args));
  if (name === 'between' && first !== undefined && second !== undefined && third !== undefined) {
    return F.callFunction('and', F.callFunction('>=', first, second), F.callFunction('<=', first, third));
  }
  if (name === 'count_distinct' && first !== undefined) return F.count_distinct(first, ...args.slice(1));
  return F.callFunction(name, ...args);
}
