/**
 * Resolves what takes user functions: typed rows, and groups with state. Keys are expressions over the input, or columns that a key
 * function adds to it; functions see the rows of the input without those.
 */
import type { Attribute, NamedExpression } from '../expressions/expression.ts';
import type { StructType } from '../types/data-type.ts';
import type { Grouping, LogicalPlan } from './logical-plan.ts';
import type { UnresolvedGrouping, UnresolvedPlan } from './unresolved-plan.ts';
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nextAttributeId } from '../expressions/expression.ts';
import { sameType, sqlName, struct, field } from '../types/data-type.ts';
import { isStreaming, outputOf } from './logical-plan.ts';
import { resolveColumn } from './resolve-names.ts';

type Unresolved<Kind extends UnresolvedPlan['kind']> = UnresolvedPlan & { readonly kind: Kind };

/** What the analyzer lends: plans, and select lists with the window they ask for. */
export interface GroupResolver {
  analyze(plan: UnresolvedPlan): LogicalPlan;
  /** The named expressions over a plan, and that plan with a window column when they use one. */
  resolveList(
    expressions: readonly UnresolvedExpression[],
    child: LogicalPlan,
  ): { readonly child: LogicalPlan; readonly expressions: readonly NamedExpression[] };
}

export function resolveMapPartitions(plan: Unresolved<'mapPartitions'>, child: LogicalPlan): LogicalPlan {
  return { kind: 'mapPartitions', child, function: plan.function, output: attributesOf(plan.schema) };
}

export function resolveGroupsWithState(
  plan: Unresolved<'flatMapGroupsWithState'>,
  resolver: GroupResolver,
): LogicalPlan {
  const { groups } = plan;
  return {
    kind: 'flatMapGroupsWithState',
    ...resolveInputs(plan, resolver),
    groups,
    output: attributesOf(groups.schema),
  };
}

export function resolveTransformWithState(
  plan: Unresolved<'transformWithState'>,
  resolver: GroupResolver,
): LogicalPlan {
  const { transform } = plan;
  const inputs = resolveInputs(plan, resolver);
  const output = attributesOf(transform.schema);
  if (transform.eventTimeColumn === undefined) return { kind: 'transformWithState', ...inputs, transform, output };
  const eventTime = resolveColumn([transform.eventTimeColumn], output);
  if (eventTime.kind !== 'attribute' || eventTime.dataType.kind !== 'timestamp') {
    throw new MillraceError('EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', {
      eventName: `\`${transform.eventTimeColumn}\``,
      eventType: `"${sqlName(eventTime.dataType)}"`,
    });
  }
  const watermarkDelayMs = outputOf(inputs.child).find(
    (column) => column.watermarkDelayMs !== undefined,
  )?.watermarkDelayMs;
  const marked = output.map((column) =>
    column.id === eventTime.id && watermarkDelayMs !== undefined ? { ...column, watermarkDelayMs } : column,
  );
  return { kind: 'transformWithState', ...inputs, transform, output: marked };
}

type GroupedPlan = Unresolved<'flatMapGroupsWithState'> | Unresolved<'transformWithState'>;

function resolveInputs(plan: GroupedPlan, resolver: GroupResolver) {
  const main = resolveGrouping(plan.grouping, resolver.analyze(plan.input), resolver);
  if (plan.initialState === undefined)
    return { child: main.child, grouping: main.grouping, initialState: undefined, initialGrouping: undefined };
  const initial = resolveGrouping(plan.initialState.grouping, resolver.analyze(plan.initialState.input), resolver);
  checkInitialState(initial, main.grouping);
  return {
    child: main.child,
    grouping: main.grouping,
    initialState: initial.child,
    initialGrouping: initial.grouping,
  };
}

interface GroupedChild {
  readonly child: LogicalPlan;
  readonly grouping: Grouping;
}

function resolveGrouping(grouping: UnresolvedGrouping, input: LogicalPlan, resolver: GroupResolver): GroupedChild {
  const values = outputOf(input);
  if (grouping.kind === 'columns') {
    const { child, expressions } = resolver.resolveList(grouping.expressions, input);
    return { child, grouping: { keys: expressions, keyForm: 'columns', values } };
  }
  const { key } = grouping.function;
  const keys = attributesOf(key.schema);
  const child: LogicalPlan = { kind: 'appendKeys', child: input, function: grouping.function, keys };
  return { child, grouping: { keys, keyForm: key.form, values } };
}

function checkInitialState({ child, grouping }: GroupedChild, main: Grouping): void {
  if (isStreaming(child))
    throw new MillraceError('_LEGACY_ERROR_TEMP_3102', {
      msg: 'Non-streaming DataFrame/Dataset is required for the initial state of a stateful operation',
    });
  const expected = keyType(main.keys);
  const found = keyType(grouping.keys);
  if (!sameType(expected, found))
    throw new MillraceError('INITIAL_STATE_KEY_MISMATCH', { expected: sqlName(expected), found: sqlName(found) });
}

/** The types of a key; names may differ. */
function keyType(keys: readonly NamedExpression[]): StructType {
  return struct(keys.map(({ dataType }, i) => field(`key${i}`, dataType)));
}

function attributesOf(schema: StructType): Attribute[] {
  return schema.fields.map(({ name, dataType, nullable }) => ({
    kind: 'attribute',
    id: nextAttributeId(),
    name,
    qualifier: [],
    dataType,
    nullable,
  }));
}
