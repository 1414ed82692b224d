/** Resolves UNPIVOT: each row becomes one per column, with the name of the column and its value beside the other columns. */
import type { Attribute, Expression } from '../expressions/expression.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, referencesOf } from '../expressions/expression.ts';
import { makeOperatorCall } from '../expressions/scalar-call.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { findWiderType, makeCast, resolveCall } from '../expressions/type-coercion.ts';
import { STRING, sameType, sqlName, type DataType } from '../types/data-type.ts';
import { outputOf } from './logical-plan.ts';
import { resolveExpression } from './resolve-expressions.ts';

type Unpivot = UnresolvedPlan & { readonly kind: 'unpivot' };

interface ResolvedColumns {
  readonly values: readonly Expression[];
  readonly label: string;
}

/** The Expand node over `child`, with a filter above it unless nulls are included. */
export function resolveUnpivot(plan: Unpivot, child: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  const columns = outputOf(child).filter(({ isHidden }) => isHidden !== true);
  const { parseExpression } = context;
  const resolved = plan.columns.map((one): ResolvedColumns => {
    const values = one.columns.map((column) => resolveExpression(column, { columns, context, parseExpression }));
    return { values, label: one.label ?? values.map((value) => expressionSql(value)).join('_') };
  });
  checkSizes(plan, resolved);
  const used = new Set(resolved.flatMap(({ values }) => values.flatMap((value) => [...referencesOf(value)])));
  const others = columns.filter(({ id }) => !used.has(id));
  const types = plan.valueNames.map((_, i) => commonType(resolved.map(({ values }) => values[i] as Expression)));
  const variable = column(plan.variableName, STRING, false);
  const made = plan.valueNames.map((name, i) => column(name, types[i] as DataType, true));
  const projections = resolved.map(({ values, label }): Expression[] => [
    ...others,
    { kind: 'literal', value: label, dataType: STRING, nullable: false },
    ...values.map((value, i) => {
      const type = types[i] as DataType;
      return sameType(value.dataType, type) ? value : makeCast(value, type, 'ansi', context);
    }),
  ]);
  const expand: LogicalPlan = { kind: 'expand', child, projections, output: [...others, variable, ...made] };
  if (plan.includesNulls) return expand;
  const present = made.map((value) => makeOperatorCall('isnotnull', [value], context) as Expression);
  const condition = present.reduce((all, one) => resolveCall('or', [all, one], context));
  return { kind: 'filter', child: expand, condition };
}

function checkSizes({ valueNames }: Unpivot, resolved: readonly ResolvedColumns[]): void {
  const wrong = resolved.find(({ values }) => values.length !== valueNames.length);
  if (wrong === undefined) return;
  throw new MillraceError('UNPIVOT_VALUE_SIZE_MISMATCH', { names: String(valueNames.length) });
}

function commonType(values: readonly Expression[]): DataType {
  const [first, ...others] = values.map(({ dataType }) => dataType);
  const type = others.reduce<DataType | undefined>(
    (all, one) => (all === undefined ? undefined : findWiderType(all, one)),
    first,
  );
  // A text is no common type of numbers and texts here.
  const hasText = values.some(({ dataType }) => dataType.kind === 'string');
  const isMixed = hasText && values.some(({ dataType }) => dataType.kind !== 'string' && dataType.kind !== 'void');
  if (type !== undefined && !isMixed) return type;
  const byType = new Map<string, Expression[]>();
  for (const value of values) {
    const name = sqlName(value.dataType);
    byType.set(name, [...(byType.get(name) ?? []), value]);
  }
  const types = [...byType].map(
    ([name, ones]) =>
      `"${name}" (${ones
        .slice(0, 3)
        .map((one) => `\`${expressionSql(one)}\``)
        .join(', ')}${ones.length > 3 ? ', ...' : ''})`,
  );
  throw new MillraceError('UNPIVOT_VALUE_DATA_TYPE_MISMATCH', { types: types.join(', ') });
}

function column(name: string, dataType: DataType, nullable: boolean): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable };
}
