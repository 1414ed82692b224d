/**
 * The worker threads of a session: started when the first query asks for them, used by all queries in turns, ended with the session. Idle
 * threads do not keep the process alive. What a thread does is its entry program's business. The thread of the session is worker 0, so
 * that N workers cost N - 1 threads.
 */
import type { Transferable } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { MillraceError } from '../errors/millrace-error.ts';

/** One thread. */
export interface WorkerThread {
  /** Hands the entry program something; `transfer` is given away. */
  post(message: unknown, transfer: readonly Transferable[]): void;
  /** Calls `listener` when the thread ends by itself; returns how to stop listening. */
  onLost(listener: (error: MillraceError) => void): () => void;
}

/** Threads on demand. */
export interface WorkerPool {
  /** What `local[*]` stands for. */
  readonly numCores: number;
  /** Workers 0 … numWorkers-1, the first of which is the thread of the caller; those that were lost are started anew. */
  threads(numWorkers: number): readonly WorkerThread[];
  /** Ends all threads; resolves when they are gone. The next `threads` starts new ones. */
  close(): Promise<void>;
}

class PooledThread implements WorkerThread {
  readonly #worker: Worker;
  readonly #listeners = new Set<(error: MillraceError) => void>();
  readonly #name: string;
  #cause: unknown;
  isAlive = true;

  constructor(entry: URL, index: number) {
    this.#name = `millrace-worker-${index}`;
    this.#worker = new Worker(entry, { name: this.#name });
    this.#worker.unref();
    this.#worker.on('error', (error) => {
      this.#cause = error;
    });
    this.#worker.once('exit', (code) => this.#ended(code));
  }

  post(message: unknown, transfer: readonly Transferable[]): void {
    this.#worker.postMessage(message, transfer);
  }

  onLost(listener: (error: MillraceError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #ended(code: number): void {
    this.isAlive = false;
    const cause = this.#cause;
    const reason = cause instanceof Error ? cause.message : `exit code ${code}`;
    const error = new MillraceError('WORKER_LOST', { worker: this.#name, reason }, { cause });
    for (const listener of this.#listeners) listener(error);
  }
}

/** The pool of threads that run the program at `entry`; `serveHere` does in the caller's thread what that program does with a message. */
export function createWorkerPool(entry: URL, numCores: number, serveHere: (message: unknown) => void): WorkerPool {
  const pooled: PooledThread[] = [];
  // The session's own thread is never lost while somebody asks.
  const own: WorkerThread = { post: serveHere, onLost: () => () => undefined };
  return {
    numCores,
    threads(numWorkers) {
      for (let i = 0; i + 1 < numWorkers; i++)
        if (pooled[i]?.isAlive !== true) pooled[i] = new PooledThread(entry, i + 1);
      return [own, ...pooled.slice(0, numWorkers - 1)];
    },
    async close() {
      await Promise.all(pooled.splice(0).map((thread) => thread.terminate()));
    },
  };
}
