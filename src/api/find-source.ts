/** Finds the source of a format: those of the registry, and the readers of checkpoints, which no query feeds from. */
import type { SourceProvider } from '../source/source.ts';
import { findSourceProvider } from '../source/registry.ts';
import { stateDataSource } from './state-reader/state-data-source.ts';
import { stateMetadataSource } from './state-reader/state-metadata-source.ts';

/** The readers of checkpoints. */
export const stateReaders: readonly SourceProvider[] = [stateDataSource, stateMetadataSource];

/** The source with this format name, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findSource(name: string): SourceProvider {
  return stateReaders.find((reader) => reader.name === name.toLowerCase()) ?? findSourceProvider(name);
}
