/** The value of a string literal as written, quotes included: escapes as in Spark, `\u0041`, `\101`, `\n`, and `\%` kept for LIKE. */

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001A',
  '%': '\\%',
  _: '\\_',
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([01][0-7][0-7])|([\s\S]))|''|""/g;
const LAST_CODE_POINT = 0x10ffff;

/** The text between the quotes; `r'…'` is taken as it stands. */
export function unescapeText(written: string): string {
  if (/^[rR]/.test(written)) return written.slice(2, -1);
  const body = written.slice(1, -1);
  if (!/[\\'"]/.test(body)) return body;
  const quote = written.charAt(0);
  return body.replaceAll(
    ESCAPE,
    (whole: string, hex4?: string, hex8?: string, octal?: string, char?: string): string => {
      if (hex4 !== undefined) return String.fromCharCode(Number.parseInt(hex4, 16));
      if (hex8 !== undefined) {
        const code = Number.parseInt(hex8, 16);
        return code > LAST_CODE_POINT ? '\uFFFD' : String.fromCodePoint(code);
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (char !== undefined) return ESCAPES[char] ?? char;
      return whole.charAt(0) === quote ? quote : whole;
    },
  );
}
