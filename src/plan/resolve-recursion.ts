/** Resolves a recursive WITH: the types of its first rows are those of all; the step is cast to them. */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { StructType } from '../types/data-type.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { present } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId } from '../expressions/expression.ts';
import { makeCast } from '../expressions/type-coercion.ts';
import { field, sameType, struct } from '../types/data-type.ts';
import { outputOf } from './logical-plan.ts';
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
    return sameType(column.dataType, dataType)
      ? column
      : aliasOf(makeCast(column, dataType, 'ansi', context), column.name);
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
