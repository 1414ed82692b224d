/**
 * A real HTTP proxy that does with each call what a rule says: pass it on, change its answer, answer itself, or break the connection before or
 * after the server has seen the call. The fault proxies of the services (S3, Kinesis) speak their languages through it.
 */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What happens to a call; undefined: it is passed on. */
export type HttpFault =
  | { readonly kind: 'lost' }
  | { readonly kind: 'answer lost' }
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'change'; readonly change: (body: Buffer) => Buffer };

export interface HttpFaultProxy {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** Starts a proxy for the server at `target` on a free loopback port. */
export async function startHttpFaultProxy(
  target: string,
  faultOf: (call: HttpCall) => HttpFault | undefined,
): Promise<HttpFaultProxy> {
  const server = createServer((incoming, answer) => {
    void readBody(incoming).then((body) => {
      const { method = '', url = '/', headers } = incoming;
      const fault = faultOf({ method, url, headers, body });
      switch (fault?.kind) {
        case 'lost':
          answer.destroy();
          return;
        case 'answer':
          answer.writeHead(fault.status, { 'content-type': fault.contentType });
          answer.end(fault.body);
          return;
        default:
          forward(target, incoming, body, answer, fault);
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function forward(
  target: string,
  { url = '/', method, headers }: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
  fault: Extract<HttpFault, { kind: 'answer lost' | 'change' }> | undefined,
): void {
  const upstream = request(new URL(url, target), { method, headers }, (response) => {
    void readBody(response).then((received) => {
      if (fault?.kind === 'answer lost') {
        answer.destroy();
        return;
      }
      if (fault === undefined) {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        answer.end(received);
        return;
      }
      const changed = fault.change(received);
      const { 'transfer-encoding': _, ...rest } = response.headers;
      answer.writeHead(response.statusCode ?? 502, { ...rest, 'content-length': String(changed.length) });
      answer.end(changed);
    });
  });
  upstream.on('error', () => answer.destroy());
  upstream.end(body);
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
