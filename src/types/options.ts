/**
 * Reads the options of sources, sinks and formats: typed readers with one error each, and the check for names nobody knows. Options are
 * maps by lower-case name; values are the user's text. Error messages print the names as documented and values only where they are no secret.
 */
import { MillraceError } from '../errors/millrace-error.ts';
import { editDistance, nearestNames } from '../errors/suggest.ts';

/** Options by lower-case name. */
export type Options = ReadonlyMap<string, string>;

/** Names any source or sink may be given, because the engine itself or Spark's readers and writers use them. */
export const ENGINE_OPTION_NAMES: readonly string[] = [
  'path',
  'recordTo',
  'recordScrub',
  'checkpointLocation',
  'queryName',
  'asyncProgressTrackingEnabled',
  'asyncProgressTrackingCheckpointIntervalMs',
];

const SECRET_NAME = /password|passwd|token|secret|credential|accesskey|user|url/i;

const DURATION =
  /^(\d+)\s*(us|microseconds?|ms|milliseconds?|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?)?$/i;

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  microsecond: 0.001,
  ms: 1,
  millisecond: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/** The text of an option, or undefined; `name` is the documented spelling. */
export function optionText(options: Options, name: string): string | undefined {
  return options.get(name.toLowerCase());
}

/** The text of an option that must be there; else `MISSING_OPTION`. */
export function requiredOption(format: string, options: Options, name: string): string {
  const text = optionText(options, name);
  if (text === undefined || text === '') throw new MillraceError('MISSING_OPTION', { option: name, format });
  return text;
}

/** One of a fixed set of words, in any letter case, as spelt in `allowed`. */
export function optionOneOf<Word extends string>(
  format: string,
  options: Options,
  name: string,
  allowed: readonly Word[],
): Word | undefined {
  const text = optionText(options, name);
  if (text === undefined) return undefined;
  const found = allowed.find((word) => word.toLowerCase() === text.trim().toLowerCase());
  if (found === undefined) throw invalidOption(format, name, text, `one of ${allowed.join(', ')}`);
  return found;
}

/** A whole number within `[min, max]`. */
export function optionInt(
  format: string,
  options: Options,
  name: string,
  limits: { readonly min?: number; readonly max?: number } = {},
): number | undefined {
  const text = optionText(options, name);
  if (text === undefined) return undefined;
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = limits;
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text.trim()) : Number.NaN;
  if (Number.isNaN(value) || value < min || value > max)
    throw invalidOption(format, name, text, `a whole number${limitsText(limits)}`);
  return value;
}

/** `true` or `false`, in any letter case. */
export function optionBoolean(format: string, options: Options, name: string): boolean | undefined {
  const text = optionText(options, name);
  switch (text?.trim().toLowerCase()) {
    case undefined:
      return undefined;
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw invalidOption(format, name, text ?? '', 'true or false');
  }
}

/** A duration in ms: `500ms`, `10s`, `5m`, `1 hour`, `7d`; a bare number has the unit `bareUnit`. */
export function optionDuration(
  format: string,
  options: Options,
  name: string,
  bareUnit: 'ms' | 's' = 'ms',
): number | undefined {
  const text = optionText(options, name);
  if (text === undefined) return undefined;
  const match = DURATION.exec(text.trim());
  if (match === null) throw invalidOption(format, name, text, "a duration such as '500ms', '10s' or '5 minutes'");
  const unit = (match[2] ?? bareUnit).toLowerCase();
  return Number(match[1]) * (UNIT_MS[unit] ?? UNIT_MS[unit.replace(/s$/, '')] ?? 1);
}

/** The error for an option whose value is wrong; values of secret options are not printed. */
export function invalidOption(format: string, name: string, value: string, expected: string): MillraceError {
  const shown = SECRET_NAME.test(name) ? '(redacted)' : value;
  return new MillraceError('INVALID_OPTION', { option: name, format, value: shown, expected });
}

/** Refuses names that are neither in `known` nor used by the engine, naming the nearest ones. */
export function checkOptionNames(format: string, options: Options, known: readonly string[]): void {
  const allowed = [...known, ...ENGINE_OPTION_NAMES];
  const lowerCase = new Set(allowed.map((name) => name.toLowerCase()));
  for (const option of options.keys()) {
    if (lowerCase.has(option.toLowerCase())) continue;
    const near = nearestNames(option, allowed, 3);
    const good = near.filter((name) => editDistance(option.toLowerCase(), name.toLowerCase()) <= 3);
    throw new MillraceError('UNKNOWN_OPTION', {
      format,
      option,
      proposal: (good.length > 0 ? good : near).join(', '),
    });
  }
}

function limitsText(limits: { readonly min?: number; readonly max?: number }): string {
  if (limits.min !== undefined && limits.max !== undefined) return ` from ${limits.min} to ${limits.max}`;
  if (limits.min !== undefined) return ` ≥ ${limits.min}`;
  return limits.max === undefined ? '' : ` ≤ ${limits.max}`;
}
