/**
 * Puts the engine behind an SDK client: what the client's `requestHandler` is asked, the engine answers, without a socket. Real clients,
 * with their signing, decoding and errors, are the rest of the way.
 */
import { answerRequest, type HttpHeaders } from './http-answer.ts';
import type { KinesisEngine } from './kinesis-engine.ts';
import type { EmulatorClock } from './operation.ts';

/** What the SDK hands to a request handler, as far as it matters here. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Fits `requestHandler` of any AWS SDK v3 client. */
export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest, options?: object): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

export function inProcessHandler(engine: KinesisEngine, clock: EmulatorClock): InProcessHandler {
  return {
    metadata: { handlerProtocol: 'h2' },
    handle: async ({ headers, body }) => {
      const answer = answerRequest(engine, lowerCase(headers), bytesOf(body), clock.nowMs());
      if (answer === undefined) throw Object.assign(new TypeError('socket hang up'), { code: 'ECONNRESET' });
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

function lowerCase(headers: SdkRequest['headers']): HttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : '');
}
