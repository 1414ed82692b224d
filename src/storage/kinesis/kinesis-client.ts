/**
 * The one place that loads `@aws-sdk/client-kinesis`: a client without retries of its own (source and sink retry, because they must count
 * throttles and not stop at a fixed number of them), with credentials, role and HTTP version as the connection says, and calls under a
 * deadline.
 */
import type * as kinesisSdk from '@aws-sdk/client-kinesis';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MillraceError } from '../../errors/millrace-error.ts';
import { loadDriver } from '../load-driver.ts';
import { assumedRole } from './assume-role.ts';
import { handlerOf } from './in-process-endpoints.ts';
import type { KinesisConnection, KinesisCredentials } from './kinesis-connection.ts';
import { KinesisCallError, kinesisCallError } from './kinesis-failure.ts';

export type KinesisSdk = typeof kinesisSdk;

/** What the client needs from outside. */
export interface KinesisClientClock {
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface LoadedKinesis {
  readonly sdk: KinesisSdk;
  readonly client: kinesisSdk.KinesisClient;
}

/** A GetRecords answer has up to 10 MB; local emulators need seconds for that. */
const CALL_DEADLINE_MS = 30_000;

/** Loads the SDK and makes a client; opens no connection yet. `feature` is what errors say needs the package. */
export async function loadKinesisClient(
  connection: KinesisConnection,
  feature: string,
  nowMs: () => number,
): Promise<LoadedKinesis> {
  const sdk = await loadDriver(feature, '@aws-sdk/client-kinesis', () => import('@aws-sdk/client-kinesis'));
  const { region, endpointUrl, role } = connection;
  const config: kinesisSdk.KinesisClientConfig = { region, maxAttempts: 1 };
  const own = await ownCredentials(connection);
  if (own !== undefined) config.credentials = own;
  if (endpointUrl !== undefined) config.endpoint = endpointUrl;
  if (role !== undefined) {
    // Asks the default chain only when a call is to be signed.
    const caller = new sdk.KinesisClient(config);
    config.credentials = assumedRole(role, region, () => caller.config.credentials(), nowMs);
  }
  config.requestHandler = handlerOf(endpointUrl) ?? (await networkHandler(connection.httpVersion));
  return { sdk, client: new sdk.KinesisClient(config) };
}

/** Many calls share a connection of HTTP/2; the SDK's default is one connection per call. */
async function networkHandler(
  version: KinesisConnection['httpVersion'],
): Promise<NonNullable<kinesisSdk.KinesisClientConfig['requestHandler']>> {
  const { NodeHttpHandler, NodeHttp2Handler } = await import('@smithy/node-http-handler');
  if (version === '2') return new NodeHttp2Handler({ disableConcurrentStreams: false });
  return new NodeHttpHandler({ httpAgent: { maxSockets: 256, keepAlive: true } });
}

type CredentialsProvider = () => Promise<KinesisCredentials>;

async function ownCredentials(
  connection: KinesisConnection,
): Promise<KinesisCredentials | CredentialsProvider | undefined> {
  const { credentials, credentialsModule } = connection;
  if (credentials !== undefined || credentialsModule === undefined) return credentials;
  const { path: file, parameter } = credentialsModule;
  const specifier = /^\.{0,2}\//.test(file) ? pathToFileURL(path.resolve(file)).href : file;
  const loaded = await loadDriver(
    'credentialProviderClass',
    file,
    () => import(specifier) as Promise<{ default?: unknown }>,
  );
  const provider = loaded.default;
  if (typeof provider === 'function')
    return () => (provider as (parameter?: string) => Promise<KinesisCredentials>)(parameter);
  throw new MillraceError('INVALID_OPTION', {
    option: 'credentialProviderClass',
    format: 'kinesis',
    value: file,
    expected: 'a module whose default export is a function that resolves to credentials',
  });
}

/** Runs a call under the deadline, since the SDK's own timeouts do not break every hung call; rejects with KinesisCallError. */
export async function boundedCall<T>(
  { sleep }: Pick<KinesisClientClock, 'sleep'>,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const call = new AbortController();
  const timer = new AbortController();
  const deadline = sleep(CALL_DEADLINE_MS, timer.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    const sent = send(call.signal).then((answer) => ({ answer }));
    const first = await Promise.race([sent, deadline]);
    if (first !== undefined) return first.answer;
    sent.catch(() => undefined);
    call.abort();
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    throw kinesisCallError(error);
  } finally {
    timer.abort();
  }
  throw new KinesisCallError('unreachable', `no answer within ${CALL_DEADLINE_MS} ms`, undefined);
}
