/** Failures of the systems Millrace talks to as typed errors: what was refused, and what could not be reached. */
import { MillraceError } from '../errors/millrace-error.ts';

/** A system by the names errors print; holds no secret. */
export interface ExternalSystem {
  readonly system: string;
  readonly address: string;
}

/** The system said no: the same again cannot help. */
export function systemRefused({ system, address }: ExternalSystem, action: string, cause: unknown): MillraceError {
  return new MillraceError(
    'EXTERNAL_SYSTEM_REFUSED',
    { system, address, action, reason: failureText(cause) },
    { cause },
  );
}

/** The system did not answer so many times. */
export function systemUnavailable(
  { system, address }: ExternalSystem,
  attempts: number,
  cause: unknown,
): MillraceError {
  const parameters = { system, address, attempts: String(attempts), reason: failureText(cause) };
  return new MillraceError('EXTERNAL_SYSTEM_UNAVAILABLE', parameters, { cause });
}

/** A failure in words; of several at once, all of them. */
function failureText(failure: unknown): string {
  if (failure instanceof AggregateError && failure.message === '') return failure.errors.map(failureText).join('; ');
  return failure instanceof Error ? failure.message : String(failure);
}
