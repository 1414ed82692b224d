/** Keeps aliases that read each other twice and again from growing without bound: their expressions share parts, but are walked whole. */
import type { Expression } from '../expressions/expression.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { childrenOf } from '../expressions/expression.ts';

const MAX_NODES = 100_000;
const sizes = new WeakMap<Expression, number>();

/** Throws when the expression, with every part counted as often as it stands in it, is too large. */
export function checkSize(expression: Expression): void {
  if (sizeOf(expression) <= MAX_NODES) return;
  const hint = `The expression an alias stands for may have ${MAX_NODES} parts.`;
  throw new MillraceError('FAILED_TO_PARSE_TOO_COMPLEX', {}, { hint });
}

function sizeOf(expression: Expression): number {
  const known = sizes.get(expression);
  if (known !== undefined) return known;
  const size = childrenOf(expression).reduce((sum, child) => sum + sizeOf(child), 1);
  sizes.set(expression, size);
  return size;
}
