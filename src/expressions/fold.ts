/** Computes deterministic expressions over literals once. What would fail stays as it is, so that it fails only if a row reaches it. */
import type { EvaluationContext, ResolveContext } from '../functions/define-function.ts';
import type { Expression } from './expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { valueAt } from '../types/vector.ts';
import { compileExpression } from './compile.ts';
import { isConstant } from './constant.ts';
import { childrenOf, mapChildren } from './expression.ts';

const EMPTY_ROW = { schema: { kind: 'struct', fields: [] }, numRows: 1, columns: [] } as const;

/** The expression with every constant part replaced by a literal. Returns the same object when there is nothing to replace. */
export function foldExpression(expression: Expression, context: ResolveContext): Expression {
  if (expression.kind === 'literal' || expression.kind === 'attribute') return expression;
  if (isConstant(expression)) return evaluateConstant(expression, context) ?? expression;
  let changed = false;
  const folded = mapChildren(expression, (child) => {
    const replaced = foldExpression(child, context);
    changed ||= replaced !== child;
    return replaced;
  });
  return changed && childrenOf(expression).length > 0 ? folded : expression;
}

function evaluateConstant(expression: Expression, context: ResolveContext): Expression | undefined {
  const evaluation: EvaluationContext = { ...context, batchTimestampMicros: 0n, seed: 0 };
  try {
    const value = valueAt(compileExpression(expression, [])(EMPTY_ROW, evaluation), 0);
    return { kind: 'literal', value, dataType: expression.dataType, nullable: value === null };
  } catch (error) {
    if (error instanceof MillraceError && error.condition !== 'INTERNAL_ERROR') return undefined;
    throw error;
  }
}
