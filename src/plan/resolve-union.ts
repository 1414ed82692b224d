/** Resolves `union` and `unionByName`: pairs the columns, casts both sides to common types. */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId } from '../expressions/expression.ts';
import { findWiderType, makeCast } from '../expressions/type-coercion.ts';
import { sameType, sqlName } from '../types/data-type.ts';
import { outputOf } from './logical-plan.ts';
import { aliasOf } from './alias.ts';
import { attributesNamed, unresolvedColumn } from './resolve-names.ts';

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** Both sides of a set operation with the columns of the left, in types that hold both; paired by position. */
export function unionSides(
  operator: string,
  left: LogicalPlan,
  right: LogicalPlan,
  context: AnalyzerContext,
): { readonly left: LogicalPlan; readonly right: LogicalPlan } {
  const columns = pairByPosition(outputOf(left), outputOf(right), operator);
  const types = columns[0].map((column, i) => commonType(column, columns[1][i] as NamedExpression, i, operator));
  return { left: castSide(left, columns[0], types, context), right: castSide(right, columns[1], types, context) };
}

/** The Union node over both sides; its columns have attributes of their own, named as the left side's. */
export function resolveUnion(
  plan: Pick<UnresolvedPlan & { readonly kind: 'union' }, 'byName' | 'allowMissingColumns'>,
  left: LogicalPlan,
  right: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  const [leftColumns, rightColumns] = plan.byName
    ? pairByName(outputOf(left), outputOf(right), plan.allowMissingColumns)
    : pairByPosition(outputOf(left), outputOf(right));
  const types = leftColumns.map((column, i) => commonType(column, rightColumns[i] as NamedExpression, i));
  const output = leftColumns.map((column, i): Attribute => {
    const nullable = column.nullable || (rightColumns[i]?.nullable ?? true);
    const dataType = types[i] as Attribute['dataType'];
    const attribute: Attribute = {
      kind: 'attribute',
      id: nextAttributeId(),
      name: column.name,
      qualifier: [],
      dataType,
      nullable,
    };
    return column.watermarkDelayMs === undefined
      ? attribute
      : { ...attribute, watermarkDelayMs: column.watermarkDelayMs };
  });
  return {
    kind: 'union',
    children: [castSide(left, leftColumns, types, context), castSide(right, rightColumns, types, context)],
    output,
  };
}

function castSide(
  child: LogicalPlan,
  columns: readonly NamedExpression[],
  types: readonly Attribute['dataType'][],
  context: AnalyzerContext,
): LogicalPlan {
  const expressions = columns.map((column, i) => {
    const type = types[i] as Attribute['dataType'];
    return sameType(column.dataType, type) ? column : aliasOf(makeCast(column, type, 'ansi', context), column.name);
  });
  return { kind: 'project', child, expressions };
}

type Columns = readonly [readonly NamedExpression[], readonly NamedExpression[]];

function pairByPosition(left: readonly Attribute[], right: readonly Attribute[], operator = 'UNION'): Columns {
  if (left.length === right.length) return [left, right];
  throw new MillraceError('NUM_COLUMNS_MISMATCH', {
    operator,
    firstNumColumns: String(left.length),
    invalidOrdinalNum: 'second',
    invalidNumColumns: String(right.length),
  });
}

function pairByName(left: readonly Attribute[], right: readonly Attribute[], allowMissing: boolean): Columns {
  const matched = left.map((column) => attributesNamed(right, column.name)[0] ?? missing(column, right, allowMissing));
  const extra = right.filter((column) => attributesNamed(left, column.name).length === 0);
  if (extra.length > 0 && !allowMissing) {
    throw new MillraceError('NUM_COLUMNS_MISMATCH', {
      operator: 'UNION',
      firstNumColumns: String(left.length),
      invalidOrdinalNum: 'second',
      invalidNumColumns: String(right.length),
    });
  }
  return [
    [...left, ...extra.map((column) => missing(column, left, allowMissing))],
    [...matched, ...extra],
  ];
}

function missing(column: Attribute, others: readonly Attribute[], allowMissing: boolean): NamedExpression {
  if (!allowMissing) throw unresolvedColumn([column.name], others);
  return aliasOf({ kind: 'literal', value: null, dataType: column.dataType, nullable: true }, column.name);
}

function commonType(
  left: NamedExpression,
  right: NamedExpression,
  position: number,
  operator = 'UNION',
): Attribute['dataType'] {
  const type = findWiderType(left.dataType, right.dataType);
  if (type !== undefined) return type;
  throw new MillraceError('INCOMPATIBLE_COLUMN_TYPE', {
    operator,
    columnOrdinalNumber: ORDINALS[position] ?? `${position + 1}th`,
    tableOrdinalNumber: 'second',
    dataType1: `"${sqlName(right.dataType)}"`,
    dataType2: `"${sqlName(left.dataType)}"`,
    hint: '',
  });
}
