/**
 * A real HTTP proxy in front of a Kinesis that injects faults by rule: refusals as AWS words them, errors of the server, cut connections,
 * empty answers, trimmed records. The code under test talks to it as to any endpoint.
 */
import { type HttpFault, startHttpFaultProxy } from './http-fault-proxy.ts';

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
  let rule: KinesisFaultProxy['rule'] = () => undefined;
  const { endpoint, close } = await startHttpFaultProxy(target, ({ headers, body: bytes }) => {
    const action = String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const body = JSON.parse(bytes.toString() || '{}') as Record<string, unknown>;
    const call = { action, body, index: calls.filter((earlier) => earlier.action === action).length };
    calls.push(call);
    return httpFault(rule(call), body);
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

function httpFault(fault: KinesisFault | undefined, body: Readonly<Record<string, unknown>>): HttpFault | undefined {
  const contentType = 'application/x-amz-json-1.1';
  switch (fault?.kind) {
    case undefined:
      return undefined;
    case 'cut':
      return { kind: 'lost' };
    case 'filter':
      return { kind: 'change', change: (bytes) => filtered(bytes, fault.keep) };
    case 'refuse': {
      const { type, status = 400 } = fault;
      const text = JSON.stringify({ __type: type, message: `${type} injected` });
      return { kind: 'answer', status, contentType, body: text };
    }
    case 'empty': {
      const { millisBehindLatest: MillisBehindLatest } = fault;
      const text = JSON.stringify({ Records: [], NextShardIterator: body['ShardIterator'], MillisBehindLatest });
      return { kind: 'answer', status: 200, contentType, body: text };
    }
  }
}

function filtered(bytes: Buffer, keep: (sequenceNumber: string) => boolean): Buffer {
  const answer = JSON.parse(bytes.toString()) as { Records?: readonly { readonly SequenceNumber: string }[] };
  if (answer.Records === undefined) return bytes;
  return Buffer.from(JSON.stringify({ ...answer, Records: answer.Records.filter((r) => keep(r.SequenceNumber)) }));
}
