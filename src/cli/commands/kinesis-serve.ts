/**
 * `millrace kinesis serve`: the embedded Kinesis alone, for developing against it with any AWS SDK. Our own engine, or the npm package
 * kinesis-local. Ends with Ctrl-C.
 */
import type { KinesisFaults } from '../../emulator/kinesis/faults.ts';
import { invalidOption } from '../../types/options.ts';
import { startLocalKinesis } from '../kinesis/local-kinesis.ts';
import { untilSignal } from '../signals.ts';

export interface KinesisServeOptions {
  readonly port?: string;
  readonly shards: string;
  readonly stream: string;
  readonly dir?: string;
  readonly engine: string;
  readonly limits: boolean;
  readonly throttle?: string;
  readonly errors?: string;
  readonly loseAnswers?: string;
  readonly expireEvery?: string;
}

const COMMAND = 'millrace kinesis serve';

/** Prints the endpoint on standard output and serves until a signal comes. */
export async function runKinesisServe(options: KinesisServeOptions): Promise<void> {
  const port = options.port === undefined ? undefined : whole('--port', options.port, 0);
  const streams = [{ name: options.stream, numShards: whole('--shards', options.shards, 1) }];
  const { dir, engine } = options;
  const faults = faultsOf(options);
  const stop = untilSignal();
  const kinesis = await startLocalKinesis(engine, {
    streams,
    faults,
    hasLimits: options.limits,
    ...(port === undefined ? {} : { port }),
    ...(dir === undefined ? {} : { folder: dir }),
  });
  announce(kinesis.endpoint, options);
  await Promise.race([stop, kinesis.exited]);
  await kinesis.stop();
}

function announce(endpoint: string, { stream, shards }: KinesisServeOptions): void {
  process.stdout.write(`${endpoint}\n`);
  process.stderr.write(`stream ${stream} with ${shards} shards; region us-east-1, any credentials; Ctrl-C ends it\n`);
}

/** The faults that the options ask for. */
export function faultsOf(options: KinesisServeOptions): KinesisFaults {
  const { throttle, errors, loseAnswers, expireEvery } = options;
  return {
    ...(throttle === undefined ? {} : { throttleRate: share('--throttle', throttle) }),
    ...(errors === undefined ? {} : { errorRate: share('--errors', errors) }),
    ...(loseAnswers === undefined ? {} : { lostAnswerRate: share('--lose-answers', loseAnswers) }),
    ...(expireEvery === undefined ? {} : { expireIteratorsEvery: whole('--expire-every', expireEvery, 2) }),
  };
}

function whole(name: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return value;
  throw invalidOption(COMMAND, name, text, `a whole number ≥ ${min}`);
}

function share(name: string, text: string): number {
  const value = Number(text);
  if (value >= 0 && value < 1) return value;
  throw invalidOption(COMMAND, name, text, 'a share from 0 up to but not 1, as 0.3');
}
