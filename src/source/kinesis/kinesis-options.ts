/**
 * The options of the Kinesis source: names and meanings of AWS's Spark connector, with or without the prefix `kinesis.`, in any letter
 * case. Read and checked once, when the source is made.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import {
  invalidOption,
  optionBoolean,
  optionDuration,
  optionInt,
  optionOneOf,
  optionText,
  requiredOption,
  type Options,
} from '../../types/options.ts';
import { parseStartingPosition, type StartingPosition } from './starting-position.ts';
import type { KinesisConnection } from './sdk-kinesis-api.ts';

export const KINESIS_FORMAT = 'kinesis';

const NAMES = [
  'awsAccessKeyId',
  'awsSecretKey',
  'clientMaxRetryIntervalMs',
  'clientNumRetries',
  'clientRetryIntervalsMs',
  'consumerType',
  'describeShardInterval',
  'endpointUrl',
  'failOnDataLoss',
  'getRecords.fetchIntervalMs',
  'getRecords.numberOfRecordsPerFetch',
  'maxFetchRecordsPerShard',
  'maxFetchTimePerShardSec',
  'maxRecordsPerTrigger',
  'region',
  'sessionToken',
  'startingPosition',
  'streamName',
  'stsRoleArn',
] as const;

type KinesisOptionName = (typeof NAMES)[number];

/** All accepted spellings. */
export const KINESIS_OPTION_NAMES: readonly string[] = NAMES.flatMap((name) => [`kinesis.${name}`, name]);

export interface KinesisOptions {
  readonly connection: KinesisConnection;
  readonly startingPosition: StartingPosition;
  readonly failOnDataLoss: boolean;
  /** Most records of one shard in one batch. */
  readonly maxFetchRecordsPerShard: number;
  /** How long one batch collects from a shard that is behind. */
  readonly maxFetchTimeMs: number;
  readonly describeShardIntervalMs: number;
  readonly numRecordsPerFetch: number;
  /** The average pause between two calls for one shard; AWS allows five a second. */
  readonly fetchIntervalMs: number;
  /** Most records of all shards in one batch. */
  readonly maxRecordsPerTrigger: number;
  /** Failed connections in a row before the query fails; throttles do not count. */
  readonly numRetries: number;
  readonly retryIntervalMs: number;
  readonly maxRetryIntervalMs: number;
}

/** Reads the options; typed errors for missing, malformed and unsupported ones. `isStreaming` decides the default position. */
export function readKinesisOptions(raw: Options, isStreaming: boolean): KinesisOptions {
  const options = withoutPrefix(raw);
  const consumerTypes = ['GetRecords', 'SubscribeToShard'] as const;
  if (optionOneOf(KINESIS_FORMAT, options, 'consumerType', consumerTypes) === 'SubscribeToShard')
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'consumerType SubscribeToShard of the kinesis source' });
  if (option(options, 'stsRoleArn') !== undefined) {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: 'The option stsRoleArn of the kinesis source' },
      { hint: 'Name the role in a profile (role_arn) and set AWS_PROFILE.' },
    );
  }
  const int = (name: KinesisOptionName, min: number, max?: number): number | undefined =>
    optionInt(KINESIS_FORMAT, options, name, max === undefined ? { min } : { min, max });
  return {
    connection: readConnection(options),
    startingPosition: parseStartingPosition(option(options, 'startingPosition'), isStreaming),
    failOnDataLoss: optionBoolean(KINESIS_FORMAT, options, 'failOnDataLoss') ?? true,
    maxFetchRecordsPerShard: int('maxFetchRecordsPerShard', 1) ?? 100_000,
    maxFetchTimeMs: fetchTimeMs(options),
    describeShardIntervalMs: optionDuration(KINESIS_FORMAT, options, 'describeShardInterval', 's') ?? 1000,
    numRecordsPerFetch: int('getRecords.numberOfRecordsPerFetch', 1, 10_000) ?? 10_000,
    fetchIntervalMs: int('getRecords.fetchIntervalMs', 0) ?? 200,
    maxRecordsPerTrigger: int('maxRecordsPerTrigger', 1) ?? Number.POSITIVE_INFINITY,
    numRetries: int('clientNumRetries', 0) ?? 5,
    retryIntervalMs: int('clientRetryIntervalsMs', 1) ?? 1000,
    maxRetryIntervalMs: int('clientMaxRetryIntervalMs', 1) ?? 10_000,
  };
}

/** Stream and endpoint, for explain; nothing secret. */
export function describeKinesis(raw: Options): string {
  const options = withoutPrefix(raw);
  return `Kinesis[${option(options, 'streamName') ?? '?'}]`;
}

/** Options under their bare names; `kinesis.streamName` wins over `streamName`. */
function withoutPrefix(raw: Options): Options {
  const options = new Map<string, string>();
  for (const [name, value] of raw) if (!name.startsWith('kinesis.')) options.set(name, value);
  for (const [name, value] of raw) if (name.startsWith('kinesis.')) options.set(name.slice('kinesis.'.length), value);
  return options;
}

function option(options: Options, name: KinesisOptionName): string | undefined {
  return optionText(options, name);
}

function fetchTimeMs(options: Options): number {
  const text = option(options, 'maxFetchTimePerShardSec');
  if (text === undefined) return 1000;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw invalidOption(KINESIS_FORMAT, 'maxFetchTimePerShardSec', text, 'seconds above 0');
}

function readConnection(options: Options): KinesisConnection {
  const streamName = requiredOption(KINESIS_FORMAT, options, 'streamName');
  const endpointUrl = option(options, 'endpointUrl');
  if (endpointUrl !== undefined && !URL.canParse(endpointUrl))
    throw invalidOption(
      KINESIS_FORMAT,
      'endpointUrl',
      endpointUrl,
      'a URL such as https://kinesis.eu-west-1.amazonaws.com',
    );
  const region = option(options, 'region') ?? regionOf(endpointUrl) ?? process.env['AWS_REGION'];
  if (region === undefined) throw new MillraceError('MISSING_OPTION', { option: 'region', format: KINESIS_FORMAT });
  return { streamName, region, endpointUrl, credentials: readCredentials(options, endpointUrl) };
}

/** `https://kinesis.eu-west-1.amazonaws.com` → `eu-west-1`; any region will do for an emulator on this machine. */
function regionOf(endpointUrl: string | undefined): string | undefined {
  if (endpointUrl === undefined) return undefined;
  const { hostname } = new URL(endpointUrl);
  const region = /(?:^|\.)kinesis(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(hostname)?.[1];
  return region ?? (isLocal(hostname) ? 'us-east-1' : undefined);
}

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}

function readCredentials(options: Options, endpointUrl: string | undefined): KinesisConnection['credentials'] {
  const accessKeyId = option(options, 'awsAccessKeyId');
  const secretAccessKey = option(options, 'awsSecretKey');
  const sessionToken = option(options, 'sessionToken');
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  if (accessKeyId !== undefined || secretAccessKey !== undefined) {
    const missing = accessKeyId === undefined ? 'awsAccessKeyId' : 'awsSecretKey';
    throw new MillraceError('MISSING_OPTION', { option: missing, format: KINESIS_FORMAT });
  }
  // Emulators want some credentials but check none.
  const isEmulator = endpointUrl?.startsWith('http://') === true && process.env['AWS_ACCESS_KEY_ID'] === undefined;
  return isEmulator ? { accessKeyId: 'test', secretAccessKey: 'test' } : undefined;
}
