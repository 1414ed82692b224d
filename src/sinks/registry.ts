/**
 * The list of all sinks: one line per sink. Connects names to providers; knows nothing of queries. The package loads the code of a sink when the
 * sink is named.
 */
import type { SinkProvider } from './sink.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { nearestNames } from '../errors/suggest.ts';
import { refuseForeignFormat } from '../formats/foreign-formats.ts';
import { writableFormatNames } from '../formats/registry.ts';
import { consoleSinkProvider } from './console/console-sink.ts';
import { deliverySinkProvider } from './delivery/delivery-sink.ts';
import { fileSinkProvider } from './file/file-sink.ts';
import { foreachBatchSinkProvider } from './foreach-batch/foreach-batch-sink.ts';
import { foreachSinkProvider } from './foreach/foreach-sink.ts';
import { jdbcSinkProvider } from './jdbc/jdbc-sink.ts';
import { kafkaSinkProvider } from './kafka/kafka-sink.ts';
import { kinesisSinkProvider } from './kinesis/kinesis-sink.ts';
import { memorySinkProvider } from './memory/memory-sink.ts';
import { noopSinkProvider } from './noop/noop-sink.ts';
import { redisSinkProvider } from './redis/redis-sink.ts';

/** The sinks by their names, the provider's own first. */
const SINKS: readonly (readonly [names: readonly string[], provider: () => SinkProvider])[] = [
  [['console'], () => consoleSinkProvider],
  [['delivery', 'firehose'], () => deliverySinkProvider],
  ...writableFormatNames.map((name) => [[name], () => fileSinkProvider(name)] as const),
  [['foreach'], () => foreachSinkProvider],
  [['foreachBatch', 'foreach-batch'], () => foreachBatchSinkProvider],
  [['jdbc'], () => jdbcSinkProvider],
  [['kafka'], () => kafkaSinkProvider],
  [['kinesis', 'aws-kinesis'], () => kinesisSinkProvider],
  [['memory'], () => memorySinkProvider],
  [['noop'], () => noopSinkProvider],
  [['redis'], () => redisSinkProvider],
];

/** The first names of all sinks, users' own not among them. */
export const sinkNames: readonly string[] = SINKS.flatMap(([names]) => names.slice(0, 1));

/** Those of users, by lower-case name. */
const ownProviders = new Map<string, SinkProvider>();

/** Adds a user's sink; one of the list keeps its name, another user's is replaced. */
export function registerSink(provider: SinkProvider): void {
  const name = provider.name.toLowerCase();
  if (providerOf(name) !== undefined)
    throw new MillraceError('DATA_SOURCE_ALREADY_EXISTS', { provider: provider.name });
  ownProviders.set(name, provider);
}

/** The provider of a format name or alias, in any letter case; else `DATA_SOURCE_NOT_FOUND` with the nearest names. */
export function findSinkProvider(name: string): SinkProvider {
  const wanted = name.toLowerCase();
  const own = ownProviders.get(wanted);
  if (own !== undefined) return own;
  const found = providerOf(wanted);
  if (found !== undefined) return found();
  refuseForeignFormat(name);
  const near = nearestNames(name, sinkNames, 3);
  throw new MillraceError(
    'DATA_SOURCE_NOT_FOUND',
    { provider: name },
    { hint: `Did you mean ${near.join(', ')}? Known sinks: ${sinkNames.join(', ')}.` },
  );
}

function providerOf(lowerCaseName: string): (() => SinkProvider) | undefined {
  return SINKS.find(([names]) => names.some((known) => known.toLowerCase() === lowerCaseName))?.[1];
}
