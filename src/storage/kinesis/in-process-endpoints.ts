/**
 * Endpoints that are no network addresses but a Kinesis inside this process (`millrace/testing`): who is told such an address as
 * `endpointUrl` gets a request handler instead of a socket.
 */
import type { KinesisClientConfig } from '@aws-sdk/client-kinesis';

export type KinesisRequestHandler = NonNullable<KinesisClientConfig['requestHandler']>;

const handlers = new Map<string, KinesisRequestHandler>();

/** Makes `url` lead to a handler, until the returned function is called. */
export function provideEndpoint(url: string, handler: KinesisRequestHandler): () => void {
  handlers.set(url, handler);
  return () => void handlers.delete(url);
}

export function handlerOf(url: string | undefined): KinesisRequestHandler | undefined {
  return url === undefined ? undefined : handlers.get(url);
}
