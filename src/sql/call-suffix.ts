/** What may follow the arguments of a call: IGNORE NULLS, WITHIN GROUP, FILTER and OVER. */
import type { UnresolvedExpression, UnresolvedFrame, UnresolvedFrameBound } from '../expressions/unresolved.ts';
import type { WindowSpec } from './named-windows.ts';
import type { ExpressionRules } from './primary-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { call } from './expression-nodes.ts';

type Call = UnresolvedExpression & { readonly kind: 'unresolvedFunction' };

/** The call with `IGNORE NULLS` or `RESPECT NULLS`, when one comes next; Spark then shows first_value as first. */
export function readNullsOption(cursor: TokenCursor, written: Call): Call {
  const ignoresNulls = cursor.skip('IGNORE', 'NULLS');
  if (!ignoresNulls && !cursor.skip('RESPECT', 'NULLS')) return written;
  const functionName = written.functionName.replace(/^(first|last)_value$/, '$1');
  return { ...written, functionName, ...(ignoresNulls ? { ignoresNulls } : {}) };
}

/** The call with what follows its closing parenthesis. */
export function readCallSuffix(cursor: TokenCursor, rules: ExpressionRules, written: Call): UnresolvedExpression {
  let result: Call = written;
  if (cursor.skip('WITHIN', 'GROUP')) {
    const orderWithin = cursor.parenthesized(() => {
      cursor.expect('ORDER', 'BY');
      return rules.sortItems();
    });
    result = { ...result, orderWithin };
  }
  if (cursor.at('FILTER', '(') && cursor.peek(2).symbol === 'WHERE') {
    cursor.next();
    const filter = cursor.parenthesized(() => {
      cursor.expect('WHERE');
      return rules.expression();
    });
    result = { ...result, filter };
  }
  return readOver(cursor, rules, readNullsOption(cursor, result));
}

function readOver(cursor: TokenCursor, rules: ExpressionRules, windowFunction: Call): UnresolvedExpression {
  const { kind } = cursor.peek(1);
  if (!cursor.at('OVER') || (cursor.peek(1).symbol !== '(' && kind !== 'word' && kind !== 'name'))
    return windowFunction;
  cursor.next();
  if (!cursor.at('(')) return rules.windows.refer(cursor.identifier(), windowFunction);
  if (cursor.peek(2).symbol === ')' && cursor.peek(1).kind !== 'end' && isName(cursor)) {
    const name = cursor.parenthesized(() => cursor.identifier());
    return rules.windows.refer(name, windowFunction);
  }
  return { kind: 'window', windowFunction, ...readWindowSpec(cursor, rules) };
}

function isName(cursor: TokenCursor): boolean {
  const { kind } = cursor.peek(1);
  return kind === 'word' || kind === 'name';
}

/** `([PARTITION BY …] [ORDER BY …] [frame])`; DISTRIBUTE, CLUSTER and SORT BY are other words for the same. */
export function readWindowSpec(cursor: TokenCursor, rules: ExpressionRules): WindowSpec {
  return cursor.parenthesized(() => {
    if (cursor.skip('CLUSTER', 'BY')) {
      const partitionSpec = cursor.list(() => rules.expression());
      return { partitionSpec, orderSpec: [], frameSpec: readFrame(cursor, rules) };
    }
    const isPartitioned = cursor.skip('PARTITION', 'BY') || cursor.skip('DISTRIBUTE', 'BY');
    const partitionSpec = isPartitioned ? cursor.list(() => rules.expression()) : [];
    const isOrdered = cursor.skip('ORDER', 'BY') || cursor.skip('SORT', 'BY');
    const orderSpec = isOrdered ? rules.sortItems() : [];
    return { partitionSpec, orderSpec, frameSpec: readFrame(cursor, rules) };
  });
}

function readFrame(cursor: TokenCursor, rules: ExpressionRules): UnresolvedFrame | undefined {
  const unit = cursor.skip('ROWS') ? 'row' : cursor.skip('RANGE') ? 'range' : undefined;
  if (unit === undefined) return undefined;
  if (!cursor.skip('BETWEEN')) return { unit, lower: readBound(cursor, rules), upper: { kind: 'currentRow' } };
  const lower = readBound(cursor, rules);
  cursor.expect('AND');
  return { unit, lower, upper: readBound(cursor, rules) };
}

function readBound(cursor: TokenCursor, rules: ExpressionRules): UnresolvedFrameBound {
  if (cursor.skip('UNBOUNDED', 'PRECEDING')) return { kind: 'unboundedPreceding' };
  if (cursor.skip('UNBOUNDED', 'FOLLOWING')) return { kind: 'unboundedFollowing' };
  if (cursor.skip('CURRENT', 'ROW')) return { kind: 'currentRow' };
  const value = rules.expression();
  if (cursor.skip('PRECEDING')) return { kind: 'offset', value: call('negative', [value]) };
  cursor.expect('FOLLOWING');
  return { kind: 'offset', value };
}
