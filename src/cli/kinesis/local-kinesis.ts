/** A Kinesis on loopback for commands: our own engine in this process, or the npm package kinesis-local as a child process. */
import { startEmbeddedKinesis } from '../../emulator/kinesis/embedded-kinesis.ts';
import type { KinesisFaults } from '../../emulator/kinesis/faults.ts';
import { startKinesisLocal } from '../../emulator/kinesis-local.ts';
import { invalidOption } from '../../types/options.ts';

export interface LocalKinesisOptions {
  readonly streams: readonly { readonly name: string; readonly numShards: number }[];
  readonly port?: number;
  /** Keeps the records over restarts. */
  readonly folder?: string;
  /** For our own engine only. */
  readonly hasLimits: boolean;
  /** For our own engine only. */
  readonly faults?: KinesisFaults;
}

export interface LocalKinesis {
  readonly endpoint: string;
  /** Resolves when it has ended by itself. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the engine of that name. */
export async function startLocalKinesis(engine: string, options: LocalKinesisOptions): Promise<LocalKinesis> {
  const { streams, port, folder, hasLimits, faults } = options;
  if (engine === 'kinesis-local')
    return await startKinesisLocal({
      streams,
      ...(port === undefined ? {} : { port }),
      ...(folder === undefined ? {} : { persistDir: folder }),
    });
  if (engine !== 'embedded') throw invalidOption('millrace', '--engine', engine, 'embedded or kinesis-local');
  const kinesis = startEmbeddedKinesis({ streams, hasLimits, ...(folder === undefined ? {} : { folder }) });
  const { endpoint } = await kinesis.serve(port);
  kinesis.faults = faults ?? {};
  return { endpoint, exited: new Promise(() => undefined), stop: () => kinesis.close() };
}
