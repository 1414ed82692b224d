/** The producer of work 4: a server that sends records at a fixed rate, as JSON lines, to the one that connects. */
import type { Socket } from 'node:net';
import { createServer } from 'node:net';

export interface RecordParameters {
  readonly rowsPerSecond: number;
  readonly seconds: number;
  readonly numKeys: number;
}

/** An engine connects before it is ready for the first batch; the records start this much later. */
const START_UP_MS = 3000;

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Serves records on a port of loopback while `run` runs. */
export async function withRecordServer<T>(parameters: RecordParameters, run: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => sockets.delete(socket)).on('close', () => sockets.delete(socket));
    void send(socket, parameters);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await run(typeof address === 'object' && address !== null ? address.port : 0);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** Sends every millisecond what is due. */
async function send(socket: Socket, { rowsPerSecond, seconds, numKeys }: RecordParameters): Promise<void> {
  const numRecords = rowsPerSecond * seconds;
  const gapMs = 1000 / rowsPerSecond;
  const startMs = nowMs() + START_UP_MS;
  for (let next = 0; next < numRecords && !socket.destroyed;) {
    let lines = '';
    for (const untilMs = nowMs(); next < numRecords && startMs + next * gapMs <= untilMs; next++) {
      const dueMs = startMs + next * gapMs;
      lines += `{"time":"${new Date(dueMs).toISOString()}","key":${next % numKeys},"due":${dueMs}}\n`;
    }
    if (lines !== '') socket.write(lines);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
