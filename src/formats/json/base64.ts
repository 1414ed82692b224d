/** Base64 as Spark's JSON reader takes it for BINARY: standard alphabet, padding required, white space between groups of four. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** The bytes; `bad` for other characters, `cut` when the text ends after one character of a group (Spark then loses its place). */
export function decodeBase64(text: string): Uint8Array | 'bad' | 'cut' {
  const out: number[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && text.charCodeAt(position) <= 0x20) position++;
    if (position >= text.length) return Uint8Array.from(out);
    const first = valueAt(text, position);
    if (first < 0) return 'bad';
    if (position + 1 >= text.length) return 'cut';
    const second = valueAt(text, position + 1);
    const third = valueAt(text, position + 2);
    const fourth = valueAt(text, position + 3);
    if (second < 0) return 'bad';
    out.push((first << 2) | (second >> 4));
    if (third >= 0) {
      out.push(((second & 15) << 4) | (third >> 2));
      if (fourth >= 0) out.push(((third & 3) << 6) | fourth);
      else if (text[position + 3] !== '=') return 'bad';
    } else if (text[position + 2] !== '=' || text[position + 3] !== '=') return 'bad';
    position += 4;
  }
}

function valueAt(text: string, position: number): number {
  return VALUES[text.charCodeAt(position)] ?? -1;
}
