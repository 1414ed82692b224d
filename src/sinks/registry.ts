/** The list of all sinks: one line per sink. Connects names to providers; knows nothing of queries. */
import type { SinkProvider } from './sink.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { consoleSinkProvider } from './console/console-sink.ts';
import { deliverySinkProvider } from './delivery/delivery-sink.ts';
import { fileSinkProviders } from './file/file-sink.ts';
import { foreachBatchSinkProvider } from './foreach-batch/foreach-batch-sink.ts';
import { foreachSinkProvider } from './foreach/foreach-sink.ts';
import { jdbcSinkProvider } from './jdbc/jdbc-sink.ts';
import { kafkaSinkProvider } from './kafka/kafka-sink.ts';
import { kinesisSinkProvider } from './kinesis/kinesis-sink.ts';
import { memorySinkProvider } from './memory/memory-sink.ts';
import { noopSinkProvider } from './noop/noop-sink.ts';

/** Every sink Millrace has. */
export const sinkProviders: readonly SinkProvider[] = [
  consoleSinkProvider,
  deliverySinkProvider,
  ...fileSinkProviders,
  foreachSinkProvider,
  foreachBatchSinkProvider,
  jdbcSinkProvider,
  kafkaSinkProvider,
  kinesisSinkProvider,
  memorySinkProvider,
  noopSinkProvider,
];

/** Those of users, by lower-case name. */
const ownProviders = new Map<string, SinkProvider>();

/** Adds a user's sink; one of the list keeps its name, another user's is replaced. */
export function registerSink(provider: SinkProvider): void {
  const name = provider.name.toLowerCase();
  if (sinkProviders.some((known) => [known.name, ...(known.aliases ?? [])].includes(name)))
    throw new MillraceError('DATA_SOURCE_ALREADY_EXISTS', { provider: provider.name });
  ownProviders.set(name, provider);
}

/** The provider of a format name or alias, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findSinkProvider(name: string): SinkProvider {
  const wanted = name.toLowerCase();
  const own = ownProviders.get(wanted);
  if (own !== undefined) return own;
  const found = sinkProviders.find((provider) =>
    [provider.name, ...(provider.aliases ?? [])].some((known) => known.toLowerCase() === wanted),
  );
  if (found !== undefined) return found;
  const near = nearestNames(
    name,
    sinkProviders.map((provider) => provider.name),
    3,
  );
  throw new MillraceError(
    'DATA_SOURCE_NOT_FOUND',
    { provider: name },
    { hint: `Did you mean ${near.join(', ')}? Known sinks: ${sinkProviders.map((p) => p.name).join(', ')}.` },
  );
}
