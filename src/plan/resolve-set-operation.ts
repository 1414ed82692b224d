/**
 * Resolves INTERSECT and EXCEPT. Without ALL they are a semi or anti join in which nulls are equal, without duplicates; with ALL the rows of
 * both sides are counted and as many put out as remain.
 */
import type { Attribute, Expression, NamedExpression } from '../expressions/expression.ts';
import type { AnalyzerContext } from './analyzer-context.ts';
import type { Join, LogicalPlan } from './logical-plan.ts';
import type { UnresolvedPlan } from './unresolved-plan.ts';
import { present } from '../errors/assert.ts';
import { toAttribute } from '../expressions/expression.ts';
import { makeCast, resolveAggregateCall, resolveCall } from '../expressions/type-coercion.ts';
import { INTEGER, LONG } from '../types/data-type.ts';
import { outputOf } from './logical-plan.ts';
import { aliasOf } from './alias.ts';
import { checkMapColumns } from './check-map-columns.ts';
import { generatedColumns, generatorCall } from './resolve-generator.ts';
import { resolveUnion, unionSides } from './resolve-union.ts';

type SetOperation = UnresolvedPlan & { readonly kind: 'setOperation' };

/** The plan of a set operation over two resolved plans; its columns are those of the left side. */
export function resolveSetOperation(
  plan: SetOperation,
  left: LogicalPlan,
  right: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  checkMapColumns(outputOf(left));
  checkMapColumns(outputOf(right));
  return plan.isAll ? countedRows(plan, left, right, context) : distinctRows(plan, left, right, context);
}

function distinctRows(
  { operation }: SetOperation,
  left: LogicalPlan,
  right: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  const sides = unionSides(operation.toUpperCase(), left, right, context);
  const keys = outputOf(sides.left);
  const others = outputOf(sides.right);
  const equalities = keys.map((key, i) => resolveCall('<=>', [key, others[i] as Attribute], context));
  const condition = equalities.reduce<Expression | undefined>(
    (all, equality) => (all === undefined ? equality : resolveCall('and', [all, equality], context)),
    undefined,
  );
  const joinType = operation === 'intersect' ? 'leftSemi' : 'leftAnti';
  const child: Join = { kind: 'join', ...sides, joinType, condition, setOperation: operation };
  return { kind: 'aggregate', child, groupings: keys, aggregates: keys, isDistinct: true };
}

/** Counts equal rows of both sides and repeats each as often as it is to come out. */
function countedRows(
  { operation }: SetOperation,
  left: LogicalPlan,
  right: LogicalPlan,
  context: AnalyzerContext,
): LogicalPlan {
  const marked = (child: LogicalPlan, ofLeft: number): LogicalPlan => {
    const mark = (name: string, value: number): NamedExpression =>
      aliasOf({ kind: 'literal', value, dataType: INTEGER, nullable: false }, name);
    return {
      kind: 'project',
      child,
      expressions: [...outputOf(child), mark('in left', ofLeft), mark('in right', 1 - ofLeft)],
    };
  };
  const union = resolveUnion({ byName: false, allowMissingColumns: false }, marked(left, 1), marked(right, 0), context);
  const columns = outputOf(union);
  const keys = columns.slice(0, -2);
  const [inLeft, inRight] = columns.slice(-2).map((mark, i) => {
    const sum = present(resolveAggregateCall('sum', [mark], false, context), 'sum()');
    return aliasOf(sum, i === 0 ? 'left' : 'right');
  }) as [NamedExpression, NamedExpression];
  const counts = [toAttribute(inLeft), toAttribute(inRight)];
  const child = { kind: 'aggregate', child: union, groupings: keys, aggregates: [...keys, inLeft, inRight] } as const;
  const rest = resolveCall(operation === 'intersect' ? 'least' : '-', counts, context);
  const zero: Expression = { kind: 'literal', value: 0n, dataType: LONG, nullable: false };
  const times = makeCast(resolveCall('greatest', [rest, zero], context), INTEGER, 'ansi', context);
  const once: Expression = { kind: 'literal', value: 1, dataType: INTEGER, nullable: false };
  const generator = generatorCall('explode', [resolveCall('array_repeat', [once, times], context)], context);
  const generated = generatedColumns(generator, undefined);
  return { kind: 'project', child: { kind: 'generate', child, generator, passed: keys, generated }, expressions: keys };
}
