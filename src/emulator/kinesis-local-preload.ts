/**
 * Runs inside the child process of kinesis-local.ts, before the package `kinesis-local`; never imported. It gives the package what it
 * has no setting for: every listener binds loopback only, any free port is possible and reported to the parent, the process ends when
 * its parent does (stopped, crashed or killed: the IPC channel closes), and a snapshot file is replaced whole or not at all.
 *
 * End with persistence: IF the channel closes, THEN two more snapshots are completed (the first may have been taken before the last
 * put was acknowledged) and the process exits. A snapshot that never comes (disk full) delays the end by END_TIMEOUT_MS at most.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const LOOPBACK = '127.0.0.1';
const TLS_PORT_PLACEHOLDER = 1;
const END_TIMEOUT_MS = 5000;
const SNAPSHOT_NAME = 'kinesis-data.json';

/** Taken before the package replaces `process.exit` by one that waits for open keep-alive connections. */
const exit = process.exit.bind(process);
const isPersistent = process.env['SHOULD_PERSIST_DATA'] === 'true';
let numSnapshotsToEnd = Number.POSITIVE_INFINITY;

type Listen = (this: net.Server, options: net.ListenOptions, onListening?: () => void) => net.Server;
const listen = Reflect.get(net.Server.prototype, 'listen') as Listen;
Object.assign(net.Server.prototype, { listen: listenOnLoopback });
Object.assign(fs, { createWriteStream: writeWhole(fs.createWriteStream) });
process.once('disconnect', endAfterSnapshots);
if (process.send === undefined) endWithParent();

/** Stands in for `listen(port, callback)`, the only form the package uses. */
function listenOnLoopback(this: net.Server, port: number | string, onListening?: () => void): net.Server {
  const isTls = Number(port) === TLS_PORT_PLACEHOLDER;
  if (!isTls) {
    this.once('listening', () => {
      const address = this.address();
      process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
    });
    this.once('error', (error) => process.send?.({ error: error.message }));
  }
  return listen.call(this, { port: isTls ? 0 : Number(port), host: LOOPBACK }, onListening);
}

/** Sends snapshots to a temporary name first and renames them when complete, so that a kill never leaves half a file. */
function writeWhole(createWriteStream: typeof fs.createWriteStream): typeof fs.createWriteStream {
  return (target, options) => {
    if (typeof target !== 'string' || path.basename(target) !== SNAPSHOT_NAME)
      return createWriteStream(target, options);
    const stream = createWriteStream(`${target}.tmp`, options);
    // The package ends the stream with a callback and removes every listener, so the callback is the only place to learn of the end.
    type OnEnd = (error?: Error | null) => void;
    const end: (onEnd: OnEnd) => unknown = stream.end.bind(stream);
    const endWhole = (onEnd?: OnEnd): unknown =>
      end((error) => {
        if (!error) fs.renameSync(`${target}.tmp`, target);
        if (!error) numSnapshotsToEnd -= 1;
        if (numSnapshotsToEnd <= 0) exit(0);
        onEnd?.(error);
      });
    Object.assign(stream, { end: endWhole });
    return stream;
  };
}

/** For a child that was started by another program than kinesis-local.ts, and so has no channel that closes. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) exit(0);
  }, 1000).unref();
}

function endAfterSnapshots(): void {
  if (!isPersistent) exit(0);
  numSnapshotsToEnd = 2;
  setTimeout(() => exit(1), END_TIMEOUT_MS);
}
