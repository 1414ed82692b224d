/**
 * Our own Kinesis: all of the service that a stream processor needs, in this process, on a clock that is handed in. It knows nothing of
 * HTTP and sockets: `in-process-handler.ts` puts it behind an SDK client, `serve-kinesis.ts` on a loopback port. Calls are synchronous and
 * so one after another; only SubscribeToShard waits.
 *
 * Differences from AWS, on purpose: one process is one "AWS"; signatures are not checked; a 12-digit access key id names the account;
 * streams change state after `transitionMs` (0 by default).
 */
import { CONSUMER_OPERATIONS } from './consumer-operations.ts';
import { applyFault, drawFault, type KinesisFaults } from './faults.ts';
import type { Input } from './input.ts';
import type { AccountRegion, EmulatorClock, Operation, OperationContext, OperationReply } from './operation.ts';
import { RECORD_OPERATIONS } from './record-operations.ts';
import { CutConnection, KinesisServiceError } from './service-error.ts';
import { SHARD_OPERATIONS } from './shard-operations.ts';
import { STREAM_OPERATIONS } from './stream-operations.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...STREAM_OPERATIONS,
  ...SHARD_OPERATIONS,
  ...RECORD_OPERATIONS,
  ...CONSUMER_OPERATIONS,
};

/** What changes streams and must be told to a journal. */
const CHANGES = new Set([
  'AddTagsToStream',
  'CreateStream',
  'DecreaseStreamRetentionPeriod',
  'DeleteStream',
  'DeregisterStreamConsumer',
  'IncreaseStreamRetentionPeriod',
  'MergeShards',
  'PutRecord',
  'PutRecords',
  'RegisterStreamConsumer',
  'RemoveTagsFromStream',
  'SplitShard',
  'UpdateShardCount',
  'UpdateStreamMode',
]);

export interface KinesisEngineOptions {
  readonly clock: EmulatorClock;
  /** Numbers in [0, 1), for faults only. */
  readonly random: () => number;
  /** Throttle reads and writes as AWS does; true by default. */
  readonly hasLimits?: boolean;
  /** How long streams are CREATING and UPDATING; 0 by default. */
  readonly transitionMs?: number;
  /** Told of every change after it happened; repeating them in order rebuilds the streams. */
  readonly onChange?: (change: KinesisChange) => void;
}

/** A call with who made it. */
export interface KinesisCallRequest {
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly input: Input;
}

/** A call that changed something, and when. */
export interface KinesisChange extends KinesisCallRequest {
  readonly timeMs: number;
}

export class KinesisEngine {
  readonly #options: KinesisEngineOptions;
  readonly #homes = new Map<string, AccountRegion>();
  readonly #numCalls = new Map<string, number>();
  /** What goes wrong from now on. */
  faults: KinesisFaults = {};

  constructor(options: KinesisEngineOptions) {
    this.#options = options;
  }

  /** How often an action has been called, faults included. */
  numCalls(action: string): number {
    return this.#numCalls.get(action) ?? 0;
  }

  /** Answers a call, or throws a KinesisServiceError, or a CutConnection when the caller shall get no answer. */
  call(request: KinesisCallRequest): OperationReply {
    const { action, input } = request;
    const index = this.numCalls(action);
    this.#numCalls.set(action, index + 1);
    const fault = drawFault(this.faults, { action, input, index }, this.#options.random);
    applyFault(fault);
    const nowMs = this.#options.clock.nowMs();
    const reply = this.#run(request, nowMs, this.#options.hasLimits ?? true, this.#options.transitionMs ?? 0);
    const { onChange } = this.#options;
    if (onChange !== undefined && CHANGES.has(action) && reply.kind === 'json')
      onChange({ ...request, input: reply.accepted ?? input, timeMs: nowMs });
    if (fault?.kind === 'lose-answer') throw new CutConnection('answer lost');
    return reply;
  }

  /** Makes a change of a journal happen again, with its own time, without limits, without faults. */
  repeat(change: KinesisChange): void {
    if (Array.isArray(change.input['Records']) && change.input['Records'].length === 0) return;
    this.#run(change, change.timeMs, false, 0);
  }

  #run(request: KinesisCallRequest, nowMs: number, hasLimits: boolean, transitionMs: number): OperationReply {
    const { action, account, region, input } = request;
    const operation = Object.hasOwn(OPERATIONS, action) ? OPERATIONS[action] : undefined;
    if (operation === undefined)
      throw new KinesisServiceError('UnknownOperationException', `The embedded Kinesis has no operation ${action}`);
    const context: OperationContext = {
      home: this.#home(account, region),
      homeOf: (otherAccount, otherRegion) => this.#home(otherAccount, otherRegion),
      nowMs,
      hasLimits,
      transitionMs,
      clock: this.#options.clock,
    };
    return operation(input, context);
  }

  #home(account: string, region: string): AccountRegion {
    const key = `${account} ${region}`;
    const home = this.#homes.get(key) ?? { account, region, streams: new Map() };
    this.#homes.set(key, home);
    return home;
  }
}
