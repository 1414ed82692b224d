/**
 * A real HTTP proxy in front of an S3 that injects faults by rule: requests refused before they arrive, and answers that are lost after the
 * server has done what was asked. The code under test talks to it as to any endpoint.
 */
import { type HttpFault, startHttpFaultProxy } from './http-fault-proxy.ts';

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

const FAULTS: readonly S3Fault[] = [
  { status: 503, code: 'SlowDown' },
  { status: 409, code: 'ConditionalRequestConflict' },
  { status: 500, code: 'InternalError' },
  'lost',
  'answer lost',
];
/** The same call does not fail more often in a row: retries are limited. */
const MAX_IN_ROW = 3;

/** Starts a proxy for the S3 at `target` on a free loopback port. */
export async function startS3FaultProxy(target: string): Promise<S3FaultProxy> {
  const calls: S3Call[] = [];
  let rule: S3FaultProxy['rule'] = () => undefined;
  const { endpoint, close } = await startHttpFaultProxy(target, ({ method, url }) => {
    calls.push({ method, url });
    return httpFault(rule({ method, url }));
  });
  return {
    endpoint,
    calls,
    close,
    get rule() {
      return rule;
    },
    set rule(next) {
      rule = next;
    },
  };
}

/** A rule by which a share of the calls fails. */
export function randomS3Faults(random: () => number, share: number): S3FaultProxy['rule'] {
  const inRow = new Map<string, number>();
  return ({ method, url }) => {
    const call = `${method} ${url}`;
    const failed = inRow.get(call) ?? 0;
    const isFailing = random() < share && failed < MAX_IN_ROW;
    if (isFailing) inRow.set(call, failed + 1);
    else inRow.delete(call);
    return isFailing ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
  };
}

function httpFault(fault: S3Fault | undefined): HttpFault | undefined {
  if (fault === undefined) return undefined;
  if (typeof fault === 'string') return { kind: fault };
  const { status, code } = fault;
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} injected</Message></Error>`;
  return { kind: 'answer', status, contentType: 'application/xml', body };
}
