/** Resolves a recursive WITH: the types of its first rows are those of all; the step is cast to them. */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { StructType } from '../types/data-type.ts';
import type { JoinType } from './join-type.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId, walk } from '../expressions/expression.ts';
import { findWiderType, makeCast } from '../expressions/type-coercion.ts';
import { field, isNumeric, sameType, sqlName, struct } from '../types/data-type.ts';
import { inputsOf, outputOf } from './logical-plan.ts';
import { expressionsOf } from './plan-expressions.ts';
import { aliasOf } from './alias.ts';

/** Spark's `spark.sql.cteRecursionLevelLimit`. */
const DEFAULT_MAX_DEPTH = 100;

type Recursion = UnresolvedPlan & { readonly kind: 'recursion' };

/** The Recursion node; `recursions` tells the step what its own rows look like. */
export function resolveRecursion(
  plan: Recursion,
  recursions: Map<object, StructType>,
  analyze: (plan: UnresolvedPlan) => LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  const anchor = analyze(plan.anchor);
  const columns = outputOf(anchor);
  const { columnNames } = plan;
  if (columnNames !== undefined && columnNames.length !== columns.length)
    throw new MillraceError('ASSIGNMENT_ARITY_MISMATCH', {
      numTarget: String(columnNames.length),
      numExpr: String(columns.length),
    });
  const named = columns.map((column, i) => columnNames?.[i] ?? column.name);
  recursions.set(plan.marker, struct(columns.map(({ dataType }, i) => field(named[i] as string, dataType))));
  const step = analyze(plan.step);
  checkPlace(step, plan.marker, true);
  const made = outputOf(step);
  if (made.length !== columns.length)
    throw new MillraceError('NUM_COLUMNS_MISMATCH', {
      operator: 'UNION',
      firstNumColumns: String(columns.length),
      invalidOrdinalNum: 'second',
      invalidNumColumns: String(made.length),
    });
  const expressions = made.map((column, i): NamedExpression => {
    const { dataType } = present(columns[i], 'as many columns');
    return sameType(column.dataType, dataType) ? column : aliasOf(upCast(column, dataType, context), column.name);
  });
  const output = columns.map(({ dataType }, i) => fresh(named[i] as string, dataType));
  return {
    kind: 'recursion',
    anchor,
    step: { kind: 'project', child: step, expressions },
    output,
    maxDepth: plan.maxDepth ?? DEFAULT_MAX_DEPTH,
    marker: plan.marker,
  };
}

/** A value of the step in the type of the first rows; throws when it might not fit. */
function upCast(column: Attribute, dataType: Attribute['dataType'], context: AnalyzerContext): Expression {
  const isLoss =
    isNumeric(column.dataType) &&
    isNumeric(dataType) &&
    !sameType(findWiderType(column.dataType, dataType) ?? column.dataType, dataType);
  if (isLoss || (isNumeric(column.dataType) && dataType.kind === 'string'))
    throw new MillraceError('CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE', {
      left: `"${sqlName(dataType)}"`,
      right: `"${sqlName(column.dataType)}"`,
    });
  return makeCast(column, dataType, 'ansi', context);
}

/** Throws when the step reads its own rows where they are not all there at once: grouped, sorted, or on the side of a join that is filled up. */
function checkPlace(plan: LogicalPlan, marker: object, isAllowed: boolean): void {
  if (plan.kind === 'recursionInput' && plan.marker === marker && !isAllowed)
    throw new MillraceError('INVALID_RECURSIVE_REFERENCE.PLACE', {});
  for (const expression of expressionsOf(plan))
    walk(expression, (node) => {
      if (node.kind === 'subquery') checkPlace(node.plan as LogicalPlan, marker, isAllowed);
    });
  if (plan.kind === 'join') {
    const ofSet = { left: true, right: true };
    const { left, right } = plan.setOperation === undefined ? sidesThatMayRead(plan.joinType) : ofSet;
    checkPlace(plan.left, marker, isAllowed && left);
    checkPlace(plan.right, marker, isAllowed && right);
    return;
  }
  const isGrouped = plan.kind === 'aggregate' && plan.isDistinct !== true;
  const isOver = isGrouped || plan.kind === 'window' || plan.kind === 'sort';
  for (const input of inputsOf(plan)) checkPlace(input, marker, isAllowed && !isOver);
}

function sidesThatMayRead(joinType: JoinType): { readonly left: boolean; readonly right: boolean } {
  const isInner = joinType === 'inner' || joinType === 'cross';
  return {
    left: isInner || joinType === 'leftOuter' || joinType === 'leftSemi' || joinType === 'leftAnti',
    right: isInner || joinType === 'rightOuter',
  };
}

/** The rows that came last. */
export function recursionInput(
  { marker, name }: UnresolvedPlan & { readonly kind: 'recursionInput' },
  recursions: ReadonlyMap<object, StructType>,
): LogicalPlan {
  const { fields } = present(recursions.get(marker), `the recursion ${name} is around its input`);
  return { kind: 'recursionInput', marker, output: fields.map((one) => fresh(one.name, one.dataType)) };
}

function fresh(name: string, dataType: Attribute['dataType']): Attribute {
  return { kind: 'attribute', id: nextAttributeId(), name, qualifier: [], dataType, nullable: true };
}
