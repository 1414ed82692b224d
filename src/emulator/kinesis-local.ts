/**
 * The embedded Kinesis: runs the npm package `kinesis-local` as a child process on loopback and stops it again. Not a Kinesis of our
 * own, and not for load: it takes about 200 puts a second and slows down as shards fill. Everything the package cannot be told by its
 * environment variables (loopback only, any free port, dying with its parent, whole snapshots) is done by kinesis-local-preload.ts,
 * which runs inside the child before it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../errors/millrace-error.ts';

/** What the embedded Kinesis starts with. */
export interface KinesisLocalOptions {
  /** Streams that exist once it is up; one that a persisted folder already holds keeps its records and its shards. */
  readonly streams?: readonly { readonly name: string; readonly numShards: number }[];
  /** Fixed loopback port; any free one when absent. */
  readonly port?: number;
  /** Folder that keeps streams and records over restarts; in memory only when absent. One process per folder. */
  readonly persistDir?: string;
  /** Region of the initial streams, `us-east-1` by default. */
  readonly region?: string;
}

/** A running embedded Kinesis. Clients need HTTP/1.1 (`NodeHttpHandler`) and any credentials. */
export interface KinesisLocal {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly pid: number;
  /** Resolves with the exit code once the process is gone, whether stopped or crashed (null: ended by a signal). */
  readonly exited: Promise<number | null>;
  /** Ends the process, with `persistDir` after everything put so far is on disk. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const OUTPUT_KEPT_CHARS = 2000;

/** The port number that stands for "the TLS listener" in the child; the preload replaces it by a free port. */
const TLS_PORT_PLACEHOLDER = '1';

/**
 * Starts the embedded Kinesis and resolves when it accepts calls and its streams are active.
 *
 * @example
 * const kinesis = await startKinesisLocal({ streams: [{ name: 'actions', numShards: 2 }] });
 * // … use kinesis.endpoint …
 * await kinesis.stop();
 */
export async function startKinesisLocal(options: KinesisLocalOptions = {}): Promise<KinesisLocal> {
  const main = findPackage();
  if (options.persistDir !== undefined) mkdirSync(options.persistDir, { recursive: true });
  const child = spawn(process.execPath, ['--import', preloadUrl(), main], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Out of the terminal's process group: Ctrl-C is for the program, which stops this child when it has drained.
    detached: true,
    env: { ...process.env, ...childEnvironment(main, options) },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const port = await readPort(child, options.port);
  let stopping: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    pid: child.pid ?? -1,
    exited,
    stop: () => (stopping ??= stopChild(child, exited)),
  };
}

function findPackage(): string {
  try {
    return createRequire(import.meta.url).resolve('kinesis-local');
  } catch (cause) {
    throw new MillraceError('MISSING_DRIVER', { feature: 'The embedded Kinesis', package: 'kinesis-local' }, { cause });
  }
}

/** The preload lies beside this file, as `.ts` in the sources and as `.js` in the package. */
function preloadUrl(): string {
  const extension = path.extname(fileURLToPath(import.meta.url));
  return new URL(`kinesis-local-preload${extension}`, import.meta.url).href;
}

function childEnvironment(main: string, options: KinesisLocalOptions): Record<string, string> {
  const transitions = ['CREATE_STREAM', 'DELETE_STREAM', 'REGISTER_STREAM_CONSUMER', 'DEREGISTER_STREAM_CONSUMER'];
  transitions.push('MERGE_SHARDS', 'SPLIT_SHARD', 'UPDATE_SHARD_COUNT');
  const streams = (options.streams ?? []).map(({ name, numShards }) => `${name}:${numShards}`).join(',');
  return {
    ...Object.fromEntries(transitions.map((transition) => [`${transition}_DURATION`, '10ms'])),
    AWS_ACCOUNT_ID: '000000000000',
    AWS_REGION: options.region ?? 'us-east-1',
    KINESIS_MOCK_CERT_PATH: path.join(path.dirname(main), 'server.json'),
    KINESIS_MOCK_PLAIN_PORT: String(options.port ?? 0),
    KINESIS_MOCK_TLS_PORT: TLS_PORT_PLACEHOLDER,
    LOG_LEVEL: 'ERROR',
    SHARD_LIMIT: '1000',
    SHOULD_PERSIST_DATA: String(options.persistDir !== undefined),
    ...(streams === '' ? {} : { INITIALIZE_STREAMS: streams }),
    ...(options.persistDir === undefined
      ? {}
      : { PERSIST_PATH: path.resolve(options.persistDir), PERSIST_INTERVAL: '500ms' }),
  };
}

/** Waits for the port that the preload reports; a child that ends or stays silent before that is an error with its own last words. */
function readPort(child: ChildProcess, wantedPort: number | undefined): Promise<number> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT_CHARS);
    });
  }
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      const address = `127.0.0.1:${wantedPort ?? 'any free port'}`;
      reject(
        new MillraceError(
          'EXTERNAL_SYSTEM_UNAVAILABLE',
          { system: 'kinesis-local', address, attempts: '1', reason },
          { cause },
        ),
      );
    };
    const timer = setTimeout(() => fail(`not ready after ${START_TIMEOUT_MS} ms. ${output.trim()}`), START_TIMEOUT_MS);
    child.once('error', (cause) => fail(cause.message, cause));
    child.once('close', (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}. ${output.trim()}`));
    child.once('message', (message) => {
      const report = message as { readonly port?: number; readonly error?: string };
      if (report.port === undefined) return fail(report.error ?? 'no port reported');
      clearTimeout(timer);
      child.removeAllListeners('close');
      resolve(report.port);
    });
  });
}

/** Asks for an orderly end over the IPC channel (SIGTERM would wait for open keep-alive connections), then ends it by force. */
async function stopChild(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(timer);
}
