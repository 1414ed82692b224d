/** The options of the Kinesis sink, with or without the prefix `kinesis.`, in any letter case. Read and checked once. */
import {
  CONNECTION_OPTION_NAMES,
  type KinesisConnection,
  readKinesisConnection,
  withoutKinesisPrefix,
} from '../../storage/kinesis/kinesis-connection.ts';
import { readStreamReferences, type StreamReference } from '../../storage/kinesis/stream-reference.ts';
import { invalidOption, optionBoolean, optionInt, optionText, type Options } from '../../types/options.ts';

export const KINESIS_SINK_FORMAT = 'kinesis';

const NAMES = [
  ...CONNECTION_OPTION_NAMES,
  'aggregationEnabled',
  'aggregationMaxSizeBytes',
  'clientMaxRetryIntervalMs',
  'clientNumRetries',
  'clientRetryIntervalsMs',
  'dataColumn',
  'explicitHashKeyColumn',
  'maxConnections',
  'maxRecordSizeKiB',
  'partitionKeyColumn',
  'streamARN',
  'streamName',
] as const;

/** All accepted spellings. */
export const KINESIS_SINK_OPTION_NAMES: readonly string[] = NAMES.flatMap((name) => [`kinesis.${name}`, name]);

export interface KinesisSinkOptions {
  readonly stream: StreamReference;
  readonly connection: KinesisConnection;
  readonly columns: { readonly data: string; readonly partitionKey: string; readonly explicitHashKey: string };
  /** Packs records as the Kinesis Producer Library does, up to this size; undefined: each row is a record. */
  readonly aggregateBytes: number | undefined;
  /** Calls under way at the same time. */
  readonly maxConnections: number;
  /** The stream's maximum record size. */
  readonly maxRecordBytes: number;
  /** Failed connections in a row before the query fails; throttles do not count. */
  readonly numRetries: number;
  readonly retryIntervalMs: number;
  readonly maxRetryIntervalMs: number;
}

export function readKinesisSinkOptions(raw: Options): KinesisSinkOptions {
  const options = withoutKinesisPrefix(raw);
  const references = readStreamReferences(KINESIS_SINK_FORMAT, options);
  const [stream, ...others] = references;
  if (stream === undefined || others.length > 0)
    throw invalidOption(KINESIS_SINK_FORMAT, 'streamName', optionText(options, 'streamName') ?? '', 'one stream');
  const int = (name: (typeof NAMES)[number], min: number, max: number): number | undefined =>
    optionInt(KINESIS_SINK_FORMAT, options, name, { min, max });
  const isAggregated = optionBoolean(KINESIS_SINK_FORMAT, options, 'aggregationEnabled') ?? false;
  const aggregateBytes = int('aggregationMaxSizeBytes', 64, 1024 * 1024) ?? 51_200;
  return {
    stream,
    connection: readKinesisConnection(KINESIS_SINK_FORMAT, options, stream.region),
    columns: {
      data: optionText(options, 'dataColumn') ?? 'data',
      partitionKey: optionText(options, 'partitionKeyColumn') ?? 'partitionKey',
      explicitHashKey: optionText(options, 'explicitHashKeyColumn') ?? 'explicitHashKey',
    },
    aggregateBytes: isAggregated ? aggregateBytes : undefined,
    maxConnections: int('maxConnections', 1, 64) ?? 1,
    maxRecordBytes: (int('maxRecordSizeKiB', 1, 10_240) ?? 1024) * 1024,
    numRetries: int('clientNumRetries', 0, 1000) ?? 5,
    retryIntervalMs: int('clientRetryIntervalsMs', 1, 600_000) ?? 100,
    maxRetryIntervalMs: int('clientMaxRetryIntervalMs', 1, 600_000) ?? 10_000,
  };
}
