/** Durations on the command line: `25s`, `2m`, `500ms`; a bare number is seconds. */
import { MillraceError } from '../errors/millrace-error.ts';

/** Milliseconds; `command` is what an error names. */
export function parseDuration(text: string, command: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim());
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's'];
  if (match === null || unitMs === undefined) {
    throw new MillraceError('INVALID_OPTION', {
      option: '--duration',
      format: command,
      value: text,
      expected: "a time such as '25s' or '2m'",
    });
  }
  return Number(match[1]) * unitMs;
}
