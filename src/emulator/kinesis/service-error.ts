/** The errors the emulated service answers with, under AWS's names. Not Millrace errors: clients meet them as the SDK's exceptions. */

export class KinesisServiceError extends Error {
  override readonly name = 'KinesisServiceError';
  /** AWS's name of the exception, as `ResourceNotFoundException`. */
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** The call took effect, or not, and its answer never arrives. */
export class CutConnection extends Error {
  override readonly name = 'CutConnection';
}

export function invalidArgument(message: string): KinesisServiceError {
  return new KinesisServiceError('InvalidArgumentException', message);
}

export function validationError(message: string): KinesisServiceError {
  return new KinesisServiceError('ValidationException', message);
}

export function notFound(message: string): KinesisServiceError {
  return new KinesisServiceError('ResourceNotFoundException', message);
}

export function resourceInUse(message: string): KinesisServiceError {
  return new KinesisServiceError('ResourceInUseException', message);
}

export function limitExceeded(message: string): KinesisServiceError {
  return new KinesisServiceError('LimitExceededException', message);
}

export function throughputExceeded(message: string): KinesisServiceError {
  return new KinesisServiceError('ProvisionedThroughputExceededException', message);
}
