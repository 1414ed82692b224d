/**
 * The prefixes of delivered objects: text with `!{timestamp:yyyy/MM/dd}` (of the oldest record's arrival), `!{partitionKeyFromQuery:column}` (its value
 * in each record) and, for errors, `!{firehose:error-output-type}`. Values are escaped, so that none leaves the root.
 */
import type { DateTimePattern } from '../../types/date-time-pattern.ts';
import { invalidOption } from '../../types/options.ts';
import { compilePattern } from '../../types/date-time-pattern.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'time'; readonly pattern: DateTimePattern }
  | { readonly kind: 'key'; readonly column: string }
  | { readonly kind: 'errorType' };

/** What a prefix is made of, for one group of records. */
export interface PrefixValues {
  readonly arrivedMs: number;
  readonly timeZone: string;
  readonly keys: ReadonlyMap<string, string>;
  readonly errorType?: string;
}

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\x00-\x1F"#%*:?\\/\x7F[\]^{|}]/g;

export class PrefixExpression {
  /** The columns whose values are part of it. */
  readonly columns: readonly string[];
  readonly #parts: readonly Part[];

  /** Reads the expression of an option; throws INVALID_OPTION. */
  constructor(format: string, option: 'prefix' | 'errorPrefix', text: string) {
    this.#parts = readParts(text, (found) => {
      throw invalidOption(
        format,
        option,
        found,
        '!{timestamp:…}, !{partitionKeyFromQuery:…} or !{firehose:error-output-type}',
      );
    });
    const isError = option === 'errorPrefix';
    if (this.#parts.some(({ kind }) => (isError ? kind === 'key' : kind === 'errorType')))
      throw invalidOption(format, option, text, isError ? 'no partition keys' : 'no error type');
    if (/^\/|(^|\/)\.\.?(\/|$)|\/\//.test(text))
      throw invalidOption(format, option, text, 'a relative path without . and ..');
    this.columns = [...new Set(this.#parts.flatMap((part) => (part.kind === 'key' ? [part.column] : [])))];
  }

  /** The prefix of a group. */
  of({ arrivedMs, timeZone, keys, errorType = '' }: PrefixValues): string {
    const text = this.#parts.map((part) => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'time':
          return part.pattern.format(BigInt(arrivedMs) * 1000n, timeZone);
        case 'key':
          return escaped(keys.get(part.column) ?? '');
        default:
          return errorType;
      }
    });
    return text.join('');
  }
}

function readParts(text: string, refuse: (found: string) => never): Part[] {
  const parts: Part[] = [];
  let position = 0;
  for (const match of text.matchAll(/!\{([^:}]*):([^}]*)\}/g)) {
    const [found, namespace, argument = ''] = match;
    if (match.index > position) parts.push({ kind: 'text', text: text.slice(position, match.index) });
    position = match.index + found.length;
    if (namespace === 'timestamp') parts.push({ kind: 'time', pattern: compilePattern(argument) });
    else if (namespace?.startsWith('partitionKeyFrom') === true) parts.push({ kind: 'key', column: argument });
    else if (namespace === 'firehose' && argument === 'error-output-type') parts.push({ kind: 'errorType' });
    else refuse(found);
  }
  const rest = text.slice(position);
  if (rest.includes('!{')) refuse(rest);
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

/** A value as a part of a path; `.` and `..` alone would mean folders. */
function escaped(value: string): string {
  if (/^\.{1,2}$/.test(value)) return value.replaceAll('.', '%2E');
  return value.replaceAll(
    UNSAFE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
