/** Tells expressions that have the same value for every row of a query. */
import type { Expression } from './expression.ts';
import { walk } from './expression.ts';

/** Functions whose result depends on the micro-batch. */
const BATCH_FUNCTIONS = new Set([
  'now',
  'current_timestamp',
  'current_date',
  'curdate',
  'localtimestamp',
  'unix_timestamp',
]);

/** True when the expression reads no column, nothing of the micro-batch and nothing random. */
export function isConstant(expression: Expression): boolean {
  let constant = true;
  walk(expression, (node) => {
    if (node.kind === 'attribute' || node.kind === 'aggregate') constant = false;
    if (node.kind === 'alias' || node.kind === 'window' || node.kind === 'subquery') constant = false;
    if (node.kind !== 'call') return;
    if (!node.deterministic || (BATCH_FUNCTIONS.has(node.functionName) && node.arguments.length === 0))
      constant = false;
  });
  return constant;
}

/** Calls that cannot fail, whatever their arguments are; evaluated for all rows even where only some need them. */
const SAFE_FUNCTIONS = new Set(
  '= <=> < <= > >= != not isnull isnotnull isnan in like startswith endswith contains upper lower length trim'.split(
    ' ',
  ),
);

/** False when evaluating the expression cannot throw and costs little, so that it need not be kept from rows that do not reach it. */
export function mayFail(expression: Expression): boolean {
  let may = false;
  walk(expression, (node) => {
    if (node.kind === 'call' && !SAFE_FUNCTIONS.has(node.functionName)) may = true;
    if (node.kind === 'cast' && node.mode === 'ansi') may = true;
  });
  return may;
}
