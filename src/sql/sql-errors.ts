/** The errors of the SQL front end: Spark's conditions, with the place in the text as Spark prints it. */
import type { Token } from './token.ts';
import { MillraceError } from '../errors/millrace-error.ts';

const MAX_SHOWN = 160;
const MAX_TOKEN_SHOWN = 80;

/** PARSE_SYNTAX_ERROR at a token; `detail` as Spark words it, `missing ')'`. */
export function syntaxError(text: string, token: Token, detail = ''): MillraceError {
  const written = text.slice(token.start, token.end);
  const shown = written.length > MAX_TOKEN_SHOWN ? `${written.slice(0, MAX_TOKEN_SHOWN)}…` : written;
  return new MillraceError(
    'PARSE_SYNTAX_ERROR',
    { error: token.kind === 'end' ? 'end of input' : `'${shown}'`, hint: detail === '' ? '' : `: ${detail}` },
    { hint: placeInText(text, token.start) },
  );
}

/** UNSUPPORTED_FEATURE for SQL that Spark has and Millrace has not. */
export function unsupported(text: string, token: Token, feature: string): MillraceError {
  return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { hint: placeInText(text, token.start) });
}

/** FAILED_TO_PARSE_TOO_COMPLEX with the limit that was passed. */
export function tooComplex(limit: string): MillraceError {
  return new MillraceError('FAILED_TO_PARSE_TOO_COMPLEX', {}, { hint: limit });
}

/** `(line 1, pos 7)`, the line and a caret under the place; long lines are cut around it. */
export function placeInText(text: string, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  const lineBreak = text.indexOf('\n', lineStart);
  const lineEnd = lineBreak === -1 ? text.length : lineBreak;
  const column = offset - lineStart;
  const from = Math.max(lineStart, offset - MAX_SHOWN / 2);
  const shown = text.slice(from, Math.min(lineEnd, from + MAX_SHOWN));
  return `(line ${line}, pos ${column})\n\n== SQL ==\n${shown}\n${'-'.repeat(offset - from)}^^^`;
}
