/** Operations on whole streams: create, describe, list, delete, retention, mode, tags. */
import { EmulatedStream, type StreamMode } from './emulated-stream.ts';
import {
  type Input,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredList,
  requiredNumber,
  requiredText,
} from './input.ts';
import { EMPTY_REPLY, json, type Operation, type OperationContext, streamOf, wireTime } from './operation.ts';
import { invalidArgument, limitExceeded, resourceInUse, validationError } from './service-error.ts';
import { shardJson } from './shard-json.ts';

const MAX_SHARDS = 10_000;
const MAX_RETENTION_HOURS = 8760;
const ON_DEMAND_SHARDS = 4;

const createStream: Operation = (input, context) => {
  const { home, nowMs, transitionMs } = context;
  const name = requiredText(input, 'StreamName');
  if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(name))
    throw validationError(
      `1 validation error detected: Value '${name}' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
    );
  if (home.streams.has(name)) throw resourceInUse(`Stream ${name} under account ${home.account} already exists.`);
  const mode = streamMode(input) ?? 'PROVISIONED';
  const numShards =
    mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : (optionalNumber(input, 'ShardCount', 1, MAX_SHARDS) ?? ON_DEMAND_SHARDS);
  const { account, region } = home;
  const stream = new EmulatedStream({ name, account, region, createdMs: nowMs }, numShards, nowMs + transitionMs);
  stream.mode = mode;
  const maxKib = optionalNumber(input, 'MaxRecordSizeInKiB', 1024, 10_240);
  if (maxKib !== undefined) stream.maxRecordBytes = maxKib * 1024;
  for (const [key, value] of Object.entries(optionalObject(input, 'Tags') ?? {})) stream.tags.set(key, String(value));
  home.streams.set(name, stream);
  return EMPTY_REPLY;
};

function streamMode(input: Input): StreamMode | undefined {
  const mode = optionalText(optionalObject(input, 'StreamModeDetails') ?? {}, 'StreamMode');
  if (mode === undefined || mode === 'PROVISIONED' || mode === 'ON_DEMAND') return mode;
  throw validationError(`1 validation error detected: Value '${mode}' at 'streamModeDetails.streamMode'`);
}

const deleteStream: Operation = (input, context) => {
  const stream = streamOf(input, context);
  if (stream.consumers.size > 0 && input['EnforceConsumerDeletion'] !== true)
    throw resourceInUse(
      `Stream ${stream.identity.name} under account ${stream.identity.account} has consumers; set EnforceConsumerDeletion`,
    );
  for (const consumer of stream.consumers.values()) for (const { end } of consumer.subscriptions.values()) end();
  const { account, region, name } = stream.identity;
  context.homeOf(account, region).streams.delete(name);
  return EMPTY_REPLY;
};

function summaryJson(stream: EmulatedStream, { nowMs }: OperationContext): object {
  return {
    StreamName: stream.identity.name,
    StreamARN: stream.arn,
    StreamStatus: stream.statusAt(nowMs),
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: wireTime(stream.identity.createdMs),
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}

const describeStreamSummary: Operation = (input, context) => {
  const stream = streamOf(input, context);
  return json({
    StreamDescriptionSummary: {
      ...summaryJson(stream, context),
      OpenShardCount: stream.openShards.length,
      ConsumerCount: stream.consumers.size,
      MaxRecordSizeInKiB: stream.maxRecordBytes / 1024,
    },
  });
};

const describeStream: Operation = (input, context) => {
  const stream = streamOf(input, context);
  const limit = optionalNumber(input, 'Limit', 1, 10_000) ?? 100;
  const after = optionalText(input, 'ExclusiveStartShardId') ?? '';
  const shards = stream.listed(context.nowMs).filter((shard) => shard.shardId > after);
  return json({
    StreamDescription: {
      ...summaryJson(stream, context),
      Shards: shards.slice(0, limit).map(shardJson),
      HasMoreShards: shards.length > limit,
    },
  });
};

const listStreams: Operation = (input, context) => {
  const limit = optionalNumber(input, 'Limit', 1, 10_000) ?? 100;
  const after = optionalText(input, 'NextToken') ?? optionalText(input, 'ExclusiveStartStreamName') ?? '';
  const streams = [...context.home.streams.values()]
    .filter((stream) => stream.identity.name > after)
    .toSorted((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
  const page = streams.slice(0, limit);
  const hasMore = streams.length > limit;
  return json({
    StreamNames: page.map((stream) => stream.identity.name),
    StreamSummaries: page.map((stream) => ({
      StreamName: stream.identity.name,
      StreamARN: stream.arn,
      StreamStatus: stream.statusAt(context.nowMs),
      StreamModeDetails: { StreamMode: stream.mode },
      StreamCreationTimestamp: wireTime(stream.identity.createdMs),
    })),
    HasMoreStreams: hasMore,
    ...(hasMore ? { NextToken: page.at(-1)?.identity.name } : {}),
  });
};

const changeRetention =
  (isIncrease: boolean): Operation =>
  (input, context) => {
    const stream = streamOf(input, context);
    const hours = requiredNumber(input, 'RetentionPeriodHours', 1, MAX_RETENTION_HOURS);
    if (hours < 24) throw invalidArgument(`Minimum allowed retention period is 24 hours. ${hours} is too short.`);
    if (isIncrease ? hours < stream.retentionHours : hours > stream.retentionHours)
      throw invalidArgument(
        `Requested retention period (${hours} hours) must be ${isIncrease ? 'greater' : 'less'} than the existing one (${stream.retentionHours} hours).`,
      );
    stream.retentionHours = hours;
    return EMPTY_REPLY;
  };

const updateStreamMode: Operation = (input, context) => {
  streamOf(input, context).mode = streamMode(input) ?? 'PROVISIONED';
  return EMPTY_REPLY;
};

const addTags: Operation = (input, context) => {
  const stream = streamOf(input, context);
  for (const [key, value] of Object.entries(optionalObject(input, 'Tags') ?? {})) stream.tags.set(key, String(value));
  if (stream.tags.size > 50) throw limitExceeded('A stream can have at most 50 tags');
  return EMPTY_REPLY;
};

const removeTags: Operation = (input, context) => {
  const stream = streamOf(input, context);
  for (const key of requiredList(input, 'TagKeys')) stream.tags.delete(String(key));
  return EMPTY_REPLY;
};

const listTags: Operation = (input, context) => {
  const { tags } = streamOf(input, context);
  return json({ Tags: [...tags].map(([Key, Value]) => ({ Key, Value })), HasMoreTags: false });
};

const describeLimits: Operation = (_input, { home }) => {
  const numOpen = [...home.streams.values()].reduce((sum, stream) => sum + stream.openShards.length, 0);
  return json({
    ShardLimit: MAX_SHARDS,
    OpenShardCount: numOpen,
    OnDemandStreamCount: 0,
    OnDemandStreamCountLimit: 50,
  });
};

/** By AWS's names of the actions. */
export const STREAM_OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateStream: createStream,
  DeleteStream: deleteStream,
  DescribeStream: describeStream,
  DescribeStreamSummary: describeStreamSummary,
  DescribeLimits: describeLimits,
  ListStreams: listStreams,
  IncreaseStreamRetentionPeriod: changeRetention(true),
  DecreaseStreamRetentionPeriod: changeRetention(false),
  UpdateStreamMode: updateStreamMode,
  AddTagsToStream: addTags,
  RemoveTagsFromStream: removeTags,
  ListTagsForStream: listTags,
};
