/** Literals with the name of their type before them: `DATE '2024-01-01'`, `TIMESTAMP '…'`, `X'1F'`. INTERVAL is interval-literal.ts. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { DataType } from '../types/data-type.ts';
import type { LiteralNode } from './expression-nodes.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { BINARY, DATE, TIMESTAMP, TIMESTAMP_NTZ, time } from '../types/data-type.ts';
import { parseTime } from '../types/time-of-day.ts';
import { parseDate, parseTimestamp, parseTimestampNtz } from '../types/timestamp-text.ts';
import { call, intLiteral, literal } from './expression-nodes.ts';

/** Days from today, by the word for them. */
const SPECIAL_DAYS: ReadonlyMap<string, number> = new Map([
  ['today', 0],
  ['tomorrow', 1],
  ['yesterday', -1],
]);

/** `TIMESTAMP 'now'`, `DATE 'tomorrow'` and their kin; undefined for all other texts. */
export function specialTime(typeName: string, text: string): UnresolvedExpression | undefined {
  const toType = TIME_TYPES.get(typeName);
  const word = text.trim().toLowerCase();
  if (toType === undefined) return undefined;
  const cast = (child: UnresolvedExpression): UnresolvedExpression => ({ kind: 'cast', child, toType, mode: 'ansi' });
  if (word === 'epoch') return literal(toType.kind === 'date' ? 0 : 0n, toType);
  if (word === 'now') return cast(call(toType.kind === 'date' ? 'current_date' : 'current_timestamp', []));
  const days = SPECIAL_DAYS.get(word);
  return days === undefined ? undefined : cast(call('date_add', [call('current_date', []), intLiteral(days)]));
}

const TIME_TYPES: ReadonlyMap<string, DataType> = new Map([
  ['DATE', DATE],
  ['TIMESTAMP', TIMESTAMP],
  ['TIMESTAMP_LTZ', TIMESTAMP],
  ['TIMESTAMP_NTZ', TIMESTAMP_NTZ],
]);

/** The literal of a type name and a text; throws INVALID_TYPED_LITERAL when the text is none of the type. */
export function typedLiteral(typeName: string, text: string, timeZone: string): LiteralNode {
  switch (typeName) {
    case 'DATE':
      return literal(checked(typeName, text, parseDate(text)), DATE);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return literal(checked(typeName, text, parseTimestamp(text, timeZone)), TIMESTAMP);
    case 'TIMESTAMP_NTZ':
      return literal(checked(typeName, text, parseTimestampNtz(text)), TIMESTAMP_NTZ);
    case 'TIME':
      return literal(checked(typeName, text, parseTime(text)), time());
    case 'X':
      return literal(checked(typeName, text, bytesOfHex(text)), BINARY);
    default:
      throw new MillraceError('UNSUPPORTED_TYPED_LITERAL', {
        unsupportedType: `"${typeName}"`,
        supportedTypes: '"DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "INTERVAL", "X"',
      });
  }
}

function checked<T>(typeName: string, text: string, value: T | null): T {
  if (value !== null) return value;
  throw new MillraceError('INVALID_TYPED_LITERAL', { valueType: `"${typeName}"`, value: `'${text}'` });
}

function bytesOfHex(text: string): Uint8Array | null {
  if (!/^[0-9a-fA-F]*$/.test(text)) return null;
  const padded = text.length % 2 === 0 ? text : `0${text}`;
  return Uint8Array.from({ length: padded.length / 2 }, (_, i) => Number.parseInt(padded.slice(i * 2, i * 2 + 2), 16));
}
