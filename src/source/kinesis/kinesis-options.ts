/**
 * The options of the Kinesis source: names and meanings of AWS's Spark connector, with or without the prefix `kinesis.`, in any letter
 * case. Read and checked once, when the source is made.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  CONNECTION_OPTION_NAMES,
  type KinesisConnection,
  readKinesisConnection,
  withoutKinesisPrefix,
} from '../../storage/kinesis/kinesis-connection.ts';
import { readStreamReferences, type StreamReference } from '../../storage/kinesis/stream-reference.ts';
import {
  invalidOption,
  optionBoolean,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
  type Options,
} from '../../types/options.ts';
import type { FanOutOptions } from './fan-out-consumer.ts';
import { parseStartingPosition, type StartingPosition } from './starting-position.ts';

export const KINESIS_FORMAT = 'kinesis';

const NAMES = [
  ...CONNECTION_OPTION_NAMES,
  'clientMaxRetryIntervalMs',
  'clientNumRetries',
  'clientRetryIntervalsMs',
  'consumerLifecycle',
  'consumerName',
  'consumerType',
  'describeShardInterval',
  'failOnDataLoss',
  'getRecords.fetchIntervalMs',
  'getRecords.numberOfRecordsPerFetch',
  'includeSubSequenceNumber',
  'leaseStore',
  'leaseTimeMs',
  'maxBytesPerTrigger',
  'maxFetchRecordsPerShard',
  'maxFetchTimePerShardSec',
  'maxRecordsPerTrigger',
  'preserveShardOrdering',
  'sharedGroup',
  'startingPosition',
  'streamARN',
  'streamName',
  'subscribeToShard.timeoutSec',
  'workerId',
] as const;

type KinesisOptionName = (typeof NAMES)[number];

/** All accepted spellings. */
export const KINESIS_OPTION_NAMES: readonly string[] = NAMES.flatMap((name) => [`kinesis.${name}`, name]);

export interface KinesisOptions {
  /** At least one. */
  readonly streams: readonly StreamReference[];
  readonly connection: KinesisConnection;
  /** Undefined: GetRecords polling. */
  readonly fanOut: FanOutOptions | undefined;
  /** Undefined: this query reads all shards. */
  readonly sharing: SharingOptions | undefined;
  readonly startingPosition: StartingPosition;
  readonly failOnDataLoss: boolean;
  /** Parents are read to their end before their children. */
  readonly preservesOrder: boolean;
  /** Most records of one shard in one batch. */
  readonly maxFetchRecordsPerShard: number;
  /** How long one batch collects from a shard that is behind. */
  readonly maxFetchTimeMs: number;
  readonly describeShardIntervalMs: number;
  readonly numRecordsPerFetch: number;
  /** The average pause between two calls for one shard; AWS allows five a second. 0: no quota at all. */
  readonly fetchIntervalMs: number;
  /** Most records of all shards in one batch. */
  readonly maxRecordsPerTrigger: number;
  /** Most bytes of all shards in one batch; a single larger record is a batch. */
  readonly maxBytesPerTrigger: number;
  /** A subscription that is silent for so long is dead. */
  readonly subscriptionTimeoutMs: number;
  /** Failed connections in a row before the query fails; throttles do not count. */
  readonly numRetries: number;
  readonly retryIntervalMs: number;
  readonly maxRetryIntervalMs: number;
}

/** Several processes that divide the shards among them. */
export interface SharingOptions {
  /** Workers of one group read each record once. */
  readonly group: string;
  /** `redis://…`, or a folder for the processes of one machine. */
  readonly leaseStore: string;
  readonly leaseTimeMs: number;
  /** Undefined: a new one for each run. */
  readonly workerId: string | undefined;
}

/** Reads the options; typed errors for missing and malformed ones. `isStreaming` decides the default position. */
export function readKinesisOptions(raw: Options, isStreaming: boolean): KinesisOptions {
  const options = withoutKinesisPrefix(raw);
  const streams = readStreamReferences(KINESIS_FORMAT, options);
  const int = (name: KinesisOptionName, min: number, max?: number): number | undefined =>
    optionInt(KINESIS_FORMAT, options, name, max === undefined ? { min } : { min, max });
  const flag = (name: KinesisOptionName): boolean | undefined => optionBoolean(KINESIS_FORMAT, options, name);
  return {
    streams,
    connection: readKinesisConnection(KINESIS_FORMAT, options, streams[0]?.region),
    fanOut: isStreaming ? fanOutOptions(options) : undefined,
    sharing: isStreaming ? sharingOptions(options) : undefined,
    startingPosition: parseStartingPosition(option(options, 'startingPosition'), isStreaming),
    failOnDataLoss: flag('failOnDataLoss') ?? true,
    preservesOrder: flag('preserveShardOrdering') ?? true,
    maxFetchRecordsPerShard: int('maxFetchRecordsPerShard', 1) ?? 100_000,
    maxFetchTimeMs: secondsOption(options, 'maxFetchTimePerShardSec') ?? 1000,
    describeShardIntervalMs: optionDuration(KINESIS_FORMAT, options, 'describeShardInterval', 's') ?? 1000,
    numRecordsPerFetch: int('getRecords.numberOfRecordsPerFetch', 1, 10_000) ?? 10_000,
    fetchIntervalMs: int('getRecords.fetchIntervalMs', 0) ?? 200,
    maxRecordsPerTrigger: int('maxRecordsPerTrigger', 1) ?? Number.POSITIVE_INFINITY,
    maxBytesPerTrigger: int('maxBytesPerTrigger', 1) ?? Number.POSITIVE_INFINITY,
    subscriptionTimeoutMs: secondsOption(options, 'subscribeToShard.timeoutSec') ?? 35_000,
    numRetries: int('clientNumRetries', 0) ?? 5,
    retryIntervalMs: int('clientRetryIntervalsMs', 1) ?? 1000,
    maxRetryIntervalMs: int('clientMaxRetryIntervalMs', 1) ?? 10_000,
  };
}

/** The streams, for explain; nothing secret. */
export function describeKinesis(raw: Options): string {
  const options = withoutKinesisPrefix(raw);
  const arns = option(options, 'streamARN')?.replaceAll(/[^,]*:stream\//g, '');
  return `Kinesis[${arns ?? option(options, 'streamName') ?? '?'}]`;
}

/** Whether rows have the column `subSequenceNumber`. */
export function hasSubSequenceColumn(raw: Options): boolean {
  return optionBoolean(KINESIS_FORMAT, withoutKinesisPrefix(raw), 'includeSubSequenceNumber') ?? false;
}

function option(options: Options, name: KinesisOptionName): string | undefined {
  return optionText(options, name);
}

function fanOutOptions(options: Options): FanOutOptions | undefined {
  const type = optionOneOf(KINESIS_FORMAT, options, 'consumerType', ['GetRecords', 'SubscribeToShard'] as const);
  const lifecycles = ['managed', 'external'] as const;
  const lifecycle = optionOneOf(KINESIS_FORMAT, options, 'consumerLifecycle', lifecycles) ?? 'managed';
  if (type !== 'SubscribeToShard') return undefined;
  const consumerName = option(options, 'consumerName');
  if (consumerName === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'consumerName', format: KINESIS_FORMAT });
  return { consumerName, lifecycle };
}

function sharingOptions(options: Options): SharingOptions | undefined {
  const group = option(options, 'sharedGroup');
  const leaseTimeMs = optionInt(KINESIS_FORMAT, options, 'leaseTimeMs', { min: 300 }) ?? 10_000;
  if (group === undefined) return undefined;
  if (!/^[\w.-]+$/.test(group))
    throw invalidOption(KINESIS_FORMAT, 'sharedGroup', group, 'letters, digits, dots, hyphens and underscores');
  const leaseStore = option(options, 'leaseStore');
  if (leaseStore === undefined)
    throw new MillraceError('MISSING_OPTION', { option: 'leaseStore', format: KINESIS_FORMAT });
  if (fanOutOptions(options)?.lifecycle === 'managed')
    throw invalidOption(KINESIS_FORMAT, 'consumerLifecycle', 'managed', 'external, since the workers share a consumer');
  return { group, leaseStore, leaseTimeMs, workerId: option(options, 'workerId') };
}

function secondsOption(options: Options, name: KinesisOptionName): number | undefined {
  const text = option(options, name);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw invalidOption(KINESIS_FORMAT, name, text, 'seconds above 0');
}
