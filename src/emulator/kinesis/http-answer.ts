/** From a request of AWS's JSON protocol to the answer, whatever carried it: the one place that knows headers, targets and error bodies. */
import { exceptionFrame } from './event-frame.ts';
import type { Input } from './input.ts';
import type { KinesisEngine } from './kinesis-engine.ts';
import { CutConnection, KinesisServiceError } from './service-error.ts';

/** Header names in lower case. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

const JSON_TYPE = 'application/x-amz-json-1.1';
const EVENT_TYPE = 'application/vnd.amazon.eventstream';
const DEFAULT_ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** The answer to a POST; undefined when the connection shall break without one. */
export function answerRequest(
  engine: KinesisEngine,
  headers: HttpHeaders,
  body: Uint8Array,
  nowMs: number,
): HttpAnswer | undefined {
  const common = {
    'content-type': JSON_TYPE,
    date: new Date(nowMs).toUTCString(),
    'x-amzn-requestid': `embedded-${nowMs.toString(36)}`,
  };
  try {
    const [, action = ''] = text(headers, 'x-amz-target').split('.');
    if (text(headers, 'content-type').includes('cbor'))
      throw new KinesisServiceError(
        'SerializationException',
        'The embedded Kinesis speaks JSON, not CBOR: set CBOR_ENABLED=false (AWS_CBOR_DISABLE=true) for this client.',
      );
    const reply = engine.call({ action, input: parseInput(body), ...caller(headers) });
    if (reply.kind === 'events')
      return { status: 200, headers: { ...common, 'content-type': EVENT_TYPE }, body: guarded(reply.events) };
    const json = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    return { status: 200, headers: common, body: Buffer.from(json) };
  } catch (error) {
    if (error instanceof CutConnection) return undefined;
    if (!(error instanceof KinesisServiceError)) throw error;
    const answer = JSON.stringify({ __type: error.type, message: error.message });
    return { status: error.status, headers: { ...common, 'x-amzn-errortype': error.type }, body: Buffer.from(answer) };
  }
}

/** A failure in the middle of a stream of events is its last event. */
async function* guarded(events: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* events;
  } catch (error) {
    if (!(error instanceof KinesisServiceError)) throw error;
    yield exceptionFrame(error.type, error.message);
  }
}

function parseInput(body: Uint8Array): Input {
  try {
    const input: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() || '{}');
    if (typeof input === 'object' && input !== null) return input as Input;
  } catch {
    // Falls through to the error of AWS.
  }
  throw new KinesisServiceError('SerializationException', 'The body is not a JSON object');
}

/** The account and region that a signature names; nobody checks it. */
function caller(headers: HttpHeaders): { readonly account: string; readonly region: string } {
  const scope = /Credential=([^/,\s]+)\/[^/]*\/([^/]+)\/kinesis\//.exec(text(headers, 'authorization'));
  const [, keyId = '', region = DEFAULT_REGION] = scope ?? [];
  return { account: /^\d{12}$/.test(keyId) ? keyId : DEFAULT_ACCOUNT, region };
}

function text(headers: HttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}
