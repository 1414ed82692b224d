/**
 * The embedded Kinesis as one call: engine, journal, clock, and for SDK clients of this process a request handler. It is the engine of
 * `millrace/testing`, of `millrace kinesis serve` and of local development without AWS.
 */
import { provideEndpoint } from '../../storage/kinesis/in-process-endpoints.ts';
import { inProcessHandler, type InProcessHandler } from './in-process-handler.ts';
import { KinesisJournal } from './journal.ts';
import { KinesisEngine, type KinesisCallRequest } from './kinesis-engine.ts';
import type { KinesisFaults } from './faults.ts';
import type { EmulatorClock } from './operation.ts';
import { type KinesisServer, serveKinesis } from './serve-kinesis.ts';
import { KinesisServiceError } from './service-error.ts';

export interface EmbeddedKinesisOptions {
  /** Streams that exist at the start; one that a folder already holds keeps its records and its shards. */
  readonly streams?: readonly { readonly name: string; readonly numShards: number }[];
  /** Virtual time for tests; the clock of the machine by default. */
  readonly clock?: EmulatorClock;
  /** Numbers in [0, 1) that faults are drawn with. */
  readonly random?: () => number;
  /** Throttle reads and writes as AWS does; true by default. */
  readonly hasLimits?: boolean;
  /** How long streams are CREATING and UPDATING; 0 by default. */
  readonly transitionMs?: number;
  /** Keeps streams and records over restarts; in memory only when absent. One process per folder. */
  readonly folder?: string;
}

/** A running embedded Kinesis. */
export interface EmbeddedKinesis {
  /** For `requestHandler` of an SDK client. */
  readonly requestHandler: InProcessHandler;
  /** What goes wrong from now on. */
  faults: KinesisFaults;
  /** How often an action has been called, by AWS's name of it. */
  numCalls(action: string): number;
  /** Options of source and sink for a stream here; only this process understands their endpoint. */
  options(streamName: string): Readonly<Record<string, string>>;
  /** Opens a loopback port for other processes; closed by `close` at the latest. */
  serve(port?: number): Promise<KinesisServer>;
  close(): Promise<void>;
}

/**
 * Starts a Kinesis in this process.
 *
 * @example
 * const kinesis = startEmbeddedKinesis({ streams: [{ name: 'actions', numShards: 4 }] });
 * const client = new KinesisClient({ region: 'us-east-1', requestHandler: kinesis.requestHandler });
 */
export function startEmbeddedKinesis(options: EmbeddedKinesisOptions = {}): EmbeddedKinesis {
  const clock = options.clock ?? machineClock();
  const journal = options.folder === undefined ? undefined : new KinesisJournal(options.folder);
  const engine = new KinesisEngine({
    clock,
    random: options.random ?? Math.random,
    hasLimits: options.hasLimits ?? true,
    transitionMs: options.transitionMs ?? 0,
    ...(journal === undefined ? {} : { onChange: (change) => journal.write(change) }),
  });
  journal?.open(engine);
  for (const { name, numShards } of options.streams ?? []) createIfAbsent(engine, name, numShards);
  const servers: KinesisServer[] = [];
  const requestHandler = inProcessHandler(engine, clock);
  const endpointUrl = `http://kinesis-${numStarted++}.embedded`;
  const forgetEndpoint = provideEndpoint(endpointUrl, requestHandler);
  return {
    requestHandler,
    options: (streamName) => ({
      'kinesis.streamName': streamName,
      'kinesis.endpointUrl': endpointUrl,
      'kinesis.region': 'us-east-1',
      'kinesis.awsAccessKeyId': 'embedded',
      'kinesis.awsSecretKey': 'embedded',
      'kinesis.startingPosition': 'TRIM_HORIZON',
    }),
    get faults() {
      return engine.faults;
    },
    set faults(faults) {
      engine.faults = faults;
    },
    numCalls: (action) => engine.numCalls(action),
    serve: async (port) => {
      const server = await serveKinesis(engine, clock, port);
      servers.push(server);
      return server;
    },
    close: async () => {
      forgetEndpoint();
      await Promise.all(servers.map((server) => server.close()));
      journal?.close();
    },
  };
}

let numStarted = 0;

function createIfAbsent(engine: KinesisEngine, name: string, numShards: number): void {
  const request: KinesisCallRequest = {
    action: 'CreateStream',
    account: '000000000000',
    region: 'us-east-1',
    input: { StreamName: name, ShardCount: numShards },
  };
  try {
    engine.call(request);
  } catch (error) {
    if (!(error instanceof KinesisServiceError) || error.type !== 'ResourceInUseException') throw error;
  }
}

function machineClock(): EmulatorClock {
  return {
    nowMs: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', finish);
          resolve();
        };
        const timer = setTimeout(finish, ms);
        signal?.addEventListener('abort', finish, { once: true });
        if (signal?.aborted === true) finish();
      }),
  };
}
