/**
 * A real HTTP proxy in front of an S3 that injects faults by rule: requests refused before they arrive, and answers that are lost after the
 * server has done what was asked. The code under test talks to it as to any endpoint.
 */
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An error answer instead of the call, the connection closed instead of the call, or the answer cut off after the call. */
export type S3Fault = { readonly status: number; readonly code: string } | 'lost' | 'answer lost';

export interface S3Call {
  readonly method: string;
  /** With the query, as `/bucket/key?uploads`. */
  readonly url: string;
}

export interface S3FaultProxy {
  readonly endpoint: string;
  readonly calls: readonly S3Call[];
  /** Decides about each call; undefined passes it on. */
  rule: (call: S3Call) => S3Fault | undefined;
  close(): Promise<void>;
}

/** Starts a proxy for the S3 at `target` on a free loopback port. */
export async function startS3FaultProxy(target: string): Promise<S3FaultProxy> {
  const calls: S3Call[] = [];
  const server = createServer((incoming, answer) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => void parts.push(part));
    incoming.on('end', () => {
      const call = { method: incoming.method ?? '', url: incoming.url ?? '' };
      calls.push(call);
      const fault = proxy.rule(call);
      if (fault === undefined || fault === 'answer lost')
        forward(target, incoming, Buffer.concat(parts), answer, fault !== undefined);
      else if (fault === 'lost') answer.destroy();
      else refuse(answer, fault);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const proxy: S3FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    rule: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

function refuse(answer: ServerResponse, { status, code }: { readonly status: number; readonly code: string }): void {
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} injected</Message></Error>`);
}

function forward(
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
  losesAnswer: boolean,
): void {
  const { method, headers } = incoming;
  const upstream = request(new URL(incoming.url ?? '/', target), { method, headers }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => void parts.push(part));
    response.on('end', () => {
      if (losesAnswer) {
        answer.destroy();
        return;
      }
      answer.writeHead(response.statusCode ?? 500, response.headers);
      answer.end(Buffer.concat(parts));
    });
  });
  upstream.on('error', () => answer.destroy());
  upstream.end(body);
}
