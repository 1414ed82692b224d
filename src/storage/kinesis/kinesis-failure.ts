/** Why a call to Kinesis failed, as far as source and sink must tell apart, and how the SDK's errors say it. */

export type KinesisFailure =
  | 'throttled'
  | 'server-error'
  | 'unreachable'
  | 'expired-iterator'
  | 'in-use'
  | 'not-found'
  | 'denied'
  | 'invalid'
  | 'other';

/** What drivers reject with; callers turn it into a MillraceError or try again. */
export class KinesisCallError extends Error {
  override readonly name = 'KinesisCallError';
  readonly failure: KinesisFailure;

  constructor(failure: KinesisFailure, reason: string, cause: unknown) {
    super(reason, { cause });
    this.failure = failure;
  }
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const FAILURES: Readonly<Record<string, KinesisFailure>> = {
  ProvisionedThroughputExceededException: 'throttled',
  LimitExceededException: 'throttled',
  KMSThrottlingException: 'throttled',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  ExpiredIteratorException: 'expired-iterator',
  ResourceInUseException: 'in-use',
  ResourceNotFoundException: 'not-found',
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  IncompleteSignature: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidArgumentException: 'invalid',
  ValidationException: 'invalid',
  TimeoutError: 'unreachable',
  AbortError: 'unreachable',
};

/** The SDK's error, or one that is classified already, as a KinesisCallError. */
export function kinesisCallError(error: unknown): KinesisCallError {
  if (error instanceof KinesisCallError) return error;
  return new KinesisCallError(failureOf(error), reasonOf(error), error);
}

function failureOf(error: unknown): KinesisFailure {
  const { name, code, $metadata } = error as SdkError;
  const known = FAILURES[name ?? ''];
  if (known !== undefined) return known;
  const status = $metadata?.httpStatusCode ?? 0;
  if (status >= 500) return 'server-error';
  if (status === 403 || status === 401) return 'denied';
  if (status === 429) return 'throttled';
  // A network failure has a code of Node and no status.
  return status === 0 && code !== undefined ? 'unreachable' : 'other';
}

function reasonOf(error: unknown): string {
  const { name, message, code } = error as SdkError;
  const text = message === undefined || message === '' ? '' : `: ${message}`;
  return `${name === undefined || name === 'Error' ? (code ?? 'Error') : name}${text}`;
}
