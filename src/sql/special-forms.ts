/** Calls whose parentheses have a grammar of their own: CAST, EXTRACT, SUBSTRING, TRIM, POSITION and others. */
import type { CastMode, UnresolvedExpression } from '../expressions/unresolved.ts';
import type { ExpressionRules } from './primary-parser.ts';
import type { TokenCursor } from './token-cursor.ts';
import { call, textLiteral } from './expression-nodes.ts';
import { readType } from './type-reader.ts';

/** Reads what stands between the parentheses. */
type SpecialForm = (cursor: TokenCursor, rules: ExpressionRules) => UnresolvedExpression;

const TRIM_FUNCTIONS: Readonly<Record<string, string>> = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' };

/** The special forms by name in upper case. */
export const SPECIAL_FORMS: ReadonlyMap<string, SpecialForm> = new Map<string, SpecialForm>([
  ['CAST', (cursor, rules) => cast(cursor, rules, 'ansi')],
  ['TRY_CAST', (cursor, rules) => cast(cursor, rules, 'try')],
  ['EXTRACT', extract],
  ['SUBSTRING', (cursor, rules) => substring(cursor, rules, 'substring')],
  ['SUBSTR', (cursor, rules) => substring(cursor, rules, 'substr')],
  ['TRIM', trim],
  ['POSITION', position],
  ['STRUCT', struct],
  ['OVERLAY', overlay],
]);

function cast(cursor: TokenCursor, rules: ExpressionRules, mode: CastMode): UnresolvedExpression {
  const child = rules.expression();
  cursor.expect('AS');
  return { kind: 'cast', child, toType: readType(cursor), mode };
}

function extract(cursor: TokenCursor, rules: ExpressionRules): UnresolvedExpression {
  if (cursor.peek(1).symbol === ',')
    return call(
      'extract',
      cursor.list(() => rules.expression()),
    );
  const field = cursor.identifier();
  cursor.expect('FROM');
  return call('extract', [textLiteral(field), rules.value()]);
}

function substring(cursor: TokenCursor, rules: ExpressionRules, written: string): UnresolvedExpression {
  const args = [rules.value()];
  const functionName = cursor.at('FROM') ? 'substring' : written;
  if (cursor.skip('FROM') || cursor.skip(',')) {
    args.push(rules.value());
    if (cursor.skip('FOR') || cursor.skip(',')) args.push(rules.value());
  }
  return call(functionName, args);
}

function trim(cursor: TokenCursor, rules: ExpressionRules): UnresolvedExpression {
  const side =
    cursor.peek(1).symbol === ',' || cursor.peek(1).symbol === ')' ? undefined : TRIM_FUNCTIONS[cursor.peek().symbol];
  if (side !== undefined) cursor.next();
  const functionName = side ?? 'trim';
  if (cursor.skip('FROM')) return call(functionName, [rules.value()]);
  const first = rules.value();
  if (cursor.skip('FROM')) return call(functionName, [first, rules.value()]);
  if (side !== undefined) throw cursor.fail();
  return call('trim', cursor.skip(',') ? [first, rules.value()] : [first]);
}

function position(cursor: TokenCursor, rules: ExpressionRules): UnresolvedExpression {
  const args = [rules.value()];
  if (cursor.skip('IN')) return call('locate', [...args, rules.value()]);
  while (cursor.skip(',')) args.push(rules.value());
  return call('position', args);
}

function struct(cursor: TokenCursor, rules: ExpressionRules): UnresolvedExpression {
  return call('struct', cursor.at(')') ? [] : cursor.list(() => rules.namedExpression()));
}

function overlay(cursor: TokenCursor, rules: ExpressionRules): UnresolvedExpression {
  const args = [rules.value()];
  if (!cursor.skip('PLACING')) cursor.expect(',');
  args.push(rules.value());
  if (!cursor.skip('FROM')) cursor.expect(',');
  args.push(rules.value());
  if (cursor.skip('FOR') || cursor.skip(',')) args.push(rules.value());
  return call('overlay', args);
}
