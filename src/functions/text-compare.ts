/** String functions that compare or classify: distances, sounds, check digits, positions in lists. */
import type { Value } from '../types/vector.ts';
import type { ScalarFunction } from './define-function.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { present } from '../errors/assert.ts';
import { BOOLEAN, INTEGER, STRING, VOID, simpleName } from '../types/data-type.ts';
import { checkArgumentCount, differentTypes, unexpectedType } from './argument-check.ts';
import { defineScalar } from './define-function.ts';
import { int, optional, strictText, text } from './parameters.ts';
import { rowFunction } from './row-function.ts';
import { points } from './text-operations.ts';
import { findWiderTypeOf, implicitCast } from './type-rules.ts';

/** The number of characters to insert, delete or change to make one text of the other. */
function editDistance(from: string, to: string): number {
  const [left, right] = [points(from), points(to)];
  let previous = Int32Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 0; i < left.length; i++) {
    const current = new Int32Array(right.length + 1);
    current[0] = i + 1;
    for (let j = 0; j < right.length; j++) {
      const change = (previous[j] as number) + (left[i] === right[j] ? 0 : 1);
      current[j + 1] = Math.min(change, (previous[j + 1] as number) + 1, (current[j] as number) + 1);
    }
    previous = current;
  }
  return previous[right.length] as number;
}

/** Sound codes of A to Z; 7 marks H and W, which keep the code before them, 0 the vowels. */
const SOUNDS = '01230127022455012623017202';

function soundex(value: string): string {
  const first = value.charCodeAt(0);
  const soundOf = (code: number): string => SOUNDS.charAt((code & ~32) - 65);
  const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  if (!isLetter(first)) return value;
  let result = value.charAt(0).toUpperCase();
  let last = soundOf(first);
  for (let i = 1; i < value.length && result.length < 4; i++) {
    const code = value.charCodeAt(i);
    if (!isLetter(code)) {
      last = '0';
      continue;
    }
    const sound = soundOf(code);
    if (sound === '7') continue;
    if (sound !== '0' && sound !== last) result += sound;
    last = sound;
  }
  return result.padEnd(4, '0');
}

function hasValidCheckDigit(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits.charAt(digits.length - 1 - i));
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

const elt = defineScalar({
  name: 'elt',
  doc: { usage: 'The argument at a position, counted from 1.', example: "elt(2, 'a', 'b')", result: 'b' },
  resolve: (args, { ansi }) => {
    checkArgumentCount('elt', args, 2, Infinity);
    const [position, ...inputs] = args;
    if (implicitCast(present(position, 'a position').dataType, INTEGER) === undefined)
      throw unexpectedType('elt', args, 0, '"INT"');
    const isBinary = inputs.every((arg) => arg.dataType.kind === 'binary');
    const type = isBinary ? findWiderTypeOf(inputs.map((arg) => arg.dataType)) : STRING;
    if (type === undefined || inputs.some((arg) => implicitCast(arg.dataType, type) === undefined))
      throw differentTypes('elt', inputs);
    return {
      argumentTypes: [INTEGER, ...inputs.map(() => type)],
      returnType: type,
      nullable: true,
      evaluator: {
        kind: 'row',
        nulls: 'pass',
        apply: ([index = null, ...values]): Value | null => {
          if (index === null) return null;
          const at = index as number;
          if (at >= 1 && at <= values.length) return values[at - 1] ?? null;
          if (!ansi) return null;
          throw new MillraceError('INVALID_ARRAY_INDEX', { indexValue: String(at), arraySize: String(values.length) });
        },
      },
    };
  },
});

export const TEXT_COMPARE_FUNCTIONS: readonly ScalarFunction[] = [
  elt,
  rowFunction({
    name: 'levenshtein',
    doc: {
      usage: 'How many characters to insert, delete or change to make one text of the other; -1 above a threshold.',
      example: "levenshtein('kitten', 'sitting')",
      result: '3',
    },
    parameters: [text, text, optional(int)],
    returns: INTEGER,
    apply: ([left, right, threshold]) => {
      const distance = editDistance(left, right);
      return threshold !== undefined && distance > threshold ? -1 : distance;
    },
  }),
  rowFunction({
    name: 'soundex',
    doc: { usage: 'The Soundex code of a text.', example: "soundex('Miller')", result: 'M460' },
    parameters: [strictText],
    returns: STRING,
    apply: ([value]) => soundex(value),
  }),
  rowFunction({
    name: 'luhn_check',
    doc: {
      usage: 'True when the digits end in a valid Luhn check digit.',
      example: "luhn_check('79927398713')",
      result: 'true',
    },
    parameters: [text],
    returns: BOOLEAN,
    apply: ([digits]) => hasValidCheckDigit(digits),
  }),
  rowFunction({
    name: 'find_in_set',
    doc: {
      usage: 'The position of a text in a list separated by commas, 0 when it is not there.',
      example: "find_in_set('ab', 'abc,b,ab')",
      result: '3',
    },
    parameters: [text, text],
    returns: INTEGER,
    apply: ([value, list]) => (value.includes(',') ? 0 : list.split(',').indexOf(value) + 1),
  }),
  rowFunction({
    name: 'typeof',
    doc: { usage: 'The name of the type of the argument.', example: 'typeof(1)', result: 'int' },
    parameters: [{ required: '"ANY"', accept: (type) => type }],
    returns: STRING,
    result: 'neverNull',
    nulls: 'pass',
    apply: (_values, _context, { types }) => simpleName(types[0] ?? VOID),
  }),
];
