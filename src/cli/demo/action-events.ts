/**
 * Makes the events of the demo and puts them into a Kinesis stream: actions of users, skewed towards a few keys, out of order by up to two
 * seconds, now and then far too late. About 50 events a second, which is what the embedded Kinesis takes with ease.
 */
import { loadKinesisClient } from '../../storage/kinesis/kinesis-client.ts';
import { readKinesisConnection } from '../../storage/kinesis/kinesis-connection.ts';

export interface ActionEvent {
  readonly time: string;
  readonly action: string;
  readonly user: string;
  readonly amount: number;
}

const ACTIONS = ['view', 'view', 'view', 'view', 'search', 'search', 'cart', 'buy', 'signup', 'logout'] as const;
const NUM_USERS = 500;
const EVENTS_PER_PUT = 25;
const MAX_EVENTS_PER_PUT = 500;
const PUT_INTERVAL_MS = 500;
const MAX_DISORDER_MS = 2000;
const LATE_SHARE = 0.01;
const LATE_MS = 45_000;

/** One event around `nowMs`; `random` gives numbers in [0, 1). */
export function makeEvent(nowMs: number, random: () => number): ActionEvent {
  const isLate = random() < LATE_SHARE;
  const timeMs = nowMs - Math.floor(random() * MAX_DISORDER_MS) - (isLate ? LATE_MS : 0);
  const action = ACTIONS[Math.floor(random() * ACTIONS.length)] ?? 'view';
  const user = `user-${Math.floor(random() ** 3 * NUM_USERS)}`;
  return { time: new Date(timeMs).toISOString(), action, user, amount: Math.floor(random() * 10_000) / 100 };
}

/** A running generator. */
export interface ActionGenerator {
  /** Finishes the put in flight and stops. */
  stop(): Promise<void>;
}

/** Puts events into a stream of the Kinesis at `endpoint` until stopped. What a put did not take is sent again with the next. */
export async function startGenerator(endpoint: string, streamName: string): Promise<ActionGenerator> {
  const options = { endpointurl: endpoint, region: 'us-east-1', awsaccesskeyid: 'demo', awssecretkey: 'demo' };
  const connection = readKinesisConnection('kinesis', new Map(Object.entries(options)), undefined);
  const { sdk, client } = await loadKinesisClient(connection, 'The demo', () => Date.now());
  const stopping = new AbortController();
  let unsent: ActionEvent[] = [];
  const putOnce = async (): Promise<void> => {
    const fresh = Array.from({ length: EVENTS_PER_PUT }, () => makeEvent(Date.now(), Math.random));
    const events = [...unsent, ...fresh].slice(-MAX_EVENTS_PER_PUT);
    const Records = events.map((event) => ({ PartitionKey: event.user, Data: Buffer.from(JSON.stringify(event)) }));
    try {
      const result = await client.send(new sdk.PutRecordsCommand({ StreamName: streamName, Records }));
      unsent = events.filter((_, i) => result.Records?.[i]?.ErrorCode !== undefined);
    } catch {
      unsent = events;
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const startMs = performance.now();
      await putOnce();
      await wait(Math.max(0, PUT_INTERVAL_MS - (performance.now() - startMs)), stopping.signal);
    }
    client.destroy();
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
