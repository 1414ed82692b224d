/** The tokens of SQL text. A keyword is a word like any other: which words are keywords depends on where they stand, as in Spark. */

export interface Token {
  /** `name` is a backquoted identifier, `text` a string literal, `mark` a sign such as `<=>`. */
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'mark' | 'end';
  /** The identifier without its backquotes, the value of a string literal; otherwise as written. */
  readonly value: string;
  /** A word in upper case, a sign as written; empty for the rest, so that names and texts never look like keywords. */
  readonly symbol: string;
  readonly start: number;
  /** The position behind the token. */
  readonly end: number;
}
