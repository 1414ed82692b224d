/** A strict JSON parser that keeps numbers as written and repeated keys; for the JSON functions, not for the file formats. */

export type JsonNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Digits as written. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly entries: readonly JsonEntry[] };

export interface JsonEntry {
  readonly name: string;
  readonly value: JsonNode;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPES: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
  "'": "'",
};
const MAX_DEPTH = 1000;

/** The tree of a JSON text; undefined when it is malformed. Text behind the first value is ignored, as Jackson does. */
export function parseJsonTree(text: string): JsonNode | undefined {
  const parser = new JsonParser(text);
  return parser.value(0);
}

class JsonParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonNode | undefined {
    this.#skipSpace();
    if (depth > MAX_DEPTH) return undefined;
    const char = this.#text[this.#at];
    switch (char) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
      case "'": {
        const text = this.#string();
        return text === undefined ? undefined : { kind: 'string', text };
      }
      case 't':
        return this.#word('true', { kind: 'boolean', value: true });
      case 'f':
        return this.#word('false', { kind: 'boolean', value: false });
      case 'n':
        return this.#word('null', { kind: 'null' });
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonNode | undefined {
    const entries: JsonEntry[] = [];
    this.#at++;
    if (this.#takes('}')) return { kind: 'object', entries };
    for (;;) {
      this.#skipSpace();
      const quote = this.#text[this.#at];
      const name = quote === '"' || quote === "'" ? this.#string() : undefined;
      if (name === undefined || !this.#takes(':')) return undefined;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.push({ name, value });
      if (this.#takes('}')) return { kind: 'object', entries };
      if (!this.#takes(',')) return undefined;
    }
  }

  #array(depth: number): JsonNode | undefined {
    const items: JsonNode[] = [];
    this.#at++;
    if (this.#takes(']')) return { kind: 'array', items };
    for (;;) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      if (this.#takes(']')) return { kind: 'array', items };
      if (!this.#takes(',')) return undefined;
    }
  }

  #string(): string | undefined {
    const quote = this.#text[this.#at];
    let from = ++this.#at;
    let result = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? '';
      if (char === quote) {
        result += this.#text.slice(from, this.#at++);
        return result;
      }
      if (char < ' ') return undefined;
      if (char !== '\\') continue;
      result += this.#text.slice(from, this.#at);
      const escaped = this.#escape();
      if (escaped === undefined) return undefined;
      result += escaped;
      from = this.#at + 1;
    }
    return undefined;
  }

  #escape(): string | undefined {
    const char = this.#text[++this.#at] ?? '';
    if (char !== 'u') return ESCAPES[char];
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): JsonNode | undefined {
    const text = this.#match(NUMBER);
    if (text === '' || /[\w.+-]/.test(this.#text[this.#at] ?? '')) return undefined;
    return { kind: 'number', text };
  }

  #word(word: string, node: JsonNode): JsonNode | undefined {
    if (!this.#text.startsWith(word, this.#at)) return undefined;
    this.#at += word.length;
    return /\w/.test(this.#text[this.#at] ?? '') ? undefined : node;
  }

  #takes(char: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}
