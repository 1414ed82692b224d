/** Finds the source of a format: those of the registry, and the readers of checkpoints, which no query feeds from. */
import type { SourceProvider } from '../source/source.ts';
import { findSourceProvider } from '../source/registry.ts';
import { stateDataSource } from './state-reader/state-data-source.ts';
import { stateMetadataSource } from './state-reader/state-metadata-source.ts';

const STATE_READERS: ReadonlyMap<string, () => SourceProvider> = new Map([
  ['statestore', () => stateDataSource],
  ['state-metadata', () => stateMetadataSource],
]);

/** The names of the readers of checkpoints. */
export const stateReaderNames: readonly string[] = [...STATE_READERS.keys()];

/** The source with this format name, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findSource(name: string): SourceProvider {
  return STATE_READERS.get(name.toLowerCase())?.() ?? findSourceProvider(name);
}
