/** Cuts a script into its statements: `;` ends one, except within quotes and comments. What the parser refuses stays a statement. */
import { tokenize } from './lexer.ts';

export interface SplitScript {
  /** The statements that are ended by a `;`, without it; empty ones are left out. */
  readonly statements: readonly string[];
  /** What stands behind the last `;`, trimmed. */
  readonly rest: string;
}

/** Throws SQL_TOO_COMPLEX for a text that is longer than the parser takes. */
export function splitStatements(text: string): SplitScript {
  const tokens = tokenize(text);
  const statements: string[] = [];
  let start = 0;
  let numTokens = 0;
  for (const { symbol, kind, start: at, end } of tokens) {
    if (symbol === ';') {
      if (numTokens > 0) statements.push(text.slice(start, at).trim());
      start = end;
      numTokens = 0;
    } else if (kind !== 'end') {
      numTokens += 1;
    }
  }
  return { statements, rest: numTokens === 0 ? '' : text.slice(start).trim() };
}
