/** The list of sources. Adding one: a folder with a SourceProvider, one line here. The package loads the code of a source when the source is named. */
import { assert } from '../errors/assert.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { refuseForeignFormat } from '../formats/foreign-formats.ts';
import { formatNames } from '../formats/registry.ts';
import { fileSourceProvider } from './file/file-source-provider.ts';
import { jdbcSourceProvider } from './jdbc/jdbc-source.ts';
import { kafkaSourceProvider } from './kafka/kafka-source.ts';
import { kinesisSourceProvider } from './kinesis/kinesis-source.ts';
import { memorySourceProvider } from './memory/memory-source.ts';
import { rateMicroBatchSourceProvider } from './rate-micro-batch/rate-micro-batch-source.ts';
import { rateSourceProvider } from './rate/rate-source.ts';
import { recordingSourceProvider } from './recording/recording-source.ts';
import { socketSourceProvider } from './socket/socket-source.ts';
import type { SourceProvider } from './source.ts';

/** The sources by their names, the provider's own first. */
const SOURCES: readonly (readonly [names: readonly string[], provider: () => SourceProvider])[] = [
  ...formatNames.map((name) => [[name], () => fileSourceProvider(name)] as const),
  [['jdbc'], () => jdbcSourceProvider],
  [['kafka'], () => kafkaSourceProvider],
  [['kinesis', 'aws-kinesis'], () => kinesisSourceProvider],
  [['memory'], () => memorySourceProvider],
  [['rate-micro-batch'], () => rateMicroBatchSourceProvider],
  [['rate'], () => rateSourceProvider],
  [['recording'], () => recordingSourceProvider],
  [['socket'], () => socketSourceProvider],
];

const byName = new Map<string, () => SourceProvider>();
for (const [names, provider] of SOURCES) {
  for (const name of names) {
    assert(!byName.has(name.toLowerCase()), `one source has the name ${name}`);
    byName.set(name.toLowerCase(), provider);
  }
}
const namesOfOurs: ReadonlySet<string> = new Set(byName.keys());

/** The first names of all sources, users' own not among them. */
export const sourceNames: readonly string[] = SOURCES.flatMap(([names]) => names.slice(0, 1));

/** Adds a user's source; one of the list keeps its name, another user's is replaced. */
export function registerSource(provider: SourceProvider): void {
  const name = provider.name.toLowerCase();
  if (namesOfOurs.has(name)) throw new MillraceError('DATA_SOURCE_ALREADY_EXISTS', { provider: provider.name });
  byName.set(name, () => provider);
}

/** The source with this format name, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findSourceProvider(name: string): SourceProvider {
  const provider = byName.get(name.toLowerCase());
  if (provider !== undefined) return provider();
  refuseForeignFormat(name);
  const proposal = nearestNames(name, byName.keys(), 3).join(', ');
  throw new MillraceError('DATA_SOURCE_NOT_FOUND', { provider: name }, { hint: `Did you mean one of ${proposal}?` });
}
