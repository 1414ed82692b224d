/** TABLESAMPLE: a part of the rows of a relation. */
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { ParseContext } from './parse-context.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { foldedConstant } from './constant-value.ts';
import { NULL_LITERAL } from './expression-nodes.ts';

/** `TABLESAMPLE (n ROWS | n PERCENT | BUCKET x OUT OF y) [REPEATABLE (seed)]` */
export function parseSample(
  cursor: TokenCursor,
  context: ParseContext,
  expressions: ExpressionParser,
  input: UnresolvedPlan,
): UnresolvedPlan {
  cursor.expect('TABLESAMPLE');
  const method = cursor.parenthesized(() => {
    if (cursor.at(')')) throw cursor.fail();
    if (cursor.skip('BUCKET')) {
      const bucket = wholeNumber(cursor);
      cursor.expect('OUT', 'OF');
      const share = bucket / wholeNumber(cursor);
      if (cursor.at('ON')) throw cursor.unsupported('TABLESAMPLE (BUCKET … ON …)');
      return { fraction: share };
    }
    const value = expressions.value();
    if (cursor.skip('ROWS')) return { rows: Number(valueOf(value, context)) };
    if (cursor.skip('PERCENT')) return { fraction: Number(valueOf(value, context)) / 100 };
    throw cursor.unsupported('TABLESAMPLE by bytes');
  });
  const seed = cursor.skip('REPEATABLE') ? BigInt(cursor.parenthesized(() => wholeNumber(cursor))) : 0n;
  if ('rows' in method) return { kind: 'limit', input, limit: method.rows };
  const { fraction } = method;
  if (fraction < 0 || fraction > 1)
    throw new MillraceError('INVALID_OPTION', {
      option: 'fraction',
      format: 'TABLESAMPLE',
      value: String(fraction),
      expected: 'a part of the rows from 0 to 1',
    });
  return fraction === 1 ? input : { kind: 'sample', input, fraction, withReplacement: false, seed };
}

function wholeNumber(cursor: TokenCursor): number {
  const token = cursor.peek();
  if (token.kind !== 'number' || !/^\d+$/.test(token.value)) throw cursor.fail();
  return Number(cursor.next().value);
}

function valueOf(expression: Parameters<typeof foldedConstant>[0], context: ParseContext): string {
  const folded = foldedConstant(expression, context);
  const { value, dataType } = folded.kind === 'literal' ? folded : { ...NULL_LITERAL, value: null };
  if (dataType.kind === 'decimal') return String(Number(value) / 10 ** dataType.scale);
  return String(value ?? Number.NaN);
}
