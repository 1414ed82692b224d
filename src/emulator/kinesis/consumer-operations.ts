/** Enhanced fan-out: registered consumers, and SubscribeToShard as a stream of events. */
import { invalidArgument, limitExceeded, notFound, resourceInUse } from './service-error.ts';
import type { EmulatedConsumer, EmulatedStream } from './emulated-stream.ts';
import { type Input, optionalObject, optionalText, requiredText } from './input.ts';
import { EMPTY_REPLY, json, type Operation, type OperationContext, streamOfArn, wireTime } from './operation.ts';
import { startingCounter } from './record-operations.ts';
import { subscriptionEvents } from './subscription.ts';

const MAX_CONSUMERS = 20;
/** A new subscription within this time after the last one is refused; a later one takes over. */
const RESUBSCRIBE_MS = 5000;

function consumerJson(consumer: EmulatedConsumer, nowMs: number): object {
  return {
    ConsumerName: consumer.name,
    ConsumerARN: consumer.arn,
    ConsumerStatus: nowMs < consumer.activeMs ? 'CREATING' : 'ACTIVE',
    ConsumerCreationTimestamp: wireTime(consumer.createdMs),
  };
}

function consumerOf(input: Input, context: OperationContext): { stream: EmulatedStream; consumer: EmulatedConsumer } {
  const arn = optionalText(input, 'ConsumerARN');
  const stream = streamOfArn(arn ?? requiredText(input, 'StreamARN'), context);
  const name = arn === undefined ? requiredText(input, 'ConsumerName') : undefined;
  const found = [...stream.consumers.values()].find((consumer) => consumer.arn === arn || consumer.name === name);
  if (found === undefined)
    throw notFound(
      `Consumer ${arn ?? name ?? ''} of stream ${stream.identity.name} under account ${stream.identity.account} not found.`,
    );
  return { stream, consumer: found };
}

const registerStreamConsumer: Operation = (input, context) => {
  const { nowMs, transitionMs } = context;
  const stream = streamOfArn(requiredText(input, 'StreamARN'), context);
  const name = requiredText(input, 'ConsumerName');
  if (stream.consumers.has(name))
    throw resourceInUse(`Consumer ${name} of stream ${stream.identity.name} is already registered.`);
  if (stream.consumers.size >= MAX_CONSUMERS)
    throw limitExceeded(`A stream can have at most ${MAX_CONSUMERS} consumers`);
  const consumer: EmulatedConsumer = {
    name,
    arn: `${stream.arn}/consumer/${name}:${Math.floor(nowMs / 1000)}`,
    createdMs: nowMs,
    activeMs: nowMs + transitionMs,
    subscriptions: new Map(),
  };
  stream.consumers.set(name, consumer);
  return json({ Consumer: { ...consumerJson(consumer, nowMs), ConsumerStatus: 'CREATING' } });
};

const describeStreamConsumer: Operation = (input, context) => {
  const { stream, consumer } = consumerOf(input, context);
  return json({ ConsumerDescription: { ...consumerJson(consumer, context.nowMs), StreamARN: stream.arn } });
};

const listStreamConsumers: Operation = (input, context) => {
  const stream = streamOfArn(requiredText(input, 'StreamARN'), context);
  return json({ Consumers: [...stream.consumers.values()].map((consumer) => consumerJson(consumer, context.nowMs)) });
};

const deregisterStreamConsumer: Operation = (input, context) => {
  const { stream, consumer } = consumerOf(input, context);
  for (const { end } of consumer.subscriptions.values()) end();
  stream.consumers.delete(consumer.name);
  return EMPTY_REPLY;
};

const subscribeToShard: Operation = (input, context) => {
  const { nowMs } = context;
  const { stream, consumer } = consumerOf({ ConsumerARN: requiredText(input, 'ConsumerARN') }, context);
  if (nowMs < consumer.activeMs) throw resourceInUse(`Consumer ${consumer.arn} is not ACTIVE.`);
  const shard = stream.shard(requiredText(input, 'ShardId'), nowMs);
  const position = optionalObject(input, 'StartingPosition');
  if (position === undefined) throw invalidArgument('StartingPosition is missing');
  const former = consumer.subscriptions.get(shard.shardId);
  if (former !== undefined && nowMs - former.startedMs < RESUBSCRIBE_MS)
    throw resourceInUse(
      `Another active subscription exists for this consumer: ${consumer.arn}, shard ${shard.shardId}. Try again later.`,
    );
  const counter = startingCounter(stream, shard, position);
  former?.end();
  const ending = new AbortController();
  const subscription = { startedMs: nowMs, end: () => ending.abort() };
  consumer.subscriptions.set(shard.shardId, subscription);
  const events = subscriptionEvents({ shard, counter, clock: context.clock, signal: ending.signal }, () => {
    if (consumer.subscriptions.get(shard.shardId) === subscription) consumer.subscriptions.delete(shard.shardId);
  });
  return { kind: 'events', events };
};

/** By AWS's names of the actions. */
export const CONSUMER_OPERATIONS: Readonly<Record<string, Operation>> = {
  RegisterStreamConsumer: registerStreamConsumer,
  DescribeStreamConsumer: describeStreamConsumer,
  ListStreamConsumers: listStreamConsumers,
  DeregisterStreamConsumer: deregisterStreamConsumer,
  SubscribeToShard: subscribeToShard,
};
