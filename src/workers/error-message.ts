/** Errors as plain data, so that a failure on a worker thread reaches the user as the same typed error. */
import type { ErrorConditionName } from '../errors/error-conditions.ts';
import type { ErrorParameters } from '../errors/millrace-error.ts';
import { ERROR_CONDITIONS } from '../errors/error-conditions.ts';
import { MillraceError } from '../errors/millrace-error.ts';

/** An error on its way between threads. */
export interface ErrorMessage {
  /** Undefined for an error that is no MillraceError. */
  readonly condition: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly hint: string | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: ErrorMessage | undefined;
}

/** How many causes of causes are kept. */
const MAX_DEPTH = 8;

export function errorToMessage(error: unknown, depth = 0): ErrorMessage {
  const known = error instanceof MillraceError ? error : undefined;
  const cause = error instanceof Error ? error.cause : undefined;
  return {
    condition: known?.condition,
    parameters: known?.parameters ?? {},
    hint: known?.hint,
    name: error instanceof Error ? error.name : 'Error',
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
    cause: cause === undefined || depth >= MAX_DEPTH ? undefined : errorToMessage(cause, depth + 1),
  };
}

/** The same error again; its stack is that of the thread it was thrown on. */
export function errorFromMessage(message: ErrorMessage): Error {
  const { condition, parameters, hint, stack } = message;
  const cause = message.cause === undefined ? {} : { cause: errorFromMessage(message.cause) };
  const error = isCondition(condition)
    ? new MillraceError(condition, parameters as ErrorParameters<ErrorConditionName>, {
        ...cause,
        ...(hint === undefined ? {} : { hint }),
      })
    : Object.assign(new Error(message.message, cause), { name: message.name });
  if (stack !== undefined) error.stack = stack;
  return error;
}

function isCondition(name: string | undefined): name is ErrorConditionName {
  return name !== undefined && Object.hasOwn(ERROR_CONDITIONS, name);
}
