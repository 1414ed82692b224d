/**
 * The entry `plan` of a checkpoint: what the query that writes it is made of, for people, for readers of its state, and for the check
 * whether a changed query may go on with it. Replaced at every start that is allowed; checkpoints of older versions have none.
 */
import type { CheckpointStore } from './checkpoint-store.ts';
import { canonicalJson } from './canonical-json.ts';
import type { JsonValue } from './canonical-json.ts';
import { logObject } from './log-text.ts';

const NAME = 'plan';

/** A store of a stateful operator; schemas as DDL. */
export interface StoreDescription {
  readonly storeName: string;
  readonly keys: string;
  readonly values: string;
  /** How many key columns decide where a row lives; absent: all. */
  readonly numBucketKeys?: number;
  /** A state variable of a processor; what may change of it is checked when it is loaded. */
  readonly isVariable?: true;
}

export interface OperatorDescription {
  readonly operatorId: number;
  readonly operatorName: string;
  /** The clock that timeouts and timers go by; absent where descriptions are older. */
  readonly timeMode?: 'none' | 'eventTime' | 'processingTime';
  /** The type of a join of two streams, as `Inner`; absent where descriptions are older. */
  readonly joinType?: string;
  readonly stores: readonly StoreDescription[];
}

export interface PlanDescription {
  /** One line per source, as `json`, in the order of the offset log. */
  readonly sources: readonly string[];
  readonly operators: readonly OperatorDescription[];
  /** The physical plan, one line per operator, for comparing by eye. */
  readonly lines: readonly string[];
  readonly outputMode: string;
}

/** The description, undefined where there is none. */
export async function readPlanDescription(store: CheckpointStore): Promise<PlanDescription | undefined> {
  const bytes = await store.read(NAME);
  if (bytes === undefined) return undefined;
  const { sources, operators, lines, outputMode } = logObject(store, NAME, new TextDecoder().decode(bytes));
  return { sources, operators, lines, outputMode } as unknown as PlanDescription;
}

/** Writes the description unless it is there already. */
export async function writePlanDescription(
  store: CheckpointStore,
  plan: PlanDescription,
  known: PlanDescription | undefined,
): Promise<void> {
  const text = canonicalJson(plan as unknown as JsonValue);
  if (known !== undefined && canonicalJson(known as unknown as JsonValue) === text) return;
  await store.write(NAME, new TextEncoder().encode(text));
}
