/** What an operation of the emulated Kinesis is given and gives back; the operations themselves are in the `*-operations.ts` files. */
import type { EmulatedStream } from './emulated-stream.ts';
import type { Input } from './input.ts';
import { optionalText } from './input.ts';
import { invalidArgument, notFound, resourceInUse } from './service-error.ts';

/** The streams of one account in one region. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
  readonly streams: Map<string, EmulatedStream>;
}

export interface OperationContext {
  readonly home: AccountRegion;
  /** The streams of any account, for calls by ARN. */
  readonly homeOf: (account: string, region: string) => AccountRegion;
  readonly nowMs: number;
  /** Throttle as AWS does. */
  readonly hasLimits: boolean;
  /** How long streams are CREATING and UPDATING. */
  readonly transitionMs: number;
  readonly clock: EmulatorClock;
}

/** The time of the service; a test hands in a virtual one. */
export interface EmulatorClock {
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The answer: JSON, as an object or already written, or a stream of events. */
export type OperationReply =
  | {
      readonly kind: 'json';
      readonly body: object | string;
      /** What the journal keeps instead of the input: only what was taken. */
      readonly accepted?: Input;
    }
  | { readonly kind: 'events'; readonly events: AsyncIterable<Uint8Array> };

export type Operation = (input: Input, context: OperationContext) => OperationReply;

export function json(body: object | string): OperationReply {
  return { kind: 'json', body };
}

export const EMPTY_REPLY: OperationReply = json('');

/** The stream that a request names by StreamName or StreamARN. */
export function streamOf(input: Input, context: OperationContext): EmulatedStream {
  const arn = optionalText(input, 'StreamARN');
  if (arn !== undefined) return streamOfArn(arn, context);
  const name = optionalText(input, 'StreamName');
  if (name === undefined) throw invalidArgument('Must have at least one of Stream name or StreamARN');
  const { home } = context;
  const stream = home.streams.get(name);
  if (stream === undefined) throw notFound(`Stream ${name} under account ${home.account} not found.`);
  return stream;
}

/** The stream of an ARN, or of the ARN of one of its consumers. */
export function streamOfArn(arn: string, context: OperationContext): EmulatedStream {
  const parts = /^arn:aws[^:]*:kinesis:([^:]+):(\d{12}):stream\/([^/]+)/.exec(arn);
  if (parts === null) throw invalidArgument(`${arn} is no ARN of a stream`);
  const [, region = '', account = '', name = ''] = parts;
  const stream = context.homeOf(account, region).streams.get(name);
  if (stream === undefined) throw notFound(`Stream ${name} under account ${account} not found.`);
  return stream;
}

/** Like `streamOf`, of a stream that takes and gives records. */
export function usableStream(input: Input, context: OperationContext): EmulatedStream {
  const stream = streamOf(input, context);
  if (stream.statusAt(context.nowMs) !== 'CREATING') return stream;
  const { name, account } = stream.identity;
  throw resourceInUse(`Stream ${name} under account ${account} not ACTIVE, instead in state CREATING`);
}

/** Times go over the wire as seconds. */
export function wireTime(timeMs: number): number {
  return timeMs / 1000;
}
