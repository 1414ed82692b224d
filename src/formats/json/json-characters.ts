/** Classes of characters of JSON as Spark's parser sees them; NaN (the code behind the end of a text) belongs to none. */

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

/** A character that makes a literal such as `true` or a number word too long. */
export function isIdentifierPart(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x24 || code >= 0x80
  );
}

/** A character of an unquoted field name: of an identifier, or one of `@#*-+`. */
export function isNamePart(code: number): boolean {
  return isIdentifierPart(code) || code === 0x40 || code === 0x23 || code === 0x2a || code === 0x2d || code === 0x2b;
}
