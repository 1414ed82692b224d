/** Operations on shards: listing with filters and pages, splitting, merging, changing their number. */
import type { EmulatedShard } from './emulated-shard.ts';
import type { EmulatedStream } from './emulated-stream.ts';
import {
  type Input,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTimeMs,
  requiredNumber,
  requiredText,
} from './input.ts';
import { EMPTY_REPLY, json, type Operation, streamOf, streamOfArn, usableStream } from './operation.ts';
import { invalidArgument, KinesisServiceError } from './service-error.ts';
import { shardJson } from './shard-json.ts';

/** What a NextToken carries; it lives as long as an iterator. */
interface ListToken {
  readonly arn: string;
  readonly after: string;
  readonly filter: Input | undefined;
  readonly maxResults: number;
  readonly issuedMs: number;
}

const TOKEN_LIFE_MS = 300_000;

const listShards: Operation = (input, context) => {
  const { nowMs } = context;
  const token = optionalText(input, 'NextToken');
  if (token !== undefined && (input['StreamName'] !== undefined || input['ExclusiveStartShardId'] !== undefined))
    throw invalidArgument('NextToken and StreamName cannot be provided together.');
  const page: ListToken =
    token === undefined
      ? {
          arn: usableStream(input, context).arn,
          after: optionalText(input, 'ExclusiveStartShardId') ?? '',
          filter: optionalObject(input, 'ShardFilter'),
          maxResults: optionalNumber(input, 'MaxResults', 1, 10_000) ?? 1000,
          issuedMs: nowMs,
        }
      : readToken(token);
  if (nowMs - page.issuedMs > TOKEN_LIFE_MS)
    throw new KinesisServiceError('ExpiredNextTokenException', 'The pagination token has expired.');
  const stream = streamOfArn(page.arn, context);
  const shards = filtered(stream, page.filter, nowMs).filter((shard) => shard.shardId > page.after);
  const shown = shards.slice(0, page.maxResults);
  const last = shown.at(-1);
  if (shards.length === shown.length || last === undefined) return json({ Shards: shown.map(shardJson) });
  const next: ListToken = { ...page, after: last.shardId, issuedMs: nowMs };
  return json({
    Shards: shown.map(shardJson),
    NextToken: Buffer.from(JSON.stringify(next)).toString('base64'),
  });
};

function readToken(token: string): ListToken {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as ListToken;
  } catch {
    throw invalidArgument('Invalid NextToken');
  }
}

function filtered(stream: EmulatedStream, filter: Input | undefined, nowMs: number): EmulatedShard[] {
  const shards = stream.listed(nowMs);
  if (filter === undefined) return shards;
  const type = requiredText(filter, 'Type');
  const timeMs = optionalTimeMs(filter, 'Timestamp');
  const needsTime = type === 'AT_TIMESTAMP' || type === 'FROM_TIMESTAMP';
  if (needsTime && timeMs === undefined) throw invalidArgument(`Timestamp is needed for the shard filter ${type}`);
  const atMs = timeMs ?? nowMs;
  const wasOpenAt = (shard: EmulatedShard, time: number): boolean =>
    shard.origin.createdMs <= time && (shard.closedMs === undefined || shard.closedMs > time);
  switch (type) {
    case 'AFTER_SHARD_ID': {
      const after = requiredText(filter, 'ShardId');
      return shards.filter((shard) => shard.shardId > after);
    }
    case 'AT_LATEST':
      return shards.filter((shard) => shard.isOpen);
    case 'FROM_TRIM_HORIZON':
      return shards;
    case 'AT_TRIM_HORIZON': {
      const horizonMs = Math.max(nowMs - stream.retentionHours * 3_600_000, stream.identity.createdMs);
      return shards.filter((shard) => wasOpenAt(shard, horizonMs));
    }
    case 'AT_TIMESTAMP':
      return shards.filter((shard) => wasOpenAt(shard, atMs));
    case 'FROM_TIMESTAMP':
      return shards.filter((shard) => shard.closedMs === undefined || shard.closedMs >= atMs);
    default:
      throw invalidArgument(`Unknown shard filter ${type}`);
  }
}

const splitShard: Operation = (input, context) => {
  const { nowMs, transitionMs } = context;
  const stream = streamOf(input, context);
  const shard = stream.shard(requiredText(input, 'ShardToSplit'), nowMs);
  const text = requiredText(input, 'NewStartingHashKey');
  if (!/^(?:0|[1-9]\d{0,38})$/.test(text)) throw invalidArgument(`NewStartingHashKey ${text} is no hash key`);
  stream.beginUpdate(nowMs, transitionMs);
  stream.split(shard, BigInt(text), nowMs);
  return EMPTY_REPLY;
};

const mergeShards: Operation = (input, context) => {
  const { nowMs, transitionMs } = context;
  const stream = streamOf(input, context);
  const one = stream.shard(requiredText(input, 'ShardToMerge'), nowMs);
  const other = stream.shard(requiredText(input, 'AdjacentShardToMerge'), nowMs);
  stream.beginUpdate(nowMs, transitionMs);
  stream.merge(one, other, nowMs);
  return EMPTY_REPLY;
};

const updateShardCount: Operation = (input, context) => {
  const { nowMs, transitionMs } = context;
  const stream = streamOf(input, context);
  const target = requiredNumber(input, 'TargetShardCount', 1, 10_000);
  const current = stream.openShards.length;
  stream.beginUpdate(nowMs, transitionMs);
  stream.resize(target, nowMs);
  return json({
    StreamName: stream.identity.name,
    StreamARN: stream.arn,
    CurrentShardCount: current,
    TargetShardCount: target,
  });
};

/** By AWS's names of the actions. */
export const SHARD_OPERATIONS: Readonly<Record<string, Operation>> = {
  ListShards: listShards,
  SplitShard: splitShard,
  MergeShards: mergeShards,
  UpdateShardCount: updateShardCount,
};
