/** The list of all sinks: one line per sink. Connects names to providers; knows nothing of queries. */
import type { SinkProvider } from './sink.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { consoleSinkProvider } from './console/console-sink.ts';
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
  ...fileSinkProviders,
  foreachSinkProvider,
  foreachBatchSinkProvider,
  jdbcSinkProvider,
  kafkaSinkProvider,
  kinesisSinkProvider,
  memorySinkProvider,
  noopSinkProvider,
];

/** The provider of a format name or alias, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findSinkProvider(name: string): SinkProvider {
  const wanted = name.toLowerCase();
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
