/** JSON string literals as Spark's writer makes them: only the quote, the backslash and control characters are escaped. */

const SHORT: ReadonlyMap<number, number> = new Map([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
  [0x22, 0x22],
  [0x5c, 0x5c],
]);
/** 1 for the bytes that are escaped. */
export const ESCAPED_IN_JSON = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 0x20 || code === 0x22 || code === 0x5c ? 1 : 0,
);

const HEX = new TextEncoder().encode('0123456789ABCDEF');
const encoder = new TextEncoder();

/** The literal of a string or of its UTF-8 bytes, quotes included. */
export function escapeJson(text: string | Uint8Array): Uint8Array {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  let numExtra = 2;
  for (const code of bytes) if (ESCAPED_IN_JSON[code] === 1) numExtra += SHORT.has(code) ? 1 : 5;
  const out = new Uint8Array(bytes.length + numExtra);
  out[0] = 0x22;
  out[out.length - 1] = 0x22;
  if (numExtra === 2) {
    out.set(bytes, 1);
    return out;
  }
  let at = 1;
  for (const code of bytes) {
    const short = SHORT.get(code);
    if (short !== undefined) {
      out[at++] = 0x5c;
      out[at++] = short;
    } else if (code < 0x20) {
      out.set([0x5c, 0x75, 0x30, 0x30, HEX[code >> 4] as number, HEX[code & 15] as number], at);
      at += 6;
    } else out[at++] = code;
  }
  return out;
}
