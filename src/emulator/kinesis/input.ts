/** Reads the fields of a request's JSON: absent, of the right kind, or AWS's SerializationException and ValidationException. */
import { KinesisServiceError, validationError } from './service-error.ts';

/** The JSON object of a request. */
export type Input = Readonly<Record<string, unknown>>;

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new KinesisServiceError('SerializationException', `${name} is not a string`);
}

export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value !== undefined && value !== '') return value;
  throw validationError(
    `1 validation error detected: Value at '${fieldName(name)}' failed to satisfy constraint: Member must not be null`,
  );
}

export function optionalNumber(input: Input, name: string, min: number, max: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw new KinesisServiceError('SerializationException', `${name} is not a number`);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${fieldName(name)}' failed to satisfy constraint: Member must be between ${min} and ${max}`,
  );
}

export function requiredNumber(input: Input, name: string, min: number, max: number): number {
  const value = optionalNumber(input, name, min, max);
  if (value !== undefined) return value;
  throw validationError(
    `1 validation error detected: Value at '${fieldName(name)}' failed to satisfy constraint: Member must not be null`,
  );
}

export function optionalObject(input: Input, name: string): Input | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Input;
  throw new KinesisServiceError('SerializationException', `${name} is not an object`);
}

export function requiredList(input: Input, name: string): readonly unknown[] {
  const value = input[name];
  if (Array.isArray(value)) return value;
  throw validationError(
    `1 validation error detected: Value at '${fieldName(name)}' failed to satisfy constraint: Member must not be null`,
  );
}

/** A time on the wire: seconds since 1970 with a fraction, or an ISO time. */
export function optionalTimeMs(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const timeMs =
    typeof value === 'number' ? Math.round(value * 1000) : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(timeMs)) return timeMs;
  throw new KinesisServiceError('SerializationException', `${name} is not a time`);
}

/** `StreamName` → `streamName`, as AWS prints it. */
function fieldName(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
