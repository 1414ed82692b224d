/** What a query is given that may hold only so much state in memory; the same for the coordinator and for its worker threads. */
import type { Spill } from '../state/spill-space.ts';
import type { EngineEnvironment, SpillRequest } from './environment.ts';
import type { SessionSettings } from './session-settings.ts';

/** The budget of one of `numThreads` threads and the files for what exceeds it; undefined when there is no limit. */
export function openSpill(
  settings: SessionSettings,
  place: Omit<SpillRequest, 'directory'>,
  environment: EngineEnvironment,
  numThreads = 1,
): Spill | undefined {
  const budget = settings.memoryBudget(numThreads);
  const directory = settings.get('millrace.state.spillDirectory') ?? '';
  // Opened without a limit too: what a run that had one left behind is deleted.
  const space = environment.openSpill({ ...place, directory });
  return budget === undefined ? undefined : { budget, space };
}
