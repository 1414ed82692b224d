/**
 * Resolves `function OVER (…)`: the function, the rows of its partition, their order and the frame. What comes out is a WindowCall, which
 * extract-window-calls.ts moves into a node below. Windows of event time are resolve-window.ts.
 */
import type { Expression, FrameBound, SortOrder, WindowCall, WindowFrame } from '../expressions/expression.ts';
import type { UnresolvedExpression, UnresolvedFrameBound } from '../expressions/unresolved.ts';
import type { WindowFunction, WindowSignature } from '../functions/define-window-function.ts';
import type { DataType } from '../types/data-type.ts';
import type { ExpressionScope } from './expression-scope.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { isConstant } from '../expressions/constant.ts';
import { withoutAlias } from '../expressions/expression.ts';
import { foldExpression } from '../expressions/fold.ts';
import { argumentsOf, castAll, implicitCastTo } from '../expressions/scalar-call.ts';
import { boundSql, expressionSql, frameSql, sortOrderSql, windowCallSql } from '../expressions/sql-text.ts';
import { edgeOfFrame } from '../functions/positional-functions.ts';
import { findWindowFunction } from '../functions/registry.ts';
import { isIntegral, sameType, sqlName } from '../types/data-type.ts';

type WrittenWindow = UnresolvedExpression & { readonly kind: 'window' };
type WrittenCall = UnresolvedExpression & { readonly kind: 'unresolvedFunction' };
type Resolve = (expression: UnresolvedExpression, scope: ExpressionScope) => Expression;

const UNBOUNDED_PRECEDING = { kind: 'unboundedPreceding' } as const;
const UNBOUNDED_FOLLOWING = { kind: 'unboundedFollowing' } as const;
const CURRENT_ROW = { kind: 'currentRow' } as const;
const RUNNING_ROWS: WindowFrame = { unit: 'row', lower: UNBOUNDED_PRECEDING, upper: CURRENT_ROW };
const RUNNING_RANGE: WindowFrame = { unit: 'range', lower: UNBOUNDED_PRECEDING, upper: CURRENT_ROW };
const WHOLE_PARTITION: WindowFrame = { unit: 'row', lower: UNBOUNDED_PRECEDING, upper: UNBOUNDED_FOLLOWING };
/** Aggregates that look at one end of the frame. */
const EDGES: ReadonlyMap<string, 'first' | 'last'> = new Map([
  ['first', 'first'],
  ['first_value', 'first'],
  ['any_value', 'first'],
  ['last', 'last'],
  ['last_value', 'last'],
]);
/** Stands for the sort key in the expression of a bound. */
const KEY_NAME = '\u0000sort key';

/** The resolved call; `resolve` resolves its parts. */
export function resolveWindowFunction(written: WrittenWindow, scope: ExpressionScope, resolve: Resolve): WindowCall {
  const partition = written.partitionSpec.map((one) => resolve(one, scope));
  const order = written.orderSpec.map((one): SortOrder => {
    const child = resolve(one, scope);
    if (one.kind !== 'sortOrder') return { child, direction: 'ascending', nullOrdering: 'nullsFirst' };
    return { child, direction: one.direction, nullOrdering: one.nullOrdering };
  });
  const spec = { partition, order };
  const call = written.windowFunction;
  const positional = call.kind === 'unresolvedFunction' ? findWindowFunction(call.functionName) : undefined;
  const frame = resolveFrame(written, order, scope, resolve);
  if (call.kind === 'unresolvedFunction' && positional !== undefined)
    return positionalCall(call, positional, { ...spec, frame }, scope, resolve);
  const found = resolve(call, { ...scope, isOverWindow: true });
  if (found.kind !== 'aggregate')
    throw new MillraceError('UNSUPPORTED_EXPR_FOR_WINDOW', { sqlExpr: `"${expressionSql(found)}"` });
  const {
    functionName,
    arguments: args,
    isDistinct,
    signature,
    dataType,
    nullable,
    hasFilter,
    ignoresNulls,
    writtenAs,
  } = found;
  const edge = hasFilter === true ? undefined : EDGES.get(functionName);
  const computation: WindowCall['computation'] =
    edge === undefined
      ? { kind: 'aggregate', signature }
      : {
          kind: 'positional',
          signature: edgeOfFrame(edge, dataType, signature.argumentTypes, isIgnoring(args, ignoresNulls)),
        };
  const result: WindowCall = {
    kind: 'window',
    functionName,
    arguments: args,
    isDistinct,
    computation,
    ...spec,
    frame: frame ?? (order.length > 0 ? RUNNING_RANGE : WHOLE_PARTITION),
    dataType,
    nullable,
    ...(hasFilter === true ? { hasFilter } : {}),
    ...(ignoresNulls === true ? { ignoresNulls } : {}),
    ...(writtenAs === undefined ? {} : { writtenAs }),
  };
  checkWholePartition(result, frame);
  if (isDistinct)
    throw new MillraceError('DISTINCT_WINDOW_FUNCTION_UNSUPPORTED', { windowExpr: `"${expressionSql(result)}"` });
  return result;
}

const OF_WHOLE_PARTITIONS = new Set(['median', 'percentile_cont', 'percentile_disc']);

/** Percentiles are those of a whole partition: without an order, and without a smaller frame. */
function checkWholePartition(call: WindowCall, frame: WindowFrame | undefined): void {
  if (!OF_WHOLE_PARTITIONS.has(call.functionName)) return;
  if (call.order.length === 0 && (frame === undefined || frameSql(frame) === frameSql(WHOLE_PARTITION))) return;
  const { functionName, arguments: args } = call;
  const aggFunc = `"${windowCallSql({ functionName, arguments: args, isDistinct: false })}"`;
  throw new MillraceError('INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC', { aggFunc });
}

/** `first(x, true)` ignores nulls as `first(x) IGNORE NULLS` does. */
function isIgnoring(args: readonly Expression[], ignoresNulls: true | undefined): boolean {
  const [, option] = args;
  return ignoresNulls === true || (option?.kind === 'literal' && option.value === true);
}

function positionalCall(
  written: WrittenCall,
  definition: WindowFunction,
  spec: Pick<WindowCall, 'partition' | 'order'> & { readonly frame: WindowFrame | undefined },
  scope: ExpressionScope,
  resolve: Resolve,
): WindowCall {
  const { context } = scope;
  const ignoresNulls = written.ignoresNulls === true;
  if (ignoresNulls && definition.takesNullsOption !== true) throw noNullsOption(definition.name);
  const resolved = written.arguments.map((argument) => withoutAlias(resolve(argument, scope)));
  const firstDefault = definition.name === 'ntile' ? 0 : 1;
  const added = (definition.defaults ?? [])
    .slice(Math.max(0, resolved.length - firstDefault))
    .map((value) =>
      resolve({ kind: 'literal', value, dataType: { kind: value === null ? 'void' : 'integer' } }, scope),
    );
  const children = alignedDefault(
    definition.name,
    resolved.length === 0 && firstDefault === 1 ? [] : [...resolved, ...added],
    scope,
  );
  const described = argumentsOf(children, context).map((arg, i) =>
    Object.defineProperty(arg, 'isConstant', { value: isConstant(children[i] as Expression) }),
  ) as unknown as Parameters<WindowFunction['resolve']>[0];
  const signature = definition.resolve(described, ignoresNulls, context);
  if (signature.wantsOrder && spec.order.length === 0)
    throw new MillraceError('WINDOW_FUNCTION_FRAME_NOT_ORDERED', {
      wf_name: definition.name,
      wf_expr: windowCallSql({ functionName: definition.name, arguments: children, isDistinct: false }),
    });
  return {
    kind: 'window',
    functionName: definition.name,
    arguments: castAll(children, signature.argumentTypes, context),
    isDistinct: false,
    computation: { kind: 'positional', signature },
    partition: spec.partition,
    order: spec.order,
    frame: frameOf(definition.name, signature, spec),
    dataType: signature.returnType,
    nullable: signature.nullable,
    ...(ignoresNulls && signature.frame.kind === 'written' ? { ignoresNulls: true as const } : {}),
  };
}

/** The default of lag and lead in the type of the value, as far as an implicit cast makes it. */
function alignedDefault(
  name: string,
  args: readonly Expression[],
  { context }: ExpressionScope,
): readonly Expression[] {
  const [value, offset, otherwise] = args;
  if ((name !== 'lag' && name !== 'lead') || value === undefined || offset === undefined || otherwise === undefined)
    return args;
  return otherwise.dataType.kind === 'void'
    ? args
    : [value, offset, implicitCastTo(otherwise, value.dataType, context)];
}

/** The frame a positional function has; a written one has to be the same, and lag and lead take none. */
function frameOf(
  name: string,
  { frame }: WindowSignature,
  spec: Pick<WindowCall, 'order'> & { readonly frame: WindowFrame | undefined },
): WindowFrame {
  const written = spec.frame;
  if (frame.kind === 'offset') {
    if (written !== undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1035', { prettyName: name });
    const bound = { kind: 'rows', offset: frame.offset, text: `${frame.offset} FOLLOWING` } as const;
    return { unit: 'row', lower: bound, upper: bound };
  }
  if (frame.kind === 'written') return written ?? RUNNING_RANGE;
  const required = name === 'cume_dist' ? RUNNING_RANGE : RUNNING_ROWS;
  if (written !== undefined && frameSql(written) !== frameSql(required))
    throw new MillraceError('_LEGACY_ERROR_TEMP_1036', { wf: frameSql(written), required: frameSql(required) });
  return required;
}

function resolveFrame(
  { frameSpec }: WrittenWindow,
  order: readonly SortOrder[],
  scope: ExpressionScope,
  resolve: Resolve,
): WindowFrame | undefined {
  if (frameSpec === undefined) return undefined;
  const { unit } = frameSpec;
  const bound = (written: UnresolvedFrameBound, location: 'lower' | 'upper'): FrameBound => {
    if (written.kind !== 'offset') return written;
    return unit === 'row'
      ? rowBound(written.value, location, scope, resolve)
      : rangeBound(written.value, location, order, scope, resolve);
  };
  if (unit === 'range') checkRangeOrder(frameSpec, order);
  const frame: WindowFrame = { unit, lower: bound(frameSpec.lower, 'lower'), upper: bound(frameSpec.upper, 'upper') };
  checkFrame(frame);
  return frame;
}

/** A frame over values of the sort key needs one such key, unless it only goes to the ends or the peers of the row. */
function checkRangeOrder({ lower, upper }: NonNullable<WrittenWindow['frameSpec']>, order: readonly SortOrder[]): void {
  const texts = order.map((one) => sortOrderSql(one));
  const all = [lower, upper].every((one) => one.kind === 'unboundedPreceding' || one.kind === 'unboundedFollowing');
  const orderText = order.length === 0 ? '' : `ORDER BY ${texts.join(', ')} `;
  const sqlExpr = `"(${orderText}RANGE BETWEEN … AND …)"`;
  if (order.length === 0 && !all) throw new MillraceError('DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER', { sqlExpr });
  if (order.length > 1 && (lower.kind === 'offset' || upper.kind === 'offset'))
    throw new MillraceError('DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER', { orderSpec: texts.join(','), sqlExpr });
}

function checkFrame(frame: WindowFrame): void {
  const sqlExpr = `"${frameSql(frame)}"`;
  const { lower, upper } = frame;
  if (lower.kind === 'unboundedFollowing' || upper.kind === 'unboundedPreceding')
    throw new MillraceError('DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND', {
      upper: `"${boundSql(upper)}"`,
      lower: `"${boundSql(lower)}"`,
      sqlExpr,
    });
  const from = lower.kind === 'rows' ? lower.offset : lower.kind === 'currentRow' ? 0 : undefined;
  const until = upper.kind === 'rows' ? upper.offset : upper.kind === 'currentRow' ? 0 : undefined;
  if (from !== undefined && until !== undefined && from > until)
    throw new MillraceError('DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON', {
      comparison: 'less than or equal',
      sqlExpr,
    });
}

/** `n PRECEDING` is the negative of n. */
function directionOf(value: UnresolvedExpression): {
  readonly isPreceding: boolean;
  readonly size: UnresolvedExpression;
} {
  const [only] = value.kind === 'unresolvedFunction' && value.functionName === 'negative' ? value.arguments : [];
  return only === undefined ? { isPreceding: false, size: value } : { isPreceding: true, size: only };
}

function rowBound(value: UnresolvedExpression, location: string, scope: ExpressionScope, resolve: Resolve): FrameBound {
  const { isPreceding, size } = directionOf(value);
  const resolved = constantSize(size, scope, resolve);
  const folded = foldExpression(resolved, scope.context);
  const text = `${expressionSql(resolved)} ${isPreceding ? 'PRECEDING' : 'FOLLOWING'}`;
  const isInt = ['byte', 'short', 'integer'].includes(folded.dataType.kind);
  if (!isInt || folded.kind !== 'literal' || typeof folded.value !== 'number')
    throw unacceptedBound(location, folded.dataType, '"INT"', `ROWS BETWEEN ${text}`);
  return { kind: 'rows', offset: isPreceding ? -folded.value : folded.value, text };
}

function constantSize(size: UnresolvedExpression, scope: ExpressionScope, resolve: Resolve): Expression {
  const resolved = resolve(size, scope);
  if (!isConstant(resolved)) throw new MillraceError('INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND', {});
  return resolved;
}

/** The value of the sort key at the bound: the key shifted, towards smaller values when the order descends. */
function rangeBound(
  value: UnresolvedExpression,
  location: string,
  [order]: readonly SortOrder[],
  scope: ExpressionScope,
  resolve: Resolve,
): FrameBound {
  const { isPreceding, size } = directionOf(value);
  const resolved = constantSize(size, scope, resolve);
  if (order === undefined) return CURRENT_ROW;
  const { child: key, direction } = order;
  const sql = expressionSql(resolved);
  const isTime = ['date', 'timestamp', 'timestamp_ntz'].includes(key.dataType.kind);
  const isNumber = isIntegral(key.dataType) || ['float', 'double', 'decimal'].includes(key.dataType.kind);
  if (!isTime && !isNumber)
    throw unacceptedBound(
      location,
      key.dataType,
      '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
      `RANGE BETWEEN ${isPreceding ? `(- ${sql})` : sql} FOLLOWING`,
    );
  const isCast = isNumber && !sameType(resolved.dataType, key.dataType);
  const text = isPreceding ? (isCast ? `(- ${sql}) FOLLOWING` : `${sql} PRECEDING`) : `${sql} FOLLOWING`;
  const isMinus = isPreceding === (direction === 'ascending');
  const amount: UnresolvedExpression = isCast
    ? { kind: 'cast', child: size, toType: key.dataType, mode: 'ansi' }
    : size;
  const operator =
    key.dataType.kind === 'date' && isIntegral(resolved.dataType)
      ? isMinus
        ? 'date_sub'
        : 'date_add'
      : isMinus
        ? '-'
        : '+';
  const shifted = resolve(
    {
      kind: 'unresolvedFunction',
      functionName: operator,
      arguments: [{ kind: 'unresolvedAttribute', nameParts: [KEY_NAME] }, amount],
      isDistinct: false,
    },
    { ...scope, preferred: (parts) => (parts[0] === KEY_NAME ? key : scope.preferred?.(parts)) },
  );
  // A sum of decimals has more digits and the same scale; it is compared as it is.
  const isDecimal = shifted.dataType.kind === 'decimal';
  return { kind: 'range', value: isDecimal ? shifted : implicitCastTo(shifted, key.dataType, scope.context), text };
}

function unacceptedBound(location: string, type: DataType, expectedType: string, sqlExpr: string): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE', {
    location,
    exprType: `"${sqlName(type)}"`,
    expectedType,
    sqlExpr: `"${sqlExpr}"`,
  });
}

/** The error of IGNORE NULLS behind a function that cannot. */
export function noNullsOption(name: string): MillraceError {
  return new MillraceError('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', {
    prettyName: `\`${name}\``,
    syntax: 'IGNORE NULLS',
  });
}
