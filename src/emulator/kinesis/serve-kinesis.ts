/**
 * The engine on a loopback port, for other processes and other languages: HTTP/1.1 and, on the same port, HTTP/2 without TLS (clients that
 * begin with HTTP/2's preface), which is what the SDK's own handler speaks to `http://`.
 */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest } from 'node:http2';
import { createServer as createNetServer, type Socket } from 'node:net';
import { MillraceError } from '../../errors/millrace-error.ts';
import { answerRequest } from './http-answer.ts';
import type { KinesisEngine } from './kinesis-engine.ts';
import type { EmulatorClock } from './operation.ts';

export interface KinesisServer {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;

/** What the answers of both protocols can do. */
interface Response {
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array | string): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
}

/** The first bytes of every HTTP/2 connection. */
const HTTP2_PREFACE = 'PRI * HTTP/2';

/** Listens on 127.0.0.1 and resolves when calls are accepted; any free port unless one is given. */
export async function serveKinesis(engine: KinesisEngine, clock: EmulatorClock, port = 0): Promise<KinesisServer> {
  const listener = (request: Request, response: Response): void => {
    answer(engine, clock, request, response).catch(() => request.socket.destroy());
  };
  const http1 = createHttpServer({ keepAliveTimeout: 60_000 }, listener);
  const http2 = createHttp2Server({}, listener);
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const isHttp2 = first.toString('latin1').startsWith(HTTP2_PREFACE);
      (isHttp2 ? http2 : http1).emit('connection', socket);
      // HTTP/2 takes what was unshifted by itself; flowing would lose it.
      if (!isHttp2) socket.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new MillraceError(
          'EXTERNAL_SYSTEM_UNAVAILABLE',
          { system: 'The embedded Kinesis', address: `127.0.0.1:${port}`, attempts: '1', reason: cause.message },
          { cause },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer(
  engine: KinesisEngine,
  clock: EmulatorClock,
  request: Request,
  response: Response,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method !== 'POST') {
    response.writeHead(request.url === '/health' ? 200 : 405, { 'content-type': 'application/json' });
    response.end('{"kinesis":"running"}');
    return;
  }
  const reply = answerRequest(engine, request.headers, Buffer.concat(chunks), clock.nowMs());
  if (reply === undefined) {
    cut(request);
    return;
  }
  if (reply.body instanceof Uint8Array) {
    response.writeHead(reply.status, { ...reply.headers, 'content-length': String(reply.body.length) });
    response.end(reply.body);
    return;
  }
  response.writeHead(reply.status, { ...reply.headers });
  await stream(reply.body, response);
}

/** Breaks what carries the call: the connection, or in HTTP/2 the one stream. */
function cut(request: Request): void {
  if ('stream' in request) request.stream.destroy();
  else request.socket.destroy();
}

/** Writes the events as fast as the client takes them; a client that has gone ends them. */
async function stream(events: AsyncIterable<Uint8Array>, response: Response): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  let isGone = false;
  const gone = new Promise<IteratorResult<Uint8Array>>((resolve) => {
    response.once('close', () => {
      isGone = true;
      resolve({ done: true, value: undefined });
    });
  });
  for (;;) {
    const { done, value } = await Promise.race([iterator.next(), gone]);
    if (done === true || isGone) break;
    if (!response.write(value)) await Promise.race([drained(response), gone]);
  }
  if (isGone) void iterator.return?.(undefined);
  else response.end();
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', () => resolve());
  });
}
