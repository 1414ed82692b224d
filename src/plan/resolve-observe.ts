/** `observe(name, metrics…)`: resolves the metrics, which are aggregates over the rows that pass, and refuses what Spark refuses. */
import type { Expression, NamedExpression } from '../expressions/expression.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ExpressionScope } from './expression-scope.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { CollectMetrics, LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { childrenOf, withoutAlias } from '../expressions/expression.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { unresolvedText } from './explain.ts';
import { outputOf } from './logical-plan.ts';
import { resolveSelectList } from './resolve-expressions.ts';

/** The node that observes the rows of `child`. */
export function resolveObserve(
  plan: UnresolvedPlan & { readonly kind: 'observe' },
  child: LogicalPlan,
  context: AnalyzerContext,
): CollectMetrics {
  const { parseExpression } = context;
  const metrics = resolveMetrics(plan.metrics, { columns: outputOf(child), context, parseExpression });
  if (plan.name === '')
    throw new MillraceError('INVALID_OBSERVED_METRICS.MISSING_NAME', { operator: metrics.map(metricText).join(', ') });
  for (const metric of metrics) checkMetric(withoutAlias(metric), `"${metricText(metric)}"`);
  return { kind: 'collectMetrics', child, name: plan.name, metrics };
}

function resolveMetrics(written: readonly UnresolvedExpression[], scope: ExpressionScope): NamedExpression[] {
  return written.flatMap((metric) => {
    try {
      return resolveSelectList([metric], scope);
    } catch (error) {
      if (!(error instanceof MillraceError) || error.condition !== 'NESTED_AGGREGATE_FUNCTION') throw error;
      const expr = `"${unresolvedText(metric)}"`;
      throw new MillraceError('INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED', { expr });
    }
  });
}

function metricText(metric: NamedExpression): string {
  return expressionSql(metric);
}

/** `expr` is the text of the whole metric. */
function checkMetric(expression: Expression, expr: string): void {
  if (expression.kind === 'aggregate') {
    if (expression.isDistinct)
      throw new MillraceError('INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED', { expr });
    return;
  }
  if (expression.kind === 'attribute')
    throw new MillraceError('INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE', {
      expr: `"${expressionSql(expression)}"`,
    });
  if (expression.kind === 'call' && !expression.deterministic)
    throw new MillraceError('INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC', { expr });
  for (const child of childrenOf(expression)) checkMetric(child, expr);
}
