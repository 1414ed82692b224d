/**
 * Calls of asynchronous functions of the user: so many at a time, each with a time it may take and attempts it has. Retries wait twice as
 * long each time. The operator that makes the calls hands in the time and says when nobody waits any more.
 */
import type { Value } from '../types/vector.ts';
import type { AsyncCalls, AsyncEvaluator } from './define-function.ts';

/** How an asynchronous function is called. */
export interface AsyncOptions {
  /** At most so many calls at a time; default 16. */
  readonly concurrency?: number;
  /** A call that takes longer has failed; default 60,000. */
  readonly timeoutMs?: number;
  /** How often a failed call is made again; default 0. */
  readonly retries?: number;
  /** How long the first retry waits; default 100. */
  readonly retryDelayMs?: number;
}

/** The last argument of an asynchronous function. */
export interface AsyncCall {
  /** Aborted when the call took too long, or the query was stopped or has failed. */
  readonly signal: AbortSignal;
}

const DEFAULTS: Required<AsyncOptions> = { concurrency: 16, timeoutMs: 60_000, retries: 0, retryDelayMs: 100 };

/** Calls `call` for a row, again as often as the options say, and makes `failure` of what the last attempt threw. */
export function asyncEvaluator(
  options: AsyncOptions,
  call: (values: readonly (Value | null)[], call: AsyncCall) => Promise<Value | null>,
  failure: (cause: unknown) => Error,
): AsyncEvaluator {
  const { concurrency, timeoutMs, retries, retryDelayMs } = { ...DEFAULTS, ...options };
  return {
    kind: 'async',
    concurrency,
    apply: async (values, calls) => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await withinTime(timeoutMs, calls, (signal) => call(values, { signal }));
        } catch (error) {
          if (attempt >= retries || calls.signal.aborted) throw failure(error);
          await calls.sleep(retryDelayMs * 2 ** attempt, calls.signal);
        }
      }
    },
  };
}

/** Runs what may take `timeoutMs`; its signal is aborted after that and when the calls are. */
async function withinTime<T>(
  timeoutMs: number,
  calls: AsyncCalls,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const isOver = calls.sleep(timeoutMs, own.signal).then((): Promise<T> => {
    own.abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
    return Promise.reject(own.signal.reason);
  });
  isOver.catch(() => undefined);
  const stop = (): void => own.abort(calls.signal.reason);
  calls.signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([run(own.signal), isOver]);
  } finally {
    calls.signal.removeEventListener('abort', stop);
    own.abort();
  }
}
