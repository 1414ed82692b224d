/**
 * Resolves queries inside expressions: `(SELECT …)`, `EXISTS (…)`, `x IN (SELECT …)`. The query sees the names around it; which of them it
 * reads is noted, so that optimizer/rewrite-subqueries.ts can make joins of it.
 */
import type { Attribute, Expression, Subquery } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { AnalyzerContext, NameLookup } from './analyzer-context.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { withoutAlias } from '../expressions/expression.ts';
import { implicitCastTo } from '../expressions/scalar-call.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { findWiderType } from '../expressions/type-coercion.ts';
import { BOOLEAN, sameType, sqlName } from '../types/data-type.ts';
import { aliasOf } from './alias.ts';
import { isStreaming, outputOf } from './logical-plan.ts';
import { freeReferences } from './plan-expressions.ts';

/** How expressions and names are resolved. */
interface ResolveRules {
  readonly resolve: (expression: UnresolvedExpression, scope: ExpressionScope) => Expression;
  readonly find: (parts: readonly string[], scope: ExpressionScope) => Expression | undefined;
}

type Written = UnresolvedExpression & { readonly kind: 'subquery' };

/** The resolved subquery. */
export function resolveSubquery(written: Written, scope: ExpressionScope, rules: ResolveRules): Subquery {
  const { context } = scope;
  if (context.analyzeSubquery === undefined)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a subquery here' });
  const own = new Set(scope.columns.map(({ id }) => id));
  const outer: NameLookup = (parts) =>
    rules.find(parts, scope) ?? (context.isLateral === true ? undefined : context.outer?.(parts));
  const plan = context.analyzeSubquery(written.plan as UnresolvedPlan, outer, scope.ofGroups);
  const values = written.values.map((one) => withoutAlias(rules.resolve(one, scope)));
  const result = resolved(written, plan, values, scope);
  return { ...result, outer: freeReferences(plan).map((one) => (own.has(one.id) ? asOwn(one) : one)) };
}

function asOwn(attribute: Attribute): Attribute {
  return { ...attribute, isOuter: undefined };
}

function resolved(
  written: Written,
  plan: LogicalPlan,
  values: readonly Expression[],
  scope: ExpressionScope,
): Subquery {
  switch (written.subqueryType) {
    case 'scalar':
      return scalar(plan);
    case 'exists':
      return subquery('exists', plan, [], BOOLEAN, false);
    case 'in':
      return membership(plan, values, scope.context);
  }
}

function subquery(
  subqueryType: Subquery['subqueryType'],
  plan: LogicalPlan,
  values: readonly Expression[],
  dataType: Subquery['dataType'],
  nullable: boolean,
): Subquery {
  if (isStreaming(plan)) throw new MillraceError('INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY', {});
  return { kind: 'subquery', subqueryType, plan, values, outer: [], dataType, nullable };
}

function scalar(plan: LogicalPlan): Subquery {
  const output = outputOf(plan);
  const [only] = output;
  if (only === undefined || output.length !== 1)
    throw new MillraceError('INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN', {
      number: String(output.length),
    });
  return subquery('scalar', plan, [], only.dataType, true);
}

/** `(a, b) IN (SELECT …)`: both sides cast to common types. */
function membership(plan: LogicalPlan, written: readonly Expression[], context: AnalyzerContext): Subquery {
  const output = outputOf(plan);
  const values = written.length === 1 && output.length > 1 ? fieldsOf(written[0] as Expression) : written;
  const texts = (columns: readonly Expression[]): string => columns.map((one) => `"${expressionSql(one)}"`).join(', ');
  if (values.length !== output.length)
    throw new MillraceError('DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH', {
      sqlExpr: `"${expressionSql(subquery('in', plan, values, BOOLEAN, true))}"`,
      leftLength: String(values.length),
      rightLength: String(output.length),
      leftColumns: texts(values),
      rightColumns: texts(output),
    });
  const types = values.map((value, i) => findWiderType(value.dataType, (output[i] as Attribute).dataType));
  const mismatches = types.flatMap((type, i) => (type === undefined ? [i] : []));
  if (mismatches.length > 0)
    throw new MillraceError('DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH', {
      sqlExpr: `"${expressionSql(subquery('in', plan, values, BOOLEAN, true))}"`,
      mismatchedColumns: mismatches
        .map((i) => `(${expressionSql(values[i] as Expression)}, ${output[i]?.name ?? ''})`)
        .join(', '),
      leftType: values.map(({ dataType }) => `"${sqlName(dataType)}"`).join(', '),
      rightType: output.map(({ dataType }) => `"${sqlName(dataType)}"`).join(', '),
    });
  const wider = types.map((type, i) => type ?? (values[i] as Expression).dataType);
  const isSame = output.every((column, i) => sameType(column.dataType, wider[i] as Attribute['dataType']));
  const expressions = output.map((column, i) =>
    sameType(column.dataType, wider[i] as Attribute['dataType'])
      ? column
      : aliasOf(implicitCastTo(column, wider[i] as Attribute['dataType'], context), column.name),
  );
  const right: LogicalPlan = isSame ? plan : { kind: 'project', child: plan, expressions };
  const left = values.map((value, i) => implicitCastTo(value, wider[i] as Attribute['dataType'], context));
  const nullable = left.some((one) => one.nullable) || outputOf(right).some((one) => one.nullable);
  return subquery('in', right, left, BOOLEAN, nullable);
}

/** The values of a struct that is written as a row. */
function fieldsOf(value: Expression): readonly Expression[] {
  if (value.kind === 'call' && value.functionName === 'named_struct')
    return value.arguments.filter((_, i) => i % 2 === 1);
  return value.kind === 'call' && value.functionName === 'struct' ? value.arguments : [value];
}
