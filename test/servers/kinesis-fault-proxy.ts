/**
 * A real HTTP proxy in front of a Kinesis that injects faults by rule: refusals as AWS words them, errors of the server, cut connections,
 * empty answers, trimmed records. The code under test talks to it as to any endpoint.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What happens to a call instead of, or on top of, being passed on. */
export type KinesisFault =
  /** An error answer as AWS gives it. */
  | { readonly kind: 'refuse'; readonly type: string; readonly status?: number }
  /** The connection is closed without an answer. */
  | { readonly kind: 'cut' }
  /** GetRecords: no records, behind the tip, the same position again. */
  | { readonly kind: 'empty'; readonly millisBehindLatest: number }
  /** GetRecords: the records that are not kept are missing from the answer. */
  | { readonly kind: 'filter'; readonly keep: (sequenceNumber: string) => boolean };

export interface KinesisCall {
  /** `GetRecords`, `ListShards`, … */
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** How many calls of this action came before. */
  readonly index: number;
}

export interface KinesisFaultProxy {
  readonly endpoint: string;
  /** Calls seen, in order. */
  readonly calls: readonly KinesisCall[];
  /** Decides about each call; undefined passes it on. */
  rule: (call: KinesisCall) => KinesisFault | undefined;
  close(): Promise<void>;
}

/** Starts a proxy for the Kinesis at `target` on a free loopback port. */
export async function startKinesisFaultProxy(target: string): Promise<KinesisFaultProxy> {
  const calls: KinesisCall[] = [];
  const server = createServer((incoming, answer) => {
    void readBody(incoming).then((bytes) => {
      const action = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      const body = JSON.parse(bytes.toString() || '{}') as Record<string, unknown>;
      const call = { action, body, index: calls.filter((earlier) => earlier.action === action).length };
      calls.push(call);
      const fault = proxy.rule(call);
      if (fault === undefined || fault.kind === 'filter') forward(target, incoming, bytes, answer, fault);
      else respond(fault, body, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: KinesisFaultProxy = {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
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

function respond(
  fault: Exclude<KinesisFault, { kind: 'filter' }>,
  body: Readonly<Record<string, unknown>>,
  answer: ServerResponse,
): void {
  if (fault.kind === 'cut') {
    answer.destroy();
    return;
  }
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  if (fault.kind === 'refuse') {
    answer.writeHead(fault.status ?? 400, headers);
    answer.end(JSON.stringify({ __type: fault.type, message: `${fault.type} injected` }));
    return;
  }
  const { millisBehindLatest } = fault;
  answer.writeHead(200, headers);
  answer.end(
    JSON.stringify({
      Records: [],
      NextShardIterator: body['ShardIterator'],
      MillisBehindLatest: millisBehindLatest,
    }),
  );
}

function forward(
  target: string,
  incoming: IncomingMessage,
  bytes: Buffer,
  answer: ServerResponse,
  filter: { readonly keep: (sequenceNumber: string) => boolean } | undefined,
): void {
  const { method, headers } = incoming;
  const outgoing = request(new URL(incoming.url ?? '/', target), { method, headers }, (response) => {
    void readBody(response).then((received) => {
      const passed = filter === undefined ? received : filtered(received, filter.keep);
      const { 'transfer-encoding': _, ...rest } = response.headers;
      answer.writeHead(response.statusCode ?? 502, { ...rest, 'content-length': String(passed.length) });
      answer.end(passed);
    });
  });
  outgoing.on('error', () => answer.destroy());
  outgoing.end(bytes);
}

function filtered(bytes: Buffer, keep: (sequenceNumber: string) => boolean): Buffer {
  const answer = JSON.parse(bytes.toString()) as { Records?: readonly { readonly SequenceNumber: string }[] };
  if (answer.Records === undefined) return bytes;
  return Buffer.from(JSON.stringify({ ...answer, Records: answer.Records.filter((r) => keep(r.SequenceNumber)) }));
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
