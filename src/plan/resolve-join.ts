/**
 * Resolves joins: the condition over the columns of both sides, or using columns, which are compared pairwise and come out once. What
 * kinds of join a stream can do is checked afterwards, by check-streaming-join.ts.
 */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { Join, LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { resolveCall } from '../expressions/type-coercion.ts';
import { sqlName } from '../types/data-type.ts';
import { isLeftOnly } from './join-type.ts';
import { outputOf } from './logical-plan.ts';
import { refuseWindowsIn } from './extract-window-calls.ts';
import { aliasOf } from './alias.ts';
import { resolveExpression } from './resolve-expressions.ts';
import { attributesNamed, quoteName } from './resolve-names.ts';

type UnresolvedJoin = UnresolvedPlan & { readonly kind: 'join' };

/** The join of two resolved plans, with a projection above it when columns are merged. */
export function resolveJoin(
  plan: UnresolvedJoin,
  left: LogicalPlan,
  right: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  const { joinType, joinCondition, usingColumns, isNatural } = plan;
  const lateral = plan.isLateral === true ? { isLateral: true as const } : {};
  const join: Join = { kind: 'join', left, right, joinType, condition: undefined, ...lateral };
  const keepsHidden = plan.keepsHidden === true;
  if (isNatural === true) return merged(join, commonNames(outputOf(left), outputOf(right)), context, keepsHidden);
  if (usingColumns.length > 0) return merged(join, usingColumns, context, keepsHidden);
  if (joinCondition === undefined) return join;
  const columns = [...outputOf(left), ...outputOf(right)];
  const { parseExpression } = context;
  const condition = resolveExpression(joinCondition, { columns, context, parseExpression });
  refuseWindowsIn(condition, 'Join');
  if (condition.dataType.kind !== 'boolean') {
    throw new MillraceError('JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE', {
      joinCondition: `"${expressionSql(condition)}"`,
      conditionType: `"${sqlName(condition.dataType)}"`,
    });
  }
  return { ...join, condition };
}

/** The join over equality of the columns of these names, each of which comes out once, before the others. */
function merged(join: Join, names: readonly string[], context: AnalyzerContext, keepsHidden: boolean): LogicalPlan {
  const leftKeys = names.map((name) => usingColumn(name, outputOf(join.left), 'left'));
  const rightKeys = names.map((name) => usingColumn(name, outputOf(join.right), 'right'));
  const equalities = leftKeys.map((key, i) => resolveCall('=', [key, rightKeys[i] as Attribute], context));
  const condition = equalities.reduce<Expression | undefined>(
    (all, equality) => (all === undefined ? equality : resolveCall('and', [all, equality], context)),
    undefined,
  );
  const joined: Join = { ...join, condition };
  const columns = outputOf(joined);
  const others = (keys: readonly Attribute[], side: readonly Attribute[]): readonly Attribute[] =>
    columns.filter(({ id }) => side.some((one) => one.id === id) && !keys.some((key) => key.id === id));
  const leftOthers = others(leftKeys, outputOf(join.left));
  const rightOthers = isLeftOnly(join.joinType) ? [] : others(rightKeys, outputOf(join.right));
  const keys = mergedKeys(joined, leftKeys, rightKeys, context);
  const isKey = ({ id }: Attribute): boolean => keys.some((key) => key.id === id);
  const hidden = columns
    .filter((column) => [...leftKeys, ...rightKeys].some(({ id }) => id === column.id) && !isKey(column))
    .map((column): Attribute => ({ ...column, isHidden: true }));
  const rest = [...leftOthers, ...rightOthers];
  return { kind: 'project', child: joined, expressions: [...keys, ...rest, ...(keepsHidden ? hidden : [])] };
}

/** What a merged column holds: the value of the side that always has one, or the first that is there. */
function mergedKeys(
  { joinType }: Join,
  leftKeys: readonly Attribute[],
  rightKeys: readonly Attribute[],
  context: AnalyzerContext,
): readonly NamedExpression[] {
  if (joinType === 'rightOuter') return rightKeys;
  if (joinType !== 'fullOuter') return leftKeys;
  return leftKeys.map((key, i) => {
    const sides = [key, rightKeys[i] as Attribute].map((side): Attribute => ({ ...side, nullable: true }));
    return aliasOf(resolveCall('coalesce', sides, context), key.name);
  });
}

function usingColumn(name: string, columns: readonly Attribute[], side: 'left' | 'right'): Attribute {
  const matches = attributesNamed(columns, name);
  const [column] = matches;
  if (column === undefined) {
    throw new MillraceError('UNRESOLVED_USING_COLUMN_FOR_JOIN', {
      colName: quoteName([name]),
      side,
      suggestion: columns
        .map((candidate) => quoteName([candidate.name]))
        .toSorted()
        .join(', '),
    });
  }
  if (matches.length === 1) return column;
  const referenceNames = matches.map((match) => quoteName([...match.qualifier, match.name])).join(', ');
  throw new MillraceError('AMBIGUOUS_REFERENCE', { name: quoteName([name]), referenceNames: `[${referenceNames}]` });
}

function commonNames(left: readonly Attribute[], right: readonly Attribute[]): string[] {
  return left
    .filter(({ isHidden }) => isHidden !== true)
    .flatMap(({ name }) => (attributesNamed(right, name).length > 0 ? [name] : []));
}
