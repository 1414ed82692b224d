/** Builds the unresolved nodes the parser needs most. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/vector.ts';
import { present } from '../errors/assert.ts';
import { operandsOf } from '../expressions/unresolved-operands.ts';
import { BOOLEAN, INTEGER, STRING, VOID } from '../types/data-type.ts';

export type LiteralNode = UnresolvedExpression & { readonly kind: 'literal' };

export const NULL_LITERAL: LiteralNode = { kind: 'literal', value: null, dataType: VOID };

export function literal(value: Value | null, dataType: DataType): LiteralNode {
  return { kind: 'literal', value, dataType };
}

export function textLiteral(value: string): LiteralNode {
  return literal(value, STRING);
}

export function intLiteral(value: number): LiteralNode {
  return literal(value, INTEGER);
}

export function booleanLiteral(value: boolean): LiteralNode {
  return literal(value, BOOLEAN);
}

export function call(
  functionName: string,
  args: readonly UnresolvedExpression[],
  isDistinct = false,
): UnresolvedExpression {
  return { kind: 'unresolvedFunction', functionName, arguments: args, isDistinct };
}

export function not(child: UnresolvedExpression): UnresolvedExpression {
  return call('not', [child]);
}

/** `a AND b AND c` as a balanced tree, as Spark builds it: `((a AND b) AND c)`, `((a AND b) AND (c AND d))`. */
export function balanced(operator: 'and' | 'or', operands: readonly UnresolvedExpression[]): UnresolvedExpression {
  const build = (from: number, to: number): UnresolvedExpression => {
    if (from === to) return present(operands[from], 'an operand');
    const middle = Math.floor((from + to) / 2);
    return call(operator, [build(from, middle), build(middle + 1, to)]);
  };
  return build(0, operands.length - 1);
}

/** `(a, b + 1)`: a struct whose fields are named as the columns or else `col1`, `col2`… */
export function rowOf(items: readonly UnresolvedExpression[]): UnresolvedExpression {
  const namesAndValues = items.flatMap((item, i) => {
    if (item.kind === 'alias') return [textLiteral(item.name), item.child];
    const name = item.kind === 'unresolvedAttribute' ? item.nameParts.at(-1) : undefined;
    return [textLiteral(name ?? `col${i + 1}`), item];
  });
  return {
    kind: 'unresolvedFunction',
    functionName: 'named_struct',
    arguments: namesAndValues,
    isDistinct: false,
    isRow: true,
  };
}

/** The values of a row as `rowOf` makes it, or as `struct(…)` is written; undefined for anything else. */
export function valuesOfRow(expression: UnresolvedExpression): readonly UnresolvedExpression[] | undefined {
  if (expression.kind !== 'unresolvedFunction') return undefined;
  const { functionName, arguments: args, isRow } = expression;
  if (isRow === true) return args.filter((_, i) => i % 2 === 1);
  return functionName === 'struct' ? args.map((arg) => (arg.kind === 'alias' ? arg.child : arg)) : undefined;
}

/** The number of levels of an expression, counted without recursion. */
export function depthOf(expression: UnresolvedExpression): number {
  let depth = 0;
  for (let level: readonly UnresolvedExpression[] = [expression]; level.length > 0; level = level.flatMap(operandsOf))
    depth += 1;
  return depth;
}
