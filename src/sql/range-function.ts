/** `range(end)`, `range(start, end[, step[, partitions]])` in FROM: the numbers are computed while the text is read. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ParseContext } from './parse-context.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { expressionSql } from '../expressions/sql-text.ts';
import { wrongNumArguments } from '../functions/argument-check.ts';
import { LONG, isNumeric, sqlName } from '../types/data-type.ts';
import { foldedConstant } from './constant-value.ts';

const PLACES = ['first', 'second', 'third', 'fourth'];

/** The plan of the call. */
export function rangeOf(args: readonly UnresolvedExpression[], context: ParseContext): UnresolvedPlan {
  if (args.length === 0 || args.length > PLACES.length) throw wrongNumArguments('range', '[1, 2, 3, 4]', args.length);
  // The only argument is the end, which is the second of them all.
  const [first = 0n, second, step = 1n] = args.map((arg, i) => wholeNumber(arg, args.length === 1 ? 1 : i, context));
  if (step === 0n) throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: '`range`' });
  return second === undefined
    ? { kind: 'range', start: 0n, end: first, step: 1n }
    : { kind: 'range', start: first, end: second, step };
}

function wholeNumber(written: UnresolvedExpression, place: number, context: ParseContext): bigint {
  const given = foldedConstant(written, context);
  const isNumber = isNumeric(given.dataType) || given.dataType.kind === 'string';
  const whole = isNumber
    ? foldedConstant({ kind: 'cast', child: written, toType: LONG, mode: 'ansi' }, context)
    : undefined;
  if (whole?.kind === 'literal' && typeof whole.value === 'bigint') return whole.value;
  throw new MillraceError('UNEXPECTED_INPUT_TYPE', {
    paramIndex: PLACES[place] ?? '',
    functionName: '`range`',
    requiredType: '"BIGINT"',
    inputSql: `"${expressionSql(given)}"`,
    inputType: `"${sqlName(given.dataType)}"`,
  });
}
