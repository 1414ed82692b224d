/**
 * Which expressions generated-source.ts can write as code. A node it does not know may still be an input of the loop: its column is
 * computed before, for all rows. That is not allowed where only some rows reach the node and it may fail.
 */
import type { DataType } from '../types/data-type.ts';
import type { Cast, Expression, Literal, ScalarCall } from './expression.ts';
import { isNumeric } from '../types/data-type.ts';
import { EXACT_LONG } from '../types/long-halves.ts';
import { layoutOf } from '../types/vector.ts';
import { mayFail } from './constant.ts';
import { childrenOf, isDeterministic, withoutAlias } from './expression.ts';

/** How values of a type are kept in generated code; long is a double that is a whole number. */
export type CodeKind = 'boolean' | 'int' | 'long' | 'double';

/** The kind of a type; undefined when its values are not numbers. */
export function codeKind(type: DataType): CodeKind | undefined {
  const layout = layoutOf(type);
  return layout === 'string' || layout === 'struct' || layout === 'object' ? undefined : layout;
}

const ARITHMETIC = new Set(
  '+ - * / % mod pmod div (-) negative abs try_add try_subtract try_multiply try_divide try_mod'.split(' '),
);
const COMPARISONS = new Set(['=', '==', '!=', '<>', '<', '<=', '>', '>=', '<=>', 'equal_null']);
/** More texts are looked up faster by the function itself, once per distinct string. */
const MAX_TEXTS = 16;
/** Of more numbers a set is made: see in-list.ts. */
export const MAX_LISTED = 16;
/** Larger expressions are interpreted: a loop of so much code is never optimized, and takes long to compile. */
const MAX_NODES = 2000;

/** True when the expression has more nodes than a loop may have. */
export function isTooLarge(expression: Expression): boolean {
  let left = MAX_NODES;
  const visit = (node: Expression): boolean => {
    left -= 1;
    return left < 0 || childrenOf(node).some(visit);
  };
  return visit(expression);
}

/** True when a loop for the expression can be generated and would compute something. */
export function canGenerate(expression: Expression): boolean {
  const root = withoutAlias(expression);
  if (!isWritten(root) || root.kind === 'literal' || !isDeterministic(root)) return false;
  return isText(root.dataType) || codeKind(root.dataType) !== undefined ? partsCanBe(root, false) : false;
}

/** False for a node that becomes an input of the loop. */
export function isWritten(node: Expression): boolean {
  switch (node.kind) {
    case 'literal':
      return isNumberLiteral(node);
    case 'alias':
      return isWritten(node.child);
    case 'cast':
      return isWrittenCast(node);
    case 'logical':
      return true;
    case 'coalesce':
      return codeKind(node.dataType) !== undefined;
    case 'case':
      return codeKind(node.dataType) !== undefined || isTextChoice(node);
    case 'call':
      return isWrittenCall(node);
    default:
      return false;
  }
}

/** True for a literal text or NULL of type string, and for a `case` that chooses among such. */
export function isTextChoice(node: Expression): boolean {
  if (!isText(node.dataType)) return false;
  if (node.kind === 'literal') return true;
  return (
    node.kind === 'case' && node.branches.every(({ value }) => isTextChoice(value)) && isTextChoice(node.otherwise)
  );
}

/** Texts a string column is compared with; undefined when the call is no such test. */
export function comparedTexts(
  call: ScalarCall,
): { readonly column: Expression; readonly texts: readonly Literal[] } | undefined {
  const [first, ...others] = call.arguments;
  if (first === undefined || !isText(first.dataType)) return undefined;
  if (call.functionName === 'in')
    return others.every(isTextLiteral) && others.length <= MAX_TEXTS ? { column: first, texts: others } : undefined;
  if (!['=', '==', '!=', '<>'].includes(call.functionName)) return undefined;
  if (others.every(isTextLiteral)) return { column: first, texts: others };
  const [second] = others;
  return isTextLiteral(first) && second !== undefined ? { column: second, texts: [first] } : undefined;
}

function isTextLiteral(node: Expression): node is Literal {
  return node.kind === 'literal' && isText(node.dataType);
}

function isText(type: DataType): boolean {
  return type.kind === 'string';
}

function isNumberLiteral({ value, dataType }: Literal): boolean {
  if (codeKind(dataType) === undefined) return false;
  return typeof value !== 'bigint' || (value < BigInt(EXACT_LONG) && value > -BigInt(EXACT_LONG));
}

function isWrittenCast({ child, dataType }: Cast): boolean {
  if (child.dataType.kind === 'void') return codeKind(dataType) !== undefined;
  return isPlainNumber(child.dataType) && isPlainNumber(dataType);
}

/** Booleans and numbers whose value is the number itself; not decimals, dates and times. */
function isPlainNumber(type: DataType): boolean {
  return type.kind === 'boolean' || (isNumeric(type) && type.kind !== 'decimal');
}

function isWrittenCall(call: ScalarCall): boolean {
  const { functionName, arguments: args, dataType } = call;
  if (ARITHMETIC.has(functionName))
    return [dataType, ...args.map((arg) => arg.dataType)].every((type) => isNumeric(type) && type.kind !== 'decimal');
  if (functionName === 'isnull' || functionName === 'isnotnull') return true;
  const areNumbers = args.every((arg) => codeKind(arg.dataType) !== undefined);
  if (functionName === 'not' || functionName === '!' || functionName === 'isnan') return areNumbers;
  if (functionName === 'in') return (areNumbers && args.length <= MAX_LISTED + 1) || comparedTexts(call) !== undefined;
  if (COMPARISONS.has(functionName)) return areNumbers || comparedTexts(call) !== undefined;
  return false;
}

/** Checks the inputs below a written node; `isLazy` when only some rows reach it. */
function partsCanBe(node: Expression, isLazy: boolean): boolean {
  if (!isWritten(node)) return !(isLazy && mayFail(node));
  switch (node.kind) {
    case 'logical':
      return partsCanBe(node.left, isLazy) && partsCanBe(node.right, true);
    case 'case':
      return (
        node.branches.every(({ condition, value }, i) => {
          const isFirst = i === 0;
          return partsCanBe(condition, isLazy || !isFirst) && (isTextChoice(value) || partsCanBe(value, true));
        }) &&
        (isTextChoice(node.otherwise) || partsCanBe(node.otherwise, true))
      );
    case 'call': {
      const tested = comparedTexts(node);
      if (tested !== undefined) return !(isLazy && mayFail(tested.column));
      return node.arguments.every((argument) => partsCanBe(argument, isLazy));
    }
    case 'coalesce':
      return node.arguments.every((argument, i) => partsCanBe(argument, isLazy || i > 0));
    default:
      return childrenOf(node).every((child) => partsCanBe(child, isLazy));
  }
}
