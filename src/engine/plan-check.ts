/**
 * Whether a query may go on with the checkpoint of an earlier one: sources and stateful operators must be the same, in the same order and
 * with state of the same types; filters, projections, sinks, triggers and rates may change. The answer to a change that is not allowed
 * shows both plans. Nothing is read or written here.
 */
import type { OperatorDescription, PlanDescription } from '../checkpoint/plan-description.ts';
import type { OutputMode } from '../sinks/sink.ts';
import type { OperatorState } from './operators/operator-state.ts';
import type { Operator } from './operators/operator.ts';
import type { PhysicalPlan } from './planner.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { treeText } from '../plan/explain.ts';
import { joinTypeText } from '../plan/join-type.ts';
import { checkSchemaTexts, schemaTexts } from '../state/schema-texts.ts';

/** What a checkpoint keeps of a plan. */
export function describePlan(physical: PhysicalPlan, outputMode: OutputMode): PlanDescription {
  const byOperator = new Map<number, OperatorState[]>();
  for (const state of physical.states) {
    const stores = byOperator.get(state.operatorId) ?? [];
    byOperator.set(state.operatorId, [...stores, state]);
  }
  const text = treeText<Operator>(
    physical.root,
    ({ name, detail }) => `${name} ${detail}`,
    ({ inputs }) => inputs,
  );
  return {
    sources: physical.scans.map(({ relation }) => relation.format),
    operators: [...byOperator].map(([operatorId, states]) => ({
      operatorId,
      operatorName: states[0]?.operatorName ?? '',
      timeMode: timeModeOf(states[0]),
      ...joinTypeOf(states[0]),
      stores: states.map((state) => storeOf(state)),
    })),
    lines: text.split('\n'),
    outputMode,
  };
}

function timeModeOf(state: OperatorState | undefined): NonNullable<OperatorDescription['timeMode']> {
  if (state?.isTimeless === true) return 'none';
  return state?.noDataBatches === 'clock' ? 'processingTime' : 'eventTime';
}

function joinTypeOf(state: OperatorState | undefined): Pick<OperatorDescription, 'joinType'> {
  return state?.joinType === undefined ? {} : { joinType: joinTypeText(state.joinType) };
}

function storeOf({ storeName, schema, variable }: OperatorState): OperatorDescription['stores'][number] {
  const { numBucketKeys } = schema;
  const marks = {
    ...(numBucketKeys !== undefined && { numBucketKeys }),
    ...(variable && { isVariable: true as const }),
  };
  return { storeName, ...schemaTexts(schema), ...marks };
}

/**
 * Fails when the query `current` cannot use the checkpoint of `stored`: STREAMING_STATEFUL_OPERATOR_*,
 * STATE_STORE_*_SCHEMA_NOT_COMPATIBLE, STATE_STORE_INVALID_CONFIG_AFTER_RESTART, or CHECKPOINT_PLAN_CHANGED for other sources or a join
 * whose state does not say what it needs to know. When state of the same types is called otherwise, so that it may mean something else,
 * the answer is a warning.
 */
export function checkPlanFits(stored: PlanDescription, current: PlanDescription, location: string): string | undefined {
  const hint = differenceOf(stored, current);
  const names = [stored, current].map(({ operators }) => operators.map((operator) => pairOf(operator)).join(', '));
  const [OpsInMetadataSeq = '', OpsInCurBatchSeq = ''] = names;
  if (OpsInMetadataSeq === '' && OpsInCurBatchSeq !== '')
    throw new MillraceError('STREAMING_STATEFUL_OPERATOR_MISSING_STATE_DIRECTORY', { OpsInCurBatchSeq }, { hint });
  if (OpsInMetadataSeq !== OpsInCurBatchSeq)
    throw new MillraceError(
      'STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA',
      { OpsInMetadataSeq, OpsInCurBatchSeq },
      { hint },
    );
  const [storedSources = '', currentSources = ''] = [stored, current].map(({ sources }) => sources.join(', '));
  if (storedSources !== currentSources)
    throw planChanged(location, [`sources ${storedSources}`, `sources ${currentSources}`], hint);
  const isRenamed = current.operators.map((operator, i) => {
    const known = stored.operators[i];
    return known !== undefined && checkOperatorFits(known, operator, { location, hint });
  });
  return isRenamed.includes(true)
    ? `The state at ${location} is used as it is by a changed query.\n${hint}`
    : undefined;
}

/** True when something of the state has another name now. */
function checkOperatorFits(
  stored: OperatorDescription,
  current: OperatorDescription,
  { location, hint }: { readonly location: string; readonly hint: string },
): boolean {
  const { timeMode = current.timeMode } = stored;
  if (TIMED.has(current.operatorName) && timeMode !== current.timeMode)
    throw timeModeChanged(timeMode, current.timeMode, hint);
  let isRenamed = false;
  for (const store of current.stores) {
    const known = stored.stores.find(({ storeName }) => storeName === store.storeName);
    if (known === undefined || store.isVariable === true) continue;
    checkSchemaTexts(keyTexts(known), keyTexts(store), hint);
    isRenamed ||= known.keys !== store.keys || known.values !== store.values;
  }
  const { joinType } = current;
  if (joinType === undefined || stored.joinType === undefined) return isRenamed;
  const known = MATCHES_KNOWN[stored.joinType] ?? [];
  if ((MATCHES_KNOWN[joinType] ?? []).some((side) => !known.includes(side)))
    throw planChanged(location, [`join ${stored.joinType}`, `join ${joinType}`], hint);
  return isRenamed || joinType !== stored.joinType;
}

/** The one group of an aggregation without keys is stored under a number that nobody wrote. */
function keyTexts<Store extends { readonly keys: string; readonly numBucketKeys?: number }>(store: Store): Store {
  return store.numBucketKeys === 0 ? { ...store, keys: 'STRUCT<>' } : store;
}

/** The operators that go by a clock. */
const TIMED = new Set(['flatMapGroupsWithState', 'transformWithStateExec']);

/** The sides of a join whose stored rows say whether they have had a partner; a join that puts out rows without one has to know. */
const MATCHES_KNOWN: Readonly<Record<string, readonly string[]>> = {
  LeftOuter: ['left'],
  RightOuter: ['right'],
  FullOuter: ['left', 'right'],
  LeftSemi: ['left'],
};

function planChanged(location: string, [stored, current]: readonly [string, string], hint: string): MillraceError {
  return new MillraceError('CHECKPOINT_PLAN_CHANGED', { location, stored, current }, { hint });
}

/** Times stored by one clock mean nothing by another. */
function timeModeChanged(oldConfig = '', newConfig = '', hint: string): MillraceError {
  return new MillraceError(
    'STATE_STORE_INVALID_CONFIG_AFTER_RESTART',
    { configName: 'timeMode', oldConfig, newConfig },
    { hint },
  );
}

function pairOf({ operatorId, operatorName }: OperatorDescription): string {
  return `(OperatorId: ${operatorId} -> OperatorName: ${operatorName})`;
}

/** The lines of the plans that only one of them has, and what to do. */
function differenceOf(stored: PlanDescription, current: PlanDescription): string {
  const removed = stored.lines.filter((line) => !current.lines.includes(line)).map((line) => `- ${line}`);
  const added = current.lines.filter((line) => !stored.lines.includes(line)).map((line) => `+ ${line}`);
  const lines = ['The plan of the checkpoint (-) and of the query now (+):', ...removed, ...added];
  return [...lines, 'Start the changed query with a new checkpointLocation, or undo the change.'].join('\n');
}
