/** What failures of S3 mean: which may pass, their status and text. */
import { MillraceError } from '../errors/millrace-error.ts';

const RETRYABLE_NAMES = new Set([
  'ConditionalRequestConflict',
  'InternalError',
  'NetworkingError',
  'OperationAborted',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);
const RETRYABLE_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The HTTP status of a failure of the SDK. */
export function statusOf(error: unknown): number | undefined {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  return typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
    ? Number(metadata.httpStatusCode)
    : undefined;
}

/** True when the same request may succeed later. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof MillraceError) return false;
  const status = statusOf(error);
  if (status !== undefined && (status >= 500 || status === 429 || status === 409)) return true;
  return isTransient(error);
}

/** True for a broken or slow connection and for throttling, whatever the status. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof MillraceError) return false;
  return RETRYABLE_NAMES.has(error.name) || ('code' in error && RETRYABLE_CODES.has(String(error.code)));
}

/** The failure in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  const inner = error instanceof AggregateError ? error.errors.map((one) => reasonOf(one)).join(', ') : error.message;
  return `${error.name}${code}: ${inner}`;
}
