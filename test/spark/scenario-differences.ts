/**
 * The scenarios whose stored answer Millrace does not give on purpose: why, and what it answers instead. The amended answer is compared in
 * full.
 */
import type { GoldenBatch, GoldenRun, Scenario } from './golden-case.ts';

interface Difference {
  readonly why: string;
  readonly amend: (scenario: Scenario) => readonly GoldenRun[];
}

const UNKNOWN_MATCHES: Difference = {
  why: 'Spark notes of every stored row whether it had a partner; here only where the type of the join asks for it, so that one that has to know is refused.',
  amend: (scenario) => refusedFrom(scenario, 1, 'CHECKPOINT_PLAN_CHANGED'),
};

/** By file and name of the scenario. */
export const SCENARIO_DIFFERENCES: Readonly<Record<string, Readonly<Record<string, Difference>>>> = {
  restarts: {
    'restart-join-inner-full': UNKNOWN_MATCHES,
    'restart-join-inner-left': UNKNOWN_MATCHES,
    'restart-join-inner-right': UNKNOWN_MATCHES,
    'restart-join-key-other': {
      why: 'Key columns are stored once, as the key; when the key is computed they are stored beside it, which is another schema.',
      amend: (scenario) => refusedFrom(scenario, 1, 'STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE'),
    },
    'restart-join-left-full': UNKNOWN_MATCHES,
    'restart-join-left-right': UNKNOWN_MATCHES,
    'restart-join-right-left': UNKNOWN_MATCHES,
    'restart-sorted': {
      why: 'Spark runs a sorted foreachBatch twice, once to sample the range partitions, and counts the state rows of both runs.',
      amend: ({ answer: [first = {}, second = {}] }) => [first, halved(second)],
    },
  },
};

/** Spark's answer up to run number `from`, which is refused. */
function refusedFrom({ answer }: Scenario, from: number, condition: string): readonly GoldenRun[] {
  return [...answer.slice(0, from), { error: { when: 'start', chain: [{ condition }] } }];
}

function halved({ batches = [] }: GoldenRun): GoldenRun {
  const half = (batch: GoldenBatch): GoldenBatch => ({
    ...batch,
    state: (batch.state ?? []).map((one) => ({ ...one, total: one.total / 2, updated: one.updated / 2 })),
  });
  return { batches: batches.map(half) };
}
