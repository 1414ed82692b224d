/**
 * Bounded relations: read to the end they have when they are planned. A batch query plans each once; a streaming query plans its tables
 * anew in every batch, so that it sees what has been added since.
 */
import type { InputPartition, Source } from '../source/source.ts';
import type { SourceRelation } from '../plan/unresolved-plan.ts';
import type { EngineEnvironment } from './environment.ts';

/** The partitions of everything a freshly opened source has now. */
export async function planBounded(source: Source): Promise<readonly InputPartition[]> {
  await source.prepareForAvailableNow();
  const end = await source.latestOffset({ start: undefined, mode: 'once', batchId: 0 });
  return end === undefined ? [] : source.planInput(undefined, end);
}

/** As planBounded, of a source made for the purpose: a source plans everything only when it is new. */
export async function planTable(
  relation: SourceRelation,
  timeZone: string,
  environment: EngineEnvironment,
): Promise<readonly InputPartition[]> {
  const source = environment.createSource(relation, timeZone);
  try {
    await source.open();
    return await planBounded(source);
  } finally {
    await source.close();
  }
}
