/** Tells expressions that have the same value for every row of a query. */
import type { Expression } from './expression.ts';
import { someNode } from './expression.ts';

/** Functions whose result depends on the micro-batch. */
const BATCH_FUNCTIONS = new Set([
  'now',
  'current_timestamp',
  'current_date',
  'curdate',
  'localtimestamp',
  'unix_timestamp',
]);

const VARYING_NODES = new Set<Expression['kind']>(['attribute', 'aggregate', 'alias', 'window', 'subquery']);

/** True when the expression reads no column, nothing of the micro-batch and nothing random. */
export function isConstant(expression: Expression): boolean {
  return !someNode(expression, (node) => {
    if (VARYING_NODES.has(node.kind)) return true;
    if (node.kind !== 'call') return false;
    return !node.deterministic || (BATCH_FUNCTIONS.has(node.functionName) && node.arguments.length === 0);
  });
}

/** Calls that cannot fail, whatever their arguments are; evaluated for all rows even where only some need them. */
const SAFE_FUNCTIONS = new Set(
  '= <=> < <= > >= != not isnull isnotnull isnan in like startswith endswith contains upper lower length trim'.split(
    ' ',
  ),
);

/** False when evaluating the expression cannot throw and costs little, so that it need not be kept from rows that do not reach it. */
export function mayFail(expression: Expression): boolean {
  return someNode(
    expression,
    (node) =>
      (node.kind === 'call' && !SAFE_FUNCTIONS.has(node.functionName)) ||
      (node.kind === 'cast' && node.mode === 'ansi'),
  );
}
