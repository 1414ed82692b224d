/**
 * The registered consumer of a query that reads by enhanced fan-out. `managed`: registered when it is not there, and deregistered when the
 * query that registered it stops. `external`: must be there, and stays. A consumer serves one query: two would take each other's
 * subscriptions away.
 */
import { MillraceError } from '../../errors/millrace-error.ts';
import { KinesisCallError } from '../../storage/kinesis/kinesis-failure.ts';
import type { StreamSummary } from './kinesis-api.ts';
import type { KinesisCalls } from './kinesis-calls.ts';

export interface FanOutOptions {
  readonly consumerName: string;
  readonly lifecycle: 'managed' | 'external';
}

const POLL_MS = 500;
const MAX_POLLS = 240;

/** ARNs in use by queries of this process. */
const used = new Set<string>();

export class FanOutConsumer {
  readonly arn: string;
  readonly #calls: KinesisCalls;
  readonly #isOurs: boolean;

  private constructor(calls: KinesisCalls, arn: string, isOurs: boolean) {
    this.#calls = calls;
    this.arn = arn;
    this.#isOurs = isOurs;
  }

  /** Finds or registers the consumer and waits until it is active. */
  static async open(calls: KinesisCalls, stream: StreamSummary, options: FanOutOptions): Promise<FanOutConsumer> {
    const { api } = calls;
    const { consumerName, lifecycle } = options;
    let isOurs = false;
    for (let numPolls = 0; numPolls < MAX_POLLS; numPolls++) {
      const found = await calls.retried('DescribeStreamConsumer', () =>
        api.describeConsumer(stream.streamArn, consumerName),
      );
      if (found?.isActive === true) return FanOutConsumer.#take(calls, found.arn, consumerName, isOurs);
      if (found === undefined && lifecycle === 'external')
        throw new MillraceError('KINESIS_CONSUMER_NOT_FOUND', { consumer: consumerName, stream: stream.streamName });
      if (found === undefined) isOurs = await register(calls, stream.streamArn, consumerName);
      else await calls.pause(POLL_MS);
    }
    throw new MillraceError('EXTERNAL_SYSTEM_UNAVAILABLE', {
      system: `Consumer ${consumerName} of the Kinesis stream ${stream.streamName}`,
      address: api.endpoint,
      attempts: String(MAX_POLLS),
      reason: 'it does not become active',
    });
  }

  static #take(calls: KinesisCalls, arn: string, consumerName: string, isOurs: boolean): FanOutConsumer {
    if (used.has(arn))
      throw new MillraceError('KINESIS_CONSUMER_IN_USE', { consumer: consumerName, stream: calls.streamName });
    used.add(arn);
    return new FanOutConsumer(calls, arn, isOurs);
  }

  /** Best effort: a consumer that cannot be deregistered stays and is found again. */
  async close(): Promise<void> {
    used.delete(this.arn);
    if (this.#isOurs) await this.#calls.api.deregisterConsumer(this.arn).catch(() => undefined);
  }
}

/** True when this call registered it; someone else may have been faster. */
async function register(calls: KinesisCalls, streamArn: string, consumerName: string): Promise<boolean> {
  return await calls.retried('RegisterStreamConsumer', async () => {
    try {
      await calls.api.registerConsumer(streamArn, consumerName);
      return true;
    } catch (error) {
      if (error instanceof KinesisCallError && error.failure === 'in-use') return false;
      throw error;
    }
  });
}
