/**
 * The JavaScript of single operations in generated loops. Longs are doubles that hold whole numbers within 2^52; `unusual` is a condition
 * on the result (and the operands) under which it may not be the right one, for the interpreter to decide.
 */
import type { DataType } from '../types/data-type.ts';
import type { CodeKind } from './generated-support.ts';
import { codeKind } from './generated-support.ts';
import { present } from '../errors/assert.ts';

/** A value and the condition that it must be computed by the interpreter instead. */
export interface OperationCode {
  readonly value: string;
  readonly unusual?: (value: string) => string;
}

const NARROW_BITS: Partial<Record<DataType['kind'], number>> = { byte: 24, short: 16 };
const inexact = (value: string): string => `!(${value}<4503599627370496&&${value}>=-4503599627370496)`;

/** `left <operator> right` of numbers of one type. */
export function arithmeticCode(operator: string, type: DataType, left: string, right: string): OperationCode {
  const kind = present(codeKind(type), 'numbers have a kind');
  const zero = (): string => `${right}===0`;
  switch (operator) {
    case '+':
    case 'try_add':
      return ofKind(kind, type, `${left}+${right}`);
    case '-':
    case 'try_subtract':
      return ofKind(kind, type, `${left}-${right}`);
    case '*':
    case 'try_multiply':
      return ofKind(kind, type, `${left}*${right}`);
    case '(-)':
    case 'negative':
      return kind === 'double' ? { value: `(-${left})` } : ofKind(kind, type, `0-${left}`);
    case 'abs':
      return ofKind(kind, type, `Math.abs(${left})`);
    case '/':
    case 'try_divide':
      return { value: `(${left}/${right})`, unusual: zero };
    case 'div':
      // The dividend without the remainder is divisible: no rounding.
      return { value: `((${left}-${left}%${right})/${right}+0)`, unusual: zero };
    case 'pmod': {
      const rest = `(${left}%${right})`;
      const value = `(${rest}<0?(${rest}+${right})%${right}:${rest})`;
      return { value: settled(kind, type, value), unusual: zero };
    }
    default:
      return { value: settled(kind, type, `(${left}%${right})`), unusual: zero };
  }
}

/** A result as its type keeps it; a whole number has no negative zero. */
function settled(kind: CodeKind, type: DataType, value: string): string {
  if (kind === 'double') return type.kind === 'float' ? `Math.fround(${value})` : value;
  return kind === 'int' ? `(${value}|0)` : `(${value}+0)`;
}

function ofKind(kind: CodeKind, type: DataType, exact: string): OperationCode {
  if (kind === 'double') return { value: type.kind === 'float' ? `Math.fround(${exact})` : `(${exact})` };
  if (kind === 'long') return { value: `(${exact}+0)`, unusual: inexact };
  const shift = NARROW_BITS[type.kind] ?? 0;
  const narrowed = shift === 0 ? `((${exact})|0)` : `(((${exact})<<${shift})>>${shift})`;
  return { value: narrowed, unusual: (value) => `${value}!==${exact}` };
}

/** A cast among booleans and numbers. */
export function castCode(from: DataType, target: DataType, value: string): OperationCode {
  if (from.kind === target.kind) return { value };
  const kind = present(codeKind(target), 'numbers have a kind');
  if (kind === 'boolean') return { value: `+(${value}!==0)` };
  if (kind === 'double') return { value: target.kind === 'float' ? `Math.fround(${value})` : value };
  const whole = codeKind(from) === 'double' ? `(Math.trunc(${value})+0)` : value;
  if (kind === 'long') return whole === value ? { value } : { value: whole, unusual: inexact };
  const shift = NARROW_BITS[target.kind] ?? 0;
  const narrowed = shift === 0 ? `(${whole}|0)` : `((${whole}<<${shift})>>${shift})`;
  return { value: narrowed, unusual: (result) => `${result}!==${whole}` };
}

/**
 * `left <operator> right`, 0 or 1, computed without a jump: what a random row answers is not to be guessed. NaN equals
 * NaN and is greater than every other number.
 */
export function comparisonCode(operator: string, kind: CodeKind, left: string, right: string): string {
  switch (operator) {
    case '>':
      return comparisonCode('<', kind, right, left);
    case '>=':
      return comparisonCode('<=', kind, right, left);
    case '!=':
    case '<>':
      return `(1-${comparisonCode('=', kind, left, right)})`;
    case '<':
      if (kind !== 'double') return `+(${left}<${right})`;
      return `(+(${left}<${right})|+(${right}!==${right})&+(${left}===${left}))`;
    case '<=':
      if (kind !== 'double') return `+(${left}<=${right})`;
      return `(+(${left}<=${right})|+(${right}!==${right}))`;
    default:
      if (kind !== 'double') return `+(${left}===${right})`;
      return `(+(${left}===${right})|+(${left}!==${left})&+(${right}!==${right}))`;
  }
}
