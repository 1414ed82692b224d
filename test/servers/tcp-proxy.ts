/** A TCP proxy that breaks connections on purpose: when a client's bytes match a pattern, before or after they have reached the server. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /**
   * Arms one break: at the next client packet that matches `pattern` (read as Latin-1), `lost` cuts both sides before the server sees it, `answered-lost` lets the
   * server answer and drops the answer.
   */
  breakAt(pattern: RegExp, how: 'lost' | 'answered-lost'): void;
  /** Decides about every packet of a client that no armed break takes; undefined passes it on. */
  rule: () => 'lost' | 'answered-lost' | undefined;
  /** Breaks that have happened. */
  readonly numBroken: number;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  let armed: { readonly pattern: RegExp; readonly how: 'lost' | 'answered-lost' } | undefined;
  let numBroken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    let isAnswerLost = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      const isArmed = armed !== undefined && armed.pattern.test(bytes.toString('latin1'));
      const how = isArmed ? armed?.how : proxy.rule();
      if (how === undefined) {
        upstream.write(bytes);
        return;
      }
      if (isArmed) armed = undefined;
      numBroken++;
      if (how === 'lost') client.destroy();
      else {
        isAnswerLost = true;
        upstream.write(bytes);
      }
    });
    upstream.on('data', (bytes) => {
      if (isAnswerLost) client.destroy();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    rule: () => undefined,
    breakAt: (pattern, how) => {
      armed = { pattern, how };
    },
    get numBroken() {
      return numBroken;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return proxy;
}
